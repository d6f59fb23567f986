/**
 * Paths as they come, for connections that say nothing of where files are: addresses (https:, http:) are fetched, everything else is a
 * file of this machine; where there are none, in a page say, it is a file beside the page.
 */
import * as runtime from '#runtime';
import { createStore as createHttps } from './https.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Record<string, any>} config Nothing of it is used.
 * @param {import('./store.js').StoreContext} context
 * @returns {Store}
 */
export function createStore(config, context) {
  const web = createHttps({}, context);
  /** @type {Promise<Store> | undefined} */
  let near;
  const nearby = () => (near ??= openNear(context));
  /** @param {string} path @returns {Store | Promise<Store>} */
  const of = (path) => (/^https?:\/\//i.test(path) ? web : nearby());
  return {
    root: 'files',
    capabilities: Object.freeze({ write: runtime.fileSystem !== undefined, list: runtime.fileSystem !== undefined, presign: false }),
    read: async (path, how) => (await of(path)).read(path, how),
    async *list(prefix, how) {
      yield* (await of(prefix)).list(prefix, how);
    },
    stat: async (path, how) => (await of(path)).stat(path, how),
    write: async (path, body, how) => (await of(path)).write(path, body, how),
    delete: async (path, how) => (await of(path)).delete(path, how),
    url: async (path, how) => (await of(path)).url(path, how),
  };
}

/** @param {import('./store.js').StoreContext} context @returns {Promise<Store>} */
async function openNear(context) {
  const page = runtime.fileSystem ? undefined : (globalThis.document?.baseURI ?? globalThis.location?.href);
  if (page && /^https?:/.test(page)) return createHttps({ url: new URL('.', page).href }, context);
  const { createStore: createLocal } = await import('./local.js');
  return createLocal({}, context);
}
