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
const NUMBERS = bit(TAG.INTEGER) | bit(TAG.REAL);
const INTEGERS = bit(TAG.INTEGER) | bit(TAG.INT64);

/** Batches of so few rows are kept as they are, as by js/sqlite/reader.js. */
const FEW_ROWS = 4;

/**
 * @param {readonly Cell[][]} rows At least one. Theirs is what they hold.
 * @param {number} width
 * @param {Int64} int64
 * @param {(column: number) => Error} beyond The error for an integer that a number would round.
 * @returns {PackedBatch}
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
        const value = /** @type {Cell} */ (rows[r]?.[c]);
        found |= kindOf(value);
        values[r * width + c] = exact || typeof value !== 'bigint' ? value : toNumber(value, c, beyond);
      }
      kinds[c] = found;
    }
    return new FewRows(length, width, values, kinds);
  }
  /** @type {Vector[]} */
  const vectors = new Array(width);
  for (let c = 0; c < width; c++) {
    const column = new Array(length);
    let found = 0;
    for (let r = 0; r < length; r++) {
      const value = /** @type {Cell[]} */ (rows[r])[c];
      if (typeof value === 'bigint') {
        found |= INTEGER;
        column[r] = exact ? value : toNumber(value, c, beyond);
      } else {
        found |= kindOf(/** @type {Cell} */ (value));
        column[r] = value;
      }
    }
    kinds[c] = found;
    vectors[c] = vectorOf(column, found, exact);
  }
  return { length, vectors, kinds };
}

const INTEGER = bit(TAG.INTEGER);

/** @param {Cell} value */
function kindOf(value) {
  switch (typeof value) {
    case 'string':
      return bit(TAG.TEXT);
    case 'bigint':
      return INTEGER;
    case 'number':
      return bit(TAG.REAL);
  }
  return value === null ? NULLS : bit(TAG.BLOB);
}

/** @param {bigint} value @param {number} column @param {(column: number) => Error} beyond */
function toNumber(value, column, beyond) {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw beyond(column);
}

/** @param {any[]} column @param {number} kinds @param {boolean} exact @returns {Vector} */
function vectorOf(column, kinds, exact) {
  if (exact && (kinds & ~INTEGERS) === 0) return new Int64Vector(BigInt64Array.from(column));
  if ((kinds & ~NUMBERS) === 0 && !(exact && kinds & INTEGER)) return new NumberVector(Float64Array.from(column));
  return new ValueVector(column);
}
