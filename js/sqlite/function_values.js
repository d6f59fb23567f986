/**
 * The values that go into user functions and come out of them: those of result columns and of parameters.
 */
import { HawserError } from '../errors.js';
import { decodeText } from '../table/text_vector.js';
import { isWellFormed } from './binder.js';
import { SCRATCH } from './callbacks.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {'number' | 'bigint' | 'string'} Int64 */
/** @typedef {null | number | bigint | string | Uint8Array} Plain */

const INTEGER = 1;
const REAL = 2;
const TEXT = 3;
const BLOB = 4;

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const encoder = new TextEncoder();
/** Bytes, or units, of text up to which looking at each is faster than asking the platform. */
const SHORT = 48;
/** SQLITE_TRANSIENT: SQLite copies it. */
const TRANSIENT = -1;

/**
 * The arguments of a call.
 * @param {Engine} engine
 * @param {number} n
 * @param {number} values sqlite3_value**
 * @param {Int64} int64
 * @returns {unknown[]}
 * @throws {HawserError} ERR_INT64_RANGE
 */
export function readArguments(engine, n, values, int64) {
  const list = new Array(n);
  for (let i = 0; i < n; i++) list[i] = readValue(engine, engine.u32[(values >>> 2) + i], int64, i);
  return list;
}

/**
 * @param {Engine} engine
 * @param {number} value sqlite3_value*
 * @param {Int64} int64
 * @param {number} index For the error.
 */
function readValue(engine, value, int64, index) {
  const { c } = engine;
  switch (c.sqlite3_value_type(value)) {
    case INTEGER: {
      if (int64 !== 'number') return int64 === 'bigint' ? c.sqlite3_value_int64(value) : String(c.sqlite3_value_int64(value));
      const number = c.sqlite3_value_double(value);
      // Beyond 2^53 it may have been rounded to a safe one.
      if (!Number.isSafeInteger(number)) throw beyond(index);
      return number;
    }
    case REAL:
      return c.sqlite3_value_double(value);
    case TEXT: {
      const start = c.sqlite3_value_text(value) >>> 0;
      const end = start + c.sqlite3_value_bytes(value);
      return decodeText(engine.u8, start, end, end - start <= SHORT && isAscii(engine.u8, start, end));
    }
    case BLOB: {
      const start = c.sqlite3_value_blob(value) >>> 0;
      return engine.u8.slice(start, start + c.sqlite3_value_bytes(value));
    }
    default:
      return null;
  }
}

/** @param {number} index */
const beyond = (index) =>
  new HawserError('ERR_INT64_RANGE', `Argument ${index + 1} is an integer beyond 2^53, which a number would round. Define the function with int64: 'bigint' or int64: 'string'.`, {
    phase: 'query',
  });

/**
 * What a function has returned, as SQLite can store it, by the rules of parameters; undefined is null, too.
 * @param {unknown} value
 * @returns {Plain} A number that is whole is an INTEGER, unless it is -0.
 * @throws {HawserError} ERR_PARAMETER
 */
export function plainResult(value) {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) throw refused('NaN, which SQLite has no value for; return null');
      return value;
    case 'string':
      if (!isWellFormed(value)) throw refused('text with a lone surrogate, which UTF-8 cannot hold; return bytes, or text.toWellFormed()');
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      if (value < MIN_INT64 || value > MAX_INT64) throw refused('a bigint of more than 64 bits; return it as text');
      return value;
    case 'undefined':
      return null;
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      throw refused(`a ${typeof value}, which SQLite has no value for`);
  }
}

/** @param {object} value */
function plainObject(value) {
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object Date]') {
    const date = /** @type {Date} */ (value);
    if (Number.isNaN(Date.prototype.getTime.call(date))) throw refused('an invalid Date');
    return Date.prototype.toISOString.call(date);
  }
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (kind === '[object ArrayBuffer]') return new Uint8Array(/** @type {ArrayBuffer} */ (value));
  if (typeof (/** @type {any} */ (value).then) === 'function') throw refused('a promise; SQLite cannot wait, so the function must not be async');
  throw refused(`${Array.isArray(value) ? 'an array' : 'an object'}, which SQLite has no value for; return text, e.g. JSON`);
}

/** @param {string} what */
const refused = (what) => new HawserError('ERR_PARAMETER', `It returned ${what}.`, { phase: 'query' });

/**
 * Makes a value the result of a call.
 * @param {Engine} engine
 * @param {number} context sqlite3_context*
 * @param {Plain} value
 * @throws {HawserError} ERR_QUERY when there is no memory
 */
export function setResult(engine, context, value) {
  const { c } = engine;
  const callbacks = /** @type {import('./callbacks.js').Callbacks} */ (engine.callbacks);
  switch (typeof value) {
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) callbacks.resultInteger(context, value);
      else c.sqlite3_result_double(context, value);
      return;
    case 'bigint':
      c.sqlite3_result_int64(context, value);
      return;
    case 'string': {
      const { scratch } = callbacks;
      if (3 * value.length > SCRATCH) return setBytes(engine, context, encoder.encode(value), true);
      c.sqlite3_result_text(context, scratch, writeText(engine.u8, scratch, value), TRANSIENT);
      return;
    }
    default:
      if (value === null) c.sqlite3_result_null(context);
      else if (value.length === 0) c.sqlite3_result_zeroblob(context, 0);
      else setBytes(engine, context, value, false);
  }
}

/**
 * @param {Uint8Array} bytes With room.
 * @param {number} at
 * @param {string} text
 * @returns {number} Bytes written.
 */
function writeText(bytes, at, text) {
  const { length } = text;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      bytes[at + i] = unit;
    }
    if (i === length) return length;
  }
  return encoder.encodeInto(text, bytes.subarray(at, at + 3 * length)).written;
}

/** @param {Uint8Array} bytes @param {number} start @param {number} end */
function isAscii(bytes, start, end) {
  for (let i = start; i < end; i++) if (bytes[i] > 0x7f) return false;
  return true;
}

/** @param {Engine} engine @param {number} context @param {Uint8Array} bytes Not none. @param {boolean} text */
function setBytes(engine, context, bytes, text) {
  const { c } = engine;
  const { at } = /** @type {import('./callbacks.js').Callbacks} */ (engine.callbacks);
  const pointer = engine.allocate(bytes.length);
  engine.u8.set(bytes, pointer);
  if (text) c.sqlite3_result_text(context, pointer, bytes.length, at.free);
  else c.sqlite3_result_blob(context, pointer, bytes.length, at.free);
}
