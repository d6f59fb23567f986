/**
 * What the clients throw as Hawser's errors, the same as those of the engine in WebAssembly.
 */
import { errnoOfName, queryError } from '../../sqlite/errors.js';
import { placeOf } from '../../sqlite/split.js';

/** Messages of sqlite3_errstr() and their like, for clients that tell no code. */
const BY_MESSAGE = new Map(
  Object.entries({
    'database is locked': 5, 'database table is locked': 6, 'out of memory': 7, 'attempt to write a readonly database': 8, interrupted: 9,
    'disk I/O error': 10, 'database disk image is malformed': 11, 'database or disk is full': 13, 'unable to open database file': 14,
    'string or blob too big': 18, 'constraint failed': 19, 'datatype mismatch': 20, 'not authorized': 23, 'column index out of range': 25,
    'file is not a database': 26,
  }),
);

/** @param {string} message @returns {number} Result code. */
export function codeOf(message) {
  for (const [text, errno] of BY_MESSAGE) if (message.includes(text)) return errno;
  return 1;
}

/**
 * @param {string} name e.g. 'SQLITE_CONSTRAINT_UNIQUE'.
 * @param {string} message
 * @returns {number} Extended result code.
 */
export const errnoOf = (name, message) => errnoOfName(name) ?? codeOf(message);

/** Errors that name the token they are about; of others SQLite tells no place either. */
const ABOUT = /^near "([^]+)": syntax error$|^no such column: "?([^" ]+)"?|^no such function: (\S+)$|^unrecognized token: "([^]+)"$|^ambiguous column name: (\S+)$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @param {import('./handle.js').Handle} handle
 * @param {unknown} error What the client threw.
 * @param {object} [where]
 * @param {string} [where.sql] The whole text.
 * @param {string} [where.text] The statement in it, and where it begins:
 * @param {number} [where.start]
 * @param {number} [where.row] Of a batch, from 0.
 * @returns {unknown} ERR_QUERY, or the error itself when it is not SQLite's: a user's function has thrown it.
 */
export function nativeError(handle, error, { sql = '', text = sql, start = 0, row } = {}) {
  const reason = handle.reason(error);
  if (!reason) return error;
  const place = sql === '' ? undefined : offsetIn(text, reason);
  return queryError({ reason: reason.message, errno: reason.errno, row, ...(place !== undefined && { before: sql.slice(0, start + place) }) });
}

/**
 * Where in a statement an error is, in UTF-16 units: as the client tells, or where the token is that it names, if it is
 * there just once.
 * @param {string} text @param {import('./handle.js').Reason} reason
 */
function offsetIn(text, { bytes, message }) {
  if (bytes !== undefined) return decoder.decode(encoder.encode(text).subarray(0, bytes)).length;
  const token = ABOUT.exec(message)?.slice(1).find((part) => part !== undefined);
  return token ? placeOf(text, token) : undefined;
}
