/**
 * A database file in the origin private file system, opened by the one Worker that may: in safe modes, and only trusted when it
 * can be written and read.
 */
import { HawserError } from '../../errors.js';
import { Database } from '../database.js';
import { clearedError, Faults } from './handles.js';
import { loadOfficial } from './official.js';
import { openPlace } from './place.js';

/** Milliseconds between two looks whether the file is still there. */
const PAUSE = 500;

/**
 * @typedef {object} StoreOptions
 * @property {string} name Normal name of the database.
 * @property {'opfs-sahpool' | 'opfs'} vfs
 * @property {'full' | 'normal'} synchronous
 * @property {'on' | 'off'} foreignKeys
 */

/**
 * @typedef {object} Store
 * @property {Database} database
 * @property {(error: any) => any} explain
 * @property {() => Promise<void> | undefined} verify
 * @property {() => boolean} isCleared Whether the file is gone.
 * @property {() => void} close Writes the log back and lets go of the file.
 */

/**
 * To be called only while nobody else has the file open.
 * @param {StoreOptions} options
 * @param {() => void} onTrap Called once when the instance is given up.
 * @returns {Promise<Store>}
 * @throws {HawserError} ERR_NOT_SUPPORTED where nothing can be kept; ERR_CONNECTION_FAILED, ERR_WASM_LOAD
 */
export async function openStore({ name, vfs, synchronous, foreignKeys }, onTrap) {
  const faults = new Faults();
  faults.watch();
  try {
    const { sqlite3, engine } = await loadOfficial(vfs, faults.note, onTrap);
    const place = await openPlace(sqlite3, vfs, name);
    try {
      if (place.isNew) probe(engine, place);
      const database = new Database(engine, place);
      prepare(database, { synchronous, foreignKeys });
      return {
        database,
        explain: (error) => faults.explain(error),
        verify: verifier(place, faults),
        isCleared: () => faults.cleared,
        close() {
          database.close();
          place.close();
        },
      };
    } catch (error) {
      place.close();
      throw error;
    }
  } catch (error) {
    throw unusable(faults.take(), error);
  }
}

/**
 * Some browsers have all the functions, and fail when they are used.
 * @param {import('../engine.js').Engine} engine
 * @param {import('./place.js').Place} place
 */
function probe(engine, { vfs, probe: file, remove }) {
  remove(file);
  const writing = new Database(engine, { file, vfs });
  try {
    firstValue(writing, 'create table probe (value)');
    firstValue(writing, 'insert into probe values (4711)');
  } finally {
    writing.close();
  }
  const reading = new Database(engine, { file, vfs });
  try {
    if (firstValue(reading, 'select value from probe') !== 4711) throw new Error('What was written could not be read again.');
  } finally {
    reading.close();
    remove(file);
  }
}

/** @param {Database} database @param {{ synchronous: string, foreignKeys: string }} settings */
function prepare(database, { synchronous, foreignKeys }) {
  try {
    firstValue(database, 'pragma locking_mode = exclusive'); // First: without shared memory there is a log only then.
    firstValue(database, 'select count(*) from sqlite_schema');
    firstValue(database, 'pragma journal_mode = wal');
    firstValue(database, `pragma synchronous = ${synchronous}`);
    firstValue(database, `pragma foreign_keys = ${foreignKeys}`);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * @param {import('./place.js').Place} place
 * @param {Faults} faults
 * @returns {() => Promise<void> | undefined}
 */
function verifier(place, faults) {
  let looked = performance.now();
  return () => {
    const now = performance.now();
    if (now - looked < PAUSE) return undefined;
    looked = now;
    return place.isThere().then((there) => {
      if (there) return;
      faults.cleared = true;
      throw clearedError(undefined);
    });
  };
}

/**
 * Runs one statement.
 * @param {Database} database
 * @param {string} sql
 * @returns {unknown} The first value.
 */
export function firstValue(database, sql) {
  const statement = database.prepare(sql);
  try {
    return statement.all('number')[0]?.vectors[0].get(0);
  } finally {
    database.release(statement);
  }
}

/** @param {any} fault @param {any} error */
function unusable(fault, error) {
  const reason = fault ?? error;
  if (reason instanceof HawserError && reason.code !== 'ERR_QUERY') return reason;
  if (reason?.name === 'QuotaExceededError') {
    return new HawserError('ERR_CONNECTION_FAILED', 'The database could not be opened: the storage that the browser has for this site is full.', {
      phase: 'connect', sqliteCode: 'SQLITE_FULL', cause: reason,
    });
  }
  return new HawserError('ERR_NOT_SUPPORTED', `This browser cannot keep a database here: ${reason?.message ?? reason}`, { phase: 'connect', cause: error });
}
