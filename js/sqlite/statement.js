/**
 * A prepared statement of one database: binding, running, reading.
 */
import { HawserError } from '../errors.js';
import { Schema } from '../table/schema.js';
import { Binder } from './binder.js';
import { sqliteError } from './errors.js';
import { Placeholders } from './parameters.js';
import { describeColumns } from './schema.js';

/** @typedef {import('./reader.js').PackedBatch} PackedBatch */
/** @typedef {import('./parameters.js').Parameters} Parameters */

/** @typedef {'number' | 'bigint' | 'string'} Int64 How integers come; 'number' throws rather than round. */

/** SQLITE_STMTSTATUS_REPREPARE: how often the statement was prepared anew after a change of the schema. */
const REPREPARED = 5;

export class Statement {
  #database;
  #engine;
  #pointer;
  /** @type {Binder | undefined} */
  #binder;
  /** @type {Schema | undefined} */
  #schema;
  #prepared = 0;
  #width;
  /** Whether somebody steps through it; another one must be prepared meanwhile. */
  busy = false;

  /**
   * @param {import('./database.js').Database} database
   * @param {number} pointer sqlite3_stmt*
   * @param {string} sql
   */
  constructor(database, pointer, sql) {
    this.#database = database;
    this.#engine = database.engine;
    this.#pointer = pointer;
    this.sql = sql;
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
    return (this.#schema ??= new Schema(describeColumns(this.#engine, this.#database.pointer, this.#pointer)));
  }

  /**
   * @param {Parameters} [params]
   * @throws {HawserError} ERR_PARAMETER
   */
  bind(params) {
    const { placeholders } = this;
    if (placeholders.count === 0) {
      placeholders.each(params, () => {});
      return;
    }
    const binder = (this.#binder ??= new Binder(this.#engine, placeholders.count, 1));
    try {
      placeholders.each(params, (value) => binder.add(value));
      const status = binder.bind(this.#pointer);
      if (status !== 0) throw sqliteError(this.#engine, this.#database.pointer, status, this.sql);
    } catch (error) {
      binder.discard();
      throw error;
    }
  }

  /**
   * Steps through the result, batch by batch. The statement is reset when the iteration ends in any way.
   * @param {Int64} int64
   * @param {number} [batchSize] Rows per batch at the most.
   * @returns {Generator<PackedBatch, void, void>}
   */
  *batches(int64, batchSize) {
    const engine = this.#engine;
    const { c } = engine;
    const state = { resume: 0 };
    let first = true;
    this.busy = true;
    try {
      for (;;) {
        if (!this.#pointer) throw new HawserError('ERR_CLOSED', 'The database was closed while a result was being read.', { phase: 'query' });
        const reader = this.#database.reader(this.#width);
        const batch = reader.read(this.#pointer, state, int64 !== 'number', batchSize);
        if (batch.status !== 0) throw sqliteError(engine, this.#database.pointer, batch.status, this.sql);
        if (first && this.#changed()) {
          // The schema has changed since it was prepared: `select *` may have other columns now. Begins again where the
          // width differs; only statements that read can get here with rows.
          const width = c.sqlite3_column_count(this.#pointer);
          if (width !== this.#width) {
            this.#width = width;
            if (this.readOnly) {
              c.sqlite3_reset(this.#pointer);
              state.resume = 0;
              continue;
            }
          }
        }
        first = false;
        if (batch.beyond >= 0) throw this.#beyond(batch.beyond);
        if (batch.length > 0) yield batch;
        if (batch.done) return;
      }
    } catch (error) {
      throw engine.trapped(error);
    } finally {
      this.busy = false;
      if (engine.alive && this.#pointer) {
        c.sqlite3_reset(this.#pointer);
        this.#binder?.shrink(this.#pointer);
      }
    }
  }

  /** Whether it was prepared anew since the last call. */
  #changed() {
    const prepared = this.#engine.c.sqlite3_stmt_status(this.#pointer, REPREPARED, 0);
    if (prepared === this.#prepared) return false;
    this.#prepared = prepared;
    this.#schema = undefined;
    return true;
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
    if (this.#engine.alive) {
      this.#engine.c.sqlite3_finalize(this.#pointer);
      this.#binder?.free();
    }
    this.#pointer = 0;
  }
}
