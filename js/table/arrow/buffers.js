/**
 * The buffers of one Arrow column: validity bits, offsets and data, as the columnar format lays them out
 * (https://arrow.apache.org/docs/format/Columnar.html). Numbers are little endian, as everywhere that WebAssembly runs.
 */
import { isDate, jsonValue, toBase64 } from '../values.js';
import { TextVector } from '../text_vector.js';
import { Int64Vector, NumberVector, TAG } from '../vector.js';

/** @typedef {import('../values.js').Value} Value */
/** @typedef {import('../vector.js').Vector} Vector */
/** @typedef {Float64Array | BigInt64Array | Int32Array | Uint8Array} Bytes */
/** @typedef {{ nulls: number, buffers: Bytes[] }} ArrowColumn */

const encoder = new TextEncoder();
const MAX_BYTES = 2 ** 31 - 1;

/**
 * @param {import('./types.js').ArrowType} type One that holds all values.
 * @param {readonly Vector[]} vectors
 * @param {number} length Rows in all vectors.
 * @param {string} name For errors.
 * @returns {ArrowColumn}
 * @throws {RangeError} when texts or bytes take more than 2^31 - 1 bytes.
 */
export function buffersOf(type, vectors, length, name) {
  if (type === 'Null') return { nulls: length, buffers: [] };
  const validity = new Validity(length);
  switch (type) {
    case 'Bool': {
      const bits = new Uint8Array(bitBytes(length));
      each(vectors, validity, (value, row) => {
        if (value) bits[row >> 3] |= 1 << (row & 7);
      });
      return validity.column(bits);
    }
    case 'Float64': {
      const numbers = new Float64Array(length);
      copyOr(NumberVector, vectors, validity, numbers, (value, row) => (numbers[row] = Number(value)));
      return validity.column(numbers);
    }
    case 'Int64': {
      const integers = new BigInt64Array(length);
      copyOr(Int64Vector, vectors, validity, integers, int64Writer(integers));
      return validity.column(integers);
    }
    case 'Timestamp': {
      const times = new BigInt64Array(length);
      const write = int64Writer(times);
      each(vectors, validity, (value, row) => {
        const time = Number(/** @type {Date} */ (value));
        if (Number.isNaN(time)) validity.clear(row);
        else write(time, row);
      });
      return validity.column(times);
    }
  }
  return variable(vectors, validity, length, type === 'Utf8' ? textOf : bytesOf, name);
}

/** @param {number} length Bytes of `length` bits. */
const bitBytes = (length) => (length + 7) >> 3;

/** Which rows are not null. */
class Validity {
  #bits;
  #nulls = 0;

  /** @param {number} length */
  constructor(length) {
    this.#bits = new Uint8Array(bitBytes(length)).fill(255);
    if (length & 7) this.#bits[length >> 3] = (1 << (length & 7)) - 1;
  }

  /** @param {number} row Is null. Once for each. */
  clear(row) {
    this.#bits[row >> 3] &= ~(1 << (row & 7));
    this.#nulls++;
  }

  /** @param {...Bytes} buffers @returns {ArrowColumn} */
  column(...buffers) {
    return { nulls: this.#nulls, buffers: [this.#nulls ? this.#bits : this.#bits.subarray(0, 0), ...buffers] };
  }
}

/**
 * @param {readonly Vector[]} vectors
 * @param {Validity} validity
 * @param {(value: Exclude<Value, null>, row: number) => void} write
 */
function each(vectors, validity, write) {
  let at = 0;
  for (const vector of vectors) at = eachOf(vector, at, validity, write);
}

/**
 * @param {Vector} vector
 * @param {number} at Its first row.
 * @param {Validity} validity
 * @param {(value: Exclude<Value, null>, row: number) => void} write
 * @returns {number} the row after its last
 */
function eachOf(vector, at, validity, write) {
  const values = vector.values();
  for (let row = 0; row < values.length; row++, at++) {
    const value = /** @type {Value} */ (values[row]);
    if (value === null) validity.clear(at);
    else write(value, at);
  }
  return at;
}

/**
 * Copies vectors of one class in one go, others value by value.
 * @param {typeof NumberVector | typeof Int64Vector} Kind
 * @param {readonly Vector[]} vectors
 * @param {Validity} validity
 * @param {any} target
 * @param {(value: Exclude<Value, null>, row: number) => void} write
 */
function copyOr(Kind, vectors, validity, target, write) {
  let at = 0;
  for (const vector of vectors) {
    if (vector instanceof Kind) target.set(vector.values(), at);
    else eachOf(vector, at, validity, write);
    at += vector.length;
  }
}

/**
 * Writes integers, as numbers in two halves: BigInt(value) takes ten times as long.
 * @param {BigInt64Array} integers
 * @returns {(value: any, row: number) => void}
 */
function int64Writer(integers) {
  const halves = new Int32Array(integers.buffer);
  return (value, row) => {
    if (typeof value === 'bigint') {
      integers[row] = value;
    } else {
      halves[2 * row] = value;
      halves[2 * row + 1] = Math.floor(value / 2 ** 32);
    }
  };
}

/**
 * Values of various lengths, back to back.
 * @param {readonly Vector[]} vectors
 * @param {Validity} validity
 * @param {number} length
 * @param {(value: Exclude<Value, null>) => string | Uint8Array} convert
 * @param {string} name
 */
function variable(vectors, validity, length, convert, name) {
  const offsets = new Int32Array(length + 1);
  let data = new Uint8Array(0);
  let used = 0;
  const makeRoom = (/** @type {number} */ size) => {
    if (used + size <= data.length) return;
    const old = data.subarray(0, used);
    data = new Uint8Array(2 * (used + size));
    data.set(old);
  };
  const append = (/** @type {string | Uint8Array} */ piece) => {
    if (typeof piece === 'string') {
      makeRoom(3 * piece.length);
      used += encoder.encodeInto(piece, data.subarray(used)).written;
    } else {
      makeRoom(piece.length);
      data.set(piece, used);
      used += piece.length;
    }
    if (used > MAX_BYTES) throw new RangeError(`Column "${name}" is too long for Arrow: over 2 GiB in one batch.`);
  };
  let at = 0;
  for (const vector of vectors) {
    if (vector instanceof TextVector && vector.isUtf8()) {
      let end = used;
      append(vector.bytes);
      for (let row = 0; row < vector.length; row++) {
        if (vector.tags && vector.tags[row] !== TAG.TEXT) validity.clear(at);
        else end += /** @type {number} */ (vector.places[2 * row + 1]);
        offsets[++at] = end;
      }
    } else {
      const values = vector.values();
      for (let row = 0; row < values.length; row++) {
        const value = /** @type {Value} */ (values[row]);
        if (value === null) validity.clear(at);
        else append(convert(value));
        offsets[++at] = used;
      }
    }
  }
  return validity.column(offsets, data.subarray(0, used));
}

/**
 * The text of a value: of bytes Base64, of dates ISO 8601, of arrays and objects JSON.
 * @param {Exclude<Value, null>} value
 */
function textOf(value) {
  if (typeof value !== 'object') return String(value);
  if (ArrayBuffer.isView(value)) return toBase64(/** @type {Uint8Array} */ (value));
  if (isDate(value)) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return JSON.stringify(jsonValue(value)) ?? String(value);
}

/** @param {Exclude<Value, null>} value Bytes or text. */
const bytesOf = (value) => (ArrayBuffer.isView(value) ? /** @type {Uint8Array} */ (value) : String(value));
