/**
 * A space: the results of one connection or one cached function, with bounds and defaults of its own.
 */
import { publicKey } from './public_key.js';
import { Policy, checkMaxEntries } from './policy.js';
import { parseBytes } from './size.js';

/**
 * One key of a space. It exists while the core has a slot for it.
 */
export class Entry {
  /** @type {unknown} */
  value = undefined;
  hasValue = false;
  /** Whether it is in its space. */
  known = true;
  /** What a load failed with, while that is remembered. @type {unknown} */
  error = undefined;
  /** When the value was loaded, in the clock's milliseconds. */
  storedAt = 0;
  /** What users see of its key, once they have. */
  #publicKey = '';
  /** Where it is stored too. @type {import('./storage.js').ResultStorage | undefined} */
  storage = undefined;

  /**
   * @param {Space} space
   * @param {string} key
   * @param {number} slot
   * @param {import('./groups.js').Group} [group]
   */
  constructor(space, key, slot, group) {
    this.space = space;
    this.key = key;
    this.slot = slot;
    this.group = group;
  }

  get publicKey() {
    return this.#publicKey || (this.#publicKey = publicKey(this.space.identity, this.key));
  }
}

/**
 * @typedef {object} SpaceOptions
 * @property {number} [maxEntries] Most results kept; the least recently used one goes. Default: no bound but the budget.
 * @property {number | string} [maxBytes] Bytes of all results of this space. Default: no bound but the instance's budget.
 * @property {boolean} [local] Its identity means nothing beyond this instance. Default false.
 * @property {import('./policy.js').CacheOptions} [defaults] What holds for reads that say nothing else.
 * @property {(value: any, reason: import('./releases.js').ReleaseReason) => unknown} [onRelease] Called exactly once for each
 *   value that leaves the cache, on every path.
 */

/**
 * @typedef {object} InvalidateOptions
 * @property {readonly string[]} [tags] Results that carry one of these. Default: all of them.
 * @property {boolean} [hard] False (the default): results with a staleWhileRevalidate or staleIfError window stay usable
 *   as stale ones, others go. True: all go.
 */

/** Spaces are made by `cache.space(identity, options)`. */
export class Space {
  /** The core's number for it, while there is a core. */
  id = -1;
  open = true;
  /** When something of it was invalidated last, in the clock's milliseconds. */
  invalidatedAt = -Infinity;
  /** @type {Map<string, Entry>} */
  entries = new Map();
  /** The core's numbers for its tags. @type {Map<string, number>} */
  tags = new Map();
  /** Results with a bound of their own. @type {Map<string, import('./groups.js').Group>} */
  groups = new Map();
  /** Where results of this space are or may be stored. @type {Set<import('./storage.js').ResultStorage>} */
  storages = new Set();
  #cache;
  /** Checked options by what they were given as: options are mostly literals that are used again. @type {WeakMap<object, Policy>} */
  #policies = new WeakMap();

  /**
   * @param {string} identity What tells its keys from those of other spaces; no secrets.
   * @param {SpaceOptions} options
   * @param {import('./results.js').ResultCache} cache
   */
  constructor(identity, options, cache) {
    this.identity = identity;
    this.maxEntries = options.maxEntries === undefined ? cache.maxEntries : checkMaxEntries(options.maxEntries, 'maxEntries');
    this.maxBytes = parseBytes(options.maxBytes, 'maxBytes') ?? Infinity;
    this.policy = new Policy(options.defaults ?? {}, cache.policy);
    this.onRelease = options.onRelease;
    /** Whether its identity means nothing to other instances. */
    this.local = options.local === true;
    if (this.policy.persist) this.storages.add(this.policy.persist);
    this.#cache = cache;
  }

  /**
   * The options of one read, checked, over the defaults of the space. The same frozen object gives the same policy
   * without being checked again.
   * @param {import('./policy.js').CacheOptions | Policy | undefined} options
   * @returns {Policy}
   * @throws {TypeError | RangeError} Naming the option.
   */
  policyOf(options) {
    if (options === undefined) return this.policy;
    if (options instanceof Policy) return options;
    if (!Object.isFrozen(options)) return new Policy(options, this.policy);
    let policy = this.#policies.get(options);
    if (!policy) this.#policies.set(options, (policy = new Policy(options, this.policy)));
    return policy;
  }

  /**
   * Whether a key must not leave this process.
   * @param {string} key
   */
  confidential(key) {
    return this.#cache.holdsSecret(key);
  }

  /** Forgets all results. Loads under way reach those who wait for them, and are not stored. */
  clear() {
    return this.#cache.clear(this);
  }

  /**
   * Forgets the result of one key.
   * @param {string} key
   * @param {{ hard?: boolean }} [options] Default: hard.
   */
  forget(key, options) {
    return this.#cache.forget(this, key, options);
  }

  /**
   * @param {InvalidateOptions} [options]
   */
  invalidate(options) {
    return this.#cache.invalidate(options, this);
  }

  /** How many results it holds, and their bytes. */
  stats() {
    return this.#cache.spaceStats(this);
  }

  /** Clears the space for good. Reading from it afterwards loads without storing. */
  close() {
    this.#cache.closeSpace(this);
  }
}
