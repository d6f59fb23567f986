/** SQLite files that several connections have open: another content for them, and what one of them writes. */
import { fails, same } from '../assert.js';
import { inFolders, two } from './files.js';

/** @typedef {import('../suite.js').Context} Context */
/** @typedef {import('../../../js/index.js').SqlConnection} SqlConnection */

/** Where the content of a file can be replaced. @param {(context: Context) => Promise<void>} work @returns {import('../suite.js').Case} */
const importing = (work) =>
  inFolders(async (context) => {
    if (!context.facts.database?.startsWith('sqlite+bun:')) return work(context);
    await fails((await context.memory()).import(await imageOf(context)), 'ERR_NOT_SUPPORTED');
  });

/** The bytes of a database with a table of 1,000 rows. @param {Context} context @param {string} [before] Statements. */
async function imageOf({ hawser }, before = '') {
  const conn = await hawser().connection('image', { type: 'sql', url: 'sqlite://' });
  await conn.execute(`${before}; create table t (i integer primary key, s text not null)`);
  await conn.executeMany('insert into t (s) values (?)', Array.from({ length: 1000 }, (_, i) => [`row ${i}`]));
  return conn.export();
}

/** Files that should be gone. @param {Context} context */
async function leftovers({ fresh }) {
  const { readdirSync } = await import('node:fs');
  return readdirSync(/** @type {string} */ (fresh().split(':///')[1]).replace(/[^/]*$/, '')).filter((name) => /import|tmp|journal/.test(name));
}

/** @type {Record<string, import('../suite.js').Case>} */
export const sharedFiles = {
  'import: all or nothing, for others who have the file open too': importing(async (context) => {
    // Deno lets nobody fit pages, and then the file must not be in use.
    const image = await imageOf(context, 'Deno' in globalThis ? 'pragma page_size = 4096' : '');
    for (const mode of ['', '?journal_mode=delete']) {
      const [conn, other] = await two(context, mode);
      await conn.execute("insert into t (s) values ('old')");
      const read = async (/** @type {SqlConnection} */ one) => (await one.query('select count(*) as n, max(s) as s from t')).at(0);
      same([await read(conn), await read(other)], [{ n: 1, s: 'old' }, { n: 1, s: 'old' }]);
      for (const bad of [image.subarray(0, 5000), image.slice().fill(171, 8192, 8400), new TextEncoder().encode('<html>')]) {
        await fails(conn.import(bad), 'ERR_DATABASE_INVALID');
      }
      same([await read(conn), await read(other)], [{ n: 1, s: 'old' }, { n: 1, s: 'old' }]);
      await conn.execute('create temp table mine (x); insert into mine values (7)');
      await conn.import(image);
      same([await read(conn), await read(other)], [{ n: 1000, s: 'row 999' }, { n: 1000, s: 'row 999' }]);
      same((await conn.query('select x, journal_mode from mine, pragma_journal_mode')).at(0), { x: 7, journal_mode: mode ? 'delete' : 'wal' });
      await other.execute("insert into t (s) values ('z')");
      same([await read(conn), await read(other)], [{ n: 1001, s: 'z' }, { n: 1001, s: 'z' }]);
      same((await other.query('pragma integrity_check')).at(0), { integrity_check: 'ok' });
    }
    same(await leftovers(context), []);
  }),

  'import: pages of another size': importing(async (context) => {
    const image = await imageOf(context, 'pragma page_size = 16384');
    for (const mode of ['', '?journal_mode=delete']) {
      const conn = await context.hawser().connection('db', { type: 'sql', url: `${context.fresh()}${mode}` });
      await conn.execute("create table t (i integer primary key, s text not null); insert into t (s) values ('old')");
      await conn.query('select * from t');
      await conn.import(image);
      same((await conn.query('select count(*) as n, page_size, journal_mode from t, pragma_page_size, pragma_journal_mode')).at(0), {
        n: 1000, page_size: mode || 'Deno' in globalThis ? 16384 : 4096, journal_mode: mode ? 'delete' : 'wal',
      });
      await conn.execute("insert into t (s) values ('z')");
      same((await conn.query('pragma integrity_check')).at(0), { integrity_check: 'ok' });
    }
    same(await leftovers(context), []);
  }),

  'import: indexes that need what the program has not, and texts in UTF-16': importing(async (context) => {
    const [conn] = await two(context);
    await conn.execute("insert into t (s) values ('old')");
    const lacking = await context.hawser().connection('image', { type: 'sql', url: 'sqlite://' });
    await lacking.function('twice', { deterministic: true }, (/** @type {number} */ x) => 2 * x);
    await lacking.execute('pragma page_size = 4096; create table t (a integer); create index twices on t (twice(a)); insert into t values (1), (2)');
    await conn.import(await lacking.export());
    same((await conn.query('select a from t')).toArray(), [{ a: 1 }, { a: 2 }]);
    const wide = await context.hawser().connection('image', { type: 'sql', url: `${context.fresh()}?journal_mode=delete` });
    await wide.execute("pragma encoding = 'utf-16le'; create table t (s text)");
    same((await wide.query('pragma encoding')).at(0), { encoding: 'UTF-16le' });
    await fails(conn.import(await wide.export()), 'ERR_NOT_SUPPORTED');
    same((await conn.query('select a from t')).toArray(), [{ a: 1 }, { a: 2 }]);
    same(await leftovers(context), []);
  }),

  'import: while others use the file': importing(async (context) => {
    for (const [mode, pages] of /** @type {const} */ ([['', 4096], ['', 8192], ['?journal_mode=delete', 4096]])) {
      const image = await imageOf(context, `pragma page_size = ${pages}`);
      const [first] = await two(context, mode);
      const url = /** @type {string} */ ((await first.query('select file from pragma_database_list')).at(0)?.file);
      const hasty = await context.hawser().connection('db', { type: 'sql', url: `${context.facts.database?.split(':///')[0]}:///${url}?busyTimeout=20ms` });
      await hasty.query('select 1');
      await first.transaction(async (tx) => {
        await tx.execute("insert into t (s) values ('kept')");
        const error = await fails(hasty.import(image), 'ERR_TIMEOUT');
        same(error.sqliteCode, 'SQLITE_BUSY');
      });
      same((await hasty.query('select s from t', { cache: 'no-store' })).toArray(), [{ s: 'kept' }]);
      same((await hasty.query('select * from pragma_journal_mode', { cache: 'no-store' })).at(0), { journal_mode: mode ? 'delete' : 'wal' });
      await fails((await context.hawser().connection('db', { type: 'sql', url: `${context.facts.database?.split(':///')[0]}:///${url}?mode=ro` })).import(image), 'ERR_NOT_SUPPORTED');
    }
    same(await leftovers(context), []);
  }),

  'another connection of the program writes: cached results are forgotten, watched statements run again': inFolders(async (context) => {
    const [first, second] = await two(context);
    const states = async () => [(await second.query('select count(*) as n from t')).cache.state, (await second.query('select count(*) as n from u')).cache.state];
    await first.execute('create table u (x)');
    const watch = second.watch('select count(*) as n from t');
    same((await watch.next()).value?.at(0), { n: 0 });
    await states();
    same(await states(), ['hit', 'hit']);
    await first.execute("insert into t (s) values ('x')");
    same(await states(), ['miss', 'hit']);
    same((await watch.next()).value?.at(0), { n: 1 });
    await first.transaction(async (tx) => {
      await tx.execute("insert into t (s) values ('y')");
      throw new Error('no');
    }).catch(() => {});
    same(await states(), ['hit', 'hit']);
    const next = watch.next();
    await first.transaction((tx) => tx.execute("insert into t (s) values ('y')"));
    same((await next).value?.at(0), { n: 2 });
    await second.execute('insert into u values (1)');
    same((await first.query('select count(*) as n from u')).at(0), { n: 1 });
    await watch.return();
    await second.reset();
    same((await second.query('select count(*) as n from t', { cache: 'no-store' })).at(0), { n: 2 });
    await first.execute("insert into t (s) values ('z')");
    same((await second.query('select count(*) as n from t')).at(0), { n: 3 });
  }),
};
