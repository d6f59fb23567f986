/**
 * What pages and Workers of a persistent database tell each other, and decide, without a browser: tables and errors as messages,
 * parameters that cannot be sent, turns at the desk, what becomes of statements whose leader is gone.
 */
import { describe, expect, jest, test } from '@jest/globals';
import { HawserError } from '../../js/errors.js';
import { buffersOf, decodeError, decodeTable, encodeError, encodeTable } from '../../js/sqlite/worker/codec.js';
import { Chunks } from '../../js/sqlite/worker/chunks.js';
import { Clerk } from '../../js/sqlite/worker/clerk.js';
import { Desk } from '../../js/sqlite/worker/desk.js';
import { fateOf, onlyReads } from '../../js/sqlite/worker/fate.js';
import { mark, sendable, unmark } from '../../js/sqlite/worker/marks.js';
import { normalName, poolFolder } from '../../js/sqlite/worker/names.js';
import { Table } from '../../js/table/table.js';
import { randomTable } from './random_tables.js';
import { makeSession } from './sqlite-helpers.js';

describe('tables as messages', () => {
  test.each(Array.from({ length: 40 }, (_, i) => i))('random table %i arrives as it was, also when its buffers are transferred', (seed) => {
    const { table } = randomTable(seed);
    const [rows, columns] = [table.toArray(), table.columns];
    expect(decodeTable(structuredClone(encodeTable(table))).toArray()).toEqual(rows);
    const sent = encodeTable(table);
    const arrived = decodeTable(structuredClone(sent, { transfer: buffersOf(sent) }));
    expect(arrived.toArray()).toEqual(rows);
    expect(arrived.columns).toEqual(columns);
  });

  test('what a statement did comes along', () => {
    const table = decodeTable(structuredClone(encodeTable(Table.from([{ a: 1 }]).withRowsAffected(3, 5n))));
    expect([table.rowsAffected, table.lastInsertId]).toEqual([3, 5n]);
  });
});

test('errors arrive with their class, code, details and causes', () => {
  const cause = new TypeError('inner');
  const error = new HawserError('ERR_QUERY', 'outer', { phase: 'query', sqliteCode: 'SQLITE_ERROR', errno: 1, offset: 7, row: 2, cause, odd: { not: 'sent' } });
  const arrived = decodeError(structuredClone(encodeError(error)));
  expect(arrived).toBeInstanceOf(HawserError);
  expect({ ...arrived }).toEqual({ code: 'ERR_QUERY', phase: 'query', sqliteCode: 'SQLITE_ERROR', errno: 1, offset: 7, row: 2, connection: undefined });
  expect([arrived.message, arrived.cause.name, arrived.cause.message]).toEqual(['outer', 'TypeError', 'inner']);
  expect(decodeError(encodeError(new RangeError('x')))).toBeInstanceOf(RangeError);
  expect(decodeError(encodeError(new DOMException('gone', 'NotFoundError')))).toMatchObject({ name: 'NotFoundError', message: 'gone' });
  expect(decodeError(encodeError('text')).message).toBe('text');
});

describe('parameters', () => {
  test('that cannot be sent are marked, and what binds them sees their kind', () => {
    const date = new Date(0);
    const bytes = new Uint8Array(3);
    const params = { a: () => {}, b: Symbol('x'), c: { f() {} }, d: [() => {}], e: 1n, date, bytes, n: null };
    const marked = unmark(structuredClone(mark(params)));
    expect(Object.values(marked).map((value) => (Array.isArray(value) ? 'array' : typeof value))).toEqual(['function', 'symbol', 'object', 'array', 'bigint', 'object', 'object', 'object']);
    expect([marked.date, marked.bytes, marked.n]).toEqual([date, bytes, null]);
    expect(typeof unmark(mark(() => {}))).toBe('function');
    expect(unmark(mark([1, () => {}])).map((value) => typeof value)).toEqual(['number', 'function']);
  });

  test('that are not an object\'s own are its own when they are sent', () => {
    class Row {
      #hidden = 5;
      own = 1;
      get hidden() {
        return this.#hidden;
      }
    }
    expect({ ...structuredClone(sendable(new Row())) }).toEqual({ own: 1, hidden: 5 });
    expect({ ...sendable(Object.create({ inherited: 2 })) }).toEqual({ inherited: 2 });
    const plain = { a: 1 };
    expect(sendable(plain)).toBe(plain);
    expect(sendable([1])).toEqual([1]);
    expect(sendable(undefined)).toBe(undefined);
  });

  test('rows are taken in chunks, and no more of them than are wanted', async () => {
    let taken = 0;
    let left = false;
    function* rows() {
      try {
        for (;;) yield [taken++, 'x'.repeat(1000)];
      } finally {
        left = true;
      }
    }
    const chunks = new Chunks(rows());
    const { rows: first } = await chunks.next();
    expect(first.length).toBe(taken);
    expect(taken).toBeLessThan(1000);
    chunks.leave();
    expect(left).toBe(true);
    const error = new Error('mine');
    const failing = new Chunks((async function* () { yield [1]; throw error; })());
    expect(await failing.next()).toEqual({ failed: true });
    expect(failing.failure.error).toBe(error);
    expect(await new Chunks([[1], [2]]).next()).toEqual({ rows: [[1], [2]], end: true });
  });
});

test('one database has one name, and every name a folder of its own', () => {
  for (const name of ['a/b.db', './a/b.db', '/a/b.db', 'a//x/../b.db', '../a/b.db']) expect(normalName(name)).toBe('a/b.db');
  for (const name of ['', '.', '/', 'a\0', 'x'.repeat(200), '漢'.repeat(30)]) expect(() => normalName(name)).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION_CONFIG' }));
  const folders = ['a', 'A', 'a b', 'a%20b', 'a*', "a'", 'a/b', 'a%2Fb', 'é'].map(poolFolder);
  expect(new Set(folders).size).toBe(folders.length);
  for (const folder of folders) expect(folder).toMatch(/^\.hawser\/sqlite\/[\w%.-]+$/);
});

describe('a statement whose leader is gone', () => {
  test.each(['select 1', ' -- note\n select * from t;', 'VALUES (1)', 'with a as (select 1) select * from a', 'pragma table_info(t)', 'pragma main.table_info("t");', 'pragma integrity_check'])(
    'is run again when it only reads: %s', (sql) => {
      expect(onlyReads(sql)).toBe(true);
      for (const op of ['query', 'execute', 'cursor']) expect(fateOf({ op, sql })).toBe('again');
    });

  test.each([
    'insert into t values (1)', 'with a as (select 1) insert into t select * from a', 'select 1; delete from t', 'pragma user_version = 1', 'pragma user_version',
    'pragma table_info(t); delete from t', 'explain select 1; drop table t', 'begin; insert into t values (1); commit', 'replace into t values (1)', 'vacuum', '',
  ])('is not when it may write: %s', (sql) => {
    expect(onlyReads(sql)).toBe(false);
    expect(fateOf({ op: 'execute', sql })).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
    expect(fateOf({ op: 'bulk', sql })).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
  });

  test('in a transaction is undone, unless it may have committed', () => {
    const undone = { code: 'ERR_TRANSACTION', rolledBack: true };
    for (const sql of ['insert into t values (1)', 'select 1', 'release hawser_1', "update t set a = case when b then 'commit' end"]) expect(fateOf({ op: 'execute', sql, tx: true })).toMatchObject(undone);
    for (const sql of ['commit', 'COMMIT transaction', 'end', 'commit; begin', 'insert into t values (1); commit', 'release outermost', '/* */ commit']) {
      expect(fateOf({ op: 'execute', sql, tx: true })).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
    }
    for (const sql of ['begin', 'begin immediate', 'BEGIN TRANSACTION;']) expect(fateOf({ op: 'execute', sql })).toBe('again');
    expect(fateOf({ op: 'next' })).toMatchObject({ code: 'ERR_CONNECTION_FAILED', interrupted: true });
    expect(fateOf({ op: 'import' })).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
  });

  test('is run again when it surely was not begun, or undone with its transaction', () => {
    for (const op of ['execute', 'bulk', 'import', 'define']) expect(fateOf({ op, sql: 'insert into t values (1)' }, false)).toBe('again');
    expect(fateOf({ op: 'execute', sql: 'commit', tx: true }, false)).toMatchObject({ code: 'ERR_TRANSACTION', rolledBack: true });
    expect(fateOf({ op: 'next' }, false)).toMatchObject({ code: 'ERR_CONNECTION_FAILED', interrupted: true });
  });
});

describe('the desk', () => {
  /** A desk on a database in memory; what it says and publishes, in order. */
  async function makeDesk(options = {}) {
    const { session } = await makeSession();
    const log = [];
    const published = [];
    const clerk = new Clerk({ session, define: async () => {}, exportBytes: () => new Uint8Array(), importBytes() {} });
    const desk = new Desk({ clerk, session, publish: (tables, member, id) => published.push([tables, `${member}/${id}`]), ...options });
    let count = 0;
    const ask = (member, session, sql, more = {}) => {
      const id = ++count;
      return new Promise((resolve) => {
        const answer = (reply) => {
          if (reply.op === 'more') return;
          log.push(`${member}/${session} ${sql} ${reply.op === 'again' ? 'again' : reply.error ? reply.error.code ?? reply.error.name : 'ok'}`);
          resolve(reply);
        };
        desk.handle(member, { op: 'execute', id, session, sql, ...more }, answer);
      });
    };
    await ask('a', '1', 'create table t (x)');
    log.length = published.length = 0;
    return { desk, ask, log, published, rows: async () => decodeTable((await ask('z', '9', 'select x from t order by x')).table).toArray().map(({ x }) => x) };
  }

  test('runs what comes in its order, and a transaction by itself', async () => {
    const { ask, log, published } = await makeDesk();
    await ask('a', '1', 'begin');
    const rest = [ask('b', '1', 'insert into t values (2)'), ask('a', '2', 'insert into t values (3)')];
    await ask('a', '1', 'insert into t values (1)');
    await ask('a', '1', 'commit');
    await Promise.all(rest);
    expect(log).toEqual(['a/1 begin ok', 'a/1 insert into t values (1) ok', 'a/1 commit ok', 'b/1 insert into t values (2) ok', 'a/2 insert into t values (3) ok']);
    expect(published).toEqual([[['t'], 'a/1'], [['t'], 'b/1'], [['t'], 'a/2']]);
  });

  test('undoes what somebody has left open who is gone', async () => {
    for (const go of [(desk) => desk.leave('a'), (desk) => desk.handle('a', { op: 'release', session: '1' }, () => {})]) {
      const { desk, ask, rows, published } = await makeDesk();
      await ask('a', '1', 'begin; insert into t values (1)');
      const waiting = ask('b', '1', 'insert into t values (2)');
      go(desk);
      await waiting;
      expect(await rows()).toEqual([2]);
      expect(published).toEqual([[['t'], 'b/1']]);
    }
  });

  test('refuses what belongs to a transaction that is not there', async () => {
    const { ask, rows } = await makeDesk();
    expect((await ask('a', '1', 'insert into t values (1)', { tx: true })).error).toMatchObject({ code: 'ERR_TRANSACTION' });
    expect(await rows()).toEqual([]);
  });

  test('lets go of what is not wanted, or has waited long enough', async () => {
    jest.useFakeTimers();
    try {
      const { desk, ask, rows, log } = await makeDesk();
      await ask('a', '1', 'begin');
      const late = ask('b', '1', 'insert into t values (1)', { patience: 50 });
      const unwanted = ask('b', '2', 'insert into t values (2)', { patience: Infinity });
      desk.handle('b', { op: 'cancel', id: 4 }, () => {});
      expect((await unwanted).error.name).toBe('AbortError');
      jest.advanceTimersByTime(50);
      expect((await late).error).toMatchObject({ code: 'ERR_TIMEOUT', details: { sqliteCode: 'SQLITE_BUSY' } });
      await ask('a', '1', 'rollback');
      expect(await rows()).toEqual([]);
      expect(log.at(-2)).toBe('a/1 rollback ok');
    } finally {
      jest.useRealTimers();
    }
  });

  test('that closes ends the transaction that is open, and sends all others elsewhere', async () => {
    const { desk, ask, log } = await makeDesk();
    await ask('a', '1', 'begin');
    const elsewhere = ask('b', '1', 'insert into t values (2)');
    const closed = desk.close(60_000, Promise.resolve());
    await elsewhere;
    await ask('b', '2', 'select 1');
    await ask('a', '1', 'insert into t values (1)', { tx: true });
    await ask('a', '1', 'commit', { tx: true });
    expect(await closed).toEqual(new Map());
    await ask('a', '1', 'select 2');
    expect(log).toEqual([
      'a/1 begin ok', 'b/1 insert into t values (2) again', 'b/2 select 1 again', 'a/1 insert into t values (1) ok', 'a/1 commit ok', 'a/1 select 2 again',
    ]);
  });

  test('that closes says what it has begun and not ended, and is open for what belongs to a transaction until the others are told', async () => {
    const { desk, ask } = await makeDesk();
    /** @type {(value?: unknown) => void} */
    let tell = () => {};
    const told = new Promise((resolve) => (tell = resolve));
    await ask('a', '1', 'begin');
    const closed = desk.close(0, told);
    desk.handle('a', { op: 'bulk', id: 77, session: '1', tx: true, sql: 'insert into t values (?)' }, () => {}); // Its rows never come.
    await ask('b', '1', 'select 1');
    tell();
    expect(await closed).toEqual(new Map([['a', [77]]]));
  });

  test('acknowledges no commit before it is sure of it', async () => {
    const sure = [];
    const { ask, log } = await makeDesk({ verify: () => (sure.length ? sure.shift() : undefined) });
    /** @type {(reason?: unknown) => void} */
    let settle = () => {};
    sure.push(new Promise((resolve) => (settle = resolve)), Promise.reject(new HawserError('ERR_CONNECTION_FAILED', 'gone')));
    const writing = ask('a', '1', 'insert into t values (1)');
    const behind = ask('b', '1', 'insert into t values (2)');
    expect(log).toEqual([]);
    settle();
    await writing;
    await behind;
    expect(log).toEqual(['a/1 insert into t values (1) ok', 'b/1 insert into t values (2) ERR_CONNECTION_FAILED']);
  });

  test('tells of commits before it answers, and of unknown tables', async () => {
    const { desk, published } = await makeDesk();
    const order = [];
    await new Promise((resolve) => {
      desk.handle('a', { op: 'execute', id: 99, session: '1', sql: 'create table u (y)' }, () => {
        order.push(published.length);
        resolve(undefined);
      });
    });
    expect(order).toEqual([1]);
    expect(published).toEqual([[undefined, 'a/1']]);
  });

  test('a stream of a leader before is not known', async () => {
    const { desk } = await makeDesk();
    const reply = await new Promise((resolve) => desk.handle('a', { op: 'next', id: 1, session: '1', cursor: 7 }, resolve));
    expect(reply.error).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
  });
});
