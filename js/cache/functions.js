/**
 * What cacheData and cacheResource share: keys of calls, and the function that stands before the cached one.
 */
import { encodeKey } from './key.js';
import { CACHE_OPTIONS, Policy, checkNames } from './policy.js';

/** @typedef {import('./results.js').ResultCache} ResultCache */
/** @typedef {import('./results.js').ReadOptions} ReadOptions */
/** @typedef {import('./space.js').Space} Space */

/**
 * @typedef {object} CallKeyOptions
 * @property {string} [name] Stands for the function in keys, so that results are found again by other function objects,
 *   other tabs and later processes. Default: the function object itself, never its source text or its name.
 * @property {(...args: any[]) => unknown} [key] What of the arguments the result depends on. Default: all of them.
 * @property {readonly (number | string)[]} [keyIgnore] Arguments that the result does not depend on: their index, or the
 *   name of a property of arguments that are plain objects.
 * @property {number} [maxEntries] Most results kept of this function.
 * @property {number | string} [maxBytes] Bytes of all results of this function.
 */

/** @typedef {Omit<import('./policy.js').CacheOptions, 'tags' | 'maxBytes'> & CallKeyOptions} FunctionOptions */

const OPTIONS = Object.freeze(['name', 'key', 'keyIgnore', ...CACHE_OPTIONS]);
const CALL_OPTIONS = Object.freeze([...CACHE_OPTIONS, 'signal', 'scope']);

/** Objects that were `this` of a cached method. @type {WeakMap<object, number>} */
const identities = new WeakMap();
let lastIdentity = 0;
let lastFunction = 0;

/**
 * Checks what is to be cached, and names it.
 * @param {unknown} fn
 * @param {string} by `'cacheData'` or `'cacheResource'`.
 * @returns {string} For messages.
 * @throws {TypeError}
 */
export function checkFunction(fn, by) {
  if (typeof fn !== 'function') throw new TypeError(`${by}(fn): fn must be a function.`);
  const name = fn.name || 'the function';
  if (/GeneratorFunction\]$/.test(Object.prototype.toString.call(fn))) {
    throw new TypeError(`${by}(fn): ${name} is a generator function; what it yields can be read only once. Return an array.`);
  }
  return name;
}

/** By instance, by function. @type {WeakMap<ResultCache, WeakMap<Function, { kind: string, options: object, cached: any }[]>>} */
const made = new WeakMap();

/**
 * The same function with the same options is cached once, however often that is asked for (in a component that is
 * rendered again, say).
 * @template T
 * @param {ResultCache} results
 * @param {Function} fn
 * @param {string} kind
 * @param {Record<string, any>} options
 * @param {() => T} make
 * @returns {T}
 */
export function once(results, fn, kind, options, make) {
  let ofInstance = made.get(results);
  if (!ofInstance) made.set(results, (ofInstance = new WeakMap()));
  const known = ofInstance.get(fn) ?? [];
  const same = known.find((other) => other.kind === kind && shallowEqual(other.options, options));
  if (same) return same.cached;
  const cached = make();
  ofInstance.set(fn, [...known, { kind, options: { ...options }, cached }]);
  return cached;
}

/** @param {Record<string, any>} a @param {Record<string, any>} b */
function shallowEqual(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}

/**
 * The space of one cached function.
 * @param {ResultCache} results
 * @param {FunctionOptions & { tags?: unknown }} options
 * @param {string} kind `'data'` or `'resource'`.
 * @param {import('./space.js').SpaceOptions} more
 */
export function functionSpace(results, options, kind, more) {
  checkNames(options, OPTIONS, kind === 'data' ? 'cacheData()' : 'cacheResource()');
  const { name, key, keyIgnore, maxEntries, maxBytes, tags, ...defaults } = options;
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw new TypeError('name: must be a text that is not empty.');
  if (key !== undefined && typeof key !== 'function') throw new TypeError('key: must be a function of the arguments.');
  if (defaults.persist && name === undefined) {
    throw new TypeError('persist: give the function a name too (name: …), by which its results are found again.');
  }
  const identity = name === undefined ? `${kind}#${++lastFunction}` : `${kind}:${name}`;
  return results.space(identity, { maxEntries, maxBytes, local: name === undefined, ...more, defaults: { ...defaults, ...more.defaults } });
}

/** Turns calls into keys. */
export class CallKeys {
  #key;
  #arguments;
  /** @type {Set<number>} */
  #indices = new Set();
  /** @type {Set<string>} */
  #names = new Set();
  /** Whether calls had a `this`; then one argument list may have several keys. */
  hadReceivers = false;

  /**
   * @param {CallKeyOptions} options
   * @throws {TypeError}
   */
  constructor({ key, keyIgnore = [] }) {
    this.#key = key;
    this.#arguments = key === undefined && keyIgnore.length === 0;
    if (!Array.isArray(keyIgnore)) throw new TypeError('keyIgnore: must be a list of argument indices and property names.');
    for (const item of keyIgnore) {
      if (typeof item === 'string') this.#names.add(item);
      else if (Number.isInteger(item) && item >= 0) this.#indices.add(item);
      else throw new TypeError('keyIgnore: must be a list of argument indices and property names.');
    }
  }

  /**
   * @param {unknown} receiver The call's `this`.
   * @param {readonly unknown[]} args
   * @returns {string}
   * @throws {import('../errors.js').HawserError} ERR_CACHE_KEY
   */
  of(receiver, args) {
    const key = this.ofArguments(receiver, args);
    if (receiver === undefined || receiver === null || receiver === globalThis) return key;
    this.hadReceivers = true;
    return `@${identityOf(/** @type {object} */ (receiver))};${key}`;
  }

  /**
   * Whether the arguments, all of them, are what a call's key is made of.
   * @param {unknown} receiver
   */
  areArguments(receiver) {
    return this.#arguments && (receiver === undefined || receiver === null || receiver === globalThis);
  }

  /**
   * The part that does not depend on `this`.
   * @param {unknown} receiver
   * @param {readonly unknown[]} args
   */
  ofArguments(receiver, args) {
    if (this.#key) return encodeKey([this.#key.apply(receiver, [...args])]);
    if (this.#indices.size === 0 && this.#names.size === 0) return encodeKey(args);
    return encodeKey(args.map((arg, i) => (this.#indices.has(i) ? undefined : this.#without(arg))));
  }

  /** @param {unknown} arg */
  #without(arg) {
    if (this.#names.size === 0 || typeof arg !== 'object' || arg === null || Array.isArray(arg)) return arg;
    const prototype = Object.getPrototypeOf(arg);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return arg;
    return Object.fromEntries(Object.entries(arg).filter(([name]) => !this.#names.has(name)));
  }
}

/** @param {object} receiver */
function identityOf(receiver) {
  let identity = identities.get(receiver);
  if (identity === undefined) identities.set(receiver, (identity = ++lastIdentity));
  return identity;
}

/**
 * What every cached function can do.
 * @template {any[]} A
 * @template R
 * @typedef {object} CachedMembers
 * @property {(...args: A | []) => void} clear Forgets all results; with arguments the result of that call, of whatever
 *   object it was a method. A load under way reaches those who wait, and is not stored.
 * @property {(options?: import('./space.js').InvalidateOptions) => void} invalidate
 * @property {(...args: A) => Promise<void>} warm Loads the result unless it is there.
 * @property {(options: ReadOptions) => (...args: A) => Promise<R>} with The same function with options for one call:
 *   `signal`, `cache`, `ttl` …
 * @property {() => { entries: number, bytes: number }} stats
 */

/**
 * Puts the members on a cached function.
 * @template {any[]} A
 * @template R
 * @param {Space} space
 * @param {CallKeys} keys
 * @param {string} name
 * @param {(receiver: unknown, args: A, options: ReadOptions | undefined) => Promise<R>} call
 * @returns {((...args: A) => Promise<R>) & CachedMembers<A, R>}
 */
export function makeCached(space, keys, name, call) {
  /** @type {CachedMembers<A, R>} */
  const members = {
    clear(...args) {
      if (args.length === 0) return space.clear();
      const key = keys.ofArguments(undefined, args);
      space.forget(key);
      if (!keys.hadReceivers) return;
      for (const known of [...space.entries.keys()]) {
        if (known.startsWith('@') && known.slice(known.indexOf(';') + 1) === key) space.forget(known);
      }
    },
    invalidate: (options) => space.invalidate(options),
    warm: async (...args) => void (await call(undefined, args, undefined)),
    with: (options) => {
      checkNames(options, CALL_OPTIONS, 'with()');
      const known = Object.freeze({ ...options });
      new Policy(options, space.policy); // Says at once what is wrong with them.
      return /** @this {unknown} @param {A} args */ function (...args) {
        return call(this, args, known);
      };
    },
    stats: () => space.stats(),
  };
  /** @this {unknown} @param {A} args */
  const cached = function (...args) {
    return call(this, args, undefined);
  };
  Object.defineProperty(cached, 'name', { value: name, configurable: true });
  return Object.assign(cached, members);
}
