/**
 * Statements that are run again and again with integers, which take a shorter way: the answers are the same.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHawser } from 'hawser';

/** @type {ReturnType<typeof createHawser>} */
let hawser;
/** @type {any} */
let db;
beforeEach(async () => {
  hawser = createHawser({ secrets: [] });
  db = await hawser.connection('db', { type: 'sql', url: 'sqlite://' });
  await db.execute('create table t (id integer primary key, n integer, x real, s text, b blob)');
});
afterEach(() => hawser.close());

const SELECT = 'select * from t where id >= ? and id < ? order by id';
/** Rows from `a` to before `b`, never from the cache. */
const rows = async (/** @type {number} */ a, /** @type {number} */ b, sql = SELECT) =>
  (await db.query(sql, { params: [a, b], cache: 'no-store' })).toArray();
const insert = (/** @type {unknown[][]} */ list) => db.executeMany('insert into t values (?, ?, ?, ?, ?)', list);
const row = (/** @type {number} */ id) => ({ id, n: id % 3 ? id : null, x: id / 4, s: `text ${'é'.repeat(id % 5)}`, b: new Uint8Array([id & 255]) });

test('no row, one, few, many, more than a batch', async () => {
  const all = Array.from({ length: 5000 }, (_, i) => row(i));
  await insert(all.map((one) => Object.values(one)));
  for (const [a, b] of [[0, 1], [9000, 9001], [0, 1], [3, 7], [0, 5], [0, 2048], [0, 2049], [7, 8], [0, 5000], [4999, 5000]]) {
    expect(await rows(a, b)).toEqual(all.slice(a, b));
  }
});

test('texts that there is no room for at first', async () => {
  const long = 'x'.repeat(300_000);
  await insert([[1, 1, 1, 'short', null], [2, 2, 2, long, null], [3, 3, 3, 'short', null]]);
  for (const id of [1, 1, 2, 3, 2, 1]) expect((await rows(id, id + 1))[0].s).toBe(id === 2 ? long : 'short');
});

test('integers beyond 2^53 are refused each time, and do not spoil the next', async () => {
  await insert([[1, 1, 1, '', null], [2, 2n ** 60n, 1, '', null]]);
  for (let round = 0; round < 3; round++) {
    expect((await rows(1, 2))[0].n).toBe(1);
    await expect(rows(2, 3)).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', column: 'n' });
    const exact = await db.query(SELECT, { params: [2, 3], int64: 'bigint', cache: 'no-store' });
    expect(exact.at(0).n).toBe(2n ** 60n);
  }
});

test('parameters of other kinds in between', async () => {
  await insert([[1, 1, 1, '', null]]);
  const select = 'select typeof(?1) as a, typeof(?2) as b from t';
  /** @param {...unknown} params */
  const types = async (...params) => Object.values((await db.query(select, { params, cache: 'no-store' })).at(0));
  for (let round = 0; round < 2; round++) {
    expect(await types(1, 2)).toEqual(['integer', 'integer']);
    expect(await types(1, 'two')).toEqual(['integer', 'text']);
    expect(await types(-0, 2)).toEqual(['real', 'integer']);
    expect(await types(1.5, null)).toEqual(['real', 'null']);
    expect(await types(1, 2n)).toEqual(['integer', 'integer']);
    expect(await types(new Uint8Array(2), true)).toEqual(['blob', 'integer']);
    await expect(types(1, undefined)).rejects.toMatchObject({ code: 'ERR_PARAMETER', parameter: '2' });
    await expect(types(1, NaN)).rejects.toMatchObject({ code: 'ERR_PARAMETER', parameter: '2' });
    await expect(types(1)).rejects.toMatchObject({ code: 'ERR_PARAMETER' });
  }
});

test('columns that come and go', async () => {
  await insert([[1, 1, 1, 's', null]]);
  const names = async () => Object.keys((await rows(1, 2))[0]);
  expect(await names()).toEqual(['id', 'n', 'x', 's', 'b']);
  expect(await names()).toEqual(['id', 'n', 'x', 's', 'b']);
  await db.execute('alter table t add column extra text');
  expect(await names()).toEqual(['id', 'n', 'x', 's', 'b', 'extra']);
  await db.execute('alter table t drop column n');
  await db.execute('alter table t rename column x to y');
  expect(await names()).toEqual(['id', 'y', 's', 'b', 'extra']);
  expect(await names()).toEqual(['id', 'y', 's', 'b', 'extra']);
});

test('an error after the first row, and then none', async () => {
  await insert([[1, 1, 1, '{}', null], [2, 2, 2, '{', null]]);
  const select = 'select id, json(s) from t where id >= ? and id < ? order by id';
  for (let round = 0; round < 3; round++) {
    expect(await rows(1, 2, select)).toEqual([{ id: 1, 'json(s)': '{}' }]);
    await expect(rows(1, 3, select)).rejects.toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('malformed JSON') });
  }
  // Nothing was left open that would keep others from writing.
  await db.execute('drop table t');
});
