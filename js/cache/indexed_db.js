/**
 * Results in IndexedDB. What has expired is deleted when the database is opened.
 */
import { EXPIRES_AT } from './frame_head.js';

/**
 * @param {string} database Its name.
 * @returns {import('./storages.js').ByteStorage}
 */
export function databaseStorage(database) {
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
