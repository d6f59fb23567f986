/** SQLite files, where databases are files: what others have written, locks, options. */
import { fails, ok, same } from '../assert.js';

/** @typedef {import('../suite.js').Context} Context */
/** @typedef {import('../../../js/index.js').SqlConnection} SqlConnection */

/**
 * Two connections that know nothing of each other, as those of two processes.
 * @param {Context} context
 * @param {string} [options] Of the URL, with its question mark.
 * @returns {Promise<[SqlConnection, SqlConnection]>}
 */
export async function two({ hawser, fresh }, options = '') {
  const url = `${fresh()}${options}`;
  const open = () => hawser().connection('db', { type: 'sql', url });
  const first = await open();
  await first.execute('create table t (i integer primary key, s text not null)');
  return [first, await open()];
}

/** @param {(context: Context) => Promise<void>} work @returns {import('../suite.js').Case} */
const onFiles = (work) => (context) => (context.facts.database?.includes('{n}') ? work(context) : undefined);

/** Where they are in folders, and not kept by a browser. @param {(context: Context) => Promise<void>} work @returns {import('../suite.js').Case} */
export const inFolders = (work) => onFiles(async (context) => (context.facts.storages.includes('folder') ? work(context) : undefined));

/** @type {Record<string, import('../suite.js').Case>} */
export const files = {
  'what was written is there when the file is opened again': onFiles(async ({ hawser, fresh }) => {
    const url = fresh();
    const first = hawser();
    const conn = await first.connection('db', { type: 'sql', url });
    await conn.execute("create table t (a); insert into t values ('Ada'), (null)");
    await first.close();
    same((await (await hawser().connection('db', { type: 'sql', url })).query('select a from t')).toArray(), [{ a: 'Ada' }, { a: null }]);
  }),

  'an empty database is in memory all the same': onFiles(async ({ hawser }) => {
    const conn = await hawser().connection('db', { type: 'sql', url: 'sqlite://' });
    same((await conn.query('select file from pragma_database_list')).at(0), { file: '' });
  }),

  'a new file is in WAL mode, and settings are those of a database in memory': onFiles(async ({ memory, hawser }) => {
    const conn = await memory();
    await conn.execute('create table t (a)');
    same((await conn.query('pragma journal_mode')).at(0), { journal_mode: 'wal' });
    same((await conn.query('pragma synchronous')).at(0), { synchronous: 2 });
    const inMemory = await hawser().connection('db', { type: 'sql', url: 'sqlite://' });
    for (const name of ['foreign_keys', 'recursive_triggers', 'case_sensitive_like', 'auto_vacuum', 'read_uncommitted']) {
      same((await conn.query(`pragma ${name}`)).toArray(), (await inMemory.query(`pragma ${name}`)).toArray(), name);
    }
  }),

  'options of the url': inFolders(async ({ hawser, fresh }) => {
    const url = fresh();
    const conn = await hawser().connection('db', { type: 'sql', url: `${url}?journal_mode=delete&foreign_keys=on&synchronous=normal` });
    same((await conn.query('pragma journal_mode')).at(0), { journal_mode: 'delete' });
    same((await conn.query('pragma foreign_keys')).at(0), { foreign_keys: 1 });
    same((await conn.query('pragma synchronous')).at(0), { synchronous: 1 });
    await conn.execute('create table t (a)');
    const again = await hawser().connection('db', { type: 'sql', url });
    same((await again.query('pragma journal_mode')).at(0), { journal_mode: 'delete' }, 'an old file keeps its mode');
    for (const odd of ['?cache=shared', '?mode=wx', '?foreign_keys=maybe', '?busy_timeout=soon']) {
      const other = hawser();
      const error = await fails(async () => (await other.connection('db', { type: 'sql', url: `${url}${odd}` })).query('select 1'), odd.includes('soon') ? 'ERR_CONNECTION_FAILED' : 'ERR_CONNECTION_CONFIG');
      ok(error.message.length > 10, error.message);
    }
  }),

  'mode=ro reads and cannot write': inFolders(async (context) => {
    const [first] = await two(context);
    await first.execute("insert into t (s) values ('x')");
    const file = /** @type {string} */ (/** @type {any} */ ((await first.query('select file from pragma_database_list')).at(0)).file);
    const conn = await context.hawser().connection('db', { type: 'sql', url: `sqlite:///${file}?mode=ro` });
    same((await conn.query('select s from t')).toArray(), [{ s: 'x' }]);
    same((await fails(conn.execute("insert into t (s) values ('y')"), 'ERR_QUERY')).sqliteCode, 'SQLITE_READONLY');
    same(await conn.transaction(async (tx) => (await tx.query('select count(*) as n from t')).at(0)), { n: 1 });
  }),

  'a file that is not there': inFolders(async ({ hawser, fresh }) => {
    const url = fresh();
    for (const mode of ['ro', 'rw']) {
      const conn = await hawser().connection('db', { type: 'sql', url: `${url}?mode=${mode}` });
      const error = await fails(conn.query('select 1'), 'ERR_CONNECTION_FAILED');
      ok(/there is no file .*\.db/.test(error.message), error.message);
    }
    const lost = await hawser().connection('db', { type: 'sql', url: url.replace(/([^/]*)$/, 'no/such/$1') });
    const error = await fails(lost.query('select 1'), 'ERR_CONNECTION_FAILED');
    ok(/the folder .*no[/\\]such does not exist/.test(error.message), error.message);
  }),

  'a file that is no database': inFolders(async ({ hawser, fresh }) => {
    const conn = await hawser().connection('db', { type: 'sql', url: `${fresh().replace(/[^/]*$/, '')}odd.db` });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(/** @type {string} */ (fresh().split(':///')[1]).replace(/[^/]*$/, 'odd.db'), 'This is a text and no database. '.repeat(100));
    const error = await fails(conn.query('select 1'), 'ERR_CONNECTION_FAILED');
    same(error.sqliteCode, 'SQLITE_NOTADB');
  }),

  'tables, columns and rows that another connection has written': onFiles(async (context) => {
    const [first, second] = await two(context);
    await first.execute("insert into t (s) values ('x')");
    const all = () => second.query('select * from t', { cache: 'no-store' });
    same((await all()).toArray(), [{ i: 1, s: 'x' }]);
    await first.execute('alter table t add column more default 5');
    same((await all()).toArray(), [{ i: 1, s: 'x', more: 5 }]);
    same((await all()).columns.length, 3);
    await first.execute('alter table t rename column s to text');
    same((await all()).toArray(), [{ i: 1, text: 'x', more: 5 }]);
    await first.execute('alter table t drop column text; alter table t drop column more');
    same((await all()).toArray(), [{ i: 1 }]);
    await first.execute('drop table t; create table u (z)');
    await fails(all(), 'ERR_QUERY');
    same((await second.query('select * from u')).length, 0);
  }),

  'a lock of another connection is waited for': inFolders(async (context) => {
    for (const mode of ['', '?journal_mode=delete']) {
      const [first, second] = await two(context, mode);
      /** @type {(value?: unknown) => void} */
      let go = () => {};
      const gate = new Promise((resolve) => (go = resolve));
      /** @type {(value?: unknown) => void} */
      let begun = () => {};
      const writing = new Promise((resolve) => (begun = resolve));
      const one = first.transaction(async (tx) => {
        await tx.execute("insert into t (s) values ('first')");
        begun();
        await gate;
      });
      await writing;
      const results = Promise.all([
        second.execute("insert into t (s) values ('second')"),
        second.executeMany('insert into t (s) values (?)', [['third'], ['fourth']]),
        second.transaction((tx) => tx.execute("insert into t (s) values ('fifth')")),
      ]);
      go();
      await one;
      await results;
      const rows = await second.query('select s from t order by i', { cache: 'no-store' });
      same(rows.toArray().map(({ s }) => s), ['first', 'second', 'third', 'fourth', 'fifth']);
    }
  }),

  'a lock is not waited for longer than busyTimeout, nor than somebody wants to': inFolders(async (context) => {
    const [first, second] = await two(context, '?busy_timeout=30ms');
    const tx = await first.session();
    await tx.execute("insert into t (s) values ('first')");
    for (const write of [
      () => second.execute("insert into t (s) values ('x')"),
      () => second.transaction((inner) => inner.execute("insert into t (s) values ('x')")),
      () => second.executeMany('insert into t (s) values (?)', [['x']]),
    ]) {
      const error = await fails(write, 'ERR_TIMEOUT');
      same(error.sqliteCode, 'SQLITE_BUSY');
      ok(error.message.includes('busyTimeout'), error.message);
    }
    same((await second.query('select * from t')).length, 0, 'readers are not locked out, and see no half of it');
    await tx.commit();
    await tx.close();
    same((await second.execute("insert into t (s) values ('x')")).rowsAffected, 1);
  }),

  'a wait for a lock can be aborted': onFiles(async (context) => {
    const [first, second] = await two(context);
    const tx = await first.session();
    await tx.execute("insert into t (s) values ('first')");
    const controller = new AbortController();
    const write = second.execute("insert into t (s) values ('x')", { signal: controller.signal });
    controller.abort(new RangeError('enough'));
    await fails(write, RangeError);
    await tx.close();
    same((await second.execute("insert into t (s) values ('x')")).rowsAffected, 1);
  }),

  'one can write while a result is read': onFiles(async (context) => {
    const [conn] = await two(context);
    await conn.executeMany('insert into t (s) values (?)', Array.from({ length: 100 }, (_, i) => [`row ${i}`]));
    let seen = 0;
    for await (const { length } of conn.stream('select * from t where i <= 100', { batchSize: 10 })) {
      seen += length;
      await conn.execute("insert into t (s) values ('more')");
      await conn.transaction((tx) => tx.execute('update t set s = s where i = 1'));
      same((await conn.query('select i from t where i = 1')).length, 1);
    }
    same(seen, 100);
    same((await conn.query('select count(*) as n from t')).at(0), { n: 110 });
  }),

  'columns of equal names in a stream': onFiles(async ({ memory }) => {
    const conn = await memory();
    for await (const table of conn.stream('select 1 as a, 2 as a, 3 as "1" order by 1')) {
      same([...table.columnAt(0), ...table.columnAt(1), ...table.columnAt(2)], [1, 2, 3]);
      same(table.columns.map(({ name }) => name), ['a', 'a', '1']);
    }
  }),

  'closing while a result is read': onFiles(async (context) => {
    const instance = context.hawser();
    const conn = await instance.connection('db', { type: 'sql', url: context.fresh() });
    const rows = conn.stream('with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) select i from n', { batchSize: 5 });
    same((await rows.next()).value?.length, 5);
    await instance.close();
    await fails(rows.next(), 'ERR_CLOSED');
    await fails(conn.query('select 1'), 'ERR_CLOSED');
  }),

  'export, and backup to another file and over one': inFolders(async (context) => {
    const [conn] = await two(context);
    await conn.executeMany('insert into t (s) values (?)', Array.from({ length: 1000 }, (_, i) => [`row ${i}`]));
    const bytes = await conn.export();
    same(new TextDecoder().decode(bytes.subarray(0, 15)), 'SQLite format 3');
    const copy = await context.hawser().connection('copy', { type: 'sql', url: 'sqlite://', content: bytes });
    same((await copy.query('select count(*) as n, max(s) as s from t')).at(0), { n: 1000, s: 'row 999' });
    same((await copy.query('pragma integrity_check')).at(0), { integrity_check: 'ok' });
    const url = context.fresh();
    const path = /** @type {string} */ (url.split(':///')[1]);
    for (const rows of [1000, 1001]) {
      await conn.backup(path);
      const other = await context.hawser().connection('db', { type: 'sql', url });
      same((await other.query('select count(*) as n from t')).at(0), { n: rows });
      await other.close();
      await conn.execute("insert into t (s) values ('more')");
    }
    await fails(conn.backup(path.replace(/([^/]*)$/, 'no/such/$1')), 'ERR_CONNECTION_CONFIG');
  }),

  'functions written in JavaScript': inFolders(async ({ facts, memory }) => {
    const conn = await memory();
    if (facts.database?.startsWith('sqlite+bun:')) {
      await fails(async () => conn.function('twice', (/** @type {number} */ x) => 2 * x), 'ERR_NOT_SUPPORTED');
      return;
    }
    await conn.function('twice', { deterministic: true }, (/** @type {number} */ x) => 2 * x);
    await conn.function('fail', () => {
      throw new RangeError('not today');
    });
    await conn.aggregate('longest', { start: '', step: (/** @type {string} */ best, /** @type {string} */ text) => (text.length > best.length ? text : best) });
    await conn.execute("create table t (i integer, s text); insert into t values (1, 'a'), (2, 'ccc'), (3, 'bb')");
    same((await conn.query('select twice(i) as x, typeof(twice(i)) as t from t')).toArray(), [{ x: 2, t: 'integer' }, { x: 4, t: 'integer' }, { x: 6, t: 'integer' }]);
    same((await conn.query('select longest(s) as s from t')).toArray(), [{ s: 'ccc' }]);
    const error = await fails(conn.query('select fail()'), 'ERR_QUERY');
    ok(error.message.includes('not today') && error.cause instanceof RangeError, error.message);
    same((await conn.query('select 1 as x')).toArray(), [{ x: 1 }]);
  }),

  'a timeout ends what gives rows without end, and the connection goes on': onFiles(async ({ memory }) => {
    const conn = await memory();
    const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
    await fails(conn.query(endless, { timeout: '30ms' }), 'ERR_TIMEOUT');
    await fails(async () => {
      for await (const _ of conn.stream(endless, { timeout: '30ms' }));
    }, 'ERR_TIMEOUT');
    await conn.execute('create table t (i integer)');
    const forever = (function* () {
      for (let i = 0; ; i++) yield [i];
    })();
    await fails(conn.executeMany('insert into t values (?)', forever, { timeout: '30ms' }), 'ERR_TIMEOUT');
    same((await conn.query('select count(*) as n from t')).at(0), { n: 0 });
    same((await conn.execute('insert into t values (1)', { timeout: '1m' })).rowsAffected, 1);
  }),
};
