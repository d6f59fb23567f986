/**
 * The SQLite driver by itself: errors, statements, results.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { HawserError } from '../../js/errors.js';
import { errorOf, makeEngine, makeSession } from './sqlite-helpers.js';

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
beforeAll(async () => {
  engine = await makeEngine();
});

describe('errors', () => {
  test('a syntax error has code, place and native code', async () => {
    const { query, close } = await makeSession(engine);
    const error = await errorOf(() => query('select 1,\n  frm t'));
    expect(error).toBeInstanceOf(HawserError);
    expect(error).toMatchObject({ code: 'ERR_QUERY', phase: 'query', sqliteCode: 'SQLITE_ERROR', errno: 1, line: 2, column: 3, offset: 12 });
    expect(error.message).toBe('SQLite: no such column: frm (SQLITE_ERROR) at line 2, column 3 of the SQL text.');
    close();
  });

  test('the offset counts UTF-16 units, also after characters of several bytes and a byte order mark', async () => {
    const { query, close } = await makeSession(engine);
    for (const before of ["select 'é😀日', ", '\ufeffselect ', '/* 😀 */ select ']) {
      const sql = `${before}nope`;
      expect(await errorOf(() => query(sql))).toMatchObject({ offset: before.length, line: 1, column: before.length + 1 });
    }
    close();
  });

  test('of several statements in one query, where the second begins', async () => {
    const { query, close } = await makeSession(engine);
    expect(await errorOf(() => query('select 1; -- one\n  select 2'))).toMatchObject({ code: 'ERR_QUERY', offset: 19, line: 2, column: 3 });
    close();
  });

  test('in a text of several statements the place is that in the whole text', async () => {
    const { execute, query, close } = await makeSession(engine);
    const sql = "create table a (x);\n-- é\ninsert into a values ('😀');\nselect nope from a";
    expect(await errorOf(() => execute(sql))).toMatchObject({ offset: sql.indexOf('nope'), line: 4, column: 8 });
    expect(query('select x from a').toArray()).toEqual([{ x: '😀' }]); // What stood before it was done.
    close();
  });

  test.each([
    ['insert into t values (1, 1, 1)', 'SQLITE_CONSTRAINT_PRIMARYKEY', 1555],
    ['insert into t values (2, 7, 1)', 'SQLITE_CONSTRAINT_UNIQUE', 2067],
    ['insert into t values (2, null, 1)', 'SQLITE_CONSTRAINT_NOTNULL', 1299],
    ['insert into t values (2, 2, -1)', 'SQLITE_CONSTRAINT_CHECK', 275],
    ['select abs(-9223372036854775807 - 1)', 'SQLITE_ERROR', 1],
    ["select json('{')", 'SQLITE_ERROR', 1],
    ["attach '/somewhere/file.db' as other", 'SQLITE_CANTOPEN', 14],
    ['select zeroblob(3000000000)', 'SQLITE_TOOBIG', 18],
  ])('%s is %s', async (sql, sqliteCode, errno) => {
    const { execute, query, close } = await makeSession(engine);
    execute('create table t (id integer primary key, u unique not null, c check (c > 0)) without rowid; insert into t values (1, 7, 1)');
    expect(await errorOf(() => query(sql))).toMatchObject({ code: 'ERR_QUERY', sqliteCode, errno });
    expect(query('select count(*) as n from t').at(0)).toEqual({ n: 1 });
    close();
  });

  test.each([
    ['', 'There is no statement in the SQL text.'],
    [' ;; -- nothing\n /* here', 'There is no statement in the SQL text.'],
    ['select 1; select 2', 'The SQL text holds several statements. Use execute() for them, query() takes one.'],
    ['select 1; oops', 'The SQL text holds several statements. Use execute() for them, query() takes one.'],
    ['select \0', 'The SQL text holds a NUL character; pass such text as a parameter.'],
    ["select '\ud800'", 'The SQL text holds a lone surrogate, which UTF-8 cannot hold.'],
  ])('query(%j): %s', async (sql, message) => {
    const { query, close } = await makeSession(engine);
    expect(await errorOf(() => query(sql))).toMatchObject({ code: 'ERR_QUERY', message });
    close();
  });

  test('after close', async () => {
    const { query, execute, executeMany, stream, client, session } = await makeSession(engine);
    execute('create table t (x)');
    query('select 1');
    client.close();
    client.close();
    for (const use of [
      () => query('select 1'),
      () => execute('delete from t'),
      () => executeMany('insert into t values (?)', [[1]]),
      () => stream('select 1').next(),
      () => session.footprint('select 1'),
      () => client.acquire(),
    ]) {
      expect(await errorOf(use)).toMatchObject({ code: 'ERR_CLOSED' });
    }
    expect(session.inTransaction()).toBe(false);
  });
});

describe('statements', () => {
  test('`select *` after the table was altered', async () => {
    const { query, execute, close } = await makeSession(engine);
    const sql = 'select * from t';
    execute("create table t (a, b text not null); insert into t values (1, 'x')");
    expect(query(sql).toArray()).toEqual([{ a: 1, b: 'x' }]);
    execute('alter table t add column c integer default 5');
    expect(query(sql).toArray()).toEqual([{ a: 1, b: 'x', c: 5 }]);
    expect(query(sql).columns.map(({ name, type, nullable }) => ({ name, type, nullable }))).toEqual([
      { name: 'a', type: 'integer', nullable: true }, { name: 'b', type: 'string', nullable: false }, { name: 'c', type: 'integer', nullable: true },
    ]);
    execute('alter table t rename column a to first');
    expect(query(sql).toArray()).toEqual([{ first: 1, b: 'x', c: 5 }]);
    execute('alter table t drop column b');
    expect(query(sql).toArray()).toEqual([{ first: 1, c: 5 }]);
    execute('alter table t drop column c; delete from t');
    expect(query(sql).columns.map(({ name }) => name)).toEqual(['first']);
    execute('drop table t');
    expect(await errorOf(() => query(sql))).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('no such table') });
    execute('create table t (z)');
    expect(query(sql).columns.map(({ name }) => name)).toEqual(['z']);
    close();
  });

  test.each([0, 24])('`returning *` after the table was altered, by %i columns', async (more) => {
    const { execute, query, close } = await makeSession(engine);
    const sql = "insert into t (a) values ('long text that has to be copied') returning *";
    execute('create table t (a)');
    expect(query(sql).length).toBe(1);
    for (let i = 0; i <= more; i++) execute(`alter table t add column c${i} default 'é'`);
    expect(Object.keys(/** @type {any} */ (query(sql).at(0))).length).toBe(2 + more);
    for (let i = 0; i <= more; i++) execute(`alter table t drop column c${i}`);
    expect(query(sql).toArray()).toEqual([{ a: 'long text that has to be copied' }]);
    expect(query('select count(*) as n from t').at(0)).toEqual({ n: 3 }); // Run once each.
    close();
  });

  test('text after the statement does not keep it from being used again', async () => {
    const { query, close } = await makeSession(engine);
    for (const sql of ['select 1 as x; ', 'select 1 as x -- one', ';select 1 as x;; /* one */', '\ufeffselect 1 as x']) {
      for (let i = 0; i < 3; i++) expect(query(sql).toArray()).toEqual([{ x: 1 }]);
    }
    close();
  });

  test('empty statements among others', async () => {
    const { execute, query, close } = await makeSession(engine);
    execute(';;create table a (x);; -- next\n; insert into a values (1);/**/; insert into a values (2);');
    expect(query('select count(*) as n from a').at(0)).toEqual({ n: 2 });
    close();
  });

  test('execute gives the last rows and all that were affected', async () => {
    const { execute, close } = await makeSession(engine);
    const table = execute('create table t (x); insert into t values (1), (2); update t set x = 3; select sum(x) as s from t');
    expect(table.rowsAffected).toBe(4);
    expect(table.toArray()).toEqual([{ s: 6 }]);
    expect(execute('insert into t values (7)')).toMatchObject({ rowsAffected: 1, lastInsertId: 3 });
    expect(execute('insert into t values (?)', [8])).toMatchObject({ rowsAffected: 1, lastInsertId: 4 });
    expect(execute('insert into t values (?)', [9])).toMatchObject({ rowsAffected: 1, lastInsertId: 5 });
    expect(execute('delete from t where x = 7')).toMatchObject({ rowsAffected: 1, lastInsertId: undefined });
    expect(execute('insert into t values (1); delete from t where x = 1; select 1')).toMatchObject({ rowsAffected: 2, lastInsertId: 6 });
    expect(execute('create table u as select * from t')).toMatchObject({ rowsAffected: 0 });
    expect(execute('drop table u')).toMatchObject({ rowsAffected: 0 });
    expect(execute('delete from t').rowsAffected).toBe(4);
    expect(await errorOf(() => execute('delete from t; insert into t values (?)', [1]))).toMatchObject({ code: 'ERR_PARAMETER' });
    close();
  });

  test('a long script takes time in proportion to its length', async () => {
    const { execute, query, close } = await makeSession(engine);
    const script = `create table t (x text);${"insert into t values ('é some text');\n".repeat(10_000)}`;
    execute(script);
    expect(query('select count(*) as n from t').at(0)).toEqual({ n: 10_000 });
    close();
  });

  test('more statements than are kept, and many open at once', async () => {
    const { query, stream, execute, close } = await makeSession(engine);
    execute('create table t (x); insert into t values (1), (2), (3)');
    for (let i = 0; i < 400; i++) expect(query(`select ${i} as x`).at(0)).toEqual({ x: i });
    const open = [];
    for (let i = 0; i < 300; i++) {
      const rows = stream(`select x + ${i} as y from t`, { batchSize: 1 });
      expect((await rows.next()).value?.at(0)).toEqual({ y: 1 + i });
      open.push(rows);
    }
    expect(query('select 7 as x').at(0)).toEqual({ x: 7 });
    for (const [i, rows] of open.entries()) expect((await rows.next()).value?.at(0)).toEqual({ y: 2 + i });
    for (const rows of open) await rows.return();
    close();
  });

  test('PRAGMA answers anew each time', async () => {
    const { query, execute, close } = await makeSession(engine);
    for (const on of [1, 0, 1]) {
      query(`pragma foreign_keys = ${on}`);
      expect(query('pragma foreign_keys').at(0)).toEqual({ foreign_keys: on });
    }
    execute('create table t (a)');
    expect(query('pragma table_info(t)').length).toBe(1);
    execute('alter table t add column b');
    expect(query('pragma table_info(t)').length).toBe(2);
    close();
  });

  test('columns: types as declared, nullable only where nothing can be null', async () => {
    const { query, execute, close } = await makeSession(engine);
    execute(`create table t (i int not null, r double, s varchar(9), b blob, n numeric, d date, x);
             create table u (i int not null); create view v as select u.i from t left join u on 0; insert into t (i) values (1)`);
    expect(query('select * from t').columns.map(({ type }) => type)).toEqual(['integer', 'number', 'string', 'buffer', 'number', 'string', 'other']);
    expect(query('select i from t').columns[0]).toEqual({ name: 'i', type: 'integer', nullable: false, databaseType: 'INT' });
    for (const sql of [
      'select i from v', 'select u.i from t left join u on 0', 'select u.i from t natural full join u', 'select i, max(i) from u',
      'select (select i from u) as i', 'select i from u union all select null', 'select x.i from t left join (select i from u) x on 0',
    ]) {
      expect([sql, query(sql).columns[0]]).toMatchObject([sql, { name: 'i', nullable: true }]);
      expect(query(sql).toArray().at(-1)?.i ?? null).toBe(null);
    }
    close();
  });

  test('equal names: the last one wins in rows, all are there by index', async () => {
    const { query, close } = await makeSession(engine);
    const table = query('select 1 as a, 2 as a, 3 as "__proto__"');
    expect(table.at(0)).toEqual(JSON.parse('{"a": 2, "__proto__": 3}'));
    expect(table.toArray()).toEqual([JSON.parse('{"a": 2, "__proto__": 3}')]);
    expect([...table.columnAt(0)]).toEqual([1]);
    close();
  });
});

describe('64-bit integers', () => {
  test.each([1, 3, 10, 5000])('in a result of %i rows', async (n) => {
    const { query, close } = await makeSession(engine);
    const sql = `with recursive c(i) as (values (1) union all select i + 1 from c where i < ${n}) select i, case when i = ${n} then 9007199254740993 else i end as big, case i % 2 when 0 then 'x' else i end as mixed from c`;
    expect(await errorOf(() => query(sql))).toMatchObject({
      code: 'ERR_INT64_RANGE', column: 'big', message: expect.stringContaining("int64: 'bigint'"),
    });
    const big = query(sql, undefined, { int64: 'bigint' });
    expect(big.at(-1)?.big).toBe(9007199254740993n);
    expect([...big.column('i')][0]).toBe(1n);
    expect(big.columns.map(({ type }) => type).slice(0, 2)).toEqual(['bigint', 'bigint']);
    const text = query(sql, undefined, { int64: 'string' });
    expect(text.at(-1)?.big).toBe('9007199254740993');
    expect(text.at(0)).toMatchObject({ i: '1', mixed: '1' });
    close();
  });

  test('another mode is a RangeError', async () => {
    const { query, close } = await makeSession(engine);
    expect(await errorOf(() => query('select 1', undefined, { int64: 'exact' }))).toMatchObject({ name: 'RangeError', message: expect.stringContaining('int64') });
    close();
  });
});
