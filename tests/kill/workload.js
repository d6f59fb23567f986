/**
 * What a tab does in the kill tests: small and large transactions without end, each reported to the server once its commit is
 * acknowledged; and the check of what is there.
 *
 * Every commit has a row in `commits` that no constraint keeps from being there twice, and as many rows in `items` as that one
 * says; `total` is changed by each, so that commits of different tabs touch the same row.
 */
import { createHawser } from '../../js/index.js';

/** @typedef {import('../../js/index.js').SqlConnection} SqlConnection */

/** @type {SqlConnection} */
let conn;
let going = false;
/** Commits tried so far. */
let count = 0;
/** @type {Promise<void> | undefined} */
let ended;

/** Rows of a large transaction: inserted, and of these left at its end. */
const LARGE = { inserted: 400, left: 300 };

const PAYLOAD = "? || ':' || i || ':' || printf('%.*c', 40 + i % 60, 'x')";

/** @param {{ url: string, unsafe?: boolean }} options unsafe: without a journal, and pages are written long before a commit. */
async function open({ url, unsafe }) {
  conn = /** @type {SqlConnection} */ (await createHawser({ secrets: [] }).connection('kill', { url, ttl: 0 }));
  if (unsafe) await conn.execute('pragma journal_mode = off; pragma cache_size = 4');
  await conn.transaction(async (tx) => {
    await tx.execute('create table if not exists commits (id text, rows int)');
    await tx.execute('create table if not exists items (batch text, i int, payload text)');
    await tx.execute('create index if not exists items_of_batch on items (batch)');
    await tx.execute('create table if not exists total (n int)');
    await tx.execute('insert into total select 0 where not exists (select 1 from total)');
  });
}

/** @param {any} error @returns {{ outcome: string, code: string }} */
const outcomeOf = ({ code, name, message }) => ({
  outcome: code === 'ERR_COMMIT_UNKNOWN' ? 'unknown' : 'failed',
  code: code ?? `${name}: ${message}`,
});

/** @param {string} outcome @param {string} id @param {string} [code] Of the error. */
const report = (outcome, id, code = 'none') => fetch(`/report/${outcome}/${id}/${encodeURIComponent(code)}.json`, { cache: 'no-store' });

/** One statement, a small transaction, a large one. @type {((id: string) => Promise<unknown>)[]} */
const KINDS = [
  (id) => conn.execute('insert into commits values (?, 0)', { params: [id] }),
  (id) =>
    conn.transaction(async (tx) => {
      await tx.execute('insert into commits values (?, 5)', { params: [id] });
      for (let i = 0; i < 5; i++) {
        await tx.execute(`insert into items select ?, i, ${PAYLOAD} from (select ? as i)`, { params: [id, id, i] });
      }
      await tx.execute('update total set n = n + 5');
    }),
  (id) =>
    conn.transaction(async (tx) => {
      const rows = Array.from({ length: LARGE.inserted }, (_, i) => [id, i, i % 4 === 0 ? 'to be changed' : `${id}:${i}:${'x'.repeat(40 + (i % 60))}`]);
      await tx.executeMany('insert into items values (?, ?, ?)', rows);
      await tx.execute(`update items set payload = ${PAYLOAD} where batch = ? and i % 4 = 0`, { params: [id, id] });
      await tx.execute('delete from items where batch = ? and i >= ?', { params: [id, LARGE.left] });
      await tx.execute('insert into commits values (?, ?)', { params: [id, LARGE.left] });
      await tx.execute('update total set n = n + ?', { params: [LARGE.left] });
    }),
];

/**
 * Begins to write, until stop().
 * @param {object} options
 * @param {string} options.tab Name of this tab; no other ever has the same.
 * @param {boolean} options.early For a control: says that a commit is acknowledged before it was tried.
 * @param {boolean} options.large For a control: only large transactions.
 */
function start({ tab, early, large }) {
  going = true;
  ended = (async () => {
    while (going) {
      const n = count++;
      const id = `${tab}-${n}`;
      // Writing the log back is otherwise rare in so short a time.
      if (n % 10 === 9) await conn.execute('pragma wal_checkpoint').catch(() => {});
      if (early) await report('ok', id);
      const { outcome, code } = await (large ? KINDS[2] : KINDS[n % KINDS.length])(id).then(() => ({ outcome: 'ok', code: undefined }), outcomeOf);
      if (!early) await report(outcome, id, code);
    }
  })();
}

/** Ends after the commit that is under way. */
async function stop() {
  going = false;
  await ended;
}

/** @returns {Promise<import('./ledger.js').Found>} What is in the database. */
async function look() {
  const integrity = (await conn.query('pragma integrity_check')).toArray().map((row) => String(Object.values(row)[0]));
  const commits = (await conn.query('select id, rows, count(*) as times from commits group by id, rows')).toArray();
  const items = await conn.query(`
    select batch, count(*) as n, count(distinct i) as different,
      sum(payload = batch || ':' || i || ':' || printf('%.*c', 40 + i % 60, 'x')) as right
    from items group by batch`);
  const total = (await conn.query('select n from total')).toArray().map(({ n }) => Number(n));
  return /** @type {any} */ ({ integrity, commits, items: items.toArray(), total });
}

/** Whether it is this tab whose Worker has the file open. */
const leads = async () => /** @type {any} */ (await conn.raw()).leads === true;

Object.assign(globalThis, { kill: { open, start, stop, look, leads } });
