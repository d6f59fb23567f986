/**
 * A batch of few rows, decoded when it is made: one array of values instead of a vector for each column, which for a
 * single row would cost more than the row.
 */
import { Int64Vector, NumberVector, TAG, ValueVector } from './vector.js';

/** @typedef {import('./vector.js').Value} Value */
/** @typedef {import('./vector.js').Vector} Vector */

const NUMBERS = (1 << TAG.INTEGER) | (1 << TAG.REAL);

export class FewRows {
  /** @type {Vector[] | undefined} */
  #vectors;

  /**
   * @param {number} length Number of rows.
   * @param {readonly Value[]} values Row by row.
   * @param {readonly number[]} kinds For each column a bit 1 << tag for every kind of value in it.
   */
  constructor(length, values, kinds) {
    this.length = length;
    this.values = values;
    this.kinds = kinds;
  }

  /** @returns {readonly Vector[]} */
  get vectors() {
    return (this.#vectors ??= this.kinds.map((kind, c) => {
      const list = Array.from({ length: this.length }, (_, row) => this.values[row * this.kinds.length + c]);
      if ((kind & ~NUMBERS) === 0) return new NumberVector(/** @type {number[]} */ (list));
      if (kind === 1 << TAG.INT64) return new Int64Vector(/** @type {bigint[]} */ (list));
      return new ValueVector(/** @type {Value[]} */ (list));
    }));
  }
}
