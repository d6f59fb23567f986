/** Timeouts, and signals, of statements in this thread. */
import { fails, ok, same } from '../assert.js';

/** @typedef {import('../suite.js').Context} Context */

/** Runs for as long as nobody stops it. */
const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n';
/** The same, with rows, between which every client can be stopped. */
const ENDLESS_ROWS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';

/** The engine in WebAssembly. @param {Context} context */
const engine = ({ hawser }) => hawser().connection('db', { type: 'sql', url: 'sqlite://' });

/** @type {Record<string, import('../suite.js').Case>} */
export const stopping = {
  'a timeout stops a query, and the connection goes on': async (context) => {
    const conn = await engine(context);
    for (const options of [{ timeout: '50ms' }, { timeout: 0.05, cache: /** @type {const} */ ('no-store') }]) {
      const error = await fails(() => conn.query(ENDLESS, options), 'ERR_TIMEOUT');
      same(/** @type {any} */ (error).timeout, 50);
      same((await conn.query('select 1 as x')).toArray(), [{ x: 1 }]);
    }
  },

  'a timeout undoes a write': async (context) => {
    const conn = await engine(context);
    await conn.execute('create table t (x)');
    await fails(() => conn.execute(`insert into t ${ENDLESS_ROWS}`, { timeout: '50ms' }), 'ERR_TIMEOUT');
    await fails(() => conn.transaction((tx) => tx.execute(`insert into t ${ENDLESS_ROWS}`, { timeout: '50ms' })), 'ERR_TIMEOUT');
    same((await conn.query('select count(*) as n from t')).toArray(), [{ n: 0 }]);
    same((await conn.query('pragma integrity_check')).toArray(), [{ integrity_check: 'ok' }]);
  },

  'a timeout of the connection': async ({ hawser }) => {
    const conn = await hawser().connection('db', { type: 'sql', url: 'sqlite://', timeout: '50ms' });
    await fails(() => conn.query(ENDLESS), 'ERR_TIMEOUT');
    const long = 'with recursive n(i) as (select 1 union all select i + 1 from n limit 200000) select count(*) as n from n';
    same((await conn.query(long, { timeout: Infinity })).toArray(), [{ n: 200_000 }]);
  },

  'rows that do not end, by any client': async ({ memory }) => {
    const conn = await memory();
    await fails(() => conn.query(ENDLESS_ROWS, { timeout: '100ms' }), 'ERR_TIMEOUT');
    await fails(async () => {
      for await (const _ of conn.stream(ENDLESS_ROWS, { timeout: '100ms' }));
    }, 'ERR_TIMEOUT');
    same((await conn.query('select 1 as x')).toArray(), [{ x: 1 }]);
  },

  'a transaction that does not end': async ({ memory }) => {
    const conn = await memory();
    await conn.execute('create table t (x)');
    const work = async (/** @type {any} */ tx) => {
      await tx.execute('insert into t values (1)');
      await new Promise(() => {});
    };
    await fails(() => conn.transaction(work, { timeout: '100ms' }), 'ERR_TIMEOUT');
    same((await conn.query('select count(*) as n from t')).toArray(), [{ n: 0 }]);
  },

  'a signal between batches': async ({ memory }) => {
    const conn = await memory();
    const controller = new AbortController();
    const reason = new Error('Enough.');
    let rows = 0;
    let caught;
    try {
      for await (const table of conn.stream(ENDLESS_ROWS, { signal: controller.signal, batchSize: 10 })) {
        rows += table.length;
        if (rows === 30) controller.abort(reason);
      }
    } catch (error) {
      caught = error;
    }
    ok(caught === reason, `the signal's reason, not ${caught}`);
    same(rows, 30);
    same((await conn.query('select 1 as x')).toArray(), [{ x: 1 }]);
  },
};
