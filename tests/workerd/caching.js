/**
 * A Worker whose requests share cached functions, in memory and in what the platform stores in. Everything is made at module
 * scope, where a Worker may do little. What it waits for are the service GATE's answers.
 */
import { BaseConnection, createHawser } from '../../js/index.js';
import { env } from 'cloudflare:workers';

/** @type {any} */
const bindings = env;

/** @param {string} what @returns {Promise<any>} */
const gate = async (what) => (await bindings.GATE.fetch(`http://gate/${what}`)).json();

const hawser = createHawser({ secrets: [] });
const refreshed = hawser.cacheData(() => gate('refreshed'), { ttl: '1ms', staleWhileRevalidate: '1h' });
const resource = hawser.cacheResource(async () => ({ made: await gate('resource') }));

/** A function that is cached in a storage, by an instance that remembers nothing else. @param {any} persist @param {string} name */
const stored = (persist, name) => createHawser({ secrets: [] }).cacheData(() => gate(name), { name, ttl: '1h', tags: ['t'], persist });

/** A storage that asks for permission to write. */
const slow = {
  frames: new Map(),
  get: async (/** @type {string} */ name) => slow.frames.get(name),
  set: async (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => {
    await gate('set');
    slow.frames.set(name, bytes);
  },
  delete: async (/** @type {string} */ name) => void slow.frames.delete(name),
};
const throughSlow = hawser.cacheData((/** @type {number} */ n) => gate(`slow${n}`), { name: 'slow', persist: slow, maxEntries: 1 });

class Opening extends BaseConnection {
  async connect() {
    return { opened: await gate('open') };
  }

  async get() {
    return (await this.raw()).opened;
  }

  /** @param {object} scope */
  read(scope) {
    return this.cached('read', [], async () => gate('scoped'), { scope });
  }
}

/** @type {Record<string, (url: URL, ctx: any) => Promise<unknown>>} */
const routes = {
  '/kv': async ({ searchParams }) => stored(bindings.KV, /** @type {string} */ (searchParams.get('name')))(),
  '/kv/entries': async () => (await bindings.KV.list()).keys,
  '/kv/clear': async ({ searchParams }) => void stored(bindings.KV, /** @type {string} */ (searchParams.get('name'))).invalidate({ tags: ['t'] }),
  '/cache': async ({ searchParams }) => stored(/** @type {any} */ (caches).default, /** @type {string} */ (searchParams.get('name')))(),
  '/cache/clear': async ({ searchParams }) => void stored(/** @type {any} */ (caches).default, /** @type {string} */ (searchParams.get('name'))).clear(),
  '/refreshed': async () => refreshed(),
  '/resource': async () => resource(),
  '/slow': async ({ searchParams }) => throughSlow(Number(searchParams.get('n'))),
  '/slow/clear': async ({ searchParams }) => throughSlow.clear(Number(searchParams.get('n'))),
  '/open': async () => (await hawser.connection('opening', { type: Opening })).get(),
  '/scoped': async () => {
    const request = hawser.request();
    const conn = /** @type {Opening} */ (/** @type {any} */ (await request.connection('opening', { type: Opening })));
    return Promise.all([1, 2, 3].map(() => conn.read(request)));
  },
  '/stats': async () => hawser.stats(),
};

export default {
  /** @param {Request} request @param {any} _env @param {any} ctx */
  async fetch(request, _env, ctx) {
    const url = new URL(request.url);
    return Response.json((await routes[url.pathname](url, ctx)) ?? null);
  },
};
