/**
 * Other caches as subjects of the trap scenarios, and as contestants of the benchmarks: a function wrapped the way that the
 * library's documentation recommends. Where a library takes a text as key, it is JSON.stringify of the arguments.
 */
import { QueryClient } from '@tanstack/query-core';
import { DefaultStatefulContext, Namespace, createCache as createUnkey } from '@unkey/cache';
import { MemoryStore } from '@unkey/cache/stores';
import { createCache as createDedupe } from 'async-cache-dedupe';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cacheable, HashAlgorithm, createKeyv, hash } from 'cacheable';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { composeStorage, createMemoryStorage, defineCachedFunction } from 'ocache';
import { Unsupported } from '../traps/subject.js';

/** @typedef {import('../traps/subject.js').Subject} Subject */
/** @typedef {import('../traps/subject.js').CacheOptions} CacheOptions */

const HOUR = 3_600_000;
const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {CacheOptions} options @param {(keyof CacheOptions)[]} known */
function only(options, ...known) {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && name !== 'ttl' && !known.includes(/** @type {keyof CacheOptions} */ (name))) throw new Unsupported(name);
  }
}

/**
 * Every peer that has a ttl, each time anew.
 * @type {Record<string, () => Subject>}
 */
export const peers = {
  'TanStack query-core': () => {
    /** @type {QueryClient[]} */
    const clients = [];
    return {
      wait,
      wrap(fn, options = {}) {
        only(options, 'tags');
        const { ttl = HOUR } = options;
        const client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: ttl, staleTime: ttl, networkMode: 'always' } } });
        clients.push(client);
        const call = (/** @type {any[]} */ ...args) => client.fetchQuery({ queryKey: args, queryFn: () => fn(...args) });
        return Object.assign(call, {
          remove: (/** @type {any[]} */ ...args) => client.removeQueries({ queryKey: args, exact: true }),
          clear: () => client.removeQueries(),
          invalidateTag: () => client.invalidateQueries(), // By prefix: it has no tags.
        });
      },
      entries: () => clients.at(-1)?.getQueryCache().getAll().length ?? 0,
      close: () => clients.forEach((client) => client.clear()),
    };
  },

  cacheable: () => {
    /** @type {Cacheable} */
    let last;
    return {
      wait,
      wrap(fn, options = {}) {
        only(options, 'tags', 'maxEntries', 'storage');
        const { ttl = HOUR, maxEntries, storage } = options;
        const cache = (last = new Cacheable({
          ttl, tags: options.tags !== undefined, primary: createKeyv({ ...(maxEntries && { lruSize: maxEntries }) }), ...(storage && { secondary: new Keyv({ store: storage }) }),
        }));
        const wrapped = cache.wrap(fn, { ttl, ...(storage && { keyPrefix: 'scenario' }) });
        if (!options.tags) {
          return Object.assign((/** @type {any[]} */ ...args) => wrapped(...args), {
            clear: () => cache.clear(),
            // As wrap() makes its keys.
            remove: async (/** @type {any[]} */ ...args) => cache.delete(`${fn.name}::${await hash(args, { algorithm: HashAlgorithm.DJB2 })}`),
          });
        }
        // Neither wrap() nor getOrSet() knows tags.
        const { tags } = options;
        const call = async (/** @type {any[]} */ ...args) => {
          const key = JSON.stringify(args);
          const known = await cache.get(key);
          if (known !== undefined) return known;
          const value = await fn(...args);
          await cache.set(key, value, { ttl, tags });
          return value;
        };
        return Object.assign(call, {
          clear: () => cache.clear(),
          invalidateTag: (/** @type {string} */ tag) => cache.tags.invalidateTag(tag),
        });
      },
      wrapBeside: (fn) => last.wrap(fn, { ttl: HOUR }),
      entries: () => /** @type {any} */ (last.primary).store.store.size,
    };
  },

  bentocache: () => ({
    wait,
    wrap(fn, options = {}) {
      only(options, 'tags', 'maxEntries', 'maxBytes', 'stale');
      const { ttl = HOUR, tags, maxEntries, maxBytes, stale } = options;
      const driver = memoryDriver({ maxItems: maxEntries ?? 100_000, ...(maxBytes && { maxSize: maxBytes }) });
      const cache = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(driver) } });
      const key = (/** @type {any[]} */ args) => JSON.stringify(args);
      const more = { ...(tags && { tags }), ...(stale && { grace: stale, timeout: 0 }) };
      return Object.assign((/** @type {any[]} */ ...args) => cache.getOrSet({ key: key(args), ttl, factory: () => fn(...args), ...more }), {
        remove: (/** @type {any[]} */ ...args) => cache.delete({ key: key(args) }),
        clear: () => cache.clear(),
        invalidateTag: (/** @type {string} */ tag) => cache.deleteByTag({ tags: [tag] }),
      });
    },
  }),

  '@unkey/cache': () => {
    /** @type {Map<string, any>} */
    let last;
    return {
      wait,
      wrap(fn, options = {}) {
        only(options, 'stale', 'storage');
        const { ttl = HOUR, stale = 0, storage } = options;
        const map = (last = new Map());
        const second = /** @type {Map<string, any> | undefined} */ (storage);
        const stores = [new MemoryStore({ persistentMap: map }), ...(second ? [new MemoryStore({ persistentMap: second })] : [])];
        const cache = createUnkey({ n: new Namespace(new DefaultStatefulContext(), { stores, fresh: ttl, stale: ttl + stale }) });
        const key = (/** @type {any[]} */ args) => JSON.stringify(args);
        const call = async (/** @type {any[]} */ ...args) => {
          const { val, err } = await cache.n.swr(key(args), () => fn(...args));
          if (err) throw err;
          return val;
        };
        return Object.assign(call, { remove: (/** @type {any[]} */ ...args) => cache.n.remove(key(args)) });
      },
      entries: () => last.size,
    };
  },

  'async-cache-dedupe': () => ({
    wait,
    tick: 1000,
    wrap(fn, options = {}) {
      only(options, 'tags', 'stale', 'maxEntries');
      const { ttl = HOUR, tags, stale, maxEntries } = options;
      const cache = /** @type {any} */ (createDedupe({
        ttl: ttl / 1000, ...(stale && { stale: stale / 1000 }), // Whole seconds only.
        storage: { type: 'memory', options: { size: maxEntries ?? 100_000, invalidation: tags !== undefined } },
      }));
      cache.define('fn', tags ? { references: () => tags } : {}, (/** @type {any[]} */ args) => fn(...args));
      return Object.assign((/** @type {any[]} */ ...args) => cache.fn(args), {
        remove: (/** @type {any[]} */ ...args) => cache.clear('fn', args),
        clear: () => cache.clear('fn'),
        invalidateTag: (/** @type {string} */ tag) => cache.invalidate('fn', [tag]),
      });
    },
  }),

  'ocache (Nitro)': () => ({
    wait,
    wrapBeside: (fn) => defineCachedFunction(fn, { maxAge: HOUR / 1000 }),
    wrap(fn, options = {}) {
      only(options, 'stale', 'maxEntries', 'maxBytes', 'storage');
      const { ttl = HOUR, stale, maxEntries, maxBytes, storage } = options;
      const memory = createMemoryStorage({ ...(maxBytes && { maxBytes }), maxSize: maxEntries ?? 100_000 });
      const second = storage && {
        get: (/** @type {string} */ key) => storage.get(key) ?? null,
        set: (/** @type {string} */ key, /** @type {unknown} */ value) => void (value === null ? storage.delete(key) : storage.set(key, value)),
      };
      const cached = defineCachedFunction(fn, {
        ...(storage && { name: 'scenario' }), maxAge: ttl / 1000, swr: stale !== undefined, ...(stale && { staleMaxAge: stale / 1000 }),
        storage: second ? composeStorage([{ storage: memory }, /** @type {any} */ (second)]) : memory,
      });
      return Object.assign((/** @type {any[]} */ ...args) => cached(...args), {
        remove: (/** @type {any[]} */ ...args) => cached.invalidate(...args),
      });
    },
  }),

  keyv: () => {
    /** @type {Map<string, unknown>} */
    let last;
    return {
      wait,
      tiered: false,
      wrap(fn, options = {}) {
        only(options, 'storage');
        const { ttl = HOUR, storage = new Map() } = options;
        last = storage;
        const keyv = new Keyv({ store: storage });
        // It has no function to wrap another one: what everybody writes by hand.
        const call = async (/** @type {any[]} */ ...args) => {
          const key = JSON.stringify(args);
          const known = await keyv.get(key);
          if (known !== undefined) return known;
          const value = await fn(...args);
          await keyv.set(key, value, ttl);
          return value;
        };
        return Object.assign(call, {
          remove: (/** @type {any[]} */ ...args) => keyv.delete(JSON.stringify(args)),
          clear: () => keyv.clear(),
        });
      },
      entries: () => last.size,
    };
  },

  'lru-cache': () => {
    /** @type {LRUCache<string, any, any>} */
    let last;
    return {
      wait,
      wrap(fn, options = {}) {
        only(options, 'stale', 'maxEntries', 'maxBytes');
        const { ttl = HOUR, stale, maxEntries, maxBytes } = options;
        /** @type {LRUCache<string, any, any>} */
        const cache = (last = new LRUCache({
          ttl, ...(maxBytes ? { maxSize: maxBytes, sizeCalculation: (/** @type {any} */ value) => value.byteLength ?? 1 } : { max: maxEntries ?? 100_000 }),
          fetchMethod: (_key, _old, { context }) => fn(...context),
          ...(stale && { allowStale: true, allowStaleOnFetchRejection: true, noDeleteOnFetchRejection: true }),
        }));
        const key = (/** @type {any[]} */ args) => JSON.stringify(args);
        return Object.assign((/** @type {any[]} */ ...args) => cache.fetch(key(args), { context: args }), {
          remove: (/** @type {any[]} */ ...args) => cache.delete(key(args)),
          clear: () => cache.clear(),
          withSignal: (/** @type {AbortSignal} */ signal, /** @type {any[]} */ ...args) => cache.fetch(key(args), { context: args, signal }),
        });
      },
      entries: () => last.size,
    };
  },
};

/**
 * What one writes without a library: a Map, JSON.stringify and a time.
 * @param {(...args: any[]) => any} fn
 * @param {number} ttl Milliseconds.
 */
export function bareMap(fn, ttl) {
  /** @type {Map<string, { value: unknown, until: number }>} */
  const map = new Map();
  return async (/** @type {any[]} */ ...args) => {
    const key = JSON.stringify(args);
    const known = map.get(key);
    if (known && known.until > Date.now()) return known.value;
    const value = await fn(...args);
    map.set(key, { value, until: Date.now() + ttl });
    return value;
  };
}
