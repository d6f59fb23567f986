/**
 * 200,000 rows across the boundary of a Worker: Hawser's persistent database, SQLocal and the official worker API.
 */
import { sqlite3Worker1Promiser } from '@sqlite.org/sqlite-wasm';
import { SQLocal } from 'sqlocal';
import { createHawser } from '../../dist/browser/index.js';
import { CREATE } from '../data.js';
import { race } from '../measure.js';

const COUNT = 200_000;
const SELECT = 'select * from t';
const FILL = `insert into t with recursive c(i) as (select 1 union all select i + 1 from c where i < ${COUNT})
  select i, i * 1.5, 'owner' || i, 'a longer text note ' || i from c`;

/** @param {import('../contests/contest.js').Contest} contest */
export async function worker({ progress, rounds }) {
  const hawser = await openHawser();
  const sqlocal = await openSqlocal();
  const official = await openOfficial();
  const section = await race({
    title: `${COUNT} rows from a Worker`,
    note: 'Hawser and SQLocal: files on OPFS. The official worker API: a database in memory, its rows as objects in one message.',
    baseline: 'SQLocal, objects',
    rounds,
    contestants: [
      { name: 'hawser, numeric columns', run: async () => numbers(await hawser.query()) },
      { name: 'hawser, objects', run: async () => (await hawser.query()).toArray() },
      { name: 'SQLocal, objects', run: () => sqlocal.objects() },
      { name: 'official worker API, objects', run: () => official.objects() },
    ],
    answer: (all) => JSON.stringify(Array.isArray(all) ? all[COUNT - 1] : all.at(-1)),
    progress,
  });
  await Promise.all([hawser.close(), sqlocal.close(), official.close()]);
  return [section];
}

/** @param {any} table */
function numbers(table) {
  if (table.column('id').length + table.column('x').length !== 2 * COUNT) throw new Error('Columns are missing.');
  return table;
}

async function openHawser() {
  const instance = createHawser({ secrets: [] });
  const connection = await instance.connection('bench', { type: 'sql', url: 'sqlite:///bench.db' });
  await connection.execute('drop table if exists t');
  await connection.execute(CREATE);
  await connection.execute(FILL);
  return { query: () => connection.query(SELECT, { cache: 'no-store' }), close: () => instance.close() };
}

async function openSqlocal() {
  const db = new SQLocal('sqlocal-bench.db');
  await db.sql('drop table if exists t');
  await db.sql(CREATE);
  await db.sql(FILL);
  return { objects: () => db.sql(SELECT), close: () => db.destroy() };
}

async function openOfficial() {
  /** @type {any} */
  const promiser = await new Promise((resolve) => {
    const made = sqlite3Worker1Promiser({ onready: () => resolve(made) });
  });
  const call = async (/** @type {string} */ type, /** @type {any} */ args) => (await promiser(type, args)).result;
  await call('open', { filename: ':memory:' });
  await call('exec', { sql: CREATE });
  await call('exec', { sql: FILL });
  return {
    objects: async () => (await call('exec', { sql: SELECT, rowMode: 'object', resultRows: [] })).resultRows,
    close: () => call('close', {}),
  };
}
