/**
 * Streams of the SQLite driver.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { errorOf, makeEngine, makeSession } from './sqlite-helpers.js';

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
beforeAll(async () => {
  engine = await makeEngine();
});

describe('stream', () => {
  const COUNT = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 10000) select i from c';

  test.each([1, 7, 2048, 100_000, undefined])('batches of %p', async (batchSize) => {
    const { stream, close } = await makeSession(engine);
    let next = 1;
    let largest = 0;
    for await (const table of stream(COUNT, { batchSize })) {
      largest = Math.max(largest, table.length);
      for (const { i } of table) expect(i).toBe(next++);
    }
    expect(next).toBe(10_001);
    expect(largest).toBe(Math.min(batchSize ?? 2048, 2048));
    close();
  });

  test.each([0, -1, 1.5, NaN, Infinity, '3'])('batchSize %p is a RangeError', async (batchSize) => {
    const { stream, close } = await makeSession(engine);
    expect(await errorOf(() => stream(COUNT, { batchSize }).next())).toMatchObject({ name: 'RangeError', message: expect.stringContaining('batchSize') });
    close();
  });

  test('break closes the cursor, and the statement is used again', async () => {
    const { stream, execute, close } = await makeSession(engine);
    execute(`create table t as ${COUNT}`);
    for (let i = 0; i < 3; i++) {
      for await (const table of stream('select i from t', { batchSize: 2 })) {
        expect(table.at(0)).toEqual({ i: 1 });
        break;
      }
    }
    execute('drop table t'); // Would be locked while a cursor is open.
    close();
  });

  test('two at a time, of one statement and one width, with texts that overflow their room', async () => {
    const { stream, execute, close } = await makeSession(engine);
    execute("create table t (x); with recursive c(i) as (values (1) union all select i + 1 from c where i < 40) insert into t select printf('%.*c%d', 5000, 'x', i) from c");
    const streams = [stream('select x from t'), stream('select x from t'), stream('select x from t order by rowid')];
    const seen = streams.map(() => /** @type {string[]} */ ([]));
    for (let open = true; open; ) {
      open = false;
      for (const [s, rows] of streams.entries()) {
        const { done, value } = await rows.next();
        if (done || !value) continue;
        open = true;
        seen[s].push(...value.toArray().map(({ x }) => x.slice(5000)));
      }
    }
    for (const list of seen) expect(list).toEqual(Array.from({ length: 40 }, (_, i) => `${i + 1}`.slice(0)));
    close();
  });

  test('an abort before and between batches', async () => {
    const { stream, close } = await makeSession(engine);
    const abort = new AbortController();
    const rows = stream(COUNT, { batchSize: 10, signal: abort.signal });
    await rows.next();
    abort.abort(new Error('enough'));
    expect(await errorOf(() => rows.next())).toMatchObject({ message: 'enough' });
    expect((await rows.next()).done).toBe(true);
    expect(await errorOf(() => stream(COUNT, { signal: abort.signal }).next())).toMatchObject({ message: 'enough' });
    close();
  });

  test('closing the database while streaming', async () => {
    const { stream, execute, client } = await makeSession(engine);
    execute(`create table t as ${COUNT}`);
    const kept = stream('select i from t', { batchSize: 10 });
    const other = stream('select i from t', { batchSize: 10 });
    await kept.next();
    await other.next();
    client.close();
    for (const rows of [kept, other]) expect(await errorOf(() => rows.next())).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('what writes has done so when the first rows come, and keeps nobody from committing', async () => {
    const { stream, execute, query, close } = await makeSession(engine);
    execute('create table t (x)');
    const rows = stream('insert into t values (1), (2), (3) returning x', { batchSize: 1 });
    await rows.next();
    execute('begin');
    execute('commit');
    expect(query('select count(*) as n from t').at(0)).toEqual({ n: 3 });
    expect((await rows.next()).value?.at(0)).toEqual({ x: 2 });
    await rows.return();
    close();
  });

  test('an error in a later row', async () => {
    const { stream, close } = await makeSession(engine);
    const rows = stream(`select abs(case when i = 9000 then -9223372036854775808 else i end) as a from (${COUNT})`);
    expect((await rows.next()).value?.length).toBe(2048);
    expect(await errorOf(async () => { for await (const _ of rows); })).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('integer overflow') });
    close();
  });
});
