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
function alone(bytes) {
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
  const { serialize } = database.handle;
  if (serialize) {
    const bytes = await database.guard(undefined, serialize);
    return alone(bytes);
  }
  const path = `${database.path()}-export-${Date.now()}-${++last}`;
  try {
    await copyTo(database, path);
    const bytes = /** @type {Uint8Array} */ (fileSystem?.read(path));
    return alone(bytes);
  } finally {
    const { folder, name } = partsOf(path);
    await openDirectory?.(folder).remove(name);
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
  if (fileSystem.stat(target)) await openDirectory?.(folder).write(name, await exported(database));
  else await copyTo(database, target);
}

/**
 * @param {NativeDatabase} database
 * @param {string} path Of a file that is not there.
 */
async function copyTo(database, path) {
  const { backup } = database.handle;
  if (!backup) return vacuumInto(database, path);
  try {
    await backup(path);
  } catch (error) {
    throw nativeError(database.handle, error);
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
function partsOf(path) {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) };
}
