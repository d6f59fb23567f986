/**
 * SQLite databases with a file name, where the runtime has no place to keep them. Stands for `#sqlite-files` there.
 */
import { HawserError } from '../errors.js';

/**
 * @param {Record<string, any>} _config
 * @param {{ name: string }} context
 * @returns {Promise<import('./driver.js').Client>}
 * @throws {HawserError} ERR_NOT_SUPPORTED
 */
export async function open(_config, { name }) {
  throw new HawserError(
    'ERR_NOT_SUPPORTED',
    `Connection "${name}": this runtime has no files that SQLite could keep a database in. Use url = "sqlite://" (without a file ` +
      'name) for one in memory; databases with a name work in browsers.',
    { connection: name, phase: 'connect' },
  );
}
