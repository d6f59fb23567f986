/**
 * The whole content of a database as the bytes of a database file (https://sqlite.org/fileformat2.html).
 */
import { Database } from './database.js';
import { sqliteError } from './errors.js';
import { checkHeader, firstComplaint, invalid, streamReads } from './validity.js';

// SQLITE_DESERIALIZE_…
const FREE_ON_CLOSE = 1;
const RESIZEABLE = 2;
const READ_ONLY = 4;

const FILE_SIZE_LIMIT = 36; // SQLITE_FCNTL_SIZE_LIMIT; 1 GiB unless it is set.
const LARGEST = 0x7fffffffn;

/**
 * A copy of what a database holds now.
 * @param {Database} database
 * @returns {Uint8Array}
 * @throws {HawserError} ERR_QUERY
 */
export function contentOf(database) {
  database.check();
  const { engine } = database;
  return engine.guard(() => {
    const size = engine.allocate(8);
    const main = engine.allocateText('main').pointer;
    const start = engine.c.sqlite3_serialize(database.pointer, main, size, 0) >>> 0;
    const bytes = start ? engine.u8.slice(start, start + Number(engine.i64[size >>> 3])) : undefined;
    for (const pointer of [start, main, size]) engine.free(pointer);
    if (!bytes) throw sqliteError(engine, database.pointer, 7);
    return bytes;
  });
}

/** Bytes in SQLite's memory that were found to be a database. */
export class Content {
  #engine;
  #start;
  #size;

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {readonly Uint8Array[]} pieces Copied.
   * @throws {HawserError} ERR_DATABASE_INVALID; ERR_QUERY when there is no room
   */
  constructor(engine, pieces) {
    this.#engine = engine;
    this.#size = pieces.reduce((sum, { length }) => sum + length, 0);
    checkHeader(pieces, this.#size);
    this.#start = engine.allocate(this.#size);
    let at = this.#start;
    for (const piece of pieces) {
      engine.u8.set(piece, at);
      at += piece.length;
    }
    // "WAL" in the header would make SQLite look for files. https://sqlite.org/c3ref/deserialize.html
    engine.u8.fill(1, this.#start + 18, this.#start + 20);
    try {
      this.#check();
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /**
   * Makes this what a database holds; to be called once. When it fails, the database keeps what it has.
   * @param {Database} database With no transaction open.
   * @param {{ readOnly?: boolean }} [options]
   * @throws {HawserError} ERR_QUERY with SQLITE_BUSY while a result is being read
   */
  moveTo(database, { readOnly = false } = {}) {
    const engine = this.#engine;
    const status = this.#deserialize(database, FREE_ON_CLOSE | (readOnly ? READ_ONLY : RESIZEABLE));
    this.#start = 0; // SQLite's, or freed by it.
    if (status !== 0) {
      if ((status & 0xff) !== 5) throw sqliteError(engine, database.pointer, status);
      throw streamReads(status);
    }
    // What was prepared knows the places of the old tables.
    database.giveUpKept();
    engine.guard(() => {
      const main = engine.allocateText('main').pointer;
      const limit = engine.allocate(8);
      engine.i64[limit >>> 3] = LARGEST;
      engine.c.sqlite3_file_control(database.pointer, main, FILE_SIZE_LIMIT, limit);
      engine.free(limit);
      engine.free(main);
    });
  }

  /** Gives up what was not moved. */
  free() {
    if (this.#engine.alive) this.#engine.free(this.#start);
    this.#start = 0;
  }

  #check() {
    const database = new Database(this.#engine);
    try {
      const status = this.#deserialize(database, READ_ONLY);
      if (status !== 0) throw sqliteError(this.#engine, database.pointer, status);
      const complaint = complaintOf(database);
      if (complaint !== undefined) throw invalid(`The database is damaged: ${complaint}`);
    } finally {
      database.close();
    }
  }

  /** @param {Database} database @param {number} flags @returns {number} */
  #deserialize(database, flags) {
    const engine = this.#engine;
    return engine.guard(() => {
      const main = engine.allocateText('main').pointer;
      const size = BigInt(this.#size);
      const status = engine.c.sqlite3_deserialize(database.pointer, main, this.#start, size, size, flags);
      engine.free(main);
      return status;
    });
  }
}

/**
 * @param {Database} database
 * @returns {string | undefined} What is wrong with it.
 */
const complaintOf = (database) =>
  firstComplaint(() => {
    const statement = database.prepare('pragma integrity_check');
    try {
      return statement.all('number').flatMap(({ vectors }) => Array.from(vectors[0].values(), String));
    } finally {
      database.release(statement);
    }
  });
