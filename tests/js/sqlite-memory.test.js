/**
 * SQLite's memory: what is given back, what happens when it grows, when there is none left, and after a trap.
 */
import { describe, expect, test } from '@jest/globals';
import { open } from '../../js/drivers/sqlite.js';
import { Database } from '../../js/sqlite/database.js';
import { loadEngine } from '../../js/sqlite/engine.js';
import { errorOf, makeEngine, makeSession, memoryUsed } from './sqlite-helpers.js';

const NUMBERS = (/** @type {number} */ n) => `with recursive c(i) as (values (1) union all select i + 1 from c where i < ${n})`;

describe('given back', () => {
  test('1,000 databases opened, used and closed', async () => {
    const engine = await makeEngine();
    /** @param {number} i */
    const useOne = async (i) => {
      const { execute, executeMany, query, stream, session, close } = await makeSession(engine);
      execute('create table t (a, b text)');
      await executeMany('insert into t values (?, ?)', [[1, 'é'.repeat(50)], [2, 'x']]);
      await executeMany('insert into t values (?, ?)', [[1, '\ud800']]).catch(() => {});
      query('select * from t where a = ?', [1]);
      query('select * from t');
      expect(() => query('select nope')).toThrow();
      expect(() => query('select ?', [Symbol('x')])).toThrow();
      expect(() => query('select 1; select 2')).toThrow();
      await session.footprint('select * from t');
      const left = stream('select * from t', { batchSize: 1 });
      const same = stream('select * from t', { batchSize: 1 });
      await left.next();
      await same.next();
      if (i % 2) await left.return();
      close();
    };
    await useOne(0);
    const before = memoryUsed(engine);
    const size = engine.memory.buffer.byteLength;
    for (let i = 0; i < 1000; i++) await useOne(i);
    expect(memoryUsed(engine)).toBe(before);
    expect(engine.memory.buffer.byteLength).toBe(size);
  });

  test('what an open database holds does not grow with its use', async () => {
    const engine = await makeEngine();
    const { execute, executeMany, query, stream, close } = await makeSession(engine);
    execute('create table t (a, b)');
    const round = async () => {
      for (let i = 0; i < 300; i++) query(`select ${i}, ? as x`, ['y'.repeat(i)]);
      await executeMany('insert into t values (?, ?)', Array.from({ length: 50 }, (_, i) => [i, 'z'.repeat(i)]));
      for await (const _ of stream('select * from t', { batchSize: 3 }));
      for await (const _ of stream('select b from t', { batchSize: 3 })) break;
      execute('delete from t');
    };
    for (let i = 0; i < 3; i++) await round();
    const before = memoryUsed(engine);
    for (let i = 0; i < 10; i++) await round();
    expect(memoryUsed(engine) - before).toBeLessThan(64 * 1024);
    close();
  });

  test('results of many widths, and what a large value took that was not read to the end', async () => {
    const engine = await makeEngine();
    const { query, stream, close } = await makeSession(engine);
    const wide = (/** @type {number} */ n) => `select ${Array.from({ length: n }, (_, i) => `'${'x'.repeat(i % 7)}' as c${i}`).join(', ')}`;
    const streams = [];
    for (let n = 1; n <= 200; n++) {
      expect(Object.keys(query(wide(n)).toArray()[0]).length).toBe(n);
      const rows = stream(`${NUMBERS(3)} ${wide(n)} from c`, { batchSize: 1 });
      await rows.next();
      streams.push(rows);
    }
    for (const rows of streams) expect((await rows.next()).value?.length).toBe(1);
    for (const rows of streams) await rows.return();
    const before = memoryUsed(engine);
    expect(before).toBeLessThan(40 * 2 ** 20);
    const large = `${NUMBERS(3)} select zeroblob(5000000) as b, case i when 2 then 9007199254740993 else i end as n, i from c`;
    for (let i = 0; i < 3; i++) {
      for await (const _ of stream(large, { batchSize: 1 })) break;
      expect(() => query(large)).toThrow(expect.objectContaining({ code: 'ERR_INT64_RANGE' }));
    }
    expect(memoryUsed(engine) - before).toBeLessThan(2 ** 20);
    close();
  });

  test('a text of 100 MB, and the room that it took', async () => {
    const engine = await makeEngine();
    const { query, execute, executeMany, close } = await makeSession(engine);
    const before = memoryUsed(engine);
    const text = 'hawser é'.repeat(100 * 2 ** 20 / 8);
    const row = query('select ? as t, length(?1) as n', [text]).at(0);
    expect(row?.n).toBe(text.length);
    expect(row?.t === text).toBe(true);
    expect(memoryUsed(engine) - before).toBeLessThan(2 ** 20);
    execute('create table t (x)');
    await executeMany('insert into t values (?)', [['small'], [text], [new Uint8Array(50 * 2 ** 20)]]);
    expect(query('select length(x) as n from t').toArray()).toEqual([{ n: 5 }, { n: text.length }, { n: 50 * 2 ** 20 }]);
    execute('delete from t; vacuum');
    expect(memoryUsed(engine) - before).toBeLessThan(2 ** 20);
    close();
  });
});

describe('growth', () => {
  test('while a result is read', async () => {
    const engine = await makeEngine();
    const { query, close } = await makeSession(engine);
    const start = engine.memory.buffer.byteLength;
    const table = query(`${NUMBERS(3000)} select i, printf('%.*c', i * 20, 'x') as t, zeroblob(i) as z, i / 2.0 as r from c order by -i`);
    expect(engine.memory.buffer.byteLength).toBeGreaterThan(start);
    const rows = table.toArray();
    expect(rows.length).toBe(3000);
    rows.forEach(({ i, t, z, r }, at) => {
      if (i !== 3000 - at || t.length !== i * 20 || z.length !== i || r !== i / 2) throw new Error(`row ${at}`);
    });
    close();
  });

  test('while parameters are bound, and between the batches of a stream', async () => {
    const engine = await makeEngine();
    const { executeMany, execute, stream, query, close } = await makeSession(engine);
    execute('create table t (i integer, x)');
    const reading = stream(`${NUMBERS(5000)} select i, 'text ' || i as x from c`, { batchSize: 500 });
    let next = 1;
    for await (const table of reading) {
      for (const { i, x } of table) {
        expect(i).toBe(next++);
        if (x !== `text ${i}`) throw new Error(`row ${i}`);
      }
      const start = engine.memory.buffer.byteLength;
      const large = 'é'.repeat(start / 4);
      await executeMany('insert into t values (?, ?)', [[1, 'a'], [2, large], [3, new Uint8Array(start / 8).fill(7)], [4, 'b']]);
      if (next < 2000) expect(engine.memory.buffer.byteLength).toBeGreaterThan(start);
      expect(query('select i, length(x) as n from t').toArray().map(({ n }) => n)).toEqual([1, start / 4, start / 8, 1]);
      execute('delete from t');
      if (next > 2000) break;
    }
    close();
  });

  test('there is none left: an error, and all goes on', async () => {
    const engine = await makeEngine();
    const { query, execute, executeMany, close } = await makeSession(engine);
    execute('create table t (x)');
    query(`pragma hard_heap_limit = ${memoryUsed(engine) + 4 * 2 ** 20}`);
    for (const use of [
      () => query("select printf('%.*c', 6000000, 'x') as x"),
      () => query(`${NUMBERS(10)} select printf('%.*c', 1500000, 'x') as x, printf('%.*c', 1500000, 'y') as y from c`),
      () => query('select ? as x', ['x'.repeat(3_000_000)]),
      () => query('select ? as x', [new Uint8Array(6_000_000)]),
      () => executeMany('insert into t values (?)', [['x'.repeat(6_000_000)]]),
      () => query(`select ${'1, '.repeat(1500)} 2 -- ${' '.repeat(6_000_000)}`),
    ]) {
      expect(await errorOf(use)).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_NOMEM' });
      expect(query("select 'fine' as x, ? as y", ['é']).toArray()).toEqual([{ x: 'fine', y: 'é' }]);
    }
    close();
  });
});

describe('an engine that has become large', () => {
  const fill = async () => {
    const client = await open({}, /** @type {any} */ ({}));
    const session = await client.acquire();
    await session.execute('create table t (x); insert into t values (zeroblob(80000000))', {});
    session.release();
    return client;
  };

  test('is not used again when nobody has a database in it any more', async () => {
    const small = await open({}, /** @type {any} */ ({}));
    const engine = await loadEngine();
    const large = await fill();
    expect(engine.memory.buffer.byteLength).toBeGreaterThan(80_000_000);
    large.close();
    large.close();
    expect(await loadEngine()).toBe(engine); // Another one has a database there.
    small.close();
    expect(engine.memory.buffer.byteLength).toBe(0); // Whoever still refers to a closed database refers to nothing large.
    const next = await loadEngine();
    expect(next).not.toBe(engine);
    expect(next.memory.buffer.byteLength).toBeLessThan(20_000_000);
    const again = await open({}, /** @type {any} */ ({}));
    again.close();
    expect(await loadEngine()).toBe(next);
  });

  test('what is closed in it still says so', async () => {
    const large = await fill();
    const session = await large.acquire();
    const stream = session.stream('select 1 union all select 2', { batchSize: 1 });
    await stream.next();
    large.close();
    expect((await loadEngine()).memory.buffer.byteLength).toBeGreaterThan(0);
    expect(large.queryNow('select 1', {})).toBeUndefined();
    for (const [name, use] of Object.entries({
      query: () => session.query('select 1', {}),
      execute: () => session.execute('select 1', {}),
      footprint: () => session.footprint('select 1'),
      stream: () => stream.next(),
      acquire: () => large.acquire(),
      export: () => large.export(),
      import: () => large.import(new Uint8Array(10)),
    })) {
      expect([name, await errorOf(use)]).toMatchObject([name, { code: 'ERR_CLOSED' }]);
    }
    large.close();
  });

  test('is given to nobody who asks while the last one closes', async () => {
    const large = await fill();
    const opening = open({}, /** @type {any} */ ({}));
    large.close();
    const client = await opening;
    expect(client.queryNow('select 1 as one', {})?.toArray()).toEqual([{ one: 1 }]);
    client.close();
  });
});

describe('a trap', () => {
  /** @param {import('../../js/sqlite/engine.js').Engine} engine */
  const trap = (engine) => engine.c.sqlite3_column_count(0x7ffffff0);

  test('gives the engine up, with everything in it', async () => {
    const engine = await makeEngine();
    const { query, execute, executeMany, stream, session, client } = await makeSession(engine);
    const other = new Database(engine);
    execute('create table t (x); insert into t values (1), (2)');
    execute('begin');
    query('select * from t');
    const reading = stream('select * from t', { batchSize: 1 });
    await reading.next();
    const { pack } = engine.packer;
    engine.packer = { pack: () => trap(engine) };
    const error = await errorOf(() => query('select * from t'));
    engine.packer = { pack };
    expect(error).toMatchObject({ code: 'ERR_CORE_CRASHED', phase: 'query', cause: { name: 'RuntimeError' } });
    expect(engine.alive).toBe(false);
    expect(session.inTransaction()).toBe(false);
    for (const use of [
      () => query('select * from t'),
      () => execute('select 1'),
      () => executeMany('insert into t values (?)', [[1]]),
      () => reading.next(),
      () => session.footprint('select x from t'),
      () => other.prepare('select 1'),
    ]) {
      expect(await errorOf(use)).toMatchObject({ code: 'ERR_CORE_CRASHED' });
    }
    client.close();
    other.close();
  });

  test.each(['sqlite3_prepare_v3', 'bind', 'run_many'])('in %s', async (name) => {
    const engine = await makeEngine();
    const { query, execute, executeMany, client } = await makeSession(engine);
    execute('create table t (x)');
    if (name in engine.c) engine.c = { ...engine.c, [name]: () => trap(engine) };
    else engine.binder = { ...engine.binder, [name]: () => trap(engine) };
    const use = name === 'run_many' ? () => executeMany('insert into t values (?)', [[1]]) : () => query('select ?', [1]);
    expect(await errorOf(use)).toMatchObject({ code: 'ERR_CORE_CRASHED' });
    client.close();
  });

  test('the next connection gets a fresh engine', async () => {
    const engine = await loadEngine();
    const client = await open({}, { name: 'a' });
    expect(await loadEngine()).toBe(engine);
    expect(() => engine.guard(() => trap(engine))).toThrow(expect.objectContaining({ code: 'ERR_CORE_CRASHED' }));
    expect(await loadEngine()).not.toBe(engine);
    const session = await client.acquire();
    expect(await errorOf(() => session.query('select 1', {}))).toMatchObject({ code: 'ERR_CORE_CRASHED' });
    session.release();
    client.close();
    const next = await (await open({}, { name: 'b' })).acquire();
    expect((await next.query('select 1 as x', {})).toArray()).toEqual([{ x: 1 }]);
  });

  test('an error that is none passes as it is', async () => {
    const engine = await makeEngine();
    for (const error of [new Error('x'), new RangeError('Invalid array length'), new TypeError('y')]) {
      expect(() => engine.guard(() => { throw error; })).toThrow(error);
    }
    expect(engine.alive).toBe(true);
  });
});

describe('the host', () => {
  test('local time is that of JavaScript', async () => {
    const { query, close } = await makeSession();
    for (const seconds of [0, 1_700_000_000, 1_720_000_000, 1_711_846_800, 946_684_799, 4_000_000_000, -1_000_000_000]) {
      const at = new Date(seconds * 1000);
      const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
      const local = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
      expect(query("select datetime(?, 'unixepoch', 'localtime') as t", [seconds]).at(0)).toEqual({ t: local });
    }
    const { now } = /** @type {any} */ (query("select unixepoch('now') as now").at(0));
    expect(Math.abs(now - Date.now() / 1000)).toBeLessThan(60);
    close();
  });

  test('two engines do not begin with the same random numbers', async () => {
    const draws = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { query, close } = await makeSession();
        const [row] = query('select hex(randomblob(16)) as r').toArray();
        close();
        return row.r;
      }),
    );
    expect(new Set(draws).size).toBe(3);
  });

  test('there are no files', async () => {
    const { query, close } = await makeSession();
    for (const sql of ["attach 'x.db' as x", "attach 'file:x?mode=rwc' as x", "vacuum into 'x.db'"]) {
      expect(await errorOf(() => query(sql))).toMatchObject({ code: 'ERR_QUERY' });
    }
    close();
  });
});
