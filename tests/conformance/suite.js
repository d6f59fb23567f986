/**
 * The conformance suite: what Hawser does, in every runtime. Cases are plain functions; the runners beside this file
 * execute each of them in one place.
 */
import { createHawser } from '../../js/index.js';
import { buckets } from './cases/buckets.js';
import { cache } from './cases/cache.js';
import { connections } from './cases/connections.js';
import { errors } from './cases/errors.js';
import { files } from './cases/files.js';
import { formats } from './cases/formats.js';
import { functions } from './cases/functions.js';
import { hostile } from './cases/hostile.js';
import { http } from './cases/http.js';
import { queries } from './cases/queries.js';
import { secrets } from './cases/secrets.js';
import { stopping } from './cases/stopping.js';
import { sheets } from './cases/sheets.js';
import { sharedFiles } from './cases/shared_files.js';
import { storages } from './cases/storages.js';
import { stores } from './cases/stores.js';
import { tables } from './cases/tables.js';
import { values } from './cases/values.js';
import { whole } from './cases/whole.js';
import { writes } from './cases/writes.js';

/**
 * What the cases have to know about where they run.
 * @typedef {object} Facts
 * @property {readonly ('caches' | 'opfs' | 'indexedDb' | 'folder')[]} storages Those that the runtime has.
 * @property {Record<string, string>} environment Of these variables, those that the runtime's environment really has.
 * @property {string} [database] URL of a database that is new each time, with `{n}` in it for a number. Default: in memory.
 * @property {number} bigText Bytes of the longest text sent through; less where memory is 128 MB.
 */

/**
 * @typedef {object} Context
 * @property {Facts} facts
 * @property {(options?: import('../../js/index.js').HawserOptions) => import('../../js/index.js').Hawser} hawser Makes an
 *   isolated instance without secrets of its own; closed when the case is over.
 * @property {(options?: import('../../js/index.js').HawserOptions) => Promise<import('../../js/index.js').SqlConnection>} memory
 *   A fresh, empty database: in memory, or wherever the facts say.
 * @property {() => string} fresh The URL of a fresh database.
 */

/** @typedef {(context: Context) => void | Promise<void>} Case */

/** Databases so far. */
let databases = 0;

/** @type {Record<string, Record<string, Case>>} Area → name → case. */
const areas = { secrets, hostile, connections, queries, tables, values, writes, cache, storages, stores, buckets, errors, files, 'shared files': sharedFiles, whole, stopping, functions, http, formats, sheets };

/** Names of all cases, `area: name`. */
export const names = Object.entries(areas).flatMap(([area, cases]) => Object.keys(cases).map((name) => `${area}: ${name}`));

/**
 * Runs one case. Never rejects.
 * @param {string} name
 * @param {Facts} facts
 * @returns {Promise<string | undefined>} What went wrong, as text with a stack; undefined when all is well.
 */
export async function run(name, facts) {
  const [area, rest] = [name.slice(0, name.indexOf(': ')), name.slice(name.indexOf(': ') + 2)];
  /** @type {import('../../js/index.js').Hawser[]} */
  const instances = [];
  /** @type {Context['hawser']} */
  const hawser = (options) => {
    const instance = createHawser({ secrets: [], ...options });
    instances.push(instance);
    return instance;
  };
  const fresh = () => facts.database?.replace('{n}', String(++databases)) ?? 'sqlite://';
  /** @type {Context['memory']} */
  const memory = (options) => hawser(options).connection('db', { type: 'sql', url: fresh() });
  try {
    try {
      await areas[area][rest]({ facts, hawser, memory, fresh });
    } finally {
      for (const instance of instances) await instance.close();
    }
    return undefined;
  } catch (error) {
    return text(error);
  }
}

/** @param {unknown} error */
function text(error) {
  const { message, stack, cause } = /** @type {Error} */ (error);
  const whole = stack?.includes(message) ? stack : `${message}\n${stack}`;
  return `${whole}${cause ? `\ncaused by ${/** @type {Error} */ (cause).stack ?? cause}` : ''}`;
}
