/**
 * The user's apache-arrow library.
 */
import { HawserError } from '../../errors.js';

/**
 * What is needed of the library.
 * @typedef {object} ArrowLibrary
 * @property {(bytes: Uint8Array) => any} tableFromIPC
 */

/** Not a literal in import(): bundlers would insist on finding a package that most programs do not use. */
const PACKAGE = 'apache-arrow';

/**
 * @param {() => Promise<any>} [load] For tests.
 * @returns {Promise<ArrowLibrary>}
 * @throws {HawserError} ERR_DRIVER_MISSING
 */
export async function loadArrow(load = () => import(/* webpackIgnore: true */ /* @vite-ignore */ PACKAGE)) {
  try {
    return await load();
  } catch (cause) {
    throw new HawserError(
      'ERR_DRIVER_MISSING',
      `toArrow() needs the package "${PACKAGE}", which could not be imported: npm install ${PACKAGE}. ` +
        `In a bundle pass it in: import * as arrow from '${PACKAGE}'; table.toArrow(arrow).`,
      { phase: 'load', cause },
    );
  }
}
