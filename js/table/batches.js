/**
 * The rows of a result as a list of batches, each with one vector per column. Immutable once built.
 */

/** @typedef {import('./vector.js').Vector} Vector */
/** @typedef {{ readonly length: number, readonly vectors: readonly Vector[] }} Batch */

/** @param {Batch} batch */
const isEmpty = (batch) => batch.length === 0;

export class Batches {
  /** @type {number[] | undefined} */
  #starts;

  /** @param {readonly Batch[]} list */
  constructor(list) {
    /** @type {readonly Batch[]} None of them empty. */
    this.list = list;
    let length = 0;
    for (let i = 0; i < list.length; i++) length += list[i].length;
    if (list.some(isEmpty)) this.list = list.filter((batch) => !isEmpty(batch));
    /** Number of rows. */
    this.length = length;
  }

  /** The batch, where there is just one. */
  get only() {
    return this.list.length === 1 ? this.list[0] : undefined;
  }

  /** Bytes held. */
  get byteLength() {
    let byteLength = 0;
    for (const { vectors } of this.list) for (const vector of vectors) byteLength += vector.byteLength;
    return byteLength;
  }

  /**
   * Where row `row` is; negative counts from the end.
   * @param {number} row
   * @returns {{ batch: Batch, row: number } | undefined}
   */
  find(row) {
    if (row < 0) row += this.length;
    if (!(row >= 0 && row < this.length) || !Number.isInteger(row)) return undefined;
    if (this.list.length === 1) return { batch: this.list[0], row };
    if (!this.#starts) {
      let start = 0;
      this.#starts = this.list.map(({ length }) => (start += length) - length);
    }
    let low = 0;
    let high = this.list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return { batch: this.list[low], row: row - this.#starts[low] };
  }
}
