/**
 * The values of cells, and how they stay apart: what a table holds is nobody's, what a reader gets is the reader's own.
 *
 * Numbers, texts, booleans and bigints cannot be changed. Bytes, dates, arrays and plain objects can, so they are copied on
 * the way in and on the way out. Objects of other classes are kept as they are: they should be immutable.
 */

/** @typedef {null | boolean | number | bigint | string | Uint8Array | Date | object} Value */

/** @param {unknown} value @returns {value is Date} also those of other realms */
export const isDate = (value) => Object.prototype.toString.call(value) === '[object Date]';

/** @param {number} value Whether it is an integer in every respect: exact, and not -0. */
export const isInteger = (value) => Number.isSafeInteger(value) && !Object.is(value, -0);

/** @param {object} value An object literal, of any realm, or one without a prototype. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A value that its receiver may change.
 * @param {Value} value
 * @returns {any}
 */
export const own = (value) => (typeof value === 'object' && value !== null ? copy(value) : value);

/**
 * A value on its way into a table: a copy, with bytes of every kind (views, ArrayBuffer) as a Uint8Array, and undefined
 * as null.
 * @param {unknown} value
 * @returns {Value}
 */
export function take(value) {
  if (value === undefined) return null;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') {
    return new Uint8Array(/** @type {ArrayBuffer} */ (value)).slice();
  }
  return own(/** @type {Value} */ (value));
}

/**
 * @param {object} value
 * @returns {object}
 */
function copy(value) {
  // Not value.slice(): that of Node's Buffer shares its memory.
  if (ArrayBuffer.isView(value)) {
    const bytes = Object.prototype.toString.call(value) === '[object Uint8Array]';
    return bytes ? new Uint8Array(/** @type {Uint8Array} */ (value)) : structuredClone(value);
  }
  if (Array.isArray(value)) return value.map(own);
  if (isDate(value)) return new Date(value.getTime());
  return isPlain(value) ? mapObject(value, own) : value;
}

/**
 * A value for JSON.stringify: integers beyond 2^53 as decimal text and bytes as Base64, which JSON has no types for.
 * @param {Value} value
 * @returns {any}
 */
export function jsonValue(value) {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (Array.isArray(value)) return value.map(jsonValue);
  return isPlain(value) ? mapObject(value, jsonValue) : value;
}

/**
 * @param {object} object
 * @param {(value: Value) => unknown} map
 */
function mapObject(object, map) {
  const result = {};
  for (const [name, value] of Object.entries(object)) setProperty(result, name, map(value));
  return result;
}

/**
 * @param {Record<string, any>} object
 * @param {string} name Assigning to "__proto__" would set the prototype.
 * @param {unknown} value
 */
export function setProperty(object, name, value) {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
