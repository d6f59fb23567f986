/**
 * From rows, as the clients give them, to columns.
 */
import { FewRows } from '../../table/few_rows.js';
import { Int64Vector, NumberVector, TAG, ValueVector } from '../../table/vector.js';

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('../driver.js').Int64} Int64 */
/** @typedef {import('../../sqlite/reader.js').PackedBatch} PackedBatch */
/** @typedef {import('../../table/vector.js').Vector} Vector */

const bit = (/** @type {number} */ tag) => 1 << tag;
const NULLS = bit(TAG.NULL);

/** Batches of so few rows are kept as they are, as by js/sqlite/reader.js. */
const FEW_ROWS = 4;

/**
 * Thrown when integers were asked for as numbers, and what came may have been rounded: to be read again, exactly.
 */
export class Rounded extends Error {}

/**
 * @param {readonly Cell[][]} rows At least one.
 * @param {number} width
 * @param {Int64} int64
 * @param {(column: number) => Error} beyond The error for an integer that a number would round.
 * @returns {PackedBatch}
 * @throws {Rounded} only when rows were not read exactly
 */
export function toBatch(rows, width, int64, beyond) {
  const { length } = rows;
  const exact = int64 !== 'number';
  /** @type {number[]} */
  const kinds = new Array(width);
  if (length <= FEW_ROWS) {
    /** @type {Cell[]} */
    const values = new Array(length * width);
    for (let c = 0; c < width; c++) {
      let found = 0;
      for (let r = 0; r < length; r++) {
        const value = /** @type {Cell[]} */ (rows[r])[c];
        found |= kindOf(value);
        values[r * width + c] = exact && typeof value === 'bigint' ? value : take(value, c, beyond);
      }
      kinds[c] = found;
    }
    return new FewRows(length, width, values, kinds);
  }
  /** @type {Vector[]} */
  const vectors = new Array(width);
  for (let c = 0; c < width; c++) {
    const numbers = exact ? undefined : numbersOf(rows, c, beyond);
    if (numbers) {
      kinds[c] = numbers.kinds;
      vectors[c] = new NumberVector(numbers.column);
      continue;
    }
    const column = new Array(length);
    let found = 0;
    for (let r = 0; r < length; r++) {
      const value = /** @type {Cell[]} */ (rows[r])[c];
      found |= kindOf(value);
      column[r] = typeof value === 'string' || (exact && typeof value === 'bigint') ? value : take(value, c, beyond);
    }
    kinds[c] = found;
    if (exact && found === INTEGER) vectors[c] = new Int64Vector(BigInt64Array.from(column));
    else vectors[c] = exact && found === REAL ? new NumberVector(Float64Array.from(column)) : new ValueVector(column);
  }
  return { length, vectors, kinds };
}

/**
 * A column of numbers only.
 * @param {readonly Cell[][]} rows
 * @param {number} c
 * @param {(column: number) => Error} beyond
 * @returns {{ column: Float64Array, kinds: number } | undefined} undefined when it holds something else.
 */
function numbersOf(rows, c, beyond) {
  const { length } = rows;
  const column = new Float64Array(length);
  let kinds = 0;
  for (let r = 0; r < length; r++) {
    const value = /** @type {Cell[]} */ (rows[r])[c];
    if (typeof value === 'number') {
      kinds |= REAL;
      column[r] = value;
    } else if (typeof value === 'bigint') {
      kinds |= INTEGER;
      column[r] = /** @type {number} */ (take(value, c, beyond));
    } else {
      return undefined;
    }
  }
  return { column, kinds };
}

const INTEGER = bit(TAG.INTEGER);
const REAL = bit(TAG.REAL);

/** @param {Cell | undefined} value */
function kindOf(value) {
  switch (typeof value) {
    case 'string':
      return bit(TAG.TEXT);
    case 'bigint':
      return INTEGER;
    case 'number':
      return REAL;
  }
  return value === null ? NULLS : bit(TAG.BLOB);
}

/**
 * A value of the table's own.
 * @param {Cell | undefined} value @param {number} column @param {(column: number) => Error} beyond
 * @returns {Cell | number}
 */
function take(value, column, beyond) {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw beyond(column);
  }
  // Buffers of a client may share their memory with others.
  if (typeof value === 'object' && value !== null && value.byteLength !== value.buffer.byteLength) return new Uint8Array(value);
  return value ?? null;
}

/**
 * Makes sure of numbers that were not read exactly.
 * @param {readonly Cell[][]} rows
 * @throws {Rounded}
 */
export function checkRounding(rows) {
  for (const row of rows) {
    for (let c = 0; c < row.length; c++) {
      const value = row[c];
      if (typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) && Number.isInteger(value)) throw new Rounded();
    }
  }
}
