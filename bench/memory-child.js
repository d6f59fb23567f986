/** One contestant of memory.js in a process of its own: how much the process has grown, in MB. Run with --expose-gc. */
import { CREATE, INSERT, makeRows } from './data.js';

const COUNT = 100_000;

/** What the process has in memory, and what of it is held: JavaScript's values and the memories of WebAssembly. In bytes. */
async function usage() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}

const name = process.argv[2];
const peers = await import('./peers/index.js');
const rows = makeRows(COUNT, 'ascii');
const start = await usage();
const peer = await /** @type {any} */ (peers)[name]();
await peer.exec(CREATE);
await peer.insert(INSERT, rows);
const filled = await usage();
let all = await peer.objects('select * from t');
const { length } = all;
all = undefined;
const read = await usage();
const megabytes = (/** @type {'rss' | 'held'} */ what, /** @type {typeof start} */ now) => (now[what] - start[what]) / 2 ** 20;
console.log(JSON.stringify({ answer: length, filled: megabytes('rss', filled), read: megabytes('rss', read), held: megabytes('held', read) }));
