/**
 * executeMany() of the SQLite driver.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Table } from '../../js/table/table.js';
import { errorOf, makeEngine, makeSession } from './sqlite-helpers.js';

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
beforeAll(async () => {
  engine = await makeEngine();
});

describe('executeMany', () => {
  const rows = [['Ada', 'cat'], ['Bo', null], ['Cy', 'é😀']];
  const objects = rows.map(([person, pet]) => ({ pet, person, more: 1 }));
  /** @type {[string, () => any][]} */
  const sources = [
    ['arrays', () => rows],
    ['a generator', function* () { yield* rows; }],
    ['an async generator', async function* () { yield* rows; }],
    ['a set', () => new Set(rows)],
  ];

  test.each(sources)('takes %s', async (_, make) => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table owners (person, pet)');
    const table = await executeMany('insert into owners values (?, ?)', make());
    expect(table).toMatchObject({ rowsAffected: 3, length: 0, lastInsertId: 3 });
    expect(query('select * from owners').toArray()).toEqual(rows.map(([person, pet]) => ({ person, pet })));
    close();
  });

  test('takes objects, mixed with arrays, and tables', async () => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table owners (person, pet)');
    await executeMany('insert into owners values (:person, :pet)', [objects[0], rows[1], objects[2]]);
    expect(query('select * from owners').toArray()).toEqual(rows.map(([person, pet]) => ({ person, pet })));
    await executeMany('insert into owners values (:person, :pet)', Table.from(objects));
    expect(query('select count(*) as n from owners').at(0)).toEqual({ n: 6 });
    close();
  });

  test('buffers that are used again for the next row', async () => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table t (b)');
    const buffer = new Uint8Array(2);
    await executeMany('insert into t values (?)', (function* () {
      for (let i = 0; i < 3; i++) {
        buffer.fill(i);
        yield [buffer];
      }
    })());
    expect(query('select hex(b) as h from t').toArray()).toEqual([{ h: '0000' }, { h: '0101' }, { h: '0202' }]);
    close();
  });

  test('no rows', async () => {
    const { execute, executeMany, close } = await makeSession(engine);
    execute('create table t (b)');
    expect(await executeMany('insert into t values (?)', [])).toMatchObject({ rowsAffected: 0, lastInsertId: undefined });
    close();
  });

  test.each([0, 1, 1023, 1024, 1025, 2999])('row %i of 3000 breaks a constraint', async (bad) => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table t (id integer primary key, x text); insert into t values (-5, null)');
    const source = Array.from({ length: 3000 }, (_, i) => [i === bad ? -5 : i, `text ${i}`]);
    expect(await errorOf(() => executeMany('insert into t values (?, ?)', source))).toMatchObject({
      code: 'ERR_QUERY', sqliteCode: 'SQLITE_CONSTRAINT_PRIMARYKEY', row: bad, message: expect.stringMatching(`^Row ${bad}: SQLite: UNIQUE`),
    });
    expect(query('select count(*) as n from t where id >= 0').at(0)).toEqual({ n: bad }); // Not atomic by itself.
    close();
  });

  test.each([
    [[[1], 'ab'], 'Row 1: it is neither an array nor an object.'],
    [[[1], null], 'Row 1: it is neither an array nor an object.'],
    [[[1], new Uint8Array(1)], 'Row 1: it is neither an array nor an object.'],
    [[[1], [1, 2]], 'Row 1: The statement has 1 parameter, but 2 values were passed.'],
    [[[1], {}], 'Row 1: Placeholder 1 is positional: pass params as an array.'],
  ])('%j', async (source, message) => {
    const { execute, executeMany, close } = await makeSession(engine);
    execute('create table t (b)');
    expect(await errorOf(() => executeMany('insert into t values (?)', source))).toMatchObject({ code: 'ERR_PARAMETER', row: 1, message });
    close();
  });

  test('what the source throws passes, and the source is told to end', async () => {
    const { execute, executeMany, close } = await makeSession(engine);
    execute('create table t (b not null)');
    const own = new Error('mine');
    expect(await errorOf(() => executeMany('insert into t values (?)', (function* () { yield [1]; throw own; })()))).toBe(own);
    expect(await errorOf(() => executeMany('insert into t values (?)', (async function* () { yield [1]; throw own; })()))).toBe(own);
    let ended = 0;
    const endless = async function* () {
      try {
        for (;;) yield [null];
      } finally {
        ended++;
      }
    };
    expect(await errorOf(() => executeMany('insert into t values (?)', endless()))).toMatchObject({ row: 0 });
    expect(await errorOf(() => executeMany('insert into t values (?)', endless(), { signal: new AbortController().signal }))).toMatchObject({ row: 0 });
    expect(ended).toBe(2);
    close();
  });

  test('an abort ends the wait for the next row', async () => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table t (b)');
    const abort = new AbortController();
    const hangs = async function* () {
      yield [1];
      abort.abort(new Error('enough'));
      await new Promise(() => {});
    };
    expect(await errorOf(() => executeMany('insert into t values (?)', hangs(), { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(query('select 1 as x').at(0)).toEqual({ x: 1 });
    close();
  });

  test('a statement without parameters, and one that has more of them than fit a batch', async () => {
    const { executeMany, execute, query, close } = await makeSession(engine);
    expect(await errorOf(() => executeMany('select 1', [[]]))).toMatchObject({ code: 'ERR_PARAMETER' });
    execute('create table t (n)');
    const marks = Array.from({ length: 30_000 }, () => '(?)').join(', ');
    const many = Array.from({ length: 3 }, (_, r) => Array.from({ length: 30_000 }, (_, i) => i + r));
    await executeMany(`insert into t values ${marks}`, many);
    expect(query('select count(*) as n, sum(n) as s from t').at(0)).toEqual({ n: 90_000, s: 3 * 449_985_000 + 90_000 });
    close();
  });
});
