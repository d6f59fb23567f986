/**
 * A text of SQL statements, prepared one after the other: each may need what those before it have created.
 */
import { sqliteError } from './errors.js';
import { afterComments, checkText } from './lexer.js';
import { Statement } from './statement.js';

/** SQLITE_PREPARE_PERSISTENT: the statement may be kept and used often. */
const PERSISTENT = 1;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class Script {
  #database;
  #sql;
  /** The text in SQLite's memory. */
  #start;
  #end;
  /** Where what has not been prepared begins. */
  #at;
  /** The same in UTF-16 units of the text. */
  offset = 0;

  /**
   * @param {import('./database.js').Database} database
   * @param {string} sql
   * @throws {import('../errors.js').HawserError} ERR_QUERY
   */
  constructor(database, sql) {
    checkText(sql);
    this.#database = database;
    this.#sql = sql;
    const { pointer, bytes } = database.engine.allocateText(sql);
    this.#at = this.#start = pointer;
    this.#end = pointer + bytes;
  }

  /** Whether something is left to be prepared, valid or not. */
  get more() {
    return this.#at < this.#end && afterComments(this.#sql.slice(this.offset)) !== '';
  }

  /**
   * Prepares the next statement. It is the caller's to finalize.
   * @returns {Statement | undefined} undefined when there is none any more: only comments, or nothing
   * @throws {import('../errors.js').HawserError} ERR_QUERY with its position in the whole text
   */
  next() {
    const database = this.#database;
    const { engine } = database;
    return engine.guard(() => {
      while (this.#at < this.#end) {
        const from = this.#at;
        const { out } = engine;
        const status = engine.c.sqlite3_prepare_v3(database.pointer, from, this.#end - from + 1, PERSISTENT, out, out + 4);
        if (status !== 0) throw sqliteError(engine, database.pointer, status, { sql: this.#sql, base: from - this.#start });
        const pointer = engine.u32[out >>> 2];
        const tail = engine.u32[(out >>> 2) + 1];
        const text = this.#sql.slice(this.offset, (this.offset += this.#units(from, tail)));
        this.#at = tail;
        if (pointer) return new Statement(database, pointer, text);
        if (tail === from) break;
      }
      return undefined;
    });
  }

  /**
   * The length in UTF-16 units of the text between two addresses.
   * @param {number} from
   * @param {number} to
   */
  #units(from, to) {
    if (to === this.#end) return this.#sql.length - this.offset;
    const ascii = this.#end - this.#start === this.#sql.length;
    return ascii ? to - from : decoder.decode(this.#database.engine.u8.subarray(from, to)).length;
  }

  /** Gives the memory back. The statements stay. */
  free() {
    const { engine } = this.#database;
    if (engine.alive) engine.free(this.#start);
  }
}
