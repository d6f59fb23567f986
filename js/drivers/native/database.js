/**
 * A database file opened by a client: its prepared statements, and what Hawser has to know of its tables.
 */
import { HawserError } from '../../errors.js';
import { noStatement, severalStatements } from '../../sqlite/database.js';
import { queryError } from '../../sqlite/errors.js';
import { checkText } from '../../sqlite/lexer.js';
import { nextStatement } from '../../sqlite/split.js';
import { calledBack } from '../sqlite_session.js';
import { nativeError } from './errors.js';
import { NativeStatement } from './statement.js';

/** @typedef {import('./handle.js').Handle} Handle */
/** @typedef {import('./handle.js').Prepared} Prepared */

/** Prepared statements that are kept; a quarter of them, the least recently used, goes when there are more. */
const KEPT_STATEMENTS = 128;

const quoted = (/** @type {string} */ name) => `"${name.replaceAll('"', '""')}"`;

export class NativeDatabase {
  /** How deep in user functions, which must not run statements here: SQLite is in the middle of one. */
  calls = 0;
  /** What a user function has thrown since. @type {{ reason: string, cause: unknown } | undefined} */
  thrown;
  /** @type {Map<string, NativeStatement>} */
  #statements = new Map();
  #uses = 0;
  #closed = false;
  #immediate;
  /** Results that are being read. @type {Set<() => void>} */
  #open = new Set();
  /** @type {Map<string, Prepared>} Statements of Hawser's own. */
  #own = new Map();
  /** Of the schema that kept statements were prepared for. */
  #version = -1n;
  /** Tables by root page, of each database; until the schema changes. @type {Map<number, Map<number, string>> | undefined} */
  #tables;

  /**
   * @param {Handle} handle Becomes the database's own.
   * @param {{ immediate?: boolean, readOnly?: boolean }} [options] immediate: whether BEGIN locks for writing at once.
   */
  constructor(handle, { immediate = false, readOnly = false } = {}) {
    this.handle = handle;
    this.readOnly = readOnly;
    this.#immediate = immediate;
  }

  /** Whether no transaction is open. */
  get autocommit() {
    return this.#closed || !this.handle.inTransaction();
  }

  get closed() {
    return this.#closed;
  }

  /** Whether somebody is reading a result. */
  get reading() {
    return this.#open.size > 0;
  }

  /** @param {string} [message] @throws {HawserError} ERR_CLOSED */
  check(message = 'The database was closed.') {
    if (this.#closed) throw new HawserError('ERR_CLOSED', message, { phase: 'query' });
  }

  /**
   * Runs what may throw an error of the client's.
   * @template T
   * @param {{ whole: string, sql: string, start: number } | undefined} statement
   * @param {() => T} work
   * @param {number} [row] Of a batch.
   * @returns {T}
   */
  guard(statement, work, row) {
    this.check();
    if (this.calls > 0) throw calledBack();
    this.#takeThrown();
    try {
      return work();
    } catch (error) {
      const { thrown } = /** @type {any} */ (this);
      if (thrown) throw queryError({ reason: thrown.reason, cause: thrown.cause, errno: 1, row });
      const where = statement && row === undefined ? { sql: statement.whole, text: statement.sql, start: statement.start } : { row };
      throw nativeError(this.handle, error, where);
    }
  }

  #takeThrown() {
    const { thrown } = this;
    this.thrown = undefined;
    return thrown;
  }

  /**
   * What is prepared for a statement.
   * @param {string} text @param {import('../../sqlite/lexer.js').Traits} traits
   */
  spelled(text, { control }) {
    // With a lock for reading only, a transaction that comes to write fails when others have written meanwhile.
    return this.#immediate && control && /^\s*begin(?:\s+transaction)?\s*$/i.test(text) ? 'begin immediate' : text;
  }

  /**
   * The statement for `sql` if it is kept, nobody uses it and the schema is the one that it was prepared for.
   * @param {string} sql
   * @returns {NativeStatement | undefined}
   */
  kept(sql) {
    this.check();
    let kept = this.#statements.get(sql);
    if (!kept?.traits.control) {
      this.#freshen();
      kept = this.#statements.get(sql);
    }
    if (!kept || kept.busy) return undefined;
    kept.lastUse = ++this.#uses;
    return kept;
  }

  /**
   * The one statement in `sql`, prepared or taken from those that are kept. To be handed back by {@link release}.
   * @param {string} sql
   * @returns {NativeStatement}
   * @throws {HawserError} ERR_QUERY, also when there is no statement or more than one.
   */
  prepare(sql) {
    const kept = this.kept(sql);
    if (kept) return kept;
    checkText(sql);
    const part = nextStatement(sql);
    if (!part) throw noStatement();
    const statement = new NativeStatement(this, part, sql);
    if (!part.last) {
      statement.finalize();
      throw severalStatements(sql, part.end);
    }
    this.keep(sql, statement);
    return statement;
  }

  /**
   * Keeps a statement for the next one who prepares the same text, unless there is one already.
   * @param {string} sql
   * @param {NativeStatement} statement The only one in `sql`.
   */
  keep(sql, statement) {
    if (this.#statements.has(sql) || !statement.traits.keepable) return;
    statement.lastUse = ++this.#uses;
    statement.kept = true;
    this.#statements.set(sql, statement);
    if (this.#statements.size <= KEPT_STATEMENTS) return;
    const idle = [...this.#statements].filter(([, old]) => !old.busy && old !== statement).sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [text, old] of idle.slice(0, KEPT_STATEMENTS / 4)) {
      this.#statements.delete(text);
      old.finalize();
    }
  }

  /** Gives up a statement that is not one of those kept. @param {NativeStatement} statement */
  release(statement) {
    if (!statement.kept && !this.#closed) statement.finalize();
  }

  /** Forgets what depends on the schema: kept statements, and where tables are. */
  schemaChanged() {
    for (const statement of this.#statements.values()) {
      statement.kept = false;
      if (!statement.busy) statement.finalize();
    }
    this.#statements.clear();
    this.#tables = undefined;
  }

  /** Forgets what depends on the content, another one than before. */
  contentChanged() {
    this.#version = -1n;
    this.schemaChanged();
  }

  /**
   * Somebody else may have changed the schema. SQLite notices that when a statement is run, and some clients then give its rows
   * with the columns that it had before; so it has to be known when it is prepared.
   */
  #freshen() {
    if (!this.autocommit) return; // Nobody else can.
    const version = /** @type {bigint} */ (this.#ask('pragma schema_version')[0]?.[0]);
    if (version === this.#version) return;
    this.#version = version;
    this.schemaChanged();
    this.#ask('select 1 from sqlite_schema limit 1'); // Reads it.
  }

  /** @param {string} sql @param {readonly import('./handle.js').Cell[]} values */
  #ask(sql, values = []) {
    return this.guard(undefined, () => {
      let own = this.#own.get(sql);
      if (!own) this.#own.set(sql, (own = this.handle.prepare(sql, values.map((_, i) => `?${i + 1}`))));
      return own.all(values);
    });
  }

  /** Of its file. Not asked of the table of the same name, which would need the schema, and so the file's lock. */
  path() {
    return String(this.#ask('pragma database_list').find(([seq]) => seq === 0n)?.[2] ?? '');
  }

  /** What INSERT, UPDATE and DELETE have changed: in all, triggers' work too; the last one itself; and the last row id. */
  changes() {
    const [total, changes, id] = /** @type {[bigint, bigint, bigint]} */ (this.#ask('select total_changes(), changes(), last_insert_rowid()')[0]);
    const number = Number(id);
    return { total: Number(total), changes: Number(changes), lastInsertRowid: Number.isSafeInteger(number) ? number : id };
  }

  /**
   * The table that a root page belongs to, itself or by an index, in lower case.
   * @param {number} index Of the database: 0 main, 1 temp, then those that are attached.
   * @param {number} page
   * @returns {string | undefined}
   */
  tableAt(index, page) {
    if (page === 1) return index === 1 ? 'sqlite_temp_schema' : 'sqlite_schema';
    this.#tables ??= new Map();
    let tables = this.#tables.get(index);
    if (!tables) {
      const schema = this.#ask('select name from pragma_database_list where seq = ?1', [BigInt(index)])[0]?.[0];
      const rows = schema === undefined ? [] : this.once(`select rootpage, lower(tbl_name) from ${quoted(String(schema))}.sqlite_schema where rootpage > 1`);
      this.#tables.set(index, (tables = new Map(rows.map(([root, name]) => [Number(root), String(name)]))));
    }
    return tables.get(page);
  }

  /**
   * Whether a column of a result comes straight from a column that is NOT NULL.
   * @param {string} simple The one table that the statement reads, in lower case.
   * @param {{ column?: string | null, table?: string | null, database?: string | null }} origin
   */
  isNotNull(simple, { column, table, database }) {
    if (!column || !table || table.toLowerCase() !== simple) return false;
    const sql = 'select "notnull" from pragma_table_xinfo(?1, ?3) where name = ?2 collate nocase';
    return this.#ask(sql, [table, column, database ?? null])[0]?.[0] === 1n;
  }

  /** Names of a table's columns, in the order of `select *`. @param {string} table @returns {string[]} */
  columnsOf(table) {
    return this.#ask('select name from pragma_table_info(?1)', [table]).map(([name]) => String(name));
  }

  /** Runs a statement of Hawser's own that is seldom run. @param {string} sql @returns {import('./handle.js').Cell[][]} */
  once(sql) {
    return this.guard(undefined, () => {
      const own = this.handle.prepare(sql, []);
      try {
        if (own.width) return own.all([]);
        own.run([]);
        return [];
      } finally {
        own.finalize();
      }
    });
  }

  /**
   * Notes a result that is being read, so that closing the database ends it.
   * @param {IterableIterator<unknown>} cursor
   * @returns {() => void} Ends it.
   */
  opened(cursor) {
    const end = () => {
      if (!this.#open.delete(end)) return;
      try {
        cursor.return?.();
      } catch {
        if (this.calls > 0) this.#open.add(end); // Not in the middle of a statement; then when the database is closed.
      }
    };
    this.#open.add(end);
    return end;
  }

  /** Closes the database. Safe to call twice. */
  close() {
    if (this.#closed) return;
    for (const end of [...this.#open]) end();
    this.schemaChanged();
    for (const own of this.#own.values()) own.finalize();
    this.#closed = true;
    this.handle.close();
  }
}
