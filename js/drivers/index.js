/**
 * Which driver serves which dialect. Each is loaded when the first connection needs it.
 */
import { HawserError } from '../errors.js';
import { preload } from '../preload.js';

/** @type {Record<string, () => Promise<import('./driver.js').Driver>>} */
const DRIVERS = {
  sqlite: () => import('./sqlite.js'),
};

/**
 * Makes a driver known, or replaces one, in this process.
 * @param {string} dialect As in urls, before `+` and `://`.
 * @param {() => Promise<import('./driver.js').Driver> | import('./driver.js').Driver} load Called for each client that is opened.
 */
export function registerDriver(dialect, load) {
  DRIVERS[dialect] = async () => load();
}

/**
 * @param {string | undefined} dialect
 * @param {string} connection For errors.
 * @returns {Promise<import('./driver.js').Driver>}
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export async function loadDriver(dialect, connection) {
  const load = dialect !== undefined && Object.hasOwn(DRIVERS, dialect) ? DRIVERS[dialect] : undefined;
  if (load) return load();
  const known = Object.keys(DRIVERS).join(', ');
  throw new HawserError(
    'ERR_CONNECTION_CONFIG',
    dialect === undefined
      ? `Connection "${connection}" needs a url, e.g. url = "sqlite://", or a dialect (${known}).`
      : `Connection "${connection}" has the dialect "${dialect}", which there is no driver for. There is: ${known}.`,
    { connection, phase: 'connect' },
  );
}

/** Urls of databases that the engine in this thread will hold. */
const IN_MEMORY = /^sqlite3?:(?:\/\/)?(?:\/?:memory:)?$/i;

/** Those of files. */
const IN_FILE = /^sqlite3?:\/\/\/\/?[^/:?]/i;

/**
 * Begins to load what the database of a url is going to need, all at once; nothing when that cannot be told.
 * @param {unknown} url As given in code.
 */
export function prefetchDriver(url) {
  if (typeof url !== 'string') return;
  const inMemory = IN_MEMORY.test(url);
  if (!inMemory && !IN_FILE.test(url)) return;
  if (inMemory) preload(['sqlite3', 'row_packer', 'row_binder']);
  else import('#sqlite-files').catch(() => {});
  DRIVERS.sqlite().catch(() => {});
}
