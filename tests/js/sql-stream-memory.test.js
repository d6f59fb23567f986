/**
 * Long results and long inputs in constant memory.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { loadEngine } from '../../js/sqlite/engine.js';
import { makeConnection, settle } from './sql-helpers.js';

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collectGarbage = runInNewContext('gc');

const MILLION = 1_000_000;
/** Bytes of chance. One for each row would be more. */
const ALLOWED = 8 * MILLION;

/** Bytes that are in use: of SQLite's memory, and of JavaScript's. */
async function inUse() {
  // What was made in this turn of the event loop, weak references keep until its end.
  await settle();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { wasm: (await loadEngine()).memory.buffer.byteLength, js: heapUsed + arrayBuffers };
}

test('a stream over ten million rows', async () => {
  const { conn } = await makeConnection();
  const sql = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < ?) select i * 0.5 as half from c';
  let rows = 0;
  let sum = 0;
  let before;
  for await (const table of conn.stream(sql, { params: [10 * MILLION] })) {
    rows += table.length;
    const halves = /** @type {Float64Array} */ (table.column('half'));
    sum += /** @type {number} */ (halves[halves.length - 1]);
    if (rows >= MILLION) before ??= await inUse();
  }
  expect(rows).toBe(10 * MILLION);
  expect(sum).toBeGreaterThan(0);
  const after = await inUse();
  expect(after.wasm).toBe(before?.wasm);
  expect(after.js - (before?.js ?? 0)).toBeLessThan(ALLOWED);
}, 60_000);

test('nothing is read before it is asked for, and what a reader does not ask for is never read', async () => {
  const { conn } = await makeConnection();
  await conn.executeMany('insert into visits (owner) values (?)', Array.from({ length: 10 }, (_, i) => [i]));
  const seen = [];
  for await (const table of conn.stream('select owner from visits order by rowid', { batchSize: 5 })) {
    seen.push(...table.toArray().map(({ owner }) => owner));
    if (seen.length === 5) await conn.execute('update visits set owner = -1 where owner = 7; insert into visits (owner) values (99)');
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, -1, 8, 9, 99]);
  for await (const _ of conn.stream('with recursive c(i) as (values (1) union all select i + 1 from c) select i from c')) break;
});

const ROWS = 400_000;

test('executeMany from very many rows that are made as they are wanted', async () => {
  const { conn } = await makeConnection();
  await conn.execute('create table once (x unique, text)');
  const text = 'x'.repeat(50);
  /** @type {{ wasm: number, js: number } | undefined} */
  let before;
  /** @type {{ wasm: number, js: number } | undefined} */
  let after;
  let pulled = 0;
  const rows = async function* () {
    for (let i = 0; i < ROWS; i++) {
      pulled++;
      if (i === ROWS / 10) before = await inUse();
      yield [i % 10, text];
    }
    after = await inUse();
  };
  const { rowsAffected } = await conn.executeMany('insert or ignore into once values (?, ?)', rows());
  expect({ rowsAffected, pulled }).toEqual({ rowsAffected: 10, pulled: ROWS });
  expect(after?.wasm).toBe(before?.wasm);
  expect((after?.js ?? Infinity) - (before?.js ?? 0)).toBeLessThan(ALLOWED / 2);
}, 60_000);

test('a source is left when a row is refused', async () => {
  const { conn } = await makeConnection();
  let left = false;
  const rows = function* () {
    try {
      for (let i = 0; ; i++) yield [i === 5000 ? {} : i];
    } finally {
      left = true;
    }
  };
  await expect(conn.executeMany('insert into visits (owner) values (?)', rows())).rejects.toMatchObject({ code: 'ERR_PARAMETER', row: 5000, parameter: '1' });
  expect(left).toBe(true);
  expect((await conn.query('select count(*) as n from visits')).at(0)).toEqual({ n: 0 });
});
