/**
 * A database file as a whole: its bytes, and copies in other files.
 */
import { fileSystem, openDirectory } from '#runtime';
import { HawserError } from '../../errors.js';
import { nativeError } from './errors.js';

/** @typedef {import('./database.js').NativeDatabase} NativeDatabase */

/** Bytes of the header that say WAL, and what they are otherwise: a copy has no log beside it. */
const MODE = [18, 19];
const ROLLBACK = 1;

/** @param {Uint8Array} bytes */
export function alone(bytes) {
  for (const at of MODE) if (bytes.length > at) bytes[at] = ROLLBACK;
  return bytes;
}

/** Tells files of this process apart. */
let last = 0;

/**
 * @param {NativeDatabase} database
 * @returns {Promise<Uint8Array>}
 */
export async function exported(database) {
  database.check();
  if (database.handle.serialize) return alone(await withHandle(database, ({ serialize }) => /** @type {any} */ (serialize)()));
  const path = `${database.path()}-export-${Date.now()}-${++last}`;
  try {
    await copyTo(database, path);
    const bytes = /** @type {Uint8Array} */ (fileSystem?.read(path));
    return alone(bytes);
  } finally {
    const { folder, name } = partsOf(path);
    await (await openDirectory?.(folder))?.remove(name);
  }
}

/**
 * @param {NativeDatabase} database
 * @param {string} path
 * @throws {HawserError} ERR_CONNECTION_CONFIG when its folder is not there
 */
export async function backUp(database, path) {
  const target = /** @type {NonNullable<typeof fileSystem>} */ (fileSystem).resolve(path);
  const { folder, name } = partsOf(target);
  if (!fileSystem?.stat(folder)?.directory) {
    throw new HawserError('ERR_CONNECTION_CONFIG', `backup(path): the folder ${folder} does not exist.`, { phase: 'backup' });
  }
  if (target === database.path()) throw new TypeError('backup(path): path is the database itself.');
  if (fileSystem.stat(target)) await (await openDirectory?.(folder))?.write(name, await exported(database));
  else await copyTo(database, target);
}

/**
 * @param {NativeDatabase} database
 * @param {string} path Of a file that is not there.
 */
async function copyTo(database, path) {
  if (!database.handle.backup) return vacuumInto(database, path);
  await withHandle(database, ({ backup }) => /** @type {any} */ (backup)(path));
}

/**
 * Does what better-sqlite3 refuses to do with a database while a result of it is read, with a second one then.
 * @template T
 * @param {NativeDatabase} database
 * @param {(handle: import('./handle.js').Handle) => Promise<T> | T} work
 * @returns {Promise<T>}
 */
async function withHandle(database, work) {
  const { handle } = database;
  const other = database.reading ? handle.sibling?.(database.path()) : undefined;
  try {
    return await work(other ?? handle);
  } catch (error) {
    throw nativeError(handle, error);
  } finally {
    other?.close();
  }
}

/** Deno allows it only with all permissions. @param {NativeDatabase} database @param {string} path */
function vacuumInto(database, path) {
  database.guard(undefined, () => {
    const statement = database.handle.prepare('vacuum into ?1', ['?1']);
    try {
      statement.run([path]);
    } finally {
      statement.finalize();
    }
  });
}

/** @param {string} path */
export function partsOf(path) {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) };
}
