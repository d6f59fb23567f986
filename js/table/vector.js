/**
 * Vectors: the immutable storage of one column in one batch of rows.
 *
 * All have the same members, so that Table and Column need not know which one they hold:
 *   length      number of rows
 *   byteLength  bytes held, for the cache's budget
 *   get(i)      the value of row i; a fresh copy where values can be changed (values.js)
 *   values()    all values, array-like and shared: for reading only, never handed out
 *
 * @typedef {import('./values.js').Value} Value
 * @typedef {object} Vector
 * @property {number} length
 * @property {number} byteLength
 * @property {(row: number) => Value} get
 * @property {() => ArrayLike<Value>} values
 */
import { own } from './values.js';

/** What a packed cell holds; the same codes as `Tag` in wasm/sqlite_api.h. */
export const TAG = Object.freeze({ INTEGER: 1, REAL: 2, TEXT: 3, BLOB: 4, NULL: 5, INT64: 6 });

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Numbers without nulls. */
export class NumberVector {
  /** @param {ArrayLike<number>} numbers */
  constructor(numbers) {
    this.numbers = numbers;
    this.length = numbers.length;
    this.byteLength = 8 * numbers.length;
  }

  /** @param {number} row */
  get(row) {
    return this.numbers[row];
  }

  values() {
    return this.numbers;
  }
}

/** 64-bit integers without nulls. */
export class Int64Vector {
  /** @param {ArrayLike<bigint>} integers */
  constructor(integers) {
    this.integers = integers;
    this.length = integers.length;
    this.byteLength = 8 * integers.length;
  }

  /** @param {number} row */
  get(row) {
    return /** @type {bigint} */ (this.integers[row]);
  }

  values() {
    return this.integers;
  }
}

/** Values of any kind that JavaScript already holds. Mutable ones must not be shared with anybody. */
export class ValueVector {
  #byteLength;

  /**
   * @param {ArrayLike<Value>} list
   * @param {number} [byteLength] Default: 16 per value and what texts and bytes hold.
   */
  constructor(list, byteLength) {
    this.list = list;
    this.length = list.length;
    this.#byteLength = byteLength;
  }

  get byteLength() {
    return (this.#byteLength ??= estimate(this.list));
  }

  /** @param {number} row */
  get(row) {
    return own(this.list[row]);
  }

  values() {
    return this.list;
  }
}

/** Cells of any mixture of kinds, as the row packer wrote them. */
export class PackedVector {
  /** @type {Value[] | undefined} */
  #values;

  /**
   * @param {Uint8Array} tags
   * @param {Float64Array} cells
   * @param {Uint8Array} heap Texts and blobs.
   */
  constructor(tags, cells, heap) {
    this.tags = tags;
    this.cells = cells;
    this.heap = heap;
    this.length = tags.length;
    this.byteLength = tags.byteLength + cells.byteLength + heap.byteLength;
  }

  /** @param {number} row */
  get(row) {
    return own(/** @type {Value} */ (this.values()[row]));
  }

  values() {
    return (this.#values ??= this.#decode());
  }

  #decode() {
    const { tags, cells, heap } = this;
    const places = new Uint32Array(cells.buffer, cells.byteOffset, 2 * cells.length);
    const integers = new BigInt64Array(cells.buffer, cells.byteOffset, cells.length);
    return Array.from(tags, (tag, row) => {
      switch (tag) {
        case TAG.INTEGER:
        case TAG.REAL:
          return cells[row];
        case TAG.INT64:
          return /** @type {bigint} */ (integers[row]);
        case TAG.NULL:
          return null;
      }
      const start = places[2 * row];
      const bytes = heap.subarray(start, start + places[2 * row + 1]);
      return tag === TAG.TEXT ? decoder.decode(bytes) : bytes;
    });
  }
}

/** @param {ArrayLike<Value>} list */
function estimate(list) {
  let bytes = 16 * list.length;
  for (let row = 0; row < list.length; row++) {
    const value = list[row];
    if (typeof value === 'string') bytes += 2 * value.length;
    else if (typeof value === 'object' && value !== null) bytes += estimateObject(value);
  }
  return bytes;
}

/** @param {object} value */
function estimateObject(value) {
  return ArrayBuffer.isView(value) ? value.byteLength : estimate(Object.values(value));
}
