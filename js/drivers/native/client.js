/**
 * A SQLite file behind the driver contract.
 */
import { Turns } from '../turns.js';
import { NativeSession } from './session.js';

/** @typedef {import('../driver.js').Client} Client */
/** @typedef {import('../driver.js').RunOptions} RunOptions */
/** @typedef {import('../../table/table.js').Table} Table */

/** @implements {Client} */
export class NativeClient {
  dialect = 'sqlite';
  #turns;
  #session;
  #database;

  /**
   * @param {import('./database.js').NativeDatabase} database Becomes the client's own.
   * @param {number} patience Milliseconds that a statement waits for a transaction of somebody else.
   * @param {import('./patience.js').Patience} locks
   */
  constructor(database, patience, locks) {
    this.#database = database;
    this.#turns = new Turns(patience);
    this.#session = new NativeSession(database, this.#turns, locks);
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

  close() {
    this.#turns.close();
    this.#database.close();
  }
}
