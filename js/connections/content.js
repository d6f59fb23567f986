/**
 * A database as a whole: its bytes out, in, and into another one.
 */
import { HawserError } from '../errors.js';
import { bytesOf } from '../sqlite/bytes.js';

/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('./sql_database.js').SqlDatabase} SqlDatabase */
/** @typedef {{ signal?: AbortSignal }} Options */

/**
 * @param {SqlDatabase} connection
 * @param {Options} options
 * @returns {Promise<Uint8Array>}
 */
export const exportFrom = (connection, options) =>
  connection.use((client) => memberOf(connection, client, 'export')(options), 'export');

/**
 * @param {SqlDatabase} connection
 * @param {import('../sqlite/bytes.js').ByteSource} source
 * @param {Options} options
 * @returns {Promise<void>}
 */
export async function importInto(connection, source, options) {
  const bytes = bytesOf(await source, 'import(source): source');
  await connection.use((client) => memberOf(connection, client, 'import')(bytes, options), 'import');
}

/**
 * @param {SqlDatabase} connection
 * @param {SqlDatabase | string} target
 * @param {Options} options
 * @returns {Promise<void>}
 */
export async function backUp(connection, target, options) {
  if (target === connection) throw new TypeError('backup(target): target is the connection itself.');
  if (typeof target === 'string') {
    await connection.use((client) => memberOf(connection, client, 'backup', FILES)(target, options), 'backup');
  } else if (typeof target?.import === 'function' && typeof target.use === 'function') {
    // Asked first, so that nothing is exported for nothing.
    await target.use((client) => void memberOf(target, client, 'import'), 'backup');
    await target.import(await exportFrom(connection, options), options);
  } else {
    throw new TypeError('backup(target): target must be an SQL connection or the path of a file. For the bytes there is export().');
  }
}

const FILES = 'Its database has no files of its own: write what export() gives.';

/**
 * @template {'export' | 'import' | 'backup'} Name
 * @param {SqlDatabase} connection
 * @param {Client} client
 * @param {Name} name
 * @param {string} [advice]
 * @returns {NonNullable<Client[Name]>}
 */
function memberOf(connection, client, name, advice = 'SQLite databases do.') {
  const member = client[name];
  if (member) return /** @type {any} */ (member.bind(client));
  throw new HawserError('ERR_NOT_SUPPORTED', `Connection "${connection.name}" (${client.dialect}) does not do ${name}(). ${advice}`, {
    connection: connection.name, phase: name,
  });
}
