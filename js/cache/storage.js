/**
 * Storages: where results outlive the process. Anything that keeps bytes by name will do; it may be slow, full, broken or
 * silent, and no query ever fails or waits for long because of it.
 */
import { parseDuration } from '../duration.js';

/**
 * One of these, recognised by its methods:
 *  - unstorage: `getItemRaw`, `setItemRaw`, `removeItem` (also the adapters of js/storages/)
 *  - Workers KV: `get`, `put`, `delete`, `getWithMetadata`
 *  - a Cache of the Cache API: `match`, `put`, `delete`
 *  - a Map, or what has its `get`, `set`, `delete`, sync or async
 * @typedef {object} AnyStorage
 */

/**
 * @typedef {object} Backend
 * @property {(name: string) => unknown} get Bytes in some form, or nothing.
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>, ttl: number) => unknown} set ttl in milliseconds, may be Infinity.
 * @property {(name: string) => unknown} remove
 */

/** A storage that failed as often as this in a row is left alone for as long as that. */
const FAILURES = 3;
const PAUSE = 30_000;
const DEFAULT_TIMEOUT = 1000;
/** Timers end at once when they are set to more. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** The shortest time to live that Workers KV accepts, in seconds. */
const KV_LEAST_TTL = 60;

/** What was invalidated is noted for so many names. Older ones are in the storage itself. */
const NOTES = 10_000;

/** One storage as the cache uses it: bytes by name, in order for each name, never for longer than the timeout. */
export class ResultStorage {
  /** @type {WeakMap<object, ResultStorage>} */
  static #known = new WeakMap();

  #backend;
  #timeout;
  #failures = 0;
  #pausedUntil = -Infinity;
  /** The last operation on each name that has not ended. @type {Map<string, Promise<unknown>>} */
  #busy = new Map();
  /** What was invalidated here and when, by key; of spaces and tags written to the storage as well. @type {Map<string, number>} */
  #invalidated = new Map();

  /**
   * @param {unknown} storage One of {@link AnyStorage}, or this.
   * @param {{ timeout?: number | string }} [options] How long an operation may take; then it counts as failed. Default 1 s.
   * @throws {TypeError | RangeError}
   */
  constructor(storage, { timeout } = {}) {
    this.#backend = recognise(storage);
    this.#timeout = parseDuration(timeout, 'timeout') ?? DEFAULT_TIMEOUT;
  }

  /**
   * The same for the same storage.
   * @param {unknown} storage
   * @returns {ResultStorage}
   * @throws {TypeError}
   */
  static of(storage) {
    if (storage instanceof ResultStorage) return storage;
    if (typeof storage !== 'object' || storage === null) throw unknownStorage();
    let known = ResultStorage.#known.get(storage);
    if (!known) ResultStorage.#known.set(storage, (known = new ResultStorage(storage)));
    return known;
  }

  /**
   * Notes that what began until `now` is not to be believed.
   * @param {string} key
   * @param {number} now
   */
  invalidate(key, now) {
    this.#invalidated.delete(key);
    this.#invalidated.set(key, now);
    if (this.#invalidated.size > NOTES) this.#invalidated.delete(/** @type {string} */ (this.#invalidated.keys().next().value));
  }

  /** @param {string} key @returns {number} When it was invalidated here last. */
  invalidatedAt(key) {
    return this.#invalidated.get(key) ?? -Infinity;
  }

  /**
   * @param {string} name
   * @param {number} now
   * @param {boolean} [ordered] Whether it waits for what was begun before with that name. Default true; not where that may have
   *   been begun, and left, by another request.
   * @returns {Promise<Uint8Array | undefined>}
   */
  get(name, now, ordered) {
    return this.#use(name, now, ordered, async () => bytesOf(await this.#backend.get(name)));
  }

  /**
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} ttl Milliseconds.
   * @param {number} now
   * @param {boolean} [ordered]
   * @returns {Promise<void>}
   */
  set(name, bytes, ttl, now, ordered) {
    return this.#use(name, now, ordered, async () => void (await this.#backend.set(name, bytes, ttl)));
  }

  /**
   * @param {string} name
   * @param {number} now
   * @param {boolean} [ordered]
   * @returns {Promise<void>}
   */
  remove(name, now, ordered) {
    return this.#use(name, now, ordered, async () => void (await this.#backend.remove(name)));
  }

  /**
   * @template T
   * @param {string} name
   * @param {number} now
   * @param {boolean | undefined} ordered
   * @param {() => Promise<T>} operation
   * @returns {Promise<T | undefined>} Undefined while the storage is left alone.
   * @throws What the storage throws, or that it took too long.
   */
  async #use(name, now, ordered = true, operation) {
    if (now < this.#pausedUntil) return undefined;
    const before = ordered ? this.#busy.get(name) : undefined;
    const run = before ? before.then(operation, operation) : operation();
    const limited = within(run, this.#timeout);
    const settled = limited.catch(() => {});
    if (ordered) this.#busy.set(name, settled);
    try {
      const result = await limited;
      this.#failures = 0;
      return result;
    } catch (error) {
      if (++this.#failures >= FAILURES) {
        this.#failures = 0;
        this.#pausedUntil = now + PAUSE;
      }
      throw error;
    } finally {
      if (ordered && this.#busy.get(name) === settled) this.#busy.delete(name);
    }
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
function within(promise, ms) {
  if (ms === Infinity) return promise;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The storage did not answer within ${ms} ms.`)), Math.min(ms, LONGEST_TIMER));
    /** @type {any} */ (timer).unref?.(); // Node: no reason to stay alive.
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * @param {unknown} storage
 * @returns {Backend}
 */
function recognise(storage) {
  const any = /** @type {any} */ (storage);
  /** @param {...string} names */
  const has = (...names) => names.every((name) => typeof any?.[name] === 'function');
  if (has('getItemRaw', 'setItemRaw', 'removeItem')) {
    return {
      get: (name) => any.getItemRaw(name),
      set: (name, bytes, ttl) => any.setItemRaw(name, bytes, ttl === Infinity ? {} : { ttl: Math.ceil(ttl / 1000) }),
      remove: (name) => any.removeItem(name),
    };
  }
  if (has('match', 'put', 'delete')) {
    // Cache entries have URLs for names; the host is reserved for what does not exist.
    const url = (/** @type {string} */ name) => `https://hawser.invalid/${name}`;
    return {
      get: async (name) => (await any.match(url(name)))?.arrayBuffer(),
      set: (name, bytes, ttl) => {
        const headers = { 'cache-control': `max-age=${ttl === Infinity ? 31_536_000 : Math.ceil(ttl / 1000)}`, 'content-type': 'application/octet-stream' };
        return any.put(url(name), new Response(bytes, { headers }));
      },
      remove: (name) => any.delete(url(name)),
    };
  }
  if (has('get', 'put', 'delete', 'getWithMetadata')) {
    return {
      get: (name) => any.get(name, 'arrayBuffer'),
      set: (name, bytes, ttl) =>
        any.put(name, bytes, ttl === Infinity ? {} : { expirationTtl: Math.max(KV_LEAST_TTL, Math.ceil(ttl / 1000)) }),
      remove: (name) => any.delete(name),
    };
  }
  if (has('get', 'set', 'delete')) {
    return {
      get: (name) => any.get(name),
      set: (name, bytes) => any.set(name, bytes),
      remove: (name) => any.delete(name),
    };
  }
  throw unknownStorage();
}

const unknownStorage = () =>
  new TypeError('persist: must be a storage: unstorage, a Map, a Cache (Cache API), a KV namespace, or one of Hawser\'s own.');

/**
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return new Uint8Array(/** @type {ArrayBuffer} */ (value));
  return undefined; // Nothing, or something foreign.
}
