/**
 * Ready storages for `persist`: a folder (Node, Deno, Bun), the origin private file system and IndexedDB (browsers). Workers
 * KV, a Cache of the Cache API, an unstorage instance and a Map are passed as they are.
 *
 * They have unstorage's methods, so that they can be used elsewhere too. What has expired is cleaned up once, when first
 * written to: its frames say when (frame.js).
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';
import { EXPIRES_AT } from './frame.js';

/**
 * @typedef {object} ByteStorage
 * @property {(name: string) => Promise<Uint8Array | undefined>} getItemRaw
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} setItemRaw
 * @property {(name: string) => Promise<void>} removeItem
 */

/** What the cache writes; other files in the same place are left alone. */
const OURS = /^hawser[0-9a-f]{64}$/;
const HEAD_BYTES = EXPIRES_AT + 8;

/** @param {Uint8Array | undefined} head Of a frame. @param {number} now */
function isExpired(head, now) {
  if (!head || head.length < HEAD_BYTES) return false;
  return new DataView(head.buffer, head.byteOffset).getFloat64(EXPIRES_AT, true) <= now;
}

/**
 * Results in a folder, one file each, readable by the user alone.
 * @param {string} path Relative to the working directory. Made when first written to.
 * @returns {ByteStorage}
 * @throws {TypeError}
 * @throws {HawserError} ERR_NOT_SUPPORTED in browsers and on workerd.
 */
export function directoryStorage(path) {
  if (typeof path !== 'string' || path === '') throw new TypeError('directoryStorage(path): path must be text.');
  if (!runtime.openDirectory) throw new HawserError('ERR_NOT_SUPPORTED', 'directoryStorage: this runtime has no folders.');
  return fileStorage(async () => /** @type {NonNullable<typeof runtime.openDirectory>} */ (runtime.openDirectory)(path));
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
  return fileStorage(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(directory, { create: true });
    /** @param {unknown} error */
    const unlessMissing = (error) => {
      if (!isMissing(error)) throw error;
      return undefined;
    };
    /** @param {string} name @param {number} [length] */
    const head = async (name, length) => {
      const file = await (await folder.getFileHandle(name).catch(unlessMissing))?.getFile();
      return file && new Uint8Array(await file.slice(0, length).arrayBuffer());
    };
    return {
      head,
      read: (name) => head(name),
      async write(name, bytes) {
        const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
        try {
          await writable.write(bytes);
          await writable.close(); // Only now it takes the place of what was there.
        } catch (error) {
          await writable.abort().catch(() => {}); // Nothing of it is to stay behind.
          throw error;
        }
      },
      remove: async (name) => void (await folder.removeEntry(name).catch(unlessMissing)),
      async list() {
        /** @type {string[]} */
        const names = [];
        for await (const name of /** @type {any} */ (folder).keys()) names.push(name);
        return names;
      },
    };
  });
}

/**
 * @typedef {object} Files
 * @property {(name: string, length: number) => Promise<Uint8Array | undefined>} head
 * @property {(name: string) => Promise<Uint8Array | undefined>} read
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} write
 * @property {(name: string) => Promise<void>} remove
 * @property {() => Promise<string[]>} list
 */

/** Whether a file or its folder is not there. @param {any} error */
const isMissing = (error) => error?.name === 'NotFoundError' || error?.code === 'ENOENT';

/**
 * @param {() => Promise<Files>} openFiles
 * @returns {ByteStorage}
 */
function fileStorage(openFiles) {
  /** @type {Promise<Files> | undefined} */
  let opened;
  const open = () => (opened ??= openFiles());
  /** @type {Promise<void> | undefined} */
  let cleaned;
  const clean = async () => {
    const files = await open();
    const now = Date.now();
    for (const name of await files.list()) {
      if (OURS.test(name) && isExpired(await files.head(name, HEAD_BYTES), now)) await files.remove(name);
    }
  };
  return {
    getItemRaw: async (name) => (await open()).read(name),
    async setItemRaw(name, bytes) {
      try {
        await (await open()).write(name, bytes);
      } catch (error) {
        if (!isMissing(error)) throw error;
        opened = undefined; // Somebody has removed the folder.
        await (await open()).write(name, bytes);
      }
      cleaned ??= clean().catch(() => {}); // Tidying up is not worth an error.
    },
    removeItem: async (name) => (await open()).remove(name),
  };
}

/**
 * Results in IndexedDB.
 * @param {{ name?: string }} [options] Of the database. Default 'hawser-results'.
 * @returns {ByteStorage}
 * @throws {HawserError} ERR_NOT_SUPPORTED where there is none.
 */
export function indexedDbStorage({ name: database = 'hawser-results' } = {}) {
  if (typeof globalThis.indexedDB?.open !== 'function') {
    throw new HawserError('ERR_NOT_SUPPORTED', 'indexedDbStorage: this runtime has no IndexedDB.');
  }
  /** @type {Promise<IDBDatabase> | undefined} */
  let opened;
  const connect = async () => {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore('results').createIndex('expires', 'expires');
    const db = await finished(opening);
    const forget = () => (opened = undefined);
    db.onclose = forget;
    db.onversionchange = () => (forget(), db.close()); // Somebody wants to delete or upgrade it.
    void clean(db).catch(() => {});
    return db;
  };
  const open = () => {
    opened ??= connect();
    opened.catch(() => (opened = undefined)); // May be tried again.
    return opened;
  };
  /** @param {IDBTransactionMode} mode */
  const store = async (mode) => (await open()).transaction('results', mode).objectStore('results');
  /** @param {(store: IDBObjectStore) => void} work Done when it is committed: a quota is checked only then. */
  const write = async (work) => {
    const results = await store('readwrite');
    const { transaction } = results;
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
      work(results);
    });
  };
  return {
    getItemRaw: async (name) => (await finished((await store('readonly')).get(name)))?.bytes,
    async setItemRaw(name, bytes) {
      const expires = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(EXPIRES_AT, true);
      await write((store) => store.put({ bytes, expires }, name));
    },
    removeItem: (name) => write((store) => store.delete(name)),
  };
}

/** @param {IDBDatabase} db */
async function clean(db) {
  const store = db.transaction('results', 'readwrite').objectStore('results');
  for (const name of await finished(store.index('expires').getAllKeys(IDBKeyRange.upperBound(Date.now())))) {
    store.delete(name);
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
