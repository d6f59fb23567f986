/**
 * Table: the immutable, columnar result of a query.
 */
import { Batches } from './batches.js';
import { Column } from './column.js';
import { appendRows, rowAt } from './rows.js';
import { Schema, typeOf } from './schema.js';
import { Int64Vector, NumberVector, ValueVector } from './vector.js';

/** @typedef {import('./vector.js').Value} Value */
/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./schema.js').ColumnInfo} ColumnInfo */

/**
 * How a result came to its reader.
 * @typedef {object} CacheInfo
 * @property {'hit' | 'stale' | 'joined' | 'miss' | 'bypass'} state
 * @property {number} age Seconds since the result was loaded.
 * @property {string} [key]
 */

/** @type {CacheInfo} */
const BYPASS = Object.freeze({ state: 'bypass', age: 0 });

/**
 * @implements {Iterable<Row>}
 */
export class Table {
  #schema;
  #batches;
  #rowsAffected;
  #lastInsertId;
  #cache;
  /** @type {(Column | Float64Array | BigInt64Array | undefined)[] | undefined} */
  #read;

  /**
   * @param {object} parts
   * @param {Schema} parts.schema
   * @param {Batches} parts.batches
   * @param {number} [parts.rowsAffected] Rows inserted, updated or deleted. Default 0.
   * @param {number | bigint} [parts.lastInsertId]
   * @param {CacheInfo} [parts.cache] Default: state 'bypass'.
   */
  constructor({ schema, batches, rowsAffected = 0, lastInsertId, cache = BYPASS }) {
    this.#schema = schema;
    this.#batches = batches;
    this.#rowsAffected = rowsAffected;
    this.#lastInsertId = lastInsertId;
    this.#cache = cache;
  }

  /** What is known of each column, in order. */
  get columns() {
    return this.#schema.columns;
  }

  /** Number of rows. */
  get length() {
    return this.#batches.length;
  }

  /** Rows inserted, updated or deleted by the statement. */
  get rowsAffected() {
    return this.#rowsAffected;
  }

  /** Row id of the last row inserted, where the source tells. */
  get lastInsertId() {
    return this.#lastInsertId;
  }

  /** How this result came to its reader. */
  get cache() {
    return this.#cache;
  }

  /**
   * A table of plain values, e.g. `Table.from([{ person: 'Ada', pet: 'cat' }])`.
   * @param {readonly Row[] | Record<string, ArrayLike<Value>>} data Rows (the first one names the columns; of others missing
   *   properties are null) or columns of equal length.
   * @param {readonly ColumnInfo[]} [columns] Default: names as found, types from the values.
   * @returns {Table}
   * @throws {TypeError} when columns differ in length.
   */
  static from(data, columns) {
    const names = columns?.map(({ name }) => name) ?? Object.keys((Array.isArray(data) ? data[0] : data) ?? {});
    const lists = names.map((name) => {
      const list = Array.isArray(data) ? data.map((row) => row[name] ?? null) : /** @type {any} */ (data)[name];
      return Array.from(list, (value) => (value === undefined ? null : value));
    });
    const length = lists[0]?.length ?? 0;
    const odd = lists.findIndex((list) => list.length !== length);
    if (odd >= 0) throw new TypeError(`Column "${names[odd]}" has ${lists[odd]?.length} values, column "${names[0]}" has ${length}.`);
    return new Table({
      schema: new Schema(
        columns ?? names.map((name, c) => ({ name, type: typeOf(/** @type {Value[]} */ (lists[c])), nullable: true, databaseType: '' })),
      ),
      batches: new Batches([{ length, vectors: lists.map(vectorOf) }]),
    });
  }

  /** Bytes held, for the cache's budget. */
  get byteLength() {
    return this.#batches.byteLength;
  }

  /**
   * The same rows with another account of how they came. Shares everything.
   * @param {CacheInfo} cache
   * @returns {Table}
   */
  withCache(cache) {
    return new Table({
      schema: this.#schema, batches: this.#batches, rowsAffected: this.#rowsAffected, lastInsertId: this.#lastInsertId, cache,
    });
  }

  /**
   * The same rows with another count of those affected. Shares everything.
   * @param {number} rowsAffected
   * @param {number | bigint} [lastInsertId]
   * @returns {Table}
   */
  withRowsAffected(rowsAffected, lastInsertId = this.#lastInsertId) {
    return new Table({ schema: this.#schema, batches: this.#batches, rowsAffected, lastInsertId, cache: this.#cache });
  }

  /**
   * Row `row` as a plain object; negative counts from the end.
   * @param {number} row
   * @returns {Row | undefined}
   */
  at(row) {
    const place = this.#batches.find(row);
    return place && rowAt(this.#schema.names, place.batch, place.row);
  }

  /**
   * The values of one column: a typed array of the caller's own (Float64Array, or BigInt64Array for exact 64-bit integers)
   * for numbers without nulls, otherwise a {@link Column}.
   * @param {string} name Of columns with equal names the last one.
   * @returns {Column | Float64Array | BigInt64Array}
   * @throws {RangeError} when there is no such column.
   */
  column(name) {
    const index = this.#schema.names.lastIndexOf(name);
    if (index < 0) throw new RangeError(`There is no column "${name}". There are: ${this.#schema.names.join(', ')}.`);
    return this.columnAt(index);
  }

  /**
   * The values of the column at `index`, see {@link Table#column}.
   * @param {number} index
   * @returns {Column | Float64Array | BigInt64Array}
   * @throws {RangeError} when there is no such column.
   */
  columnAt(index) {
    if (!(index in this.#schema.names)) throw new RangeError(`There is no column ${index}: the table has ${this.#schema.names.length}.`);
    this.#read ??= [];
    return (this.#read[index] ??= this.#numbers(index) ?? new Column(this.#batches, index));
  }

  /**
   * A copy for this reader, so that nobody can change what the next one gets.
   * @param {number} index
   * @returns {Float64Array | BigInt64Array | undefined} undefined when not all values are numbers.
   */
  #numbers(index) {
    const vectors = this.#batches.list.map((batch) => batch.vectors[index]);
    const { type } = /** @type {ColumnInfo} */ (this.columns[index]);
    const exact = vectors.length ? vectors[0] instanceof Int64Vector : type === 'bigint';
    if (!vectors.length && !exact && type !== 'integer' && type !== 'number') return undefined;
    if (!vectors.every((vector) => vector instanceof (exact ? Int64Vector : NumberVector))) return undefined;
    const copy = exact ? new BigInt64Array(this.length) : new Float64Array(this.length);
    let at = 0;
    for (const vector of vectors) {
      const values = /** @type {NumberVector} */ (vector).values();
      copy.set(/** @type {any} */ (values), at);
      at += values.length;
    }
    return copy;
  }

  /** @returns {IterableIterator<Row>} */
  *[Symbol.iterator]() {
    for (const batch of this.#batches.list) {
      for (let row = 0; row < batch.length; row++) yield rowAt(this.#schema.names, batch, row);
    }
  }

  /**
   * All rows as plain objects of the caller's own.
   * @returns {Row[]}
   */
  toArray() {
    /** @type {Row[]} */
    const rows = new Array(this.length);
    let at = 0;
    for (const batch of this.#batches.list) {
      appendRows(this.#schema.names, batch, rows, at);
      at += batch.length;
    }
    return rows;
  }

  /** The rows, with integers beyond 2^53 as decimal text and bytes as Base64, which JSON has no types for. */
  toJSON() {
    const rows = this.toArray();
    for (const row of rows) {
      for (const name of this.#schema.names) {
        const value = row[name];
        if (typeof value === 'bigint') row[name] = String(value);
        else if (ArrayBuffer.isView(value)) row[name] = toBase64(/** @type {Uint8Array} */ (value));
      }
    }
    return rows;
  }

  get [Symbol.toStringTag]() {
    return 'Table';
  }
}

/** @param {Uint8Array} bytes */
const toBase64 = (bytes) => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};

/** @param {Value[]} list */
const vectorOf = (list) => {
  if (list.every((value) => typeof value === 'number')) return new NumberVector(Float64Array.from(/** @type {number[]} */ (list)));
  return new ValueVector(list.map((value) => (ArrayBuffer.isView(value) ? /** @type {Uint8Array} */ (value).slice() : value)));
};
