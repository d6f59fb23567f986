/**
 * Which driver serves which dialect. Each is loaded when the first connection needs it.
 */
import { HawserError } from '../errors.js';

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

/**
 * Begins to load a driver and what it needs; nothing where there is none.
 * @param {string} dialect
 * @param {unknown} url As given.
 */
export async function prefetchDriver(dialect, url) {
  const load = Object.hasOwn(DRIVERS, dialect) ? DRIVERS[dialect] : undefined;
  await (await load?.())?.prefetch?.(url);
}
