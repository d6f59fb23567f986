/**
 * From a page that has loaded nothing to the first row: each contestant is a chunk of its own.
 */

/** @type {Record<string, () => Promise<unknown>>} */
const contestants = {
  async hawser() {
    const { createHawser } = await import('../../dist/browser/index.js');
    const connection = await createHawser({ secrets: [] }).connection('bench', { type: 'sql', url: 'sqlite://' });
    await connection.query('select 1 as one');
    return (await connection.query('select 1 as one')).at(0).one;
  },
  async 'official oo1'() {
    const { default: init } = await import('@sqlite.org/sqlite-wasm');
    const sqlite3 = await init();
    return new sqlite3.oo1.DB(':memory:').selectValue('select 1');
  },
  async 'sql.js'() {
    const { default: init } = await import('sql.js');
    const SQL = await init({ locateFile: () => new URL('../node_modules/sql.js/dist/sql-wasm.wasm', import.meta.url).href });
    return new SQL.Database().exec('select 1')[0].values[0][0];
  },
  async 'wa-sqlite'() {
    const { default: factory } = await import('wa-sqlite/dist/wa-sqlite.mjs');
    const WaSqlite = await import('wa-sqlite');
    const sqlite3 = WaSqlite.Factory(await factory());
    const db = await sqlite3.open_v2(':memory:');
    let one;
    await sqlite3.exec(db, 'select 1', (row) => (one = row[0]));
    return one;
  },
};

Object.assign(globalThis, {
  /** @param {string} name */
  async start(name) {
    const start = performance.now();
    const answer = await contestants[name]();
    return { ms: performance.now() - start, answer };
  },
});
