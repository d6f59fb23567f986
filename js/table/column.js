/**
 * One column of a Table whose values are not all numbers.
 */
import { inspectColumn } from './inspect.js';
import { jsonValue } from './values.js';
import { TextVector } from './text_vector.js';

/** @typedef {import('./vector.js').Vector} Vector */
/** @typedef {import('./values.js').Value} Value */

/**
 * An immutable list of the values of one column. Texts are decoded when first read.
 * @implements {Iterable<Value>}
 */
export class Column {
  #batches;
  #column;

  /**
   * @param {import('./batches.js').Batches} batches
   * @param {number} column Index.
   */
  constructor(batches, column) {
    this.#batches = batches;
    this.#column = column;
  }

  /** Number of values. */
  get length() {
    return this.#batches.length;
  }

  /**
   * The value of row `row`; negative counts from the end, undefined when there is no such row.
   * @param {number} row
   * @returns {Value | undefined}
   */
  get(row) {
    const place = this.#batches.find(row);
    return place && place.batch.vectors[this.#column].get(place.row);
  }

  /** @returns {IterableIterator<Value>} */
  *[Symbol.iterator]() {
    for (const { vectors } of this.#batches.list) {
      const vector = vectors[this.#column];
      for (let row = 0; row < vector.length; row++) yield vector.get(row);
    }
  }

  /**
   * All values in an array of the caller's own.
   * @returns {Value[]}
   */
  toArray() {
    /** @type {Value[]} */
    const all = new Array(this.length);
    let at = 0;
    for (const { vectors } of this.#batches.list) {
      const vector = vectors[this.#column];
      if (vector instanceof TextVector) {
        const texts = vector.values();
        for (let row = 0; row < texts.length; row++) all[at++] = texts[row];
      } else {
        for (let row = 0; row < vector.length; row++) all[at++] = vector.get(row);
      }
    }
    return all;
  }

  /** As {@link import('./table.js').Table#toJSON}. */
  toJSON() {
    return this.toArray().map(jsonValue);
  }

  get [Symbol.toStringTag]() {
    return 'Column';
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return inspectColumn(this);
  }
}
