/**
 * What the tests of SQLite share: engines of their own, sessions without a connection, a seeded source of chance.
 */
import * as runtime from '../../js/runtime/node.js';
import { SqliteClient } from '../../js/drivers/sqlite.js';
import { Database } from '../../js/sqlite/database.js';
import { createEngine } from '../../js/sqlite/engine.js';

/** An engine that nobody else uses, so that a trap or a count of its memory is the test's own. */
export async function makeEngine() {
  const modules = await Promise.all(
    /** @type {const} */ (['sqlite3', 'row_packer', 'row_binder']).map((file) => runtime.loadModule(file)),
  );
  return createEngine({ sqlite: modules[0], packer: modules[1], binder: modules[2] }, () => {});
}

/** @param {Engine} engine Bytes that SQLite holds in it. */
export function memoryUsed(engine) {
  const { c, out } = engine;
  c.sqlite3_status(0, out, out + 4, 0);
  return engine.u32[out >>> 2];
}

/** @typedef {{ database: any, client: import('../../js/drivers/driver.js').Client }} Opened */

/** @type {((patience: number) => Promise<Opened>) | undefined} */
let openOther;

/**
 * From now on makeSession() opens other databases: for files that run the tests of another one again.
 * @param {(patience: number) => Promise<Opened>} open
 */
export const openWith = (open) => void (openOther = open);

/** @param {Engine | undefined} engine @param {number} patience @returns {Promise<Opened>} */
async function openHere(engine, patience) {
  const database = new Database(engine ?? (await makeEngine()));
  return { database, client: new SqliteClient(database, patience) };
}

/**
 * A session on a new database.
 * @param {Engine} [engine]
 * @param {number} [patience] Milliseconds.
 */
export async function makeSession(engine, patience = 1000) {
  const { database, client } = await (openOther ? openOther(patience) : openHere(engine, patience));
  const session = await client.acquire();
  return {
    engine: database.engine, database, client, session,
    /** @type {(sql: string, params?: any, options?: object) => import('../../js/table/table.js').Table} */
    query: (sql, params, options) => /** @type {any} */ (session.query(sql, { params, ...options })),
    /** @type {(sql: string, params?: any, options?: object) => import('../../js/table/table.js').Table} */
    execute: (sql, params, options) => /** @type {any} */ (session.execute(sql, { params, ...options })),
    /** @type {(sql: string, rows: any, options?: object) => Promise<import('../../js/table/table.js').Table>} */
    executeMany: (sql, rows, options) => session.executeMany(sql, rows, { ...options }),
    /** @type {(sql: string, options?: object) => AsyncGenerator<import('../../js/table/table.js').Table, void, void>} */
    stream: (sql, options) => session.stream(sql, { ...options }),
    close: () => client.close(),
  };
}

/**
 * Numbers from a seed, the same in every run (mulberry32).
 * @param {number} seed
 */
export function makeChance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  /** @param {number} n A whole number below n. */
  const below = (n) => Math.floor(next() * n);
  /** @template T @param {readonly T[]} list @returns {T} */
  const pick = (list) => list[below(list.length)];
  return { next, below, pick };
}

/**
 * The error that `work` throws or rejects with.
 * @param {() => unknown} work
 * @returns {Promise<any>}
 */
export async function errorOf(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('There was no error.');
}
