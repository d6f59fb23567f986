/**
 * A database in SQLite's memory: opening, preparing, closing.
 */
import { HawserError } from '../errors.js';
import { sqliteError } from './errors.js';
import { Reader } from './reader.js';
import { Statement } from './statement.js';

const OPEN_READWRITE_CREATE = 6;
/** Prepared statements that are kept; a quarter of them, the least recently used, goes when there are more. */
const KEPT_STATEMENTS = 128;
/** SQLITE_PREPARE_PERSISTENT: the statement will be kept and used often. */
const PERSISTENT = 1;

export class Database {
  #pointer = 0;
  /** @type {Map<string, Statement>} */
  #statements = new Map();
  /** Counts uses of statements, to tell the least recently used. */
  #uses = 0;
  /** @type {Map<number, Reader>} by width */
  #readers = new Map();

  /**
   * @param {import('./engine.js').Engine} engine
   * @throws {HawserError} ERR_CONNECTION_FAILED
   */
  constructor(engine) {
    this.engine = engine;
    const name = engine.allocateText(':memory:');
    const status = engine.c.sqlite3_open_v2(name.pointer, engine.out, OPEN_READWRITE_CREATE, 0);
    engine.free(name.pointer);
    this.#pointer = engine.u32[engine.out >>> 2];
    if (status !== 0) {
      const cause = sqliteError(engine, this.#pointer, status);
      engine.c.sqlite3_close_v2(this.#pointer);
      throw new HawserError('ERR_CONNECTION_FAILED', 'SQLite could not open a database in memory.', { phase: 'connect', cause });
    }
    engine.c.sqlite3_extended_result_codes(this.#pointer, 1);
  }

  /** sqlite3* */
  get pointer() {
    return this.#pointer;
  }

  /** Whether no transaction is open. */
  get autocommit() {
    return this.engine.c.sqlite3_get_autocommit(this.#pointer) !== 0;
  }

  /** Rows that INSERT, UPDATE and DELETE have changed since the database was opened, by triggers too. */
  get totalChanges() {
    return this.engine.c.sqlite3_total_changes(this.#pointer);
  }

  /** Rows changed by the last INSERT, UPDATE or DELETE itself. */
  get changes() {
    return this.engine.c.sqlite3_changes(this.#pointer);
  }

  /** Row id of the last INSERT; 0 when there was none. */
  get lastInsertRowid() {
    const id = /** @type {bigint} */ (this.engine.c.sqlite3_last_insert_rowid(this.#pointer));
    const number = Number(id);
    return Number.isSafeInteger(number) ? number : id;
  }

  /**
   * The one statement in `sql`, prepared or taken from those that are kept.
   * @param {string} sql
   * @returns {Statement}
   * @throws {HawserError} ERR_QUERY, also when there is no statement or more than one.
   */
  prepare(sql) {
    const kept = this.#statements.get(sql);
    if (kept && !kept.busy) {
      kept.lastUse = ++this.#uses;
      return kept;
    }
    const [statement, rest] = this.prepareNext(sql);
    if (!statement) throw new HawserError('ERR_QUERY', 'There is no statement in the SQL text.', { phase: 'query' });
    if (rest.trim() !== '') {
      const [second] = this.#prepareChecked(rest, statement);
      if (second) {
        second.finalize();
        statement.finalize();
        throw new HawserError('ERR_QUERY', 'The SQL text holds several statements. Use execute() for them, query() takes one.', {
          phase: 'query', offset: sql.length - rest.length,
        });
      }
    }
    if (!kept) this.#keep(sql, statement);
    return statement;
  }

  /** @param {string} sql @param {Statement} first Given up when `sql` is malformed. */
  #prepareChecked(sql, first) {
    try {
      return this.prepareNext(sql);
    } catch (error) {
      first.finalize();
      throw error;
    }
  }

  /** @param {string} sql @param {Statement} statement */
  #keep(sql, statement) {
    statement.lastUse = ++this.#uses;
    this.#statements.set(sql, statement);
    if (this.#statements.size <= KEPT_STATEMENTS) return;
    // Sorting now and then is cheaper than reordering a Map at every use.
    const idle = [...this.#statements].filter(([, { busy }]) => !busy).sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [text, old] of idle.slice(0, KEPT_STATEMENTS / 4)) {
      this.#statements.delete(text);
      old.finalize();
    }
  }

  /**
   * Gives up a statement that is not one of those kept; others stay prepared.
   * @param {Statement} statement
   */
  release(statement) {
    if (this.#statements.get(statement.sql) !== statement) statement.finalize();
  }

  /**
   * Prepares the first statement in `sql`. It is the caller's to finalize, see {@link Database#release}.
   * @param {string} sql
   * @returns {[Statement | undefined, string]} undefined when there is none (only comments), and the text after it
   */
  prepareNext(sql) {
    const { engine } = this;
    if (!this.#pointer) throw new HawserError('ERR_CLOSED', 'The database was closed.', { phase: 'query' });
    if (sql.includes('\0')) throw new HawserError('ERR_QUERY', 'The SQL text holds a NUL character; pass such text as a parameter.', { phase: 'query' });
    if (/\p{Surrogate}/u.test(sql)) {
      throw new HawserError('ERR_QUERY', 'The SQL text holds a lone surrogate, which UTF-8 cannot hold.', { phase: 'query' });
    }
    return engine.guard(() => {
      const text = engine.allocateText(sql);
      try {
        const status = engine.c.sqlite3_prepare_v3(this.#pointer, text.pointer, text.bytes + 1, PERSISTENT, engine.out, engine.out + 4);
        if (status !== 0) throw sqliteError(engine, this.#pointer, status, sql);
        const pointer = engine.u32[engine.out >>> 2];
        const tail = /** @type {number} */ (engine.u32[(engine.out >>> 2) + 1]);
        const rest = new TextDecoder('utf-8', { ignoreBOM: true }).decode(engine.u8.subarray(tail, text.pointer + text.bytes));
        return [pointer ? new Statement(this, pointer, rest === '' ? sql : sql.slice(0, sql.length - rest.length)) : undefined, rest];
      } finally {
        engine.free(text.pointer);
      }
    });
  }

  /**
   * Room for batches of results with `width` columns, shared by all statements of that width.
   * @param {number} width
   * @returns {Reader}
   */
  reader(width) {
    let reader = this.#readers.get(width);
    if (!reader) this.#readers.set(width, (reader = new Reader(this.engine, width)));
    return reader;
  }

  /** Closes the database; its data is gone. Safe to call twice. */
  close() {
    if (!this.#pointer) return;
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
    for (const reader of this.#readers.values()) reader.free();
    this.#readers.clear();
    if (this.engine.alive) this.engine.c.sqlite3_close_v2(this.#pointer);
    this.#pointer = 0;
  }
}
