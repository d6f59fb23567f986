/**
 * createHawser: wires one isolated instance together.
 */
import * as runtime from '#runtime';
import { Cached } from './cache/cached.js';
import { cacheData } from './cache/data.js';
import { cacheResource } from './cache/resources.js';
import { ResultCache } from './cache/results.js';
import { asyncDispose } from './dispose.js';
import { Events } from './events.js';
import { ConnectionFactory } from './factory.js';
import { HawserError } from './errors.js';
import { HawserRequest } from './request.js';
import { Secrets } from './secrets/secrets.js';

/** @typedef {import('./secrets/secrets.js').SecretsOptions} SecretsOptions */

/**
 * @typedef {object} HawserOptions
 * @property {SecretsOptions['sources']} [secrets] Layers, lowest first; `[]`: none. Default: the runtime's, see docs/secrets.md.
 * @property {'deep' | 'shallow'} [merge] How layers are merged. Default 'deep'.
 * @property {import('./cache/policy.js').CacheOptions & import('./cache/tabs.js').TabOptions} [cache] What holds for all results unless a connection or a call says otherwise.
 * @property {{ now(): number, sleep?(ms: number, signal?: AbortSignal): Promise<void> }} [clock] Milliseconds. Default: Date. `sleep`: for the
 *   pauses between attempts at web APIs, instead of timers.
 * @property {() => number} [random] In [0, 1), for jitter of ttls and of pauses between attempts. Default Math.random.
 * @property {typeof fetch} [fetch] Default: the global one.
 * @property {import('./events.js').Hooks} [hooks]
 * @property {(work: Promise<unknown>) => void} [waitUntil] Keeps an edge function alive for work in the background. Default: the
 *   runtime's own, on workerd and edge-light.
 * @property {'isolate' | 'request'} [flightScope] Whether callers of different requests may wait for one load. Default: the runtime's.
 * @property {string} [salt] For connections: processes, tabs and instances with the same salt and configuration find each other's
 *   stored results and hear of each other's invalidations. Long and random where configurations hold secrets. Default: none
 *   of that.
 */

const OPTIONS = new Set(['secrets', 'merge', 'cache', 'clock', 'random', 'fetch', 'hooks', 'waitUntil', 'flightScope', 'salt']);

/**
 * @param {any} options
 * @returns {HawserOptions}
 * @throws {TypeError} Naming the option. Those of secrets, cache and hooks are checked where they are used.
 */
function checked(options) {
  if (typeof options !== 'object' || options === null) throw new TypeError('createHawser(options): options must be an object');
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw new TypeError(`createHawser() has no option "${name}"; there are: ${[...OPTIONS].join(', ')}`);
  }
  const { cache, clock, hooks, salt } = options;
  if (clock !== undefined && typeof clock?.now !== 'function') throw new TypeError('clock must have a method now() that returns milliseconds');
  for (const name of ['random', 'fetch', 'waitUntil']) {
    if (options[name] !== undefined && typeof options[name] !== 'function') throw new TypeError(`${name} must be a function`);
  }
  if (salt !== undefined && (typeof salt !== 'string' || salt === '')) throw new TypeError('salt must be a text that is not empty');
  for (const [name, value] of Object.entries({ cache, hooks })) {
    if (value !== undefined && (typeof value !== 'object' || value === null)) throw new TypeError(`${name} must be an object`);
  }
  return options;
}

export class Hawser {
  #secrets;
  #results;
  #factory;
  #events;
  /** @type {Promise<void> | undefined} */
  #closing;

  /** @param {HawserOptions} options */
  constructor(options) {
    const { secrets, merge, cache, clock = Date, random, fetch, hooks, waitUntil = runtime.waitUntil, flightScope = runtime.defaultFlightScope, salt } = checked(options);
    this.#events = new Events(hooks);
    this.#secrets = new Secrets({ sources: secrets, merge, fetch });
    const holdsSecret = (/** @type {string} */ text) => this.#secrets.scrub(text) !== text;
    const redact = (/** @type {unknown} */ error) => this.#secrets.scrubError(error);
    this.#results = new ResultCache({ clock, defaults: cache, hooks: this.#events.hooks, flightScope, random, waitUntil, holdsSecret, redact });
    this.#factory = new ConnectionFactory({
      secrets: this.#secrets,
      results: () => this.#results,
      clock,
      hooks: this.#events.hooks,
      environment: runtime.environment,
      importModule: runtime.importModule,
      fetch,
      random,
      salt,
    });
  }

  /** The layered secrets of this instance. */
  get secrets() {
    return /** @type {Secrets & import('./secrets/schema.js').SecretsTree} */ (this.#secrets);
  }

  /**
   * The connection of that name, made when it is first asked for.
   * @template {import('./connections/base.js').BaseConnection} [C=import('./connections/sql.js').SqlConnection] Its class: that of
   *   `type`, where a class or the name of a type is given.
   * @template {string} [Type=string]
   * @param {import('./secrets/schema.js').ConnectionName} name A section of [connections], the name of a type, or
   *   'env:VARIABLE' that holds one of these.
   * @param {Omit<import('./connections/options.js').ConnectionOptions, 'type'> & { type?: Type | (new (context: any) => C) } & Record<string, any>} [options]
   *   type, ttl, maxEntries, scope; all others are configuration of the connection and win over its section.
   * @returns {Promise<import('./connections/class_of.js').ConnectionOf<Type, C>>}
   * @throws {HawserError} ERR_SECRET_MISSING, ERR_CONNECTION_TYPE, ERR_CONNECTION_CONFIG, ERR_ENV_MISSING, ERR_CLOSED
   */
  async connection(name, options) {
    this.#check();
    return this.#factory.connection(name, /** @type {any} */ (options));
  }

  /**
   * A function whose results are cached, see js/cache/data.js.
   * @template {any[]} A
   * @template R
   * @param {(...args: A) => R} fn
   * @param {import('./cache/data.js').DataOptions} [options]
   */
  cacheData(fn, options) {
    this.#check();
    return cacheData(this.#results, fn, options);
  }

  /**
   * A function whose results are kept as they are and shared, see js/cache/resources.js.
   * @template {any[]} A
   * @template R
   * @param {(...args: A) => R} fn
   * @param {import('./cache/resources.js').ResourceOptions} [options]
   */
  cacheResource(fn, options) {
    this.#check();
    return cacheResource(this.#results, fn, options);
  }

  /**
   * Makes a type known by name.
   * @param {string} name
   * @param {import('./connections/types.js').TypeSource} type A class, 'module-specifier#Export', or a function that returns
   *   a promise of a class or of its module.
   * @param {{ schemes?: readonly string[] }} [options] `schemes`: of urls that mean this type, e.g. `['redis', 'rediss']`.
   * @throws {TypeError} Naming the option.
   */
  registerType(name, type, options) {
    this.#factory.registerType(name, type, options);
  }

  /**
   * Begins a request: a scope for connections that must not be shared, such as those with the caller's own rights. To be
   * closed at its end.
   * @param {import('./request.js').RequestOptions} [options]
   * @throws {TypeError} Naming the option.
   */
  request(options = {}) {
    this.#check();
    return new HawserRequest(this.#factory, options);
  }

  /** All cached results of this instance. */
  get cache() {
    return new Cached(() => this.#results);
  }

  /** Counts of hits, misses, loads and what is held. */
  stats() {
    return { ...this.#results.stats(), connections: this.#factory.size };
  }

  /**
   * Adds a hook, see js/events.js.
   * @param {import('./events.js').HookName} name
   * @param {import('./events.js').Hook} hook
   * @returns {() => void} Takes it away again.
   */
  on(name, hook) {
    return this.#events.on(name, hook);
  }

  /**
   * Closes every connection and forgets every result. Closing again does nothing.
   * @returns {Promise<void>}
   * @throws {AggregateError} With what connections threw when they were closed.
   */
  close() {
    return (this.#closing ??= this.#shutDown());
  }

  [asyncDispose]() {
    return this.close();
  }

  async #shutDown() {
    const errors = await this.#factory.close();
    await this.#results.close();
    this.#secrets.close();
    if (errors.length) throw new AggregateError(errors, `${errors.length} of the connections could not be closed properly`);
  }

  #check() {
    if (this.#closing) throw new HawserError('ERR_CLOSED', 'This instance of Hawser is closed.');
  }
}

/**
 * An isolated instance: its own secrets, connections and cache. For tests, tenants and requests; the module's own exports
 * are those of a default instance.
 * @param {HawserOptions} [options]
 * @returns {Hawser}
 * @throws {TypeError | RangeError} Naming the option.
 */
export const createHawser = (options = {}) => new Hawser(options);
