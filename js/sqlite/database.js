/**
 * A database: opening, preparing, closing.
 */
import { HawserError } from '../errors.js';
import { sqliteError } from './errors.js';
import { afterComments } from './lexer.js';
import { Reader } from './reader.js';
import { Script } from './script.js';

const OPEN_READWRITE_CREATE = 6;
/** Prepared statements that are kept; a quarter of them, the least recently used, goes when there are more. */
const KEPT_STATEMENTS = 128;
/** Widths of results that there is room for at the same time. */
const KEPT_READERS = 16;
/** @typedef {import('./statement.js').Statement} Statement */

export class Database {
  #pointer = 0;
  /** Those kept, by their text. @type {Map<string, Statement>} */
  #statements = new Map();
  /** All that have not been finalized. @type {Set<Statement>} */
  #open = new Set();
  /** Counts uses of statements, to tell the least recently used. */
  #uses = 0;
  /** Counts the times that the tables may have changed: what was prepared before then may be about others. */
  epoch = 0;
  /** @type {Map<number, Reader>} by width */
  #readers = new Map();

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {object} [where] Default: a new one in memory.
   * @param {string} where.file Created if it is not there.
   * @param {string} where.vfs SQLite's name of the file system that the file is in.
   * @throws {HawserError} ERR_CONNECTION_FAILED
   */
  constructor(engine, where) {
    this.engine = engine;
    const name = engine.allocateText(where?.file ?? ':memory:');
    const vfs = where && engine.allocateText(where.vfs);
    const status = engine.guard(() => engine.c.sqlite3_open_v2(name.pointer, engine.out, OPEN_READWRITE_CREATE, vfs?.pointer ?? 0));
    engine.free(name.pointer);
    if (vfs) engine.free(vfs.pointer);
    this.#pointer = engine.u32[engine.out >>> 2];
    if (status !== 0) {
      const cause = sqliteError(engine, this.#pointer, status);
      engine.c.sqlite3_close_v2(this.#pointer);
      throw new HawserError('ERR_CONNECTION_FAILED', `SQLite could not open a database: ${cause.message}`, { phase: 'connect', cause });
    }
    engine.c.sqlite3_extended_result_codes(this.#pointer, 1);
  }

  /** sqlite3* */
  get pointer() {
    return this.#pointer;
  }

  /** Whether no transaction is open. Nothing is in a database that was closed or given up. */
  get autocommit() {
    return !this.#pointer || !this.engine.alive || this.engine.c.sqlite3_get_autocommit(this.#pointer) !== 0;
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
   * Throws when it can no longer be used.
   * @throws {HawserError} ERR_CLOSED, ERR_CORE_CRASHED
   */
  check() {
    if (!this.#pointer) throw new HawserError('ERR_CLOSED', 'The database was closed.', { phase: 'query' });
    if (!this.engine.alive) throw this.engine.crashed();
  }

  /**
   * The statement for `sql` if it is kept and nobody uses it.
   * @param {string} sql
   * @returns {Statement | undefined}
   */
  kept(sql) {
    const kept = this.#statements.get(sql);
    if (!kept || kept.busy) return undefined;
    this.check();
    kept.lastUse = ++this.#uses;
    return kept;
  }

  /**
   * The one statement in `sql`, prepared or taken from those that are kept. To be handed back by {@link Database#release}.
   * @param {string} sql
   * @returns {Statement}
   * @throws {HawserError} ERR_QUERY, also when there is no statement or more than one.
   */
  prepare(sql) {
    const kept = this.kept(sql);
    if (kept) return kept;
    const script = this.script(sql);
    try {
      const statement = script.next();
      if (!statement) throw noStatement();
      if (script.more) {
        statement.finalize();
        throw severalStatements(sql, script.offset);
      }
      this.keep(sql, statement);
      return statement;
    } finally {
      script.free();
    }
  }

  /**
   * The statements of `sql`, to be prepared one by one.
   * @param {string} sql
   * @returns {Script}
   */
  script(sql) {
    this.check();
    return new Script(this, sql);
  }

  /**
   * Keeps a statement for the next one who prepares the same text, unless there is one already.
   * @param {string} sql
   * @param {Statement} statement The only one in `sql`.
   */
  keep(sql, statement) {
    if (this.#statements.has(sql) || !statement.traits.keepable) return;
    statement.lastUse = ++this.#uses;
    statement.kept = true;
    this.#statements.set(sql, statement);
    if (this.#statements.size <= KEPT_STATEMENTS) return;
    // Sorting now and then is cheaper than reordering a Map at every use.
    const idle = [...this.#statements].filter(([, old]) => !old.busy && old !== statement).sort(([, a], [, b]) => a.lastUse - b.lastUse);
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
    if (!statement.kept) statement.finalize();
  }

  /** Gives up the statements that are kept; those in use go when they are handed back. */
  giveUpKept() {
    for (const statement of this.#statements.values()) {
      statement.kept = false;
      if (!statement.busy) statement.finalize();
    }
    this.#statements.clear();
  }

  /**
   * For statements only: notes one that has been prepared.
   * @param {Statement} statement
   */
  adopt(statement) {
    this.#open.add(statement);
  }

  /**
   * For statements only: one is being finalized.
   * @param {Statement} statement
   */
  forget(statement) {
    this.#open.delete(statement);
  }

  /**
   * Room for batches of results with `width` columns, shared by all statements of that width. Not to be kept: the next call
   * for another width may give it up.
   * @param {number} width
   * @returns {Reader}
   */
  reader(width) {
    let reader = this.#readers.get(width);
    if (reader) return reader;
    reader = new Reader(this.engine, width);
    this.#readers.set(width, reader);
    if (this.#readers.size > KEPT_READERS) {
      const [[oldest, old]] = this.#readers;
      this.#readers.delete(oldest);
      old.free();
    }
    return reader;
  }

  /**
   * Closes the database; the data of one in memory is gone. Safe to call twice.
   * @returns {boolean} Whether it was open.
   */
  close() {
    if (!this.#pointer) return false;
    for (const statement of this.#open) statement.finalize();
    this.#statements.clear();
    for (const reader of this.#readers.values()) reader.free();
    this.#readers.clear();
    if (this.engine.alive) this.engine.c.sqlite3_close_v2(this.#pointer);
    this.#pointer = 0;
    return true;
  }
}

/**
 * @param {string} sql
 * @param {number} end Of the first statement, in UTF-16 units.
 */
export function severalStatements(sql, end) {
  const before = sql.slice(0, sql.length - afterComments(sql.slice(end)).length);
  const position = { offset: before.length, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
  return new HawserError('ERR_QUERY', 'The SQL text holds several statements. Use execute() for them, query() takes one.', { phase: 'query', ...position });
}

/** Only comments, or nothing. */
export const noStatement = () => new HawserError('ERR_QUERY', 'There is no statement in the SQL text.', { phase: 'query' });
