/** The page of the tests of stopping: leaves its scenarios in the global scope. Each gives what is to be compared. */
import { createHawser } from '../../js/index.js';

const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n';
const ENDLESS_ROWS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';

const hawser = createHawser({ secrets: [] });
/** Late enough for SQLite to be in the middle of it. */
const later = () => AbortSignal.timeout(600);

/** @param {Promise<any>} work */
const outcome = (work) => work.then((table) => table?.toArray?.() ?? table, (error) => (error.name === 'HawserError' ? error.code : error.name));
/** @param {string} name */
const open = (name) => /** @type {Promise<import('../../js/index.js').SqlConnection>} */ (hawser.connection(name, { type: 'sql', url: `sqlite:///${name}.db` }));

/** @type {Record<string, (name: string) => Promise<unknown>>} */
const scenarios = {
  async query(name) {
    const conn = await open(name);
    return [
      await outcome(conn.query(ENDLESS, { signal: later() })),
      await outcome(conn.query('select 1 as x')),
      await outcome(conn.query(ENDLESS, { signal: later(), cache: 'no-store' })),
      await outcome(conn.query('select 2 as x')),
    ];
  },

  async timeout(name) {
    const conn = await open(name);
    return [
      await outcome(conn.query(ENDLESS, { timeout: '150ms' })),
      await outcome(conn.query('select 1 as x', { timeout: '1m' })),
      await outcome(conn.execute(`create table if not exists t (x); delete from t; insert into t ${ENDLESS_ROWS}`, { timeout: '150ms' })),
      await outcome(conn.query('select count(*) as n from t')),
      await outcome(conn.transaction(() => new Promise(() => {}), { timeout: '150ms' })),
      await outcome(conn.query('select 2 as x')),
    ];
  },

  async write(name) {
    const conn = await open(name);
    await conn.execute('create table if not exists t (x); delete from t');
    return [
      await outcome(conn.execute(`insert into t ${ENDLESS_ROWS}`, { signal: later() })),
      await outcome(conn.query('select count(*) as n from t')),
      await outcome(conn.execute('insert into t values (1)', { signal: new AbortController().signal }).then(() => 'done')),
      await outcome(conn.query('select count(*) as n from t')),
    ];
  },

  async transaction(name) {
    const conn = await open(name);
    await conn.execute('create table if not exists t (x); delete from t');
    const reads = conn.transaction(async (tx) => {
      await tx.execute('insert into t values (1)');
      const read = await outcome(tx.query(ENDLESS, { signal: later() }));
      await tx.execute('insert into t values (2)');
      return read;
    });
    const writes = conn.transaction(async (tx) => {
      await tx.execute('insert into t values (3)');
      return [await outcome(tx.execute(`insert into t ${ENDLESS_ROWS}`, { signal: later() })), await outcome(tx.execute('insert into t values (4)'))];
    });
    return [await outcome(reads), await outcome(writes), await outcome(conn.query('select x from t'))];
  },

  async stream(name) {
    const conn = await open(name);
    const read = async () => {
      for await (const table of conn.stream(`${ENDLESS} union all select 1`, { signal: later() })) if (table.length > 1) break;
      return 'done';
    };
    return [await outcome(read()), await outcome(conn.query('select 1 as x'))];
  },

  async many(name) {
    const conn = await open(name);
    const signal = later();
    const running = Array.from({ length: 5 }, (_, i) => outcome(conn.query(`${ENDLESS} where i > ${i}`, { signal })));
    return [await Promise.all(running), await outcome(conn.query('select 1 as x'))];
  },

  async functions(name) {
    const conn = await open(name);
    await conn.function('shout', { deterministic: true }, { module: new URL('functions.js', location.href), name: 'shout' });
    await conn.function('fail', { module: './functions.js', name: 'fail' });
    await conn.aggregate('list', { module: '/functions.js', name: 'list' });
    return [
      await outcome(conn.query("select shout('hello') as x")),
      await outcome(conn.query('select list(x) as x from (select 1 as x union all select 2)')),
      await conn.query('select fail()').catch((error) => [error.code, error.message, error.cause?.message]),
      await outcome(conn.function('here', () => 1)),
      await outcome(conn.function('missing', { module: './functions.js', name: 'missing' })),
      await outcome(conn.function('nowhere', { module: './nowhere.json', name: 'x' })),
      await outcome(conn.query("select shout('again') as x")),
    ];
  },
};

Object.assign(globalThis, { scenarios, isolated: globalThis.crossOriginIsolated });
