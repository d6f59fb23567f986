/**
 * SQLite in memory, in this thread: the official sqlite3.wasm behind the driver contract.
 */
import { parseDuration } from '../duration.js';
import { HawserError } from '../errors.js';
import { Database } from '../sqlite/database.js';
import { loadEngine } from '../sqlite/engine.js';
import { SqliteSession } from './sqlite_session.js';
import { Turns } from './turns.js';

/** @typedef {import('./driver.js').Client} Client */
/** @typedef {import('./driver.js').RunOptions} RunOptions */
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
    this.#turns.close();
    this.#database.close();
  }
}
