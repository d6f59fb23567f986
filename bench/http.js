/**
 * What get() costs over a bare fetch with JSON.parse: an answer that comes as a whole and is cached and frozen, one that a 304 renews, and
 * one that is still fresh. The server is on this machine, so that nothing but the work is measured.
 */
import { Worker } from 'node:worker_threads';
import { createHawser } from '../js/index.js';
import { race } from './measure.js';

/** @type {[name: string, bytes: number, calls: number, rounds: number][]} */
const SIZES = [
  ['1 KB', 1000, 300, 9],
  ['1 MB', 1_000_000, 10, 9],
  ['50 MB', 50_000_000, 1, 5],
];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const worker = new Worker(new URL('./http-server.js', import.meta.url));
  const port = await new Promise((resolve) => worker.once('message', resolve));
  const url = `http://127.0.0.1:${port}`;
  const hawser = createHawser({ secrets: [], cache: { maxBytes: '1GB' } });
  const conn = /** @type {import('../js/connections/http.js').HttpConnection} */ (await hawser.connection('api', { type: 'http', url }));
  const sections = [];
  for (const [name, bytes, calls, rounds] of SIZES) {
    /** @param {() => Promise<any>} call */
    const times = (call) => async () => {
      let last;
      for (let i = 0; i < calls; i++) last = await call();
      return last;
    };
    const get = () => conn.get(`${bytes}`);
    const contestants = [
      { name: 'fetch + JSON.parse', run: times(async () => JSON.parse(await (await fetch(`${url}/${bytes}`)).text())) },
      { name: 'Hawser, miss', run: times(() => (conn.cache.clear(), get())) },
      { name: 'Hawser, renewed by a 304', before: get, run: times(() => (conn.cache.invalidate(), get())) },
      { name: 'Hawser, hit', before: get, run: times(get) },
    ];
    const title = `${name} of JSON`;
    const answer = (/** @type {any[]} */ rows) => `${rows.length} ${rows.at(-1)?.name}`;
    sections.push(await race({ title, baseline: 'fetch + JSON.parse', contestants, rounds, operations: calls, answer, progress }));
  }
  await hawser.close();
  await worker.terminate();
  return sections;
}
