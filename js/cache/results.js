/**
 * ResultCache: the cache of results. JavaScript maps keys to slots and holds values and promises; the C++ core makes
 * every decision (src/cache/cache.h). One load per key at a time; nothing here keeps a timer.
 */
import { core, loadCore } from '../core.js';
import { Loads } from './loads.js';
import { Invalidation } from './invalidation.js';
import { NO_STATS } from './native.js';
import { Peeks } from './peeks.js';
import { Persistence } from './persistence.js';
import { CACHE_OPTIONS, Policy, checkMaxEntries, checkNames } from './policy.js';
import { Reads } from './reads.js';
import { Reports } from './reports.js';
import { Scopes } from './scopes.js';
import { parseBytes } from './size.js';
import { Space } from './space.js';
import { Store } from './store.js';
import { Tabs } from './tabs.js';

export { Space };

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./read_result.js').ReadState} ReadState */
/** @typedef {import('./read_result.js').ReadResult} ReadResult */
/**
 * @typedef {import('./policy.js').CacheOptions & { signal?: AbortSignal, scope?: object }} ReadOptions
 *   `signal` rejects this caller only. `scope`: the request on whose behalf this is, see `flightScope`.
 */
/** @typedef {(options: { readonly signal: AbortSignal, readonly previous?: unknown }) => unknown} Load `previous`: the value that is to be replaced, where it is still there. */

/** Bytes of all results of one instance. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

const DEFAULTS = Object.freeze([...CACHE_OPTIONS, 'broadcast', 'refreshLock']);

/** @type {ReadonlySet<string>} */
const OUT_OF_STORAGE = new Set(['expired', 'invalidated', 'cleared']);

export class ResultCache {
  #clock;
  #reports;
  #store;
  #loads;
  #reads;
  #peeks;
  #persistence;
  #invalidation;
  #tabs;

  /**
   * @param {object} [options]
   * @param {{ now(): number }} [options.clock] Milliseconds. Default: Date.
   * @param {import('./policy.js').CacheOptions & import('./tabs.js').TabOptions} [options.defaults] What holds where a space
   *   and a read say nothing. Its `maxBytes` is the budget of the whole instance (default 64 MB).
   * @param {import('../events.js').Hooks} [options.hooks]
   * @param {'isolate' | 'request'} [options.flightScope] `'request'`: only callers with the same `scope` share a load.
   * @param {() => number} [options.random] In [0, 1), for jitter.
   * @param {(work: Promise<unknown>) => void} [options.waitUntil] Told of work that goes on when nobody waits.
   * @param {(text: string) => boolean} [options.holdsSecret] Whether a text has a secret in it. Results with such a key stay in
   *   this process. Default: never.
   * @param {(error: any) => unknown} [options.redact] Takes the values of secrets out of an error, for events.
   * @param {() => import('../core.js').Core} [options.getCore] For tests.
   */
  constructor(options = {}) {
    const { clock = Date, defaults = {}, hooks = {}, flightScope = 'isolate', random = Math.random, waitUntil, getCore = core } = options;
    this.holdsSecret = options.holdsSecret ?? (() => false);
    checkNames(defaults, DEFAULTS, 'cache');
    const { maxEntries, maxBytes, broadcast, refreshLock, ...policy } = defaults;
    /** Whether a promise of one request must not be awaited by another. */
    this.perRequest = flightScope === 'request';
    /** Of each space that says nothing else; 0: no bound. */
    this.maxEntries = checkMaxEntries(maxEntries, 'maxEntries');
    this.policy = new Policy(policy);
    this.#clock = clock;
    this.#reports = new Reports(hooks, options.redact);
    this.#store = new Store({
      getCore,
      maxBytes: parseBytes(maxBytes, 'maxBytes') ?? DEFAULT_MAX_BYTES,
      onRelease: (release) => this.#onRelease(release),
    });
    const store = this.#store;
    const reports = this.#reports;
    const keepAlive = waitUntil && ((/** @type {Promise<unknown>} */ work) => reports.guard('waitUntil', () => waitUntil(work)));
    const persistence = (this.#persistence = new Persistence({ clock, reports, waitUntil: keepAlive, ordered: !this.perRequest }));
    const tabs = (this.#tabs = new Tabs({ broadcast, refreshLock }, reports, (message) => {
      if (message.op === 'refreshed') void this.#loads.hear(message);
      else this.#invalidation.hear(message);
    }));
    this.#peeks = new Peeks({ store, clock, reports });
    const loads = (this.#loads = new Loads({ store, clock, reports, random, waitUntil: keepAlive, persistence, tabs }));
    this.#reads = new Reads({ store, clock, reports, loads, scopes: new Scopes(flightScope) });
    this.#invalidation = new Invalidation({ store, persistence, clock, tabs });
  }

  /**
   * A space for the results of one connection or one cached function.
   * @param {string} identity
   * @param {import('./space.js').SpaceOptions} [options]
   */
  space(identity, options = {}) {
    const space = new Space(identity, options, this);
    this.#store.addSpace(space);
    return space;
  }

  /**
   * A fresh result at once, or undefined; then ask {@link read}. Costs one map lookup and one call of the core.
   * @param {Space} space
   * @param {string} key
   * @param {ReadOptions | Policy} [options] As for {@link read}, of which `ttl` and `cache` matter here.
   * @param {readonly unknown[]} [args] By which {@link keyOfCall} may find the key from now on.
   * @returns {ReadResult | undefined}
   */
  peek(space, key, options, args) {
    return this.#peeks.peek(space, key, options, args);
  }

  /**
   * {@link peek} for a statement, whose result is a Table: that says how it came. One that was used a moment ago is found
   * without building its key.
   * @param {Space} space
   * @param {number} number From internText().
   * @param {import('./statement_index.js').Parameters} params
   * @param {string} [variant] What else tells results apart; stands before the key.
   * @param {ReadOptions | Policy} [options]
   * @returns {Table | undefined}
   */
  peekStatement(space, number, params, variant = '', options) {
    return this.#peeks.peekStatement(space, number, params, variant, options);
  }

  /**
   * {@link peekStatement} only for one that was used a moment ago; builds no key, and refuses no parameter.
   * @param {Space} space
   * @param {number} number
   * @param {import('./statement_index.js').Parameters} params
   * @param {string} variant
   * @param {ReadOptions | Policy} [options]
   * @returns {Table | undefined}
   */
  peekRecent(space, number, params, variant, options) {
    return this.#peeks.peekRecent(space, number, params, variant, options);
  }

  /**
   * The key of a call that was made a moment ago with the same arguments, without building it.
   * @param {Space} space
   * @param {readonly unknown[]} args
   * @returns {string | undefined}
   */
  keyOfCall(space, args) {
    return this.#peeks.keyOfCall(space, args);
  }

  /**
   * The result for a key: what is cached, or what `load` brings.
   * @param {Space} space
   * @param {string} key Unique within the space, from js/cache/key.js.
   * @param {Load} load Called on a miss, once for all who ask meanwhile. Its signal aborts when none of them waits any more.
   * @param {ReadOptions | Policy} [options]
   * @param {{ signal?: AbortSignal, scope?: object }} [caller] With a Policy: what belongs to this caller alone.
   * @returns {Promise<ReadResult>}
   */
  read(space, key, load, options, caller = /** @type {ReadOptions | undefined} */ (options)) {
    try {
      const policy = space.policyOf(options);
      const signal = caller?.signal;
      if (signal?.aborted) return Promise.reject(signal.reason);
      // What is closed keeps nothing, and needs no core.
      if (!space.open || this.#store.ready || this.#store.prepare()) return this.#reads.read(space, key, load, policy, signal, caller?.scope);
      return loadCore().then(() => this.read(space, key, load, policy, caller));
    } catch (error) {
      return Promise.reject(error);
    } finally {
      this.#store.flush();
    }
  }

  /**
   * Forgets all results of a space, or of all spaces. Loads under way reach those who wait, and are not stored.
   * @param {Space} [space]
   */
  clear(space) {
    this.#invalidation.invalidate(space, undefined, true);
  }

  /**
   * Invalidates results, of one space or all. Loads under way that are concerned are not stored and not joined.
   * @param {import('./space.js').InvalidateOptions} [options]
   * @param {Space} [space]
   * @throws {TypeError} Naming the option.
   */
  invalidate(options = {}, space) {
    checkNames(options, ['tags', 'hard'], 'invalidate()');
    const { tags, hard = false } = options;
    if (typeof hard !== 'boolean') throw new TypeError('hard: must be true or false.');
    this.#invalidation.invalidate(space, tags, hard);
  }

  /**
   * Invalidates the result of one key.
   * @param {Space} space
   * @param {string} key
   * @param {{ hard?: boolean }} [options] Default: hard.
   */
  forget(space, key, { hard = true } = {}) {
    this.#invalidation.forget(space, key, hard);
  }

  /** @param {Space} space */
  closeSpace(space) {
    this.#store.closeSpace(space);
    this.#store.flush();
  }

  /** @param {Space} space */
  spaceStats(space) {
    return this.#store.spaceStats(space);
  }

  /** Frees what has expired, as any use of the cache does. */
  sweep() {
    this.#store.change((native) => native.sweep(this.#clock.now()));
    this.#store.flush();
  }

  /** Counts since the start, and what is held now: `entries`, `bytes`, `loading`, `spaces`. */
  stats() {
    const stats = this.#store.stats() ?? NO_STATS;
    return { ...stats, bypassed: this.#reads.bypassed, spaces: this.#store.spaces.size };
  }

  /**
   * Forgets everything for good, at once. What is stored stays.
   * @returns {Promise<void>} When what is being stored is through.
   */
  close() {
    for (const space of [...this.#store.spaces]) this.#store.closeSpace(space);
    this.#store.dispose();
    this.#tabs.close();
    this.#peeks.clear();
    this.#store.flush();
    return this.#persistence.idle();
  }

  /** @param {import('./releases.js').Release} release */
  #onRelease({ space, key, value, storage, reason }) {
    // What made room stays in the storage, and so does what is there when the program ends.
    if (storage && OUT_OF_STORAGE.has(reason)) this.#persistence.remove(storage, space, key);
    /** @param {unknown} error */
    const failed = (error) => this.#reports.emit('onError', space, key, { error, phase: 'release' });
    try {
      const released = space.onRelease?.(value, reason);
      if (typeof (/** @type {any} */ (released)?.then) === 'function') Promise.resolve(released).catch(failed);
    } catch (error) {
      failed(error);
    }
    if (reason !== 'unwanted') this.#reports.emit('onEvict', space, key, { reason });
  }
}
