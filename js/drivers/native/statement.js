/**
 * A prepared statement of a client: parameters in, columns out.
 */
import { HawserError } from '../../errors.js';
import { traitsOf } from '../../sqlite/lexer.js';
import { Placeholders } from '../../sqlite/parameters.js';
import { simpleTable, typeOfDeclared } from '../../sqlite/schema.js';
import { Schema } from '../../table/schema.js';
import { readFootprint } from './footprint.js';
import { withOrigins } from './origins.js';
import { checkRounding, Rounded, toBatch } from './rows.js';
import { toCell } from './values.js';

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('./handle.js').Origin} Origin */
/** @typedef {import('../driver.js').Footprint} Footprint */
/** @typedef {import('../driver.js').Int64} Int64 */
/** @typedef {import('../driver.js').Parameters} Parameters */
/** @typedef {import('../../sqlite/reader.js').PackedBatch} PackedBatch */

/** Rows of a batch in a narrow result, and cells of a batch: as those of js/sqlite/reader.js. */
const MAX_ROWS = 2048;
const MAX_CELLS = 16 * MAX_ROWS;

export class NativeStatement {
  #database;
  #prepared;
  /** @type {Schema | undefined} */
  #schema;
  /** @type {Footprint | undefined} */
  #footprint;
  /** Whether somebody steps through it; another one must be prepared meanwhile. */
  busy = false;
  /** When it was last used, by the database's count. */
  lastUse = 0;
  /** Whether the database keeps it. */
  kept = false;

  /**
   * @param {import('./database.js').NativeDatabase} database
   * @param {import('../../sqlite/split.js').StatementText} part
   * @param {string} whole The text that it is part of.
   */
  constructor(database, { text, start, names }, whole) {
    this.#database = database;
    this.sql = text;
    this.whole = whole;
    this.start = start;
    this.names = names;
    this.traits = traitsOf(text);
    this.placeholders = new Placeholders(names);
    this.#prepared = database.guard(this, () => database.handle.prepare(database.spelled(text, this.traits), names));
  }

  /** Tables that it touches. @returns {Footprint} */
  get footprint() {
    return (this.#footprint ??= this.#database.guard(this, () => readFootprint(this.#database, this)));
  }

  /** Whether it can change nothing in the database. */
  get readOnly() {
    return this.#prepared.readOnly ?? (READS.test(this.traits.word) || (this.traits.word === 'with' && !this.traits.inserts && !CHANGES.test(this.sql)) || this.footprint.readOnly);
  }

  /**
   * Names and declared types of its columns; of a statement that has run, as they were then.
   * @returns {Schema}
   */
  get schema() {
    return (this.#schema ??= new Schema(this.#describe()));
  }

  /** Number of columns. */
  get width() {
    return this.#prepared.width;
  }

  #describe() {
    const table = simpleTable(this.sql);
    const columns = this.#prepared.columns();
    const told = table === undefined || columns[0]?.column !== undefined ? columns : withOrigins(columns, this.sql, table, this.#database);
    return told.map((/** @type {Origin} */ { name, type, ...origin }) => ({
      name,
      type: type ? typeOfDeclared(type) : /** @type {const} */ ('other'),
      nullable: table === undefined || !this.#database.isNotNull(table, origin),
      databaseType: type ?? '',
    }));
  }

  /**
   * Parameters in the order of the placeholders.
   * @param {Parameters | undefined} params
   * @param {{ row?: number }} [where] For errors.
   * @returns {Cell[]}
   * @throws {HawserError} ERR_PARAMETER
   */
  bind(params, where) {
    /** @type {Cell[]} */
    const values = [];
    this.placeholders.each(params, (value) => void values.push(toCell(value)), where);
    return values;
  }

  /**
   * Runs it to its end.
   * @param {readonly Cell[]} values
   * @param {Int64} int64
   * @param {import('./limits.js').Limit} [limit]
   * @param {number} [batchSize] Rows per batch at the most. Default: one batch.
   * @returns {PackedBatch[]}
   */
  all(values, int64, limit, batchSize = Infinity) {
    checkInt64(int64);
    limit?.check();
    const prepared = this.#prepared;
    this.busy = true;
    try {
      if (prepared.width === 0) {
        this.#database.guard(this, () => prepared.run(values));
        return [];
      }
      // The kinds of values matter only where no types are declared.
      if (int64 === 'number' && !limit && prepared.setExact && this.schema.complete && this.readOnly) {
        const batches = this.#fast(values);
        if (batches) return batches;
      }
      const rows = this.#database.guard(this, () => (limit && this.readOnly ? this.#gather(values, limit) : prepared.all(values)));
      if (rows.length <= batchSize) return rows.length ? [this.#batch(rows, int64)] : [];
      return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) => this.#batch(rows.slice(i * batchSize, (i + 1) * batchSize), int64));
    } finally {
      this.busy = false;
    }
  }

  /**
   * Reads integers as numbers.
   * @param {readonly Cell[]} values
   * @returns {PackedBatch[] | undefined} undefined when that would not be exact.
   */
  #fast(values) {
    const { setExact, all } = /** @type {Required<import('./handle.js').Prepared>} */ (this.#prepared);
    setExact(false);
    try {
      const rows = this.#database.guard(this, () => all(values));
      checkRounding(rows);
      return rows.length ? [this.#batch(rows, 'number')] : [];
    } catch (error) {
      if (error instanceof Rounded || this.#database.handle.isRounding?.(error)) return undefined;
      throw error;
    } finally {
      setExact(true);
    }
  }

  /** @param {readonly Cell[]} values @param {import('./limits.js').Limit} limit */
  #gather(values, limit) {
    /** @type {Cell[][]} */
    const rows = [];
    for (const row of this.#prepared.iterate(values)) {
      rows.push(row);
      limit.row();
    }
    return rows;
  }

  /**
   * Runs one that is run for its effect.
   * @param {readonly Cell[]} values
   * @param {number} row For errors.
   * @returns {number} Rows that it changed.
   */
  run(values, row) {
    const { width } = this.#prepared;
    return this.#database.guard(this, () => {
      if (width === 0) return this.#prepared.run(values);
      this.#prepared.all(values);
      return this.#database.changes().changes;
    }, row);
  }

  /**
   * Steps through the result, batch by batch. Nothing is held any more when the iteration ends in any way.
   * @param {readonly Cell[]} values
   * @param {Int64} int64
   * @param {number} [batchSize] Rows per batch at the most.
   * @param {import('./limits.js').Limit} [limit]
   * @returns {Generator<PackedBatch, void, void>}
   */
  *batches(values, int64, batchSize = MAX_ROWS, limit) {
    checkInt64(int64);
    const { width } = this.#prepared;
    const size = Math.min(batchSize, Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, width)))));
    const database = this.#database;
    if (width === 0) {
      this.all(values, int64);
      return;
    }
    this.busy = true;
    const cursor = database.guard(this, () => this.#prepared.iterate(values));
    const close = database.opened(cursor);
    try {
      for (let done = false; !done; ) {
        database.check('The database was closed while a result was being read.');
        /** @type {Cell[][]} */
        const rows = [];
        while (!done && rows.length < size) {
          const next = database.guard(this, () => cursor.next());
          if (next.done) done = true;
          else rows.push(next.value);
          limit?.row();
        }
        if (rows.length) yield this.#batch(rows, int64);
      }
    } finally {
      this.busy = false;
      close();
    }
  }

  /** @param {Cell[][]} rows @param {Int64} int64 */
  #batch(rows, int64) {
    return toBatch(rows, this.schema.names.length, int64, (column) => this.#beyond(column));
  }

  /** @param {number} column */
  #beyond(column) {
    const name = this.schema.names[column];
    return new HawserError(
      'ERR_INT64_RANGE',
      `Column "${name}" holds integers beyond 2^53, which a number would round. Query with int64: 'bigint' or int64: 'string'.`,
      { phase: 'query', column: name },
    );
  }

  finalize() {
    this.#prepared.finalize();
  }
}

const READS = /^(?:select|values|explain)$/;
const CHANGES = /\b(?:insert|replace|update|delete)\b/i;

/** @param {Int64} int64 */
function checkInt64(int64) {
  if (int64 === 'number' || int64 === 'bigint' || int64 === 'string') return;
  throw new RangeError(`int64 must be 'number', 'bigint' or 'string', not ${String(int64)}`);
}
