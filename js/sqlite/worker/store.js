/**
 * A database file in the origin private file system, opened by the one Worker that may: safe modes first, and only trusted when it
 * can be written and read.
 */
import { HawserError } from '../../errors.js';
import { Database } from '../database.js';
import { poolFolder } from './names.js';
import { loadOfficial } from './official.js';

/** The one database in a pool. */
const FILE = '/main.db';
const PROBE = '/probe.db';
/** Files that a pool has room for: the database, its log, the probe and its journal; attached ones. */
const CAPACITY = 6;
/** How often, and how long after each other, in milliseconds, opening is tried while a dying Worker still holds the files. */
const TRIES = 50;
const PAUSE = 100;

/**
 * @typedef {object} StoreOptions
 * @property {string} name Normal name of the database.
 * @property {'opfs-sahpool' | 'opfs'} vfs
 * @property {'full' | 'normal'} synchronous
 */

/**
 * @typedef {object} Store
 * @property {Database} database
 * @property {import('./official.js').Faults} faults
 * @property {() => void} close Writes the log back and lets go of the files.
 */

/**
 * To be called only while nobody else can.
 * @param {StoreOptions} options
 * @param {() => void} onTrap Called once when the instance is given up.
 * @returns {Promise<Store>}
 * @throws {HawserError} ERR_NOT_SUPPORTED where nothing can be kept; ERR_CONNECTION_FAILED, ERR_WASM_LOAD
 */
export async function openStore({ name, vfs, synchronous }, onTrap) {
  const { sqlite3, engine, faults } = await loadOfficial(vfs, onTrap);
  const pool = await whenFree(() =>
    sqlite3.installOpfsSAHPoolVfs({
      name: 'hawser',
      directory: poolFolder(name),
      initialCapacity: CAPACITY,
      preserveOnInitFailure: true, // Otherwise a failure deletes the database.
      forceReinitIfPreviouslyFailed: true,
      verbosity: 1, // Errors only; they go to `faults`.
    }),
  );
  const isNew = !pool.getFileNames().includes(FILE);
  try {
    if (isNew) probe(engine, pool);
    const database = new Database(engine, { file: FILE, vfs: pool.vfsName });
    try {
      prepare(database, synchronous);
    } catch (error) {
      database.close();
      throw error;
    }
    const close = () => {
      database.close();
      pool.pauseVfs();
    };
    return { database, faults, close };
  } catch (error) {
    pool.pauseVfs();
    throw unusable(faults.take() ?? error, error);
  }
}

/**
 * @template T
 * @param {() => Promise<T>} install
 * @returns {Promise<T>}
 */
async function whenFree(install) {
  for (let tries = 1; ; tries++) {
    try {
      return await install();
    } catch (error) {
      if (/** @type {any} */ (error)?.name !== 'NoModificationAllowedError' || tries === TRIES) throw unusable(error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/**
 * Some browsers have all the functions, and fail when they are used.
 * @param {import('../engine.js').Engine} engine
 * @param {any} pool
 */
function probe(engine, pool) {
  const where = { file: PROBE, vfs: pool.vfsName };
  pool.unlink(PROBE);
  const writing = new Database(engine, where);
  try {
    run(writing, 'create table probe (value)');
    run(writing, 'insert into probe values (4711)');
  } finally {
    writing.close();
  }
  const reading = new Database(engine, where);
  try {
    if (run(reading, 'select value from probe') !== 4711) throw new Error('What was written could not be read again.');
  } finally {
    reading.close();
    pool.unlink(PROBE);
  }
}

/** @param {Database} database @param {string} synchronous */
function prepare(database, synchronous) {
  run(database, 'pragma locking_mode = exclusive'); // First: without shared memory there is a log only then.
  run(database, 'pragma journal_mode = wal');
  run(database, `pragma synchronous = ${synchronous}`);
  run(database, 'select count(*) from sqlite_schema');
}

/**
 * @param {Database} database
 * @param {string} sql One statement.
 * @returns {unknown} The first value.
 */
function run(database, sql) {
  const statement = database.prepare(sql);
  try {
    return statement.all('number')[0]?.vectors[0].get(0);
  } finally {
    database.release(statement);
  }
}

/** @param {any} reason @param {unknown} [cause] */
function unusable(reason, cause = reason) {
  if (reason instanceof HawserError) return reason;
  return new HawserError('ERR_NOT_SUPPORTED', `This browser cannot keep a database here: ${reason?.message ?? reason}`, { phase: 'connect', cause });
}
