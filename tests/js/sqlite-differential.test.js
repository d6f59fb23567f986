/**
 * Random schemas, values and queries, run through Hawser and through the official oo1 API: every cell must be equal. Once with
 * the row packer reading SQLite's own representation of values, once with its public API.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { errorOf, makeChance, makeEngine, makeSession } from './sqlite-helpers.js';
import { makeGenerator } from './sqlite-generator.js';
import { loadOracle } from './sqlite-oracle.js';

/** @typedef {import('./sqlite-oracle.js').Cell} Cell */

/** @type {Awaited<ReturnType<typeof loadOracle>>} */
let oracle;

beforeAll(async () => {
  oracle = await loadOracle();
});

/**
 * What a cell must be in Hawser.
 * @param {Cell} cell
 * @param {'number' | 'bigint' | 'string'} int64
 */
function expected(cell, int64) {
  if (typeof cell !== 'bigint') return cell;
  return int64 === 'number' ? Number(cell) : int64 === 'string' ? String(cell) : cell;
}

/** @param {Cell} cell */
const isBeyond = (cell) => typeof cell === 'bigint' && !Number.isSafeInteger(Number(cell));

/** @param {unknown} a @param {unknown} b */
function same(a, b) {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return Object.is(a, b);
  const [left, right] = [/** @type {Uint8Array} */ (a), /** @type {Uint8Array} */ (b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

/**
 * Compares a table with the oracle's rows, through columns and through rows.
 * @param {import('../../js/table/table.js').Table} table
 * @param {Cell[][]} rows
 * @param {'number' | 'bigint' | 'string'} int64
 * @param {string} sql
 */
function compare(table, rows, int64, sql) {
  const fail = (/** @type {string} */ what) => {
    throw new Error(`${what}\n${sql}`);
  };
  if (table.length !== rows.length) fail(`${table.length} rows, not ${rows.length}`);
  const objects = table.toArray();
  const names = table.columns.map(({ name }) => name);
  for (let c = 0; c < names.length; c++) {
    const column = [...table.columnAt(c)];
    const last = names.lastIndexOf(names[c]) === c;
    for (let r = 0; r < rows.length; r++) {
      const want = expected(rows[r][c], int64);
      if (!same(column[r], want)) fail(`row ${r}, column ${c}: ${String(column[r])}, not ${String(want)}`);
      if (last && !same(objects[r][names[c]], want)) fail(`row ${r}, "${names[c]}": ${String(objects[r][names[c]])}, not ${String(want)}`);
    }
  }
}

/**
 * @param {Awaited<ReturnType<typeof makeSession>>} ours
 * @param {import('./sqlite-oracle.js').OracleDatabase} theirs
 * @param {string} sql
 * @param {unknown[]} [params]
 */
async function check(ours, theirs, sql, params) {
  const answer = theirs.query(sql, params);
  for (const int64 of /** @type {const} */ (['number', 'bigint', 'string'])) {
    const options = { int64 };
    if ('error' in answer) {
      const error = await errorOf(() => ours.query(sql, params, options));
      // A column may go beyond 2^53 before the row that fails.
      const refused = int64 === 'number' && error.code === 'ERR_INT64_RANGE';
      if (!refused && !error.message.includes(answer.error)) throw new Error(`${error.message}, not ${answer.error}\n${sql}`);
    } else if (int64 === 'number' && answer.rows.some((row) => row.some(isBeyond))) {
      const error = await errorOf(() => ours.query(sql, params, options));
      if (error.code !== 'ERR_INT64_RANGE') throw error;
    } else {
      compare(ours.query(sql, params, options), answer.rows, int64, sql);
    }
  }
}

const PATHS = [
  { path: "SQLite's own values", api: false },
  { path: 'the public API', api: true },
];

describe.each(PATHS)('through $path', ({ api }) => {
  /** @type {import('../../js/sqlite/engine.js').Engine} */
  let engine;

  beforeAll(async () => {
    engine = await makeEngine();
    expect(engine.valueSize).toBeGreaterThan(0);
    if (api) engine.valueSize = 0;
  });

  test.each(Array.from({ length: 24 }, (_, i) => i + 1))('schemas, rows and queries of seed %i', async (seed) => {
    const chance = makeChance(seed * 7919);
    const generator = makeGenerator(chance);
    const ours = await makeSession(engine);
    const theirs = oracle.open();
    try {
      for (const { ddl, insert, rows, extra } of generator.tables) {
        ours.execute(ddl);
        theirs.run(ddl);
        await ours.executeMany(insert, rows);
        for (const row of rows) theirs.run(insert, row);
        for (const sql of extra) {
          ours.execute(sql);
          theirs.run(sql);
        }
      }
      for (const { name } of generator.tables) await check(ours, theirs, `select rowid, * from ${name}`);
      for (let i = 0; i < 40; i++) {
        const { sql, params } = generator.query();
        await check(ours, theirs, sql, params);
      }
      // What was read in batches of any size is what was read at once.
      const [{ name }] = generator.tables;
      const all = theirs.query(`select * from ${name}`);
      if ('error' in all) throw new Error(all.error);
      for (const batchSize of [1, 3, 7]) {
        let at = 0;
        for await (const batch of ours.stream(`select * from ${name}`, { int64: 'bigint', batchSize })) {
          expect(batch.length).toBeLessThanOrEqual(batchSize);
          compare(batch, all.rows.slice(at, at + batch.length), 'bigint', name);
          at += batch.length;
        }
        expect(at).toBe(all.rows.length);
      }
    } finally {
      ours.close();
      theirs.close();
    }
  });

  test('rows whose texts and blobs overflow the room of several columns', async () => {
    const ours = await makeSession(engine);
    const theirs = oracle.open();
    const chance = makeChance(11);
    const sql = 'create table t (a, b, c, d)';
    ours.execute(sql);
    theirs.run(sql);
    const text = (/** @type {number} */ n) => (chance.below(2) ? 'é😀x' : 'abc').repeat(Math.ceil(n / 3));
    const rows = Array.from({ length: 300 }, (_, i) => [
      i,
      text(chance.pick([0, 3, 300, 3000, 40_000])),
      chance.below(3) ? new Uint8Array(chance.pick([0, 1, 5000, 33_000])).fill(i) : null,
      chance.below(2) ? text(chance.pick([10, 20_000])) : i / 3,
    ]);
    rows.push([300, 'x'.repeat(3_000_000), new Uint8Array(2_000_000), 'é'.repeat(1_500_000)]);
    rows.push([301, '', new Uint8Array(), null]);
    await ours.executeMany('insert into t values (?, ?, ?, ?)', rows);
    for (const row of rows) theirs.run('insert into t values (?, ?, ?, ?)', row);
    await check(ours, theirs, 'select * from t');
    await check(ours, theirs, 'select * from t order by a desc');
    await check(ours, theirs, 'select b, d, c, b from t where a % 3 = 1');
    ours.close();
    theirs.close();
  });

  test('wide results, and no columns or rows', async () => {
    const ours = await makeSession(engine);
    const theirs = oracle.open();
    const names = Array.from({ length: 500 }, (_, i) => `c${i}`);
    const sql = `create table wide (${names.join(', ')})`;
    ours.execute(sql);
    theirs.run(sql);
    const chance = makeChance(3);
    const rows = Array.from({ length: 150 }, (_, r) =>
      names.map((_, c) => chance.pick([r * c, `${r}/${c}`, null, r + c / 7, 'long '.repeat(40), 2n ** 60n + BigInt(c)])),
    );
    const insert = `insert into wide values (${names.map(() => '?').join(', ')})`;
    await ours.executeMany(insert, rows);
    for (const row of rows) theirs.run(insert, row);
    await check(ours, theirs, 'select * from wide');
    await check(ours, theirs, 'select * from wide where c1 is null');
    await check(ours, theirs, 'select * from wide where 0');
    const empty = ours.execute('create table other (x)');
    expect(empty.columns).toEqual([]);
    expect(empty.toArray()).toEqual([]);
    expect([...empty]).toEqual([]);
    ours.close();
    theirs.close();
  });
});
