/**
 * The session of a SQLite database in this thread.
 */
import { HawserError } from '../errors.js';
import { runMany } from '../sqlite/bulk.js';
import { noStatement } from '../sqlite/database.js';
import { readFootprint } from '../sqlite/footprint.js';
import { toTable } from '../sqlite/result.js';
import { isBounded, SqliteBounds } from './sqlite_bounds.js';

/** @typedef {import('../sqlite/database.js').Database} Database */
/** @typedef {import('./driver.js').Footprint} Footprint */
/** @typedef {import('./driver.js').Parameters} Parameters */
/** @typedef {import('./driver.js').RunOptions} RunOptions */
/** @typedef {import('./driver.js').Session} Session */
/** @typedef {import('./turns.js').Turns} Turns */
/** @typedef {import('../sqlite/statement.js').Statement} Statement */
/** @typedef {import('../table/table.js').Table} Table */

/** @implements {Session} */
export class SqliteSession {
  #database;
  #turns;
  #bounds;
  /** @type {Map<string, Footprint>} Until the schema changes. */
  #footprints = new Map();
  /** Tables written since takeWrites(). @type {Set<string>} */
  #written = new Set();
  #wroteUnknown = false;
  /** How deep in user functions, which must not run statements here: SQLite is in the middle of one. */
  calls = 0;

  /**
   * @param {Database} database
   * @param {Turns} turns
   * @param {{ now(): number }} [clock] For timeouts, in milliseconds. Default: the monotonic one.
   */
  constructor(database, turns, clock) {
    this.#database = database;
    this.#turns = turns;
    this.#bounds = new SqliteBounds(database, clock);
  }

  inTransaction() {
    return !this.#database.autocommit;
  }

  release() {
    this.#turns.pass();
  }

  takeWrites() {
    const written = this.#wroteUnknown ? undefined : [...this.#written];
    this.#written.clear();
    this.#wroteUnknown = false;
    return written;
  }

  /** To be called when the database is closed. */
  end() {
    this.#bounds.close();
  }

  /** To be called when the tables are others now. */
  forgetFootprints() {
    this.#footprints.clear();
    this.#database.epoch++;
  }

  /** @param {string} sql */
  footprint(sql) {
    const known = this.#footprints.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    try {
      return this.#footprintOf(statement);
    } finally {
      this.#database.release(statement);
    }
  }

  /** @param {Statement} statement */
  #footprintOf(statement) {
    const { sql } = statement;
    let footprint = this.#footprints.get(sql);
    if (!footprint) {
      footprint = readFootprint(this.#database, statement);
      if (this.#footprints.size >= 1000) this.#footprints.clear();
      this.#footprints.set(sql, footprint);
    }
    return footprint;
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | Promise<Table>}
   */
  query(sql, options) {
    const { params, int64 = 'number', abortable } = options;
    if (abortable !== false) options.signal?.throwIfAborted();
    if (this.calls > 0) throw calledBack();
    if (isBounded(options)) return this.#bounds.run(options, () => this.#run(this.#database.prepare(sql), params, int64));
    return this.#run(this.#database.prepare(sql), params, int64);
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | undefined} undefined when the statement does anything but read
   */
  read(sql, { params, int64 = 'number', signal }) {
    signal?.throwIfAborted();
    const database = this.#database;
    const statement = database.prepare(sql);
    if (statement.readOnly && statement.traits.plain) return this.#run(statement, params, int64);
    database.release(statement);
    return undefined;
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | Promise<Table>}
   */
  execute(sql, options) {
    options.signal?.throwIfAborted();
    if (this.calls > 0) throw calledBack();
    return isBounded(options) ? this.#bounds.run(options, (check) => this.#execute(sql, options, check)) : this.#execute(sql, options);
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @param {() => void} [check] Called between statements.
   */
  #execute(sql, { params, int64 = 'number', signal }, check) {
    const database = this.#database;
    const kept = database.kept(sql);
    if (kept) return this.#run(kept, params, int64);
    /** @type {Table | undefined} */
    let table;
    let affected = 0;
    /** @type {number | bigint | undefined} Of the last insert among them. */
    let id;
    const script = database.script(sql);
    try {
      for (let statement = script.next(); statement; statement = script.next()) {
        try {
          signal?.throwIfAborted();
          if (table) check?.();
        } catch (error) {
          statement.finalize();
          throw error;
        }
        if (!table && script.more === false) {
          // Statements with their values in the text are seldom run again.
          if (statement.placeholders.count > 0 || statement.traits.control) database.keep(sql, statement);
        } else if (params !== undefined) {
          statement.finalize();
          throw new HawserError('ERR_PARAMETER', 'Parameters go with one statement; execute the others by themselves.', { phase: 'query' });
        }
        table = this.#run(statement, params, int64);
        affected += table.rowsAffected;
        id = table.lastInsertId ?? id;
      }
    } finally {
      script.free();
    }
    if (!table) throw noStatement();
    return table.withRowsAffected(affected, id);
  }

  /**
   * @param {Statement} statement
   * @param {Parameters | undefined} params
   * @param {import('./driver.js').Int64} int64
   */
  #run(statement, params, int64) {
    const database = this.#database;
    const { readOnly } = statement;
    try {
      const before = readOnly ? 0 : database.totalChanges;
      if (!readOnly) this.#note(statement);
      const table = toTable(statement, statement.run(params, int64), int64);
      if (readOnly || database.totalChanges === before) return table;
      return table.withRowsAffected(database.changes, statement.traits.inserts ? database.lastInsertRowid : undefined);
    } finally {
      this.#settle(statement);
    }
  }

  /**
   * Notes what a statement is about to write.
   * @param {Statement} statement
   */
  #note(statement) {
    if (statement.traits.control) return;
    const { writes } = this.#footprintOf(statement);
    if (writes) {
      for (const table of writes) this.#written.add(table);
    } else {
      this.#wroteUnknown = true;
      this.forgetFootprints(); // The schema may change, and with it what other statements touch.
    }
  }

  /**
   * Hands a statement back that has run, or failed.
   * @param {Statement} statement
   */
  #settle(statement) {
    const { settings, sets, rollback } = statement.traits;
    if (settings || rollback) this.forgetFootprints();
    if (sets) this.#wroteUnknown = true;
    this.#database.release(statement);
  }

  /**
   * @param {string} sql
   * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
   * @param {RunOptions} options
   * @returns {Promise<Table>}
   */
  async executeMany(sql, rows, options) {
    options.signal?.throwIfAborted();
    if (this.calls > 0) throw calledBack();
    if (!isBounded(options)) return this.#executeMany(sql, rows, options);
    const limit = await this.#bounds.limit(options);
    return limit.runAsync((check) => this.#executeMany(sql, rows, options, check));
  }

  /**
   * @param {string} sql
   * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
   * @param {RunOptions} options
   * @param {() => void} [check] Called between batches.
   */
  async #executeMany(sql, rows, { signal }, check) {
    const database = this.#database;
    const statement = database.prepare(sql);
    try {
      if (!statement.readOnly) this.#note(statement);
      const affected = await runMany(database, statement, rows, signal, check);
      const id = affected && statement.traits.inserts ? database.lastInsertRowid : undefined;
      return toTable(statement, [], 'number').withRowsAffected(affected, id);
    } finally {
      this.#settle(statement);
    }
  }

  /**
   * @param {string} sql
   * @param {RunOptions & { batchSize?: number }} options `timeout` is for the time in SQLite, not for what the reader takes.
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(sql, options) {
    const { params, int64 = 'number', signal, batchSize } = options;
    if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw new RangeError('batchSize must be a whole number of at least 1.');
    }
    signal?.throwIfAborted();
    if (this.calls > 0) throw calledBack();
    const limit = isBounded(options) ? await this.#bounds.limit(options) : undefined;
    let begun = false;
    /** @type {<T>(work: () => T) => T} */
    const bounded = (work) => (limit ? limit.run(work, begun) : work());
    const statement = this.#database.prepare(sql);
    /** @type {Iterator<import('../sqlite/reader.js').PackedBatch> | undefined} */
    let batches;
    try {
      if (!statement.readOnly) this.#note(statement);
      statement.bind(params);
      // What writes does all of that at its first step, and would keep others from committing until its last.
      const iterator = statement.readOnly ? statement.batches(int64, batchSize) : bounded(() => statement.all(int64, batchSize)).values();
      batches = iterator;
      for (;;) {
        const { done, value } = bounded(() => iterator.next());
        begun = true;
        if (done) return;
        signal?.throwIfAborted();
        yield toTable(statement, [value], int64);
        if (this.calls > 0) throw calledBack();
      }
    } finally {
      batches?.return?.();
      this.#settle(statement);
    }
  }
}

export const calledBack = () =>
  new HawserError(
    'ERR_TRANSACTION',
    'A user function cannot run statements on the connection that is calling it, which is in the middle of one. Pass what it needs as arguments.',
    { phase: 'query' },
  );
