/**
 * From a secrets file to rows, in the terminal: `npm start`.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHawser } from '../js/index.js';
import { DATA_SETS } from './data-sets.js';
import { bold, count, cyan, dim, draw, duration, green, indent, yellow } from './terminal.js';

const hawser = createHawser({ secrets: [{ file: fileURLToPath(new URL('secrets.toml', import.meta.url)) }] });

/** How often each question is asked again. */
const REPEATS = 9;

/** @param {string} file Of vega-datasets. */
const read = (file) => readFile(new URL(`../data/${file}`, import.meta.resolve('vega-datasets')), 'utf8');

/** @template T @param {() => Promise<T>} work @returns {Promise<[T, number]>} Its result and the milliseconds it took. */
async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

for (const { title, connection, source, load, sql, params } of Object.values(DATA_SETS)) {
  const conn = await hawser.connection(connection);
  const [rows, loading] = await timed(() => load(conn, read));
  console.log(`\n${bold(title)}  ${dim(`[connections.${connection}] of demo/secrets.toml · ${source}`)}`);
  console.log(indent(dim(`${count(rows)} rows in ${duration(loading)}`)));
  console.log(`\n${indent(cyan(sql))}\n${indent(dim(JSON.stringify(params)))}\n`);

  const [table, first] = await timed(() => conn.query(sql, { params, ttl: '10m' }));
  console.log(`${indent(draw(table))}\n`);
  console.log(indent(`${yellow(table.cache.state.padEnd(4))}  ${duration(first)}`));

  const repeats = [];
  for (let i = 0; i < REPEATS; i++) repeats.push(await timed(() => conn.query(sql, { params, ttl: '10m' })));
  const [again, second] = repeats.sort(([, a], [, b]) => a - b)[(REPEATS - 1) / 2];
  const faster = `${count(Math.round(first / second))} times faster (median of ${REPEATS})`;
  console.log(indent(`${green(again.cache.state.padEnd(4))}  ${duration(second)}, ${faster}`));
}

await hawser.close();
console.log(`\n${dim('Next: npm run demo does the same in a browser tab. The code is in demo/quickstart.js.')}`);
