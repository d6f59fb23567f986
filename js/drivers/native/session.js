/**
 * The session of a SQLite file: what js/drivers/sqlite_session.js does, on a client of the runtime. Another process may have
 * locked the file; whatever meets that waits for it, as a promise, and goes on.
 */
import { HawserError } from '../../errors.js';
import { eachAsync } from '../../sqlite/each.js';
import { noStatement } from '../../sqlite/database.js';
import { checkText } from '../../sqlite/lexer.js';
import { failed } from '../../sqlite/parameters.js';
import { toTable } from '../../sqlite/result.js';
import { nextStatement } from '../../sqlite/split.js';
import { limitOf } from './limits.js';
import { NativeStatement } from './statement.js';

/** @typedef {import('../driver.js').Parameters} Parameters */
/** @typedef {import('../driver.js').RunOptions} RunOptions */
/** @typedef {import('../driver.js').Session} Session */
/** @typedef {import('./database.js').NativeDatabase} NativeDatabase */
/** @typedef {import('../../table/table.js').Table} Table */

/** @implements {Session} */
export class NativeSession {
  #database;
  #turns;
  #patience;
  #neighbour;
  /** Tables written since takeWrites(). @type {Set<string>} */
  #written = new Set();
  #wroteUnknown = false;

  /**
   * @param {NativeDatabase} database
   * @param {import('../turns.js').Turns} turns
   * @param {import('./patience.js').Patience} patience With the locks of others.
   * @param {import('./neighbours.js').Neighbour} neighbour
   */
  constructor(database, turns, patience, neighbour) {
    this.#database = database;
    this.#turns = turns;
    this.#patience = patience;
    this.#neighbour = neighbour;
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

  /** @param {readonly string[] | undefined} tables */
  tellOthers(tables) {
    this.#neighbour.tell(tables);
  }

  /** @param {string} sql */
  footprint(sql) {
    return this.#patience.with(this.#database, {}, () => {
      const statement = this.#database.prepare(sql);
      try {
        return statement.footprint;
      } finally {
        this.#database.release(statement);
      }
    });
  }

  /** @param {string} sql @returns {import('../driver.js').Footprint | undefined} undefined when the file is locked */
  footprintNow(sql) {
    const statement = this.#unlessBusy(() => this.#database.prepare(sql));
    if (!statement) return undefined;
    try {
      return this.#unlessBusy(() => statement.footprint);
    } finally {
      this.#database.release(statement);
    }
  }

  /**
   * @template T
   * @param {() => T} work
   * @returns {T | undefined} undefined when somebody else has locked the file
   */
  #unlessBusy(work) {
    try {
      return work();
    } catch (error) {
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | Promise<Table>}
   */
  query(sql, options) {
    if (options.abortable !== false) options.signal?.throwIfAborted();
    return this.#patience.with(this.#database, options, () => this.#run(this.#database.prepare(sql), options));
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | undefined} undefined when the statement does anything but read, or the file is locked
   */
  read(sql, options) {
    options.signal?.throwIfAborted();
    return this.#unlessBusy(() => {
      const statement = this.#database.prepare(sql);
      if (statement.traits.plain && statement.readOnly) return this.#run(statement, options);
      this.#database.release(statement);
      return undefined;
    });
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | Promise<Table>}
   */
  execute(sql, options) {
    const database = this.#database;
    const { signal, params } = options;
    signal?.throwIfAborted();
    /** @type {Table | undefined} */
    let table;
    let affected = 0;
    /** @type {number | bigint | undefined} */
    let id;
    let at = 0;
    const limit = limitOf(options);
    // What was done is not done again when the rest has to wait.
    return this.#patience.with(database, options, () => {
      const kept = at === 0 ? database.kept(sql) : undefined;
      if (kept) return this.#run(kept, options);
      if (at === 0) checkText(sql);
      for (let part = nextStatement(sql, at); part; part = nextStatement(sql, at)) {
        signal?.throwIfAborted();
        if (table) limit?.check();
        const statement = new NativeStatement(database, part, sql);
        if (!table && part.last) {
          // Statements with their values in the text are seldom run again.
          if (statement.placeholders.count > 0 || statement.traits.control) database.keep(sql, statement);
        } else if (params !== undefined) {
          statement.finalize();
          throw new HawserError('ERR_PARAMETER', 'Parameters go with one statement; execute the others by themselves.', { phase: 'query' });
        }
        table = this.#run(statement, options);
        affected += table.rowsAffected;
        id = table.lastInsertId ?? id;
        at = part.end;
      }
      if (!table) throw noStatement();
      return table.withRowsAffected(affected, id);
    });
  }

  /**
   * @param {NativeStatement} statement
   * @param {RunOptions} options
   */
  #run(statement, options) {
    const { params, int64 = 'number' } = options;
    const database = this.#database;
    try {
      const { readOnly } = statement;
      const before = readOnly ? 0 : database.changes().total;
      if (!readOnly) this.#note(statement);
      const batches = statement.all(statement.bind(params), int64, limitOf(options));
      const table = toTable(/** @type {any} */ (statement), batches, int64);
      if (readOnly) return table;
      const { total, changes, lastInsertRowid } = database.changes();
      return total === before ? table : table.withRowsAffected(changes, statement.traits.inserts ? lastInsertRowid : undefined);
    } finally {
      this.#settle(statement);
    }
  }

  /** Notes what a statement is about to write. @param {NativeStatement} statement */
  #note(statement) {
    if (statement.traits.control) return;
    const { writes } = statement.footprint;
    if (writes) for (const table of writes) this.#written.add(table);
    else this.#wroteUnknown = true;
  }

  /** Hands a statement back that has run, or failed. @param {NativeStatement} statement */
  #settle(statement) {
    const { settings, sets, rollback, control } = statement.traits;
    const database = this.#database;
    if (sets) this.#wroteUnknown = true;
    database.release(statement);
    if (database.closed) return;
    // The schema may be another one, and with it what other statements touch.
    if (settings || rollback || (!control && !statement.readOnly && statement.footprint.writes === undefined)) database.schemaChanged();
  }

  /**
   * @param {string} sql
   * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
   * @param {RunOptions} options
   * @returns {Promise<Table>}
   */
  async executeMany(sql, rows, options) {
    const { signal } = options;
    signal?.throwIfAborted();
    const database = this.#database;
    const limit = limitOf(options);
    const statement = await this.#patience.with(database, options, () => database.prepare(sql));
    const { placeholders, readOnly } = statement;
    if (placeholders.count === 0) {
      this.#settle(statement);
      throw new HawserError('ERR_PARAMETER', 'executeMany() needs a statement with parameters.', { phase: 'query' });
    }
    let affected = 0;
    const where = { row: 0 };
    const take = (/** @type {Parameters} */ values) => {
      if (values === null || typeof values !== 'object' || ArrayBuffer.isView(values)) throw failed('it is neither an array nor an object.', where);
      const changed = statement.run(statement.bind(values, where), where.row);
      if (!readOnly) affected += changed;
      where.row++;
      limit?.row();
    };
    statement.busy = true;
    try {
      if (!readOnly) this.#note(statement);
      if (Symbol.asyncIterator in rows) await eachAsync(rows, signal, take);
      else for (const values of rows) take(values);
      const id = affected && statement.traits.inserts ? database.changes().lastInsertRowid : undefined;
      return toTable(/** @type {any} */ (statement), [], 'number').withRowsAffected(affected, id);
    } finally {
      statement.busy = false;
      this.#settle(statement);
    }
  }

  /**
   * @param {string} sql
   * @param {RunOptions & { batchSize?: number }} options
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(sql, options) {
    const { params, int64 = 'number', signal, batchSize } = options;
    if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1)) {
      throw new RangeError('batchSize must be a whole number of at least 1.');
    }
    signal?.throwIfAborted();
    const database = this.#database;
    const limit = limitOf(options);
    const statement = await this.#patience.with(database, options, () => database.prepare(sql));
    try {
      const { readOnly } = statement;
      if (!readOnly) this.#note(statement);
      const values = statement.bind(params);
      // What writes does all of that at once, and would keep others from committing until its last row is read.
      const open = () => {
        const batches = readOnly ? statement.batches(values, int64, batchSize, limit) : statement.all(values, int64, limit, batchSize).values();
        return { batches, next: batches.next() };
      };
      let { batches, next } = await this.#patience.with(database, options, open);
      try {
        for (; !next.done; next = batches.next()) {
          limit?.pause();
          yield toTable(/** @type {any} */ (statement), [next.value], int64);
          limit?.resume();
          signal?.throwIfAborted();
        }
      } finally {
        batches.return?.();
      }
    } finally {
      this.#settle(statement);
    }
  }
}

/** Whether an error says that somebody else has locked the file. @param {any} error */
export const isBusy = (error) => error?.code === 'ERR_QUERY' && (error.errno & 0xff) === 5;
