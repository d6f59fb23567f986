/**
 * SQLite: databases in memory, in this thread, by the official sqlite3.wasm behind the driver contract; those with a file
 * name where the runtime keeps files.
 */
import { parseDuration } from '../duration.js';
import { HawserError } from '../errors.js';
import { bytesOf, collect } from '../sqlite/bytes.js';
import { Content, contentOf } from '../sqlite/content.js';
import { Database } from '../sqlite/database.js';
import { leaveEngine, useEngine } from '../sqlite/engine.js';
import { SqliteSession } from './sqlite_session.js';
import { Turns } from './turns.js';

/** @typedef {import('./driver.js').Client} Client */
/** @typedef {import('./driver.js').RunOptions} RunOptions */
/** @typedef {import('../table/table.js').Table} Table */

/** How long a statement waits for a transaction of the same connection to end, in milliseconds. */
const BUSY_TIMEOUT = 30_000;

/**
 * Opens a database: a new, empty one in memory, or a file (`#sqlite-files` of js/package.json, by runtime).
 * @param {Record<string, any>} config `database`: empty or ':memory:' for one in memory, otherwise the name of a file. `busyTimeout`:
 *   how long a statement waits for a transaction of somebody else, default 30 s. More for files, see there.
 * @param {import('./driver.js').OpenContext} context
 * @returns {Promise<Client>}
 * @throws {import('../errors.js').HawserError} ERR_CONNECTION_FAILED, ERR_NOT_SUPPORTED, ERR_WASM_LOAD
 */
export async function open(config, context) {
  const { database = '' } = config;
  if (database === '' || database === ':memory:') return openMemory(config);
  const files = await import('#sqlite-files');
  return files.open(config, context);
}

/**
 * Opens a database in this thread: a new, empty one, or a copy of `content`.
 * @param {Record<string, any>} config `busyTimeout`. `content`: the bytes of a database file as js/sqlite/bytes.js takes them, or a
 *   function that gives them or a promise of them. `readOnly`: that nobody may write to it.
 * @throws {HawserError} ERR_DATABASE_INVALID
 */
export async function openMemory({ busyTimeout, content, readOnly = false }) {
  const patience = parseDuration(busyTimeout, 'busyTimeout') ?? BUSY_TIMEOUT;
  if (typeof readOnly !== 'boolean') throw new TypeError('readOnly must be true or false.');
  if (readOnly && content === undefined) {
    throw new HawserError('ERR_CONNECTION_CONFIG', 'readOnly: a database in memory needs content, or there would be nothing to read.', { phase: 'connect' });
  }
  const client = new SqliteClient(new Database(await useEngine()), patience);
  if (content === undefined) return client;
  try {
    await client.import(bytesOf(await (typeof content === 'function' ? content() : content), 'content'), { readOnly });
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** @implements {Client} */
export class SqliteClient {
  dialect = 'sqlite';
  persistent = false;
  #turns;
  #session;
  #database;
  #readOnly = false;

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
   * @param {{ readonly signal?: AbortSignal }} [how]
   */
  async acquire(how) {
    await this.#turns.takeWith(how);
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

  /**
   * What a statement touches, at once; undefined when a transaction is under way, which may have changed the schema.
   * @param {string} sql
   */
  footprintNow(sql) {
    return this.#turns.free ? this.#session.footprint(sql) : undefined;
  }

  /**
   * What it holds when it is its turn, as the bytes of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   */
  async export({ signal } = {}) {
    await this.#turns.take(signal);
    try {
      return contentOf(this.#database);
    } finally {
      this.#turns.pass();
    }
  }

  /**
   * Replaces what it holds, or fails and changes nothing.
   * @param {Uint8Array | AsyncIterable<Uint8Array>} bytes Of a database file.
   * @param {{ signal?: AbortSignal, readOnly?: boolean }} [options]
   * @throws {HawserError} ERR_DATABASE_INVALID, ERR_QUERY
   */
  async import(bytes, { signal, readOnly = false } = {}) {
    if (this.#readOnly) throw new HawserError('ERR_NOT_SUPPORTED', 'The database was opened with readOnly; its content cannot be replaced.', { phase: 'import' });
    this.#database.check();
    const content = new Content(this.#database.engine, await collect(bytes, signal));
    try {
      await this.#turns.take(signal);
    } catch (error) {
      content.free();
      throw error;
    }
    try {
      this.#database.check();
      content.moveTo(this.#database, { readOnly });
      this.#session.forgetFootprints();
      this.#readOnly = readOnly;
    } finally {
      this.#turns.pass();
    }
  }

  /**
   * Defines a user function or aggregate.
   * @param {import('../sqlite/function_options.js').Definition} definition
   * @throws {HawserError} ERR_QUERY, ERR_WASM_LOAD
   */
  async define(definition) {
    const { defineLocally } = await import('./sqlite_functions.js');
    await defineLocally(this.#database, this.#session, this.#turns, definition);
  }

  close() {
    this.#turns.close();
    this.#session.end();
    if (this.#database.close()) leaveEngine(this.#database.engine);
  }
}
