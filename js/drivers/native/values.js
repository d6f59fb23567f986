/**
 * Parameters on their way to a client, by the rules of js/sqlite/binder.js.
 */
import { HawserError } from '../../errors.js';

/** @typedef {import('./handle.js').Cell} Cell */

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Numbers without a fraction and booleans become INTEGER, other numbers REAL, bigints INTEGER, dates ISO 8601 text, bytes BLOB.
 * @param {unknown} value
 * @returns {Cell}
 * @throws {HawserError} ERR_PARAMETER without name and row, which the caller adds.
 */
export function toCell(value) {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) throw refused('NaN, which SQLite has no value for; pass null');
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case 'string':
      if (!isWellFormed(value)) throw refused('text with a lone surrogate, which UTF-8 cannot hold; pass bytes, or text.toWellFormed()');
      return value;
    case 'boolean':
      return value ? 1n : 0n;
    case 'bigint':
      if (value < MIN_INT64 || value > MAX_INT64) throw refused('a bigint of more than 64 bits; pass it as text');
      return value;
  }
  if (value === null) return null;
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object Date]') {
    const date = /** @type {Date} */ (value);
    if (Number.isNaN(Date.prototype.getTime.call(date))) throw refused('an invalid Date');
    return Date.prototype.toISOString.call(date);
  }
  if (ArrayBuffer.isView(value)) return bytes(value.buffer, value.byteOffset, value.byteLength);
  if (kind === '[object ArrayBuffer]') return bytes(/** @type {ArrayBuffer} */ (value), 0, /** @type {ArrayBuffer} */ (value).byteLength);
  throw refused(value === undefined ? 'undefined; pass null for a missing value' : `${describe(value)}, which cannot be bound`);
}

/** Node.js 22 takes bytes without an address for NULL, which those of an empty buffer have. */
const EMPTY = new Uint8Array(8).subarray(0, 0);

/** @param {ArrayBufferLike} buffer @param {number} start @param {number} length */
const bytes = (buffer, start, length) => (length === 0 ? EMPTY : new Uint8Array(buffer, start, length));

/** @param {string} what */
const refused = (what) => new HawserError('ERR_PARAMETER', what);

/** @param {unknown} value */
const describe = (value) => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  return Array.isArray(value) ? 'an array' : 'an object';
};

const surrogate = /\p{Surrogate}/u;

/** @type {(text: string) => boolean} */
const isWellFormed = (text) => {
  const { isWellFormed: method } = /** @type {any} */ (String.prototype);
  return method ? method.call(text) : !surrogate.test(text);
};
