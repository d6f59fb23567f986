/**
 * Where a database file is: in a pool of files that the official `opfs-sahpool` holds open (the default), or, on pages that are
 * cross-origin isolated, a file of its own (`opfs`).
 */
import { HawserError } from '../../errors.js';
import { poolFolder } from './names.js';

/** Files that a new pool has room for: the database, its log, and those of databases that are attached. */
const CAPACITY = 6;
/** Of these, free ones whenever it is opened. */
const FREE = 4;
/** How often, and how long after each other, in milliseconds, opening is tried while a dying Worker still holds the files. */
const TRIES = 50;
const PAUSE = 100;
/** What it fails with then, and, now and then, Safari for no reason; how often that is tried again. */
const PASSING = new Map([['NoModificationAllowedError', TRIES], ['InvalidStateError', 5]]);

/**
 * @typedef {object} Place
 * @property {string} vfs SQLite's name of the file system.
 * @property {string} file
 * @property {string} probe A file that may be written and removed.
 * @property {boolean} isNew Whether the file is not there yet.
 * @property {(file: string) => void} remove
 * @property {() => Promise<boolean>} isThere Whether the file, which is open, has not been taken away.
 * @property {() => void} close
 */

/**
 * @param {any} sqlite3
 * @param {'opfs-sahpool' | 'opfs'} vfs
 * @param {string} name Normal name of the database.
 * @returns {Promise<Place>}
 */
export const openPlace = (sqlite3, vfs, name) => (vfs === 'opfs' ? openFile(sqlite3, name) : openPool(sqlite3, name));

/**
 * @param {any} sqlite3 @param {string} name
 * @returns {Promise<Place>}
 */
async function openPool(sqlite3, name) {
  const directory = poolFolder(name);
  const pool = await whenFree(() =>
    sqlite3.installOpfsSAHPoolVfs({
      name: 'hawser',
      directory,
      initialCapacity: CAPACITY,
      preserveOnInitFailure: true, // Otherwise a failure deletes the database.
      forceReinitIfPreviouslyFailed: true,
      verbosity: 1, // Errors only, which are kept for messages.
    }),
  );
  await pool.reserveMinimumCapacity(pool.getFileCount() + FREE);
  const folder = await folderAt(`${directory}/.opaque`);
  const { value: first } = await /** @type {any} */ (folder).keys().next();
  const file = '/main.db';
  return {
    vfs: pool.vfsName,
    file,
    probe: '/probe.db',
    isNew: !pool.getFileNames().includes(file),
    remove: (path) => void pool.unlink(path),
    isThere: () => folder.getFileHandle(first).then(() => true, (error) => error?.name !== 'NotFoundError'),
    close: () => void pool.pauseVfs(),
  };
}

/**
 * @param {any} sqlite3 @param {string} name
 * @returns {Promise<Place>}
 */
async function openFile(sqlite3, name) {
  const { capi, wasm } = sqlite3;
  const vfs = capi.sqlite3_vfs_find('opfs');
  if (!vfs) {
    throw new HawserError(
      'ERR_NOT_SUPPORTED',
      "vfs: 'opfs' needs a page that is cross-origin isolated (the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: " +
        'require-corp). The default works without.',
      { phase: 'connect' },
    );
  }
  const parts = name.split('/');
  const base = /** @type {string} */ (parts.pop());
  const folder = await folderAt(parts.join('/'), true);
  const isThere = () => folder.getFileHandle(base).then(() => true, (error) => error?.name !== 'NotFoundError');
  return {
    vfs: 'opfs',
    file: `/${name}`,
    probe: `/${name}-probe`,
    isNew: !(await isThere()),
    remove: (path) => wasm.scopedAllocCall(() => void wasm.exports.sqlite3__wasm_vfs_unlink(vfs, wasm.scopedAllocCString(path))),
    isThere,
    close() {},
  };
}

/** @param {string} path @param {boolean} [create] */
async function folderAt(path, create = false) {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.split('/')) if (name) folder = await folder.getDirectoryHandle(name, { create });
  return folder;
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
      if (tries >= (PASSING.get(/** @type {any} */ (error)?.name) ?? 0)) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
