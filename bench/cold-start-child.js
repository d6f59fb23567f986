/** One cold start, see cold-start.js. In Node.js, Deno and Bun. */
import process from 'node:process';

const platform = 'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'node';
const cpu = process.cpuUsage();
const start = performance.now();

/** @type {Record<string, () => Promise<unknown>>} */
const contestants = {
  async hawser() {
    const { createHawser } = await import(`../dist/${platform}/index.js`);
    const hawser = createHawser({ secrets: [] });
    const connection = await hawser.connection('bench', { type: 'sql', url: 'sqlite://' });
    await connection.query('select 1 as one');
    return (await connection.query('select 1 as one')).at(0).one;
  },
  async 'better-sqlite3 (native)'() {
    const { default: Database } = await import('better-sqlite3');
    return /** @type {any} */ (new Database(':memory:').prepare('select 1 as one').get()).one;
  },
  async 'official oo1'() {
    const { default: init } = await import('@sqlite.org/sqlite-wasm');
    const sqlite3 = await init();
    return new sqlite3.oo1.DB(':memory:').selectValue('select 1');
  },
  async 'sql.js'() {
    const { default: init } = await import('sql.js');
    const SQL = await init();
    return new SQL.Database().exec('select 1')[0].values[0][0];
  },
  async 'wa-sqlite'() {
    const { readFileSync } = await import('node:fs');
    const { createRequire } = await import('node:module');
    const { default: factory } = await import('wa-sqlite/dist/wa-sqlite.mjs');
    const WaSqlite = await import('wa-sqlite');
    const wasmBinary = readFileSync(createRequire(import.meta.url).resolve('wa-sqlite/dist/wa-sqlite.wasm'));
    const sqlite3 = WaSqlite.Factory(await factory({ wasmBinary }));
    const db = await sqlite3.open_v2(':memory:');
    let one;
    await sqlite3.exec(db, 'select 1', (row) => (one = row[0]));
    return one;
  },
};

const answer = await contestants[process.argv[2]]();
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, answer }));
