/**
 * Values as bytes, for storages: plain data, bigint, Date, RegExp, Map, Set, buffers and typed arrays, and Tables with
 * their column types. A format of our own, because JSON loses half of that; docs/caching.md describes it.
 */
import { HawserError } from '../errors.js';
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { Int64Vector, NumberVector, ValueVector } from '../table/vector.js';
import { MalformedError } from './bytes.js';
import { Kept } from './kept.js';

/** @typedef {import('./bytes.js').ByteWriter} ByteWriter */
/** @typedef {import('./bytes.js').ByteReader} ByteReader */

/** What comes next. The numbers are part of the format. */
const TAG = Object.freeze({
  UNDEFINED: 0, NULL: 1, TRUE: 2, FALSE: 3, NUMBER: 4, TEXT: 5, BIGINT: 6, DATE: 7, REGEXP: 8, ARRAY: 9, OBJECT: 10, MAP: 11,
  SET: 12, BYTES: 13, TABLE: 14, KEPT_SHARED: 15, KEPT_CLONED: 16, COUNT: 17,
});

/** By the number in the format; the first is a bare ArrayBuffer. @type {readonly any[]} */
const BUFFERS = [
  ArrayBuffer, Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array,
  Float64Array, BigInt64Array, BigUint64Array, DataView,
];
const BUFFER_NAMES = BUFFERS.map(({ name }) => name);

const DEPTH_LIMIT = 1000;

/**
 * @param {ByteWriter} out
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {void}
 * @throws {HawserError} ERR_NOT_SUPPORTED for what cannot be stored; cycles count as too deep.
 */
export function writeValue(out, value, depth = 0) {
  switch (typeof value) {
    case 'undefined':
      return out.byte(TAG.UNDEFINED);
    case 'boolean':
      return out.byte(value ? TAG.TRUE : TAG.FALSE);
    case 'number':
      if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
        out.byte(TAG.COUNT);
        return out.count(value);
      }
      out.byte(TAG.NUMBER);
      return out.float(value);
    case 'string':
      out.byte(TAG.TEXT);
      return out.text(value);
    case 'bigint':
      out.byte(TAG.BIGINT);
      return out.text(String(value));
    case 'object':
      if (value === null) return out.byte(TAG.NULL);
      if (depth > DEPTH_LIMIT) break;
      return writeObject(out, value, depth + 1);
  }
  throw notStorable(value);
}

/** @param {ByteWriter} out @param {object} value @param {number} depth @returns {void} */
function writeObject(out, value, depth) {
  if (Array.isArray(value)) {
    out.byte(TAG.ARRAY);
    out.count(value.length);
    for (let i = 0; i < value.length; i++) writeValue(out, value[i], depth);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) {
    const entries = Object.entries(value);
    out.byte(TAG.OBJECT);
    out.count(entries.length);
    for (const [name, item] of entries) {
      out.text(name);
      writeValue(out, item, depth);
    }
    return;
  }
  if (value instanceof Kept) {
    out.byte(value.shared ? TAG.KEPT_SHARED : TAG.KEPT_CLONED);
    return writeValue(out, value.value, depth);
  }
  if (value instanceof Table) return writeTable(out, value, depth);
  writeBuiltIn(out, value, depth);
}

/** @param {ByteWriter} out @param {object} value @param {number} depth */
function writeBuiltIn(out, value, depth) {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const buffer = BUFFER_NAMES.indexOf(kind);
  if (buffer >= 0) {
    const view = /** @type {Uint8Array} */ (value);
    const bytes = buffer === 0 ? new Uint8Array(/** @type {ArrayBuffer} */ (value)) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    out.byte(TAG.BYTES);
    out.byte(buffer);
    out.count(bytes.length);
    return out.bytes(bytes);
  }
  switch (kind) {
    case 'Date':
      out.byte(TAG.DATE);
      return out.float(Number(value));
    case 'RegExp': {
      const { source, flags } = /** @type {RegExp} */ (value);
      out.byte(TAG.REGEXP);
      out.text(source);
      return out.text(flags);
    }
    case 'Map':
    case 'Set': {
      const items = /** @type {Map<unknown, unknown>} */ (value);
      out.byte(kind === 'Map' ? TAG.MAP : TAG.SET);
      out.count(items.size);
      items.forEach((item, key) => {
        if (kind === 'Map') writeValue(out, key, depth);
        writeValue(out, item, depth);
      });
      return;
    }
  }
  throw notStorable(value);
}

/** @param {ByteWriter} out @param {Table} table @param {number} depth */
function writeTable(out, table, depth) {
  out.byte(TAG.TABLE);
  out.count(table.length);
  out.count(table.columns.length);
  table.columns.forEach((column, i) => {
    writeValue(out, { ...column }, depth);
    const values = table.columnAt(i);
    writeValue(out, ArrayBuffer.isView(values) ? values : values.toArray(), depth);
  });
  writeValue(out, table.rowsAffected, depth);
  writeValue(out, table.lastInsertId, depth);
}

/**
 * Plain objects and arrays come frozen.
 * @param {ByteReader} input
 * @param {number} [depth]
 * @returns {unknown}
 * @throws {MalformedError}
 */
export function readValue(input, depth = 0) {
  if (depth > DEPTH_LIMIT + 1) throw new MalformedError('The record is nested too deep.');
  const tag = input.byte();
  switch (tag) {
    case TAG.UNDEFINED:
      return undefined;
    case TAG.NULL:
      return null;
    case TAG.TRUE:
      return true;
    case TAG.FALSE:
      return false;
    case TAG.COUNT:
      return input.count();
    case TAG.NUMBER:
      return input.float();
    case TAG.TEXT:
      return input.text();
    case TAG.BIGINT: {
      const digits = input.text();
      if (!/^-?\d{1,10000}$/.test(digits)) throw new MalformedError('A number is not valid.');
      return BigInt(digits);
    }
    case TAG.DATE:
      return new Date(input.float());
    case TAG.REGEXP:
      return readRegExp(input.text(), input.text());
    case TAG.ARRAY:
      return Object.freeze(readItems(input, depth));
    case TAG.OBJECT:
      return readObject(input, depth);
    case TAG.SET:
      return new Set(readItems(input, depth));
    case TAG.MAP: {
      const map = new Map();
      for (let left = countOf(input); left > 0; left--) map.set(readValue(input, depth + 1), readValue(input, depth + 1));
      return map;
    }
    case TAG.BYTES:
      return readBytes(input);
    case TAG.TABLE:
      return readTable(input, depth);
    case TAG.KEPT_SHARED:
    case TAG.KEPT_CLONED:
      return new Kept(readValue(input, depth + 1), tag === TAG.KEPT_SHARED);
  }
  throw new MalformedError('A value is of an unknown kind.');
}

/** A number of items that can still follow: each takes a byte at least. @param {ByteReader} input */
function countOf(input) {
  const count = input.count();
  if (count > input.left) throw new MalformedError('The record ends early.');
  return count;
}

/** @param {ByteReader} input @param {number} depth */
function readItems(input, depth) {
  /** @type {unknown[]} */
  const items = [];
  for (let left = countOf(input); left > 0; left--) items.push(readValue(input, depth + 1));
  return items;
}

/** @param {ByteReader} input @param {number} depth */
function readObject(input, depth) {
  /** @type {Record<string, unknown>} */
  const object = {};
  for (let left = countOf(input); left > 0; left--) {
    const name = input.text();
    const value = readValue(input, depth + 1);
    if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true });
    else object[name] = value;
  }
  return Object.freeze(object);
}

/** @param {ByteReader} input */
function readBytes(input) {
  const Buffer = BUFFERS[input.byte()];
  const length = input.count();
  const width = Buffer?.BYTES_PER_ELEMENT ?? 1;
  if (!Buffer || length % width !== 0) throw new MalformedError('A buffer is not valid.');
  const { buffer } = input.bytes(length).slice();
  return Buffer === ArrayBuffer ? buffer : new Buffer(buffer);
}

/** @param {string} source @param {string} flags */
function readRegExp(source, flags) {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new MalformedError('A regular expression is not valid.');
  }
}

/** @param {ByteReader} input @param {number} depth */
function readTable(input, depth) {
  const length = input.count();
  /** @type {any[]} */
  const columns = [];
  /** @type {import('../table/batches.js').Batch['vectors'][number][]} */
  const vectors = [];
  for (let left = countOf(input); left > 0; left--) {
    const column = /** @type {any} */ (readValue(input, depth + 1));
    const values = /** @type {any} */ (readValue(input, depth + 1));
    if (typeof column?.name !== 'string' || values?.length !== length) throw new MalformedError('A table is not valid.');
    columns.push(column);
    if (values instanceof Float64Array) vectors.push(new NumberVector(values));
    else if (values instanceof BigInt64Array) vectors.push(new Int64Vector(values));
    else if (Array.isArray(values)) vectors.push(new ValueVector(values));
    else throw new MalformedError('A table is not valid.');
  }
  const rowsAffected = readValue(input, depth + 1);
  const lastInsertId = readValue(input, depth + 1);
  if (typeof rowsAffected !== 'number') throw new MalformedError('A table is not valid.');
  return new Table({
    schema: new Schema(columns),
    batches: new Batches([{ length, vectors }]),
    rowsAffected,
    lastInsertId: /** @type {number | undefined} */ (lastInsertId),
  });
}

/** @param {unknown} value */
function notStorable(value) {
  const kind = typeof value === 'object' ? `an object of class ${String(value?.constructor?.name ?? 'unknown')}` : `a ${typeof value}`;
  return new HawserError('ERR_NOT_SUPPORTED', `A result holds ${kind}, or is nested too deep, and cannot be stored.`);
}
