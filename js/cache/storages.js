/**
 * Ready storages for `persist`: a folder (Node, Deno, Bun), the origin private file system and IndexedDB (browsers). Workers
 * KV, a Cache of the Cache API, an unstorage instance and a Map are passed as they are.
 *
 * They have unstorage's methods, so that they can be used elsewhere too. Their programs are loaded when they are first used.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';

/**
 * @typedef {object} ByteStorage
 * @property {(name: string) => Promise<Uint8Array | undefined>} getItemRaw
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} setItemRaw
 * @property {(name: string) => Promise<void>} removeItem
 */

/**
 * Results in a folder, one file each, readable by the user alone.
 * @param {string} path Relative to the working directory. Made when first written to.
 * @returns {ByteStorage}
 * @throws {TypeError}
 * @throws {HawserError} ERR_NOT_SUPPORTED in browsers and on workerd.
 */
export function directoryStorage(path) {
  if (typeof path !== 'string' || path === '') throw new TypeError('directoryStorage(path): path must be text.');
  const { openDirectory } = runtime;
  if (!openDirectory) throw new HawserError('ERR_NOT_SUPPORTED', 'directoryStorage: this runtime has no folders.');
  return later(async () => (await import('./file_storage.js')).fileStorage(async () => openDirectory(path)));
}

/**
 * Results in the origin private file system, in a folder of their own.
 * @param {{ directory?: string }} [options] Default 'hawser-results'.
 * @returns {ByteStorage}
 * @throws {HawserError} ERR_NOT_SUPPORTED where there is none.
 */
export function opfsStorage({ directory = 'hawser-results' } = {}) {
  if (typeof globalThis.navigator?.storage?.getDirectory !== 'function') {
    throw new HawserError('ERR_NOT_SUPPORTED', 'opfsStorage: this runtime has no origin private file system; indexedDbStorage may do.');
  }
  return later(async () => {
    const { fileStorage, openOpfs } = await import('./file_storage.js');
    return fileStorage(() => openOpfs(directory));
  });
}

/**
 * Results in IndexedDB.
 * @param {{ name?: string }} [options] Of the database. Default 'hawser-results'.
 * @returns {ByteStorage}
 * @throws {HawserError} ERR_NOT_SUPPORTED where there is none.
 */
export function indexedDbStorage({ name = 'hawser-results' } = {}) {
  if (typeof globalThis.indexedDB?.open !== 'function') {
    throw new HawserError('ERR_NOT_SUPPORTED', 'indexedDbStorage: this runtime has no IndexedDB.');
  }
  return later(async () => (await import('./indexed_db.js')).databaseStorage(name));
}

/**
 * A storage that is made when it is first used; a failure is not remembered.
 * @param {() => Promise<ByteStorage>} make
 * @returns {ByteStorage}
 */
function later(make) {
  /** @type {Promise<ByteStorage> | undefined} */
  let made;
  const storage = () => {
    made ??= make();
    made.catch(() => (made = undefined));
    return made;
  };
  return {
    getItemRaw: async (name) => (await storage()).getItemRaw(name),
    setItemRaw: async (name, bytes) => (await storage()).setItemRaw(name, bytes),
    removeItem: async (name) => (await storage()).removeItem(name),
  };
}
