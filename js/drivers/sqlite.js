/**
 * SQLite in memory, in this thread: the official sqlite3.wasm behind the driver contract.
 */
import { parseDuration } from '../duration.js';
import { HawserError } from '../errors.js';
import { Binder } from '../sqlite/binder.js';
import { Database } from '../sqlite/database.js';
import { loadEngine } from '../sqlite/engine.js';
import { sqliteError } from '../sqlite/errors.js';
import { isTransactionControl, readFootprint } from '../sqlite/footprint.js';
import { failed } from '../sqlite/parameters.js';
import { toTable } from '../sqlite/result.js';
import { Turns } from './turns.js';

/** @typedef {import('./driver.js').Client} Client */
/** @typedef {import('./driver.js').Footprint} Footprint */
/** @typedef {import('./driver.js').Parameters} Parameters */
/** @typedef {import('./driver.js').RunOptions} RunOptions */
/** @typedef {import('./driver.js').Session} Session */
/** @typedef {import('../table/table.js').Table} Table */

/** How long a statement waits for a transaction of the same connection to end, in milliseconds. */
const BUSY_TIMEOUT = 30_000;

/**
 * Opens a new, empty database.
 * @param {Record<string, any>} config `database`: empty or ':memory:'. `busyTimeout`: how long a statement waits for a transaction of
 *   the same connection, default 30 s.
 * @param {{ name: string }} context
 * @returns {Promise<SqliteClient>}
 * @throws {HawserError} ERR_CONNECTION_FAILED, ERR_NOT_SUPPORTED, ERR_WASM_LOAD
 */
export async function open(config, { name }) {
  const { database = '' } = config;
  if (database !== '' && database !== ':memory:') {
    throw new HawserError(
      'ERR_NOT_SUPPORTED',
      `Connection "${name}": this version of Hawser keeps SQLite databases in memory only. Use url = "sqlite://" (without a file name).`,
      { connection: name, phase: 'connect' },
    );
  }
  const patience = parseDuration(config.busyTimeout, 'busyTimeout') ?? BUSY_TIMEOUT;
  return new SqliteClient(new Database(await loadEngine()), patience);
}

/** @implements {Client} */
export class SqliteClient {
  dialect = 'sqlite';
  #turns;
  #session;
  #database;

  /**
   * @param {Database} database Becomes the client's own.
   * @param {number} patience Milliseconds.
   */
  constructor(database, patience) {
    this.#database = database;
    this.#turns = new Turns(patience);
    this.#session = new SqliteSession(database, this.#turns);
  }

  /**
   * The only session there is, when it is free.
   * @param {{ signal?: AbortSignal }} [options]
   */
  async acquire({ signal } = {}) {
    await this.#turns.take(signal);
    return this.#session;
  }

  /**
   * One statement that only reads, at once; undefined when a transaction is under way or the statement is another one.
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | undefined}
   */
  queryNow(sql, options) {
    return this.#turns.free ? this.#session.read(sql, options) : undefined;
  }

  close() {
    this.#database.close();
  }
}

/** @implements {Session} */
class SqliteSession {
  #database;
  #turns;
  /** @type {Map<string, Footprint>} Until the schema changes. */
  #footprints = new Map();
  /** Tables written since takeWrites(). @type {Set<string>} */
  #written = new Set();
  #wroteUnknown = false;

  /** @param {Database} database @param {Turns} turns */
  constructor(database, turns) {
    this.#database = database;
    this.#turns = turns;
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

  /** @param {string} sql */
  footprint(sql) {
    return this.#footprints.get(sql) ?? this.#footprintOf(this.#database.prepare(sql));
  }

  /** @param {import('../sqlite/statement.js').Statement} statement */
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
   * @returns {Table}
   */
  query(sql, { params, int64 = 'number', signal }) {
    signal?.throwIfAborted();
    return this.#run(this.#database.prepare(sql), params, int64);
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | undefined} undefined when the statement may write
   */
  read(sql, { params, int64 = 'number', signal }) {
    signal?.throwIfAborted();
    const statement = this.#database.prepare(sql);
    return statement.readOnly ? this.#run(statement, params, int64) : undefined;
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table}
   */
  execute(sql, { params, int64 = 'number', signal }) {
    const database = this.#database;
    let [statement, rest] = database.prepareNext(sql);
    if (!statement) throw new HawserError('ERR_QUERY', 'There is no statement in the SQL text.', { phase: 'query' });
    let table;
    let affected = 0;
    while (statement) {
      signal?.throwIfAborted();
      try {
        if (params !== undefined && statement.placeholders.count === 0 && rest.trim() !== '') {
          throw new HawserError('ERR_PARAMETER', 'Parameters go with one statement; execute the others by themselves.', { phase: 'query' });
        }
        table = this.#run(statement, statement.placeholders.count ? params : undefined, int64);
        affected += table.rowsAffected;
      } finally {
        statement.finalize();
      }
      [statement, rest] = database.prepareNext(rest);
    }
    return /** @type {Table} */ (table).withRowsAffected(affected);
  }

  /**
   * @param {import('../sqlite/statement.js').Statement} statement
   * @param {Parameters | undefined} params
   * @param {import('./driver.js').Int64} int64
   */
  #run(statement, params, int64) {
    const database = this.#database;
    const before = statement.readOnly ? 0 : database.totalChanges;
    if (!statement.readOnly) this.#note(statement);
    statement.bind(params);
    try {
      const table = toTable(statement, statement.all(int64), int64);
      if (statement.readOnly) return table;
      const changed = database.totalChanges !== before;
      return changed ? table.withRowsAffected(database.changes, database.lastInsertRowid) : table;
    } finally {
      database.release(statement);
    }
  }

  /**
   * Notes what a statement is about to write.
   * @param {import('../sqlite/statement.js').Statement} statement
   */
  #note(statement) {
    if (isTransactionControl(statement.sql)) return;
    const { writes } = this.#footprintOf(statement);
    if (writes) {
      for (const table of writes) this.#written.add(table);
    } else {
      this.#wroteUnknown = true;
      this.#footprints.clear(); // The schema may change, and with it what other statements touch.
    }
  }

  /**
   * @param {string} sql
   * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
   * @param {RunOptions} options
   * @returns {Promise<Table>}
   */
  async executeMany(sql, rows, { signal }) {
    const database = this.#database;
    const { engine } = database;
    const statement = database.prepare(sql);
    const { placeholders } = statement;
    if (placeholders.count === 0) throw new HawserError('ERR_PARAMETER', 'executeMany() needs a statement with parameters.', { phase: 'query' });
    if (!statement.readOnly) this.#note(statement);
    const binder = new Binder(engine, placeholders.count);
    statement.busy = true;
    let done = 0;
    let affected = 0;
    const add = (/** @type {unknown} */ value) => binder.add(value);
    const flush = () => {
      signal?.throwIfAborted();
      const result = engine.guard(() => binder.run(statement.pointer, database.pointer));
      if (!statement.readOnly) affected += result.affected;
      if (result.rows < result.added) {
        throw sqliteError(engine, database.pointer, result.status, sql, { row: done + result.rows });
      }
      done += result.rows;
    };
    let row = 0;
    const where = { row };
    const take = (/** @type {Parameters} */ values) => {
      where.row = row++;
      if (values === null || typeof values !== 'object') throw failed('is neither an array nor an object.', where);
      if (Array.isArray(values) && values.length === placeholders.count) binder.addAll(values, placeholders, where);
      else placeholders.each(values, add, where);
      if (binder.full) flush();
    };
    try {
      if (Symbol.asyncIterator in rows) for await (const values of rows) take(values);
      else for (const values of rows) take(values);
      if (row > done) flush();
    } catch (error) {
      binder.discard();
      throw error instanceof HawserError && error.code === 'ERR_PARAMETER' && !('row' in error) ? failed(error.message, where) : error;
    } finally {
      statement.busy = false;
      binder.free();
      database.release(statement);
    }
    return toTable(statement, [], 'number').withRowsAffected(affected, affected ? database.lastInsertRowid : undefined);
  }

  /**
   * @param {string} sql
   * @param {RunOptions & { batchSize?: number }} options
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(sql, { params, int64 = 'number', signal, batchSize }) {
    const statement = this.#database.prepare(sql);
    try {
      statement.bind(params);
      for (const batch of statement.batches(int64, batchSize)) {
        signal?.throwIfAborted();
        yield toTable(statement, [batch], int64);
      }
    } finally {
      this.#database.release(statement);
    }
  }
}
