/**
 * A page for tests of databases in a browser: `database.open(url, options)` opens one, and the rest works on it. Everything it
 * takes and gives is JSON.
 */
import { createHawser } from '../../js/index.js';

/** @typedef {import('../../js/index.js').SqlConnection} SqlConnection */

/** @type {SqlConnection} */
let conn;

/** Memory databases that took the place of one that could not be kept. @type {{ connection: string, reason: string, code: string }[]} */
const fallbacks = [];

/** @param {any} error What a caller can tell about it. */
const described = ({ name, code, message, sqliteCode, cleared }) => ({ name, code, message, sqliteCode, cleared });

/**
 * @param {string} url @param {object} [options]
 * @returns {Promise<{ persistent?: boolean, error?: ReturnType<typeof described> }>}
 */
async function open(url, options = {}) {
  const hooks = {
    onFallback: (/** @type {any} */ { connection, reason, error }) => void fallbacks.push({ connection, reason, code: error.code }),
  };
  try {
    conn = /** @type {SqlConnection} */ (await createHawser({ secrets: [], hooks }).connection('kept', { url, ttl: 0, ...options }));
    const { persistent } = /** @type {any} */ (await conn.raw());
    return { persistent };
  } catch (error) {
    return { error: described(error) };
  }
}

/** @param {string} sql @param {any} [params] @returns {Promise<{ rows?: object[], error?: ReturnType<typeof described> }>} */
async function run(sql, params) {
  try {
    const table = await (/^\s*(select|pragma)/i.test(sql) ? conn.query(sql, { params }) : conn.execute(sql, { params }));
    return { rows: table.toArray() };
  } catch (error) {
    return { error: described(error) };
  }
}

/**
 * Inserts rows of 100 KB into `big`, each a commit, until one fails.
 * @param {number} most
 */
async function fill(most) {
  for (let acknowledged = 0; acknowledged < most; acknowledged++) {
    const { error } = await run("insert into big values (?, printf('%.*c', 100000, 'x'))", [acknowledged]);
    if (error) return { acknowledged, error };
  }
  return { acknowledged: most };
}

const close = () => conn.close();

Object.assign(globalThis, { database: { open, run, fill, close, fallbacks: () => fallbacks } });
