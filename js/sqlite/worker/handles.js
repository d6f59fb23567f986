/**
 * What goes wrong with files, which SQLite only knows as "disk I/O error".
 */
import { HawserError } from '../../errors.js';

/** Numbers that Chromium gives in private mode instead of throwing, as unsigned 32-bit integers (base/files/file.h). */
const NOT_FOUND = 2 ** 32 - 4;
const NO_SPACE = 2 ** 32 - 8;

/** The last failure of a file. */
export class Faults {
  /** @type {any} */
  #last;
  /** Whether the files are gone. */
  cleared = false;

  /** @param {...unknown} args As for console.error. */
  note = (...args) => {
    const error = /** @type {any} */ (args.find((arg) => typeof arg === 'object' && arg !== null && 'message' in arg));
    if (!error) return;
    this.#last = error;
    if (error.name === 'NotFoundError') this.cleared = true;
  };

  /** @returns {any} The last failure since the last call. */
  take() {
    const error = this.#last;
    this.#last = undefined;
    return error;
  }

  /**
   * Lets the access handles of this Worker tell of failures, here and by throwing: in private mode Chromium returns numbers that are
   * none, and what was to be read is not there.
   */
  watch() {
    const { prototype } = /** @type {any} */ (globalThis).FileSystemSyncAccessHandle;
    for (const name of ['read', 'write', 'getSize', 'truncate', 'flush']) {
      const method = prototype[name];
      const faults = this;
      prototype[name] = function (/** @type {any[]} */ ...args) {
        try {
          const result = method.apply(this, args);
          if (result > 0x7fffffff) throw reasonOf(result, name);
          // A write that is cut short has come to the end of the quota.
          if (name === 'write' && result < args[0].byteLength) throw noSpace();
          return result;
        } catch (error) {
          faults.note(error);
          // Firefox closes the handles when the storage is cleared; nobody else does while they are in use.
          if (/** @type {any} */ (error).name === 'InvalidStateError') faults.cleared = true;
          throw error;
        }
      };
    }
  }

  /**
   * What to say instead of an error of SQLite's.
   * @param {any} error
   */
  explain(error) {
    const fault = this.take();
    if (this.cleared) return clearedError(fault ?? error);
    if (error?.code !== 'ERR_QUERY' || !/^SQLITE_(IOERR|FULL|CANTOPEN)/.test(error.sqliteCode)) return error;
    if (fault?.name !== 'QuotaExceededError') return fault ? Object.assign(error, { cause: fault }) : error;
    return new HawserError('ERR_QUERY', 'The storage that the browser has for this site is full (SQLITE_FULL). What was committed is kept; delete something, or ask the user for more.', {
      phase: error.phase, sqliteCode: 'SQLITE_FULL', errno: 13, cause: fault,
    });
  }
}

/** @param {number} result @param {string} name */
function reasonOf(result, name) {
  // A size is one of the largest numbers then.
  if (result === NOT_FOUND || name === 'getSize') return new DOMException('The file is gone.', 'NotFoundError');
  return result === NO_SPACE ? noSpace() : new DOMException(`The file system failed (${result - 2 ** 32}).`, 'UnknownError');
}

const noSpace = () => new DOMException('The quota has been exceeded.', 'QuotaExceededError');

/** @param {unknown} cause */
export const clearedError = (cause) =>
  new HawserError(
    'ERR_CONNECTION_FAILED',
    "The site's storage was cleared while the database was open, and the database with it. The next use of the connection begins with an empty one.",
    { phase: 'query', cleared: true, cause },
  );
