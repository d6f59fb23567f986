/**
 * A SQLite file behind the driver contract.
 */
import { Turns } from '../turns.js';
import { backUp, exported } from './content.js';
import { Neighbour } from './neighbours.js';
import { NativeSession } from './session.js';

/** @typedef {import('../driver.js').Client} Client */
/** @typedef {import('../driver.js').RunOptions} RunOptions */
/** @typedef {import('../../table/table.js').Table} Table */

/** @implements {Client} */
export class NativeClient {
  dialect = 'sqlite';
  persistent = true;
  #turns;
  #session;
  #database;
  #locks;
  #neighbour;

  /**
   * @param {import('./database.js').NativeDatabase} database Becomes the client's own.
   * @param {number} patience Milliseconds that a statement waits for a transaction of somebody else.
   * @param {import('./patience.js').Patience} locks
   */
  constructor(database, patience, locks) {
    this.#database = database;
    this.#turns = new Turns(patience);
    this.#locks = locks;
    this.#neighbour = new Neighbour(database.path());
    this.#session = new NativeSession(database, this.#turns, locks, this.#neighbour);
  }

  /** Which program does the work: 'node', 'bun' or 'better-sqlite3'. */
  get driver() {
    return this.#database.handle.client;
  }

  /**
   * The only session there is, when it is free.
   * @param {{ readonly signal?: AbortSignal }} [how]
   */
  async acquire(how) {
    await this.#turns.takeWith(how);
    return this.#session;
  }

  /**
   * One statement that only reads, at once; undefined when a transaction is under way, the file is locked or the statement is
   * another one.
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Table | undefined}
   */
  queryNow(sql, options) {
    return this.#turns.free ? this.#session.read(sql, options) : undefined;
  }

  /**
   * What a statement touches, at once; undefined when a transaction is under way, which may have changed the schema.
   * @param {string} sql
   */
  footprintNow(sql) {
    return this.#turns.free ? this.#session.footprintNow(sql) : undefined;
  }

  /**
   * All that it holds when it is its turn, as the bytes of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   */
  async export({ signal } = {}) {
    await this.#turns.take(signal);
    try {
      return await exported(this.#database);
    } finally {
      this.#turns.pass();
    }
  }

  /**
   * Writes a copy to a file, in the place of what is there.
   * @param {string} path
   * @param {{ signal?: AbortSignal }} [options]
   */
  async backup(path, { signal } = {}) {
    await this.#turns.take(signal);
    try {
      await backUp(this.#database, path);
    } finally {
      this.#turns.pass();
    }
  }

  /**
   * Replaces what it holds, or fails and changes nothing. Others may have the file open, and see it as one transaction.
   * @param {Uint8Array | AsyncIterable<Uint8Array>} bytes Of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   * @throws {import('../../errors.js').HawserError} ERR_DATABASE_INVALID, ERR_NOT_SUPPORTED, ERR_QUERY, ERR_TIMEOUT
   */
  async import(bytes, { signal } = {}) {
    this.#database.check();
    const { NewContent } = await import('./import.js');
    const content = await NewContent.from(this.#database, bytes, signal);
    try {
      await this.#turns.take(signal);
      try {
        await content.moveTo(this.#database, this.#locks, signal);
      } finally {
        this.#turns.pass();
      }
    } finally {
      await content.end();
    }
    this.#neighbour.tell(undefined);
  }

  /**
   * @param {(tables: readonly string[] | undefined) => void} listener Told of commits by other connections of this process.
   * @returns {() => void} Ends it.
   */
  onWrite(listener) {
    return this.#neighbour.listen(listener);
  }

  /**
   * Defines a user function or aggregate.
   * @param {import('../../sqlite/function_options.js').Definition} definition
   */
  async define(definition) {
    const { defineNatively } = await import('./functions.js');
    await defineNatively(this.#database, this.#turns, definition);
  }

  close() {
    this.#turns.close();
    this.#neighbour.leave();
    this.#database.close();
  }
}
