/**
 * What a cache must look like to be run through the scenarios, and what these share.
 */

/** A cache has no such thing. */
export class Unsupported extends Error {}

/**
 * A cached function, made the way that the library's documentation recommends.
 * @typedef {((...args: any[]) => Promise<any>) & {
 *   remove?: (...args: any[]) => unknown, clear?: () => unknown, invalidateTag?: (tag: string) => unknown,
 *   withSignal?: (signal: AbortSignal, ...args: any[]) => Promise<any> }} Cached
 *
 * @typedef {object} CacheOptions
 * @property {number} [ttl] Milliseconds. Default: an hour.
 * @property {number} [stale] Milliseconds after ttl in which the old value is served while it is refreshed.
 * @property {string[]} [tags]
 * @property {number} [maxEntries]
 * @property {number} [maxBytes]
 * @property {Map<string, unknown>} [storage] A second tier.
 *
 * @typedef {object} Subject
 * @property {(fn: (...args: any[]) => any, options?: CacheOptions) => Cached | Promise<Cached>} wrap In a cache of its own.
 * @property {(fn: (...args: any[]) => any) => Cached} [wrapBeside] In the same cache as the one before.
 * @property {(ms: number) => Promise<void>} wait Lets the cache's time pass.
 * @property {number} [tick] The shortest ttl that can be said, in milliseconds. Default 1.
 * @property {boolean} [tiered] Whether what it stores is also held in memory. Default true.
 * @property {() => number} [entries] How many entries the last cache holds in memory.
 * @property {() => unknown} [close] Ends all of its caches.
 */

/**
 * By name. A scenario returns nothing when all is well, otherwise what went wrong. One that needs what a cache does not offer
 * throws {@link Unsupported}.
 * @typedef {Record<string, (subject: Subject) => Promise<string | undefined>>} Scenarios
 */

/** A load that ends when it is told to. */
export function held() {
  /** @type {{ resolve: (value: unknown) => void, reject: (error: unknown) => void, args: any[] }[]} */
  const calls = [];
  const fn = (/** @type {any[]} */ ...args) => new Promise((resolve, reject) => void calls.push({ resolve, reject, args }));
  return { fn, calls };
}

/** Until everything that is ready has run; some libraries take several turns before they load. */
export const turns = async (until = () => false) => {
  for (let i = 0; i < 50 && !until(); i++) await new Promise((resolve) => setTimeout(resolve, 0));
};

/** @param {Promise<any> | (() => Promise<any>)} call */
export const outcome = async (call) => {
  try {
    return { value: await (typeof call === 'function' ? call() : call) };
  } catch (error) {
    return { error };
  }
};

/** Functions of the same source text, which some caches look at. @param {unknown} value */
export const giving = (value) => async () => value;

/** @template T @param {T | undefined} part @param {string} what @returns {T} */
export function need(part, what) {
  if (part === undefined) throw new Unsupported(what);
  return part;
}
