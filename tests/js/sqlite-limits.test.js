/**
 * Statements that are stopped: by their timeout, or by whoever may say so. The clock is the tests' own.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SqliteSession } from '../../js/drivers/sqlite_session.js';
import { Turns } from '../../js/drivers/turns.js';
import { Database } from '../../js/sqlite/database.js';
import { errorOf, makeEngine, memoryUsed } from './sqlite-helpers.js';

/** Runs for as long as nobody stops it. */
const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n';
const ENDLESS_ROWS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
/** @type {Database} */
let database;
/** @type {any} */
let session;
/** What the clock adds each time that it is asked. */
let step = 0;
let now = 0;
const clock = { now: () => (now += step) };

beforeEach(async () => {
  engine = await makeEngine();
  database = new Database(engine);
  session = new SqliteSession(database, new Turns(1000), clock);
  session.execute('create table t (x)', {});
  now = 1000;
  step = 1;
});

afterEach(() => {
  session.end();
  database.close();
});

const count = () => session.query('select count(*) as n from t', {}).at(0).n;

describe('timeout', () => {
  test('stops a query, again and again, and leaves the database as it was', async () => {
    session.execute('insert into t values (1)', {});
    for (let i = 0; i < 3; i++) {
      expect(await errorOf(() => session.query(ENDLESS, { timeout: 50 }))).toMatchObject({
        code: 'ERR_TIMEOUT', phase: 'query', cause: { code: 'ERR_QUERY', sqliteCode: 'SQLITE_INTERRUPT' },
      });
      expect(count()).toBe(1);
    }
  });

  test('a query that ends in time is not touched', async () => {
    expect((await session.query('select 7 as x', { timeout: 50 })).toArray()).toEqual([{ x: 7 }]);
    expect(session.query('select 8 as x', { timeout: 50 }).toArray()).toEqual([{ x: 8 }]); // At once, now.
  });

  test('afterwards nobody asks for the time', async () => {
    await errorOf(() => session.query(ENDLESS, { timeout: 50 }));
    const before = now;
    session.query('with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) select count(*) from n', {});
    expect(now).toBe(before);
  });

  test('a write is undone', async () => {
    const write = `insert into t ${ENDLESS_ROWS}`;
    expect(await errorOf(() => session.execute(write, { timeout: 50 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(count()).toBe(0);
    expect(session.inTransaction()).toBe(false);
  });

  test('a write in a transaction takes the transaction with it, as SQLite does', async () => {
    session.execute('begin', {});
    session.execute('insert into t values (1)', {});
    await errorOf(() => session.execute(`insert into t ${ENDLESS_ROWS}`, { timeout: 50 }));
    expect(session.inTransaction()).toBe(false);
    expect(count()).toBe(0);
  });

  test('a query in a transaction does not', async () => {
    session.execute('begin', {});
    session.execute('insert into t values (1)', {});
    await errorOf(() => session.query(ENDLESS, { timeout: 50 }));
    expect(session.inTransaction()).toBe(true);
    session.execute('commit', {});
    expect(count()).toBe(1);
  });

  test('is for all statements of a script', async () => {
    const error = await errorOf(() => session.execute(`insert into t values (1); ${ENDLESS}; insert into t values (2)`, { timeout: 50 }));
    expect(error).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(count()).toBe(1);
  });

  test('executeMany', async () => {
    const rows = (function* () {
      for (;;) yield [1];
    })();
    session.execute('begin', {});
    expect(await errorOf(() => session.executeMany('insert into t values (?)', rows, { timeout: 50 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(session.inTransaction()).toBe(false);
    expect(count()).toBe(0);
    expect(rows.next().done).toBe(true); // The source was closed.
  });

  test('a stream: what its reader takes does not count', async () => {
    const batches = session.stream(ENDLESS_ROWS, { timeout: 50, batchSize: 2 });
    let read = 0;
    for (let i = 0; i < 5; i++) {
      read += (await batches.next()).value.length;
      now += 1000;
    }
    expect(read).toBe(10);
    const rest = async () => {
      for await (const _ of batches) step = 30;
    };
    expect(await errorOf(rest)).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(count()).toBe(0);
  });

  test('a stream of a statement that writes', async () => {
    const batches = session.stream(`insert into t ${ENDLESS_ROWS} returning x`, { timeout: 50 });
    expect(await errorOf(() => batches.next())).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(count()).toBe(0);
  });

  test('two streams have a limit each', async () => {
    const short = session.stream(ENDLESS_ROWS, { timeout: 20, batchSize: 1 });
    const long = session.stream(ENDLESS_ROWS, { timeout: 1e9, batchSize: 1 });
    const read = async () => {
      for (;;) {
        await long.next();
        await short.next();
      }
    };
    expect(await errorOf(read)).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect((await long.next()).value.length).toBe(1);
    await long.return();
  });

  test('nothing is left: it is not begun', async () => {
    expect(await errorOf(() => session.execute('insert into t values (1)', { timeout: 0 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(count()).toBe(0);
  });

  test('where the clock stands still, SQLite’s instructions are counted', async () => {
    step = 0;
    expect(await errorOf(() => session.query(ENDLESS, { timeout: 20 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect((await session.query('select count(*) as n from t', { timeout: 20 })).at(0).n).toBe(0);
  });

  test('also while a statement is prepared and while it commits, nothing is lost', async () => {
    for (let timeout = 1; timeout < 40; timeout++) {
      const rows = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${timeout * 500}) select i from n`;
      const error = await Promise.resolve().then(() => session.execute(`delete from t; insert into t ${rows}`, { timeout: 20 })).catch((/** @type {any} */ e) => e);
      if (error.code) expect(error.code).toBe('ERR_TIMEOUT');
      else expect(count()).toBe(timeout * 500);
      expect(session.query('pragma integrity_check', {}).toArray()).toEqual([{ integrity_check: 'ok' }]);
    }
  });

  test('a script of short statements, none of which SQLite asks in', async () => {
    const script = 'insert into t values (1);'.repeat(1000);
    const run = async () => {
      expect(await errorOf(() => session.execute(script, { timeout: 50 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
      expect(count()).toBeLessThan(60);
      session.execute('delete from t', {});
      return memoryUsed(engine);
    };
    const first = await run();
    expect(await run()).toBe(first); // No statement is left.
  });

  test('what has ended is not called interrupted', async () => {
    // So many instructions without a jump that SQLite asks when the row is in the table, and committed.
    const columns = Array.from({ length: 1500 }, (_, i) => `c${i}`).join();
    session.execute(`create table wide (${columns})`, {});
    const insert = `insert into wide values (${columns.replaceAll('c', '')})`;
    session.footprint(insert);
    step = 1000;
    expect((await session.execute(insert, { timeout: 500 })).rowsAffected).toBe(1);
    expect(session.query('select count(*) as n from wide', {}).at(0).n).toBe(1);
  });

  test('a result that somebody reads meanwhile is no excuse', async () => {
    session.execute('insert into t values (1), (2), (3)', {});
    const reader = session.stream('select x from t', { batchSize: 1 });
    await reader.next();
    expect(await errorOf(() => session.query(ENDLESS, { timeout: 50 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect((await reader.next()).value.at(0)).toEqual({ x: 2 });
    await reader.return();
  });

  test('an error of SQL is what it was', async () => {
    expect(await errorOf(() => session.query('select nothing', { timeout: 50 }))).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_ERROR' });
    expect(await errorOf(() => session.query('select ?', { timeout: 50 }))).toMatchObject({ code: 'ERR_PARAMETER' });
  });
});

describe('stop', () => {
  test('is asked while it runs', async () => {
    let asked = 0;
    expect(await errorOf(() => session.query(ENDLESS, { stop: () => ++asked === 10 }))).toMatchObject({
      code: 'ERR_QUERY', sqliteCode: 'SQLITE_INTERRUPT',
    });
    expect(asked).toBe(10);
  });

  test('what it throws is the cause', async () => {
    const cause = new Error('The flag is gone.');
    const stop = () => {
      throw cause;
    };
    expect(await errorOf(() => session.query(ENDLESS, { stop }))).toMatchObject({ code: 'ERR_QUERY', cause });
  });
});

describe('life', () => {
  test('nothing is loaded without a bound', async () => {
    session.query('select 1', {});
    expect(engine.callbacks).toBe(undefined);
  });

  test('an abort while it is loaded', async () => {
    const controller = new AbortController();
    const result = session.query(ENDLESS, { timeout: 50, signal: controller.signal });
    controller.abort(new Error('Not wanted any more.'));
    expect(await errorOf(() => result)).toMatchObject({ message: 'Not wanted any more.' });
  });

  test('closed while it is loaded', async () => {
    const result = session.query(ENDLESS, { timeout: 50 });
    session.end();
    database.close();
    expect(await errorOf(() => result)).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('closing gives everything back', async () => {
    await session.query('select 1', { timeout: 50 }); // The engine keeps what it has loaded.
    session.end();
    database.close();
    const before = memoryUsed(engine);
    for (let i = 0; i < 20; i++) {
      const other = new Database(engine);
      const own = /** @type {any} */ (new SqliteSession(other, new Turns(1000), clock));
      await errorOf(() => own.query(ENDLESS, { timeout: 5 }));
      own.end();
      other.close();
      await Promise.resolve();
    }
    expect(memoryUsed(engine)).toBe(before);
    expect(engine.callbacks?.size).toBe(0);
  });
});
