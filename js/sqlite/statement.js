/**
 * A prepared statement of one database: binding, running, reading.
 */
import { HawserError } from '../errors.js';
import { Schema } from '../table/schema.js';
import { Binder } from './binder.js';
import { sqliteError } from './errors.js';
import { traitsOf } from './lexer.js';
import { Placeholders } from './parameters.js';
import { OTHER_WIDTH } from './reader.js';
import { describeColumns } from './schema.js';

/** @typedef {import('./reader.js').PackedBatch} PackedBatch */
/** @typedef {import('./parameters.js').Parameters} Parameters */

/** @typedef {'number' | 'bigint' | 'string'} Int64 How integers come; 'number' throws rather than round. */

export class Statement {
  #database;
  #engine;
  #pointer;
  /** @type {Binder | undefined} */
  #binder;
  /** @type {Schema | undefined} */
  #schema;
  #prepared = 0;
  // Of the run that is under way:
  #done = false;
  #resume = 0;
  #width;
  /** Of the database when it was prepared. */
  epoch;
  /** Whether somebody steps through it; another one must be prepared meanwhile. */
  busy = false;
  /** When it was last used, by the database's count. */
  lastUse = 0;
  /** Whether the database keeps it for the next one who prepares the same text. */
  kept = false;

  /**
   * @param {import('./database.js').Database} database
   * @param {number} pointer sqlite3_stmt*
   * @param {string} sql
   */
  constructor(database, pointer, sql) {
    this.#database = database;
    this.#engine = database.engine;
    this.#pointer = pointer;
    database.adopt(this);
    this.epoch = database.epoch;
    this.sql = sql;
    this.traits = traitsOf(sql);
    const { c } = this.#engine;
    const names = Array.from({ length: c.sqlite3_bind_parameter_count(pointer) }, (_, i) => {
      const name = c.sqlite3_bind_parameter_name(pointer, i + 1);
      return name ? this.#engine.readText(name) : null;
    });
    this.placeholders = new Placeholders(names);
    /** Whether it can change nothing in the database. */
    this.readOnly = c.sqlite3_stmt_readonly(pointer) !== 0;
    this.#width = c.sqlite3_column_count(pointer);
  }

  get pointer() {
    return this.#pointer;
  }

  /** Number of columns of its result; 0 when it gives none. */
  get width() {
    return this.#width;
  }

  /**
   * Names and declared types of its columns.
   * @returns {Schema}
   */
  get schema() {
    return (this.#schema ??= new Schema(describeColumns(this.#engine, this.#database.pointer, this.#pointer, this.sql)));
  }

  /**
   * @param {Parameters} [params]
   * @throws {HawserError} ERR_PARAMETER
   */
  bind(params) {
    const { placeholders } = this;
    const { count } = placeholders;
    if (count === 0) {
      placeholders.each(params, () => {});
      return;
    }
    const binder = (this.#binder ??= new Binder(this.#engine, placeholders, 1));
    try {
      if (Array.isArray(params) && params.length === count) binder.addAll(params);
      else placeholders.each(params, (value) => binder.add(value));
      const status = binder.bind(this.#pointer);
      if (status !== 0) throw sqliteError(this.#engine, this.#database.pointer, status);
    } catch (error) {
      binder.discard();
      throw this.#engine.trapped(error);
    }
  }

  /**
   * Binds it and runs it to its end.
   * @param {Parameters | undefined} params
   * @param {Int64} int64
   * @returns {PackedBatch[]}
   */
  run(params, int64) {
    // The general way makes the binder, and refuses what is to be refused.
    const short = int64 === 'number' && this.#schema?.complete && Array.isArray(params) && params.length === this.placeholders.count;
    const batches = short && this.#binder ? this.#lookup(this.#binder, params) : undefined;
    if (batches) return batches;
    this.bind(params);
    return this.all(int64);
  }

  /**
   * What run() does, in half the time where the parameters are integers and the result is of few rows.
   * @param {Binder} binder
   * @param {readonly unknown[]} params As many as there are placeholders.
   * @returns {PackedBatch[] | undefined} undefined: not integers, nothing was done
   */
  #lookup(binder, params) {
    const reader = this.#database.reader(this.#width);
    this.busy = true;
    try {
      if (!binder.bindIntegers(this.#pointer, params)) return undefined;
      reader.keepKinds = false;
      const batch = reader.readFew(this.#pointer, this.#prepared);
      return batch ? [batch] : this.all('number', undefined, reader.packed);
    } catch (error) {
      throw this.#engine.trapped(error);
    } finally {
      this.busy = false;
    }
  }

  /**
   * Runs it to its end.
   * @param {Int64} int64
   * @param {number} [batchSize] Rows per batch at the most.
   * @param {number} [packed] Rows that its reader has packed already.
   * @returns {PackedBatch[]}
   */
  all(int64, batchSize, packed) {
    this.#begin(int64);
    try {
      const first = this.#next(int64, batchSize, packed);
      // Most results are one batch, and pushing it to an empty array would make room for 17.
      const batches = first ? [first] : [];
      while (!this.#done) {
        const batch = this.#next(int64, batchSize);
        if (batch) batches.push(batch);
      }
      return batches;
    } catch (error) {
      throw this.#engine.trapped(error);
    } finally {
      this.#end();
    }
  }

  /**
   * Steps through the result, batch by batch. The statement is reset when the iteration ends in any way.
   * @param {Int64} int64
   * @param {number} [batchSize] Rows per batch at the most.
   * @returns {Generator<PackedBatch, void, void>}
   */
  *batches(int64, batchSize) {
    this.#begin(int64);
    try {
      do {
        const batch = this.#next(int64, batchSize);
        if (batch) yield batch;
      } while (!this.#done);
    } catch (error) {
      throw this.#engine.trapped(error);
    } finally {
      this.#end();
    }
  }

  /** @param {Int64} int64 */
  #begin(int64) {
    if (int64 !== 'number' && int64 !== 'bigint' && int64 !== 'string') {
      throw new RangeError(`int64 must be 'number', 'bigint' or 'string', not ${String(int64)}`);
    }
    this.busy = true;
    this.#done = false;
    this.#resume = 0;
  }

  /**
   * The next batch; sets #done after the last one.
   * @param {Int64} int64
   * @param {number} [batchSize]
   * @param {number} [packed]
   * @returns {PackedBatch | undefined}
   */
  #next(int64, batchSize, packed) {
    for (;;) {
      if (!this.#pointer) throw new HawserError('ERR_CLOSED', 'The database was closed while a result was being read.', { phase: 'query' });
      if (!this.#engine.alive) throw this.#engine.crashed();
      const reader = this.#database.reader(this.#width);
      reader.keepKinds = !this.schema.complete;
      const batch = reader.read(this.#pointer, this.#resume, int64 !== 'number', batchSize, packed);
      packed = undefined;
      this.#resume = reader.resume;
      if (reader.reprepared !== this.#prepared) this.#refresh(reader.reprepared);
      if (reader.status === OTHER_WIDTH) continue;
      if (reader.status !== 0) throw sqliteError(this.#engine, this.#database.pointer, reader.status, { sql: this.sql });
      if (reader.beyond >= 0) throw this.#beyond(reader.beyond);
      this.#done = reader.done;
      return batch;
    }
  }

  /**
   * The schema has changed since it was prepared: `select *` may have other columns now.
   * @param {number} prepared
   */
  #refresh(prepared) {
    this.#prepared = prepared;
    this.#schema = undefined;
    this.#width = this.#engine.c.sqlite3_column_count(this.#pointer);
  }

  #end() {
    this.busy = false;
    if (!this.#engine.alive || !this.#pointer) return;
    if (!this.#done) {
      this.#engine.c.sqlite3_reset(this.#pointer);
      this.#database.reader(this.#width).settle();
    }
    this.#binder?.shrink(this.#pointer);
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

  /** Gives it up. Safe to call twice. */
  finalize() {
    if (!this.#pointer) return;
    this.#database.forget(this);
    if (this.#engine.alive) {
      this.#engine.c.sqlite3_finalize(this.#pointer);
      this.#binder?.free();
    }
    this.#pointer = 0;
  }
}
