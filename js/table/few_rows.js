/**
 * A batch of few rows, decoded when it is made: one array of values instead of a vector for each column, which for a
 * single row would cost more than the row.
 */
import { Int64Vector, NumberVector, TAG, ValueVector } from './vector.js';

/** @typedef {import('./vector.js').Value} Value */
/** @typedef {import('./vector.js').Vector} Vector */

const kindOf = (/** @type {Value} */ value) => {
  if (value === null) return 1 << TAG.NULL;
  if (typeof value === 'string') return 1 << TAG.TEXT;
  if (typeof value === 'bigint') return 1 << TAG.INT64;
  if (typeof value === 'number') return 1 << (Number.isInteger(value) ? TAG.INTEGER : TAG.REAL);
  return 1 << TAG.BLOB;
};

export class FewRows {
  /**
   * @param {number} length Number of rows.
   * @param {number} width Number of columns.
   * @param {readonly Value[]} values Row by row.
   * @param {readonly number[]} [kinds] For each column a bit 1 << tag for every kind of value in it; by the values if not given,
   *   which cannot tell a real 2.0 from an integer 2.
   */
  constructor(length, width, values, kinds) {
    this.length = length;
    this.width = width;
    this.values = values;
    this.knownKinds = kinds;
    /** @type {Vector[] | undefined} */
    this.made = undefined;
  }

  /** @param {number} column */
  #list(column) {
    return Array.from({ length: this.length }, (_, row) => /** @type {Value} */ (this.values[row * this.width + column]));
  }

  /** For each column a bit 1 << tag for every kind of value in it. */
  get kinds() {
    if (this.knownKinds) return this.knownKinds;
    return Array.from({ length: this.width }, (_, c) => {
      let kinds = 0;
      for (const value of this.#list(c)) kinds |= kindOf(value);
      return kinds;
    });
  }

  /** @returns {readonly Vector[]} */
  get vectors() {
    return (this.made ??= Array.from({ length: this.width }, (_, c) => {
      const list = this.#list(c);
      if (list.every((value) => typeof value === 'number')) return new NumberVector(/** @type {number[]} */ (list));
      if (list.every((value) => typeof value === 'bigint')) return new Int64Vector(/** @type {bigint[]} */ (list));
      return new ValueVector(list);
    }));
  }
}
