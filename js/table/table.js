/**
 * Table: the immutable, columnar result of a query.
 */
import { encodeStream } from './arrow/ipc.js';
import { loadArrow } from './arrow/library.js';
import { Column } from './column.js';
import { inspectTable } from './inspect.js';
import { TABLE } from './is_table.js';
import { partsOf } from './plain.js';
import { appendRows, rowAt } from './rows.js';
import { jsonValue } from './values.js';
import { Int64Vector, NumberVector } from './vector.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./schema.js').ColumnInfo} ColumnInfo */

/**
 * How a result came to its reader.
 * @typedef {object} CacheInfo
 * @property {'hit' | 'stale' | 'joined' | 'miss' | 'bypass'} state
 * @property {number} age Seconds since the result was loaded.
 * @property {string} [key]
 */

/**
 * What a table is made of: what its constructor takes. For sending it elsewhere.
 * @type {(table: Table) => ConstructorParameters<typeof Table>[0]}
 */
export let tableParts;

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

  static {
    tableParts = (table) => ({
      schema: table.#schema, batches: table.#batches, rowsAffected: table.#rowsAffected, lastInsertId: table.#lastInsertId,
    });
  }

  /**
   * @param {object} parts
   * @param {import('./schema.js').Schema} parts.schema
   * @param {import('./batches.js').Batches} parts.batches
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
   * A table of plain values, e.g. `Table.from([{ person: 'Ada', pet: 'cat' }])`. They are copied.
   * @param {import('./plain.js').PlainData} data Rows (the first one names the columns; properties that others lack are null), or
   *   columns of equal length by name. Typed arrays and ArrayBuffers as values are bytes.
   * @param {readonly (Pick<ColumnInfo, 'name'> & Partial<ColumnInfo>)[]} [columns] Default: names as found, types from the
   *   values, nullable, no databaseType.
   * @returns {Table}
   * @throws {TypeError} when columns differ in length, or something is neither a row nor a list of values.
   */
  static from(data, columns) {
    return new Table(partsOf(data, columns));
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
    const only = this.#batches.only;
    if (only && row >= 0 && row < only.length && Number.isInteger(row)) return rowAt(this.#schema, only, row);
    const place = this.#batches.find(row);
    return place && rowAt(this.#schema, place.batch, place.row);
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
    const { length } = this.#schema.names;
    if (!(Number.isInteger(index) && index >= 0 && index < length)) {
      throw new RangeError(`There is no column ${index}: the table has ${length}.`);
    }
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
      for (let row = 0; row < batch.length; row++) yield rowAt(this.#schema, batch, row);
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
      appendRows(this.#schema, batch, rows, at);
      at += batch.length;
    }
    return rows;
  }

  /** The rows, with integers beyond 2^53 as decimal text and bytes as Base64, which JSON has no types for. */
  toJSON() {
    const rows = this.toArray();
    for (const row of rows) {
      for (const name of new Set(this.#schema.names)) row[name] = jsonValue(row[name]);
    }
    return rows;
  }

  /**
   * The table as an Arrow IPC stream, for any Arrow library, in any language. Types: js/table/arrow/types.js.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {RangeError} when a column holds more than 2 GiB of text or bytes in one batch.
   */
  toArrowIPC() {
    return encodeStream(this.#schema, this.#batches.list);
  }

  /**
   * The table as one of apache-arrow: at once with the library passed in, `table.toArrow(arrow)`, or a promise when it is to be
   * imported, `await table.toArrow()`.
   * @template {{ tableFromIPC: (bytes: Uint8Array<ArrayBuffer>) => any }} [Arrow=never]
   * @param {Arrow} [arrow]
   * @returns {[Arrow] extends [never] ? Promise<any> : Exclude<ReturnType<Arrow['tableFromIPC']>, Promise<any>>}
   * @throws {import('../errors.js').HawserError} ERR_DRIVER_MISSING when apache-arrow is not installed
   */
  toArrow(arrow) {
    if (arrow === undefined) return /** @type {any} */ (loadArrow().then(({ tableFromIPC }) => tableFromIPC(this.toArrowIPC())));
    if (typeof arrow?.tableFromIPC !== 'function') {
      throw new TypeError('toArrow() takes the library: import * as arrow from "apache-arrow".');
    }
    return arrow.tableFromIPC(this.toArrowIPC());
  }

  /** @param {number} [depth] @param {{ depth?: number | null }} [options] */
  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    return inspectTable(this, this.#batches, options !== undefined && depth !== undefined && depth < 0);
  }

  get [Symbol.toStringTag]() {
    return 'Table';
  }

  get [TABLE]() {
    return true;
  }
}

// Every promise of a table asks whether it is a thenable. Finding this takes half the time of finding nothing. (By Reflect: tsc takes
// Object.defineProperty() for a declaration, and tables for thenables.)
Reflect.defineProperty(Table.prototype, 'then', { value: undefined });
