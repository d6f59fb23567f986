/**
 * The caches that can be bounded, for scale.js: a function of a text that returns it, with room for so many results.
 */
import { createCache as createDedupe } from 'async-cache-dedupe';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cacheable, createKeyv } from 'cacheable';
import { LRUCache } from 'lru-cache';
import { createMemoryStorage, defineCachedFunction } from 'ocache';
import { createHawser } from '../js/index.js';

export const SIZES = [1_000, 10_000, 100_000, 1_000_000];

/** So that the budget of bytes is never what evicts. */
const UNBOUNDED = 2 ** 40;
const HOUR = 3_600_000;

/**
 * @typedef {object} ScaleSubject
 * @property {(entries: number) => (id: string) => Promise<unknown>} make
 * @property {number} [most] It takes too long with more entries than this.
 * @property {(bytes: number) => (id: number, size: number) => Promise<unknown>} [makeBounded] Values are Uint8Arrays.
 */

const echo = async (/** @type {string} */ id) => id;
const bytesOf = async (/** @type {number} */ _id, /** @type {number} */ size) => new Uint8Array(size);

/** @type {Record<string, ScaleSubject>} */
export const subjects = {
  Hawser: {
    make: (entries) => createHawser({ secrets: [], cache: { maxBytes: UNBOUNDED } }).cacheData((/** @type {string} */ id) => echo(id), { ttl: '1h', maxEntries: entries }),
    makeBounded: (bytes) => createHawser({ secrets: [], cache: { maxBytes: bytes } }).cacheData((/** @type {number} */ id, /** @type {number} */ size) => bytesOf(id, size), { ttl: '1h' }),
  },
  'lru-cache fetch()': {
    make: (entries) => {
      /** @type {LRUCache<string, string>} */
      const cache = new LRUCache({ max: entries, ttl: HOUR, fetchMethod: echo });
      return (id) => cache.fetch(id);
    },
    makeBounded: (bytes) => {
      /** @type {LRUCache<number, Uint8Array, number>} */
      const cache = new LRUCache({ maxSize: bytes, ttl: HOUR, sizeCalculation: (value) => value.byteLength, fetchMethod: (id, _old, { context }) => bytesOf(id, context) });
      return (id, size) => cache.fetch(id, { context: size });
    },
  },
  'async-cache-dedupe': {
    make: (entries) => {
      const cache = /** @type {any} */ (createDedupe({ ttl: HOUR / 1000, storage: { type: 'memory', options: { size: entries } } }));
      cache.define('echo', echo);
      return (id) => cache.echo(id);
    },
  },
  'ocache (Nitro)': {
    most: 100_000,
    make: (entries) => defineCachedFunction(echo, { name: 'echo', maxAge: HOUR / 1000, swr: false, storage: createMemoryStorage({ maxSize: entries, maxBytes: UNBOUNDED }) }),
    makeBounded: (bytes) =>
      defineCachedFunction(bytesOf, { name: 'bytes', maxAge: HOUR / 1000, swr: false, storage: createMemoryStorage({ maxSize: 100_000, maxBytes: bytes }) }),
  },
  bentocache: {
    most: 100_000,
    make: (entries) => {
      const cache = new BentoCache({ default: 'm', stores: { m: bentostore().useL1Layer(memoryDriver({ maxItems: entries, serialize: false })) } });
      return (id) => cache.getOrSet({ key: id, ttl: HOUR, factory: () => echo(id) });
    },
    makeBounded: (bytes) => {
      const cache = new BentoCache({ default: 'm', stores: { m: bentostore().useL1Layer(memoryDriver({ maxItems: 100_000, maxSize: bytes })) } });
      return (id, size) => cache.getOrSet({ key: String(id), ttl: HOUR, factory: () => bytesOf(id, size) });
    },
  },
  cacheable: {
    most: 100_000,
    make: (entries) => {
      const cache = new Cacheable({ ttl: HOUR, primary: createKeyv({ lruSize: entries }) });
      return (id) => cache.getOrSet(id, () => echo(id));
    },
  },
};
