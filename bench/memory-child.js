/** One contestant of memory.js in a process of its own: how much the process has grown, in MB. Run with --expose-gc. */
import { CREATE, INSERT, makeRows } from './data.js';

const COUNT = 100_000;

/** Bytes that the process really holds. */
async function resident() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().rss;
}

const name = process.argv[2];
const peers = await import('./peers/index.js');
const rows = makeRows(COUNT, 'ascii');
const start = await resident();
const peer = await /** @type {any} */ (peers)[name]();
await peer.exec(CREATE);
await peer.insert(INSERT, rows);
const filled = await resident();
let all = await peer.objects('select * from t');
const { length } = all;
all = undefined;
const read = await resident();
console.log(JSON.stringify({ answer: length, filled: (filled - start) / 2 ** 20, read: (read - start) / 2 ** 20 }));
