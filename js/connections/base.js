/**
 * BaseConnection: what every connection is made of.
 *
 *     class Weather extends BaseConnection {
 *       async connect(config) { return new WeatherClient(config.url, config.token); }
 *       async get(city, options) {
 *         return this.cached('get', [city], async ({ signal }) => (await this.raw()).get(city, { signal }), options);
 *       }
 *     }
 *
 * A subclass must implement `connect(config, { signal })`. It may implement `disconnect(raw)` (default: the first of
 * asyncDispose, dispose, close(), end(), destroy() that the client has), `healthy(raw)` (see {@link BaseConnection}),
 * `static scope`, `static connectionUrl` and `static nativeConfig(environment)` (see js/factory.js). Connections are
 * made by `connection(name, …)`, never with `new`, and connect when they are first used.
 */
import { Cached } from '../cache/cached.js';
import { asyncDispose } from '../dispose.js';
import { HawserError } from '../errors.js';
import { Calls } from './calls.js';
import { ClientSlot, endClient } from './client.js';
import { closedError, describeError } from './errors.js';
import { hintAtClient } from './hints.js';
import { readKept } from './reads.js';
import { tell } from './reports.js';
import { Retries } from './retry.js';
import { Running } from './running.js';

/** @typedef {import('../cache/results.js').ReadOptions} ReadOptions */
/** @typedef {import('./context.js').ConnectionContext} ConnectionContext */
/** @typedef {Record<string, any>} Config */

/** @type {(connection: BaseConnection) => ConnectionContext} */
let readContext;
/** @type {(connection: any) => any} */
let readRaw;
/** @type {(connection: BaseConnection) => void} */
let abortRunning;
/** @type {(connection: BaseConnection) => Retries} */
let readRetries;

/**
 * The context of a connection. Holds the configuration in clear text: not for users.
 * @param {BaseConnection} connection
 */
export const contextOf = (connection) => readContext(connection);

/**
 * Aborts what is under way on a connection that is being closed.
 * @param {BaseConnection} connection
 */
export const abortLoads = (connection) => abortRunning(connection);

/**
 * Further attempts at what fails because the connection was lost.
 * @param {BaseConnection} connection
 */
export const retriesOf = (connection) => readRetries(connection);

/**
 * @template [Raw=any]
 */
export class BaseConnection {
  /**
   * `'global'`: one instance for all callers. `'request'`: one per `hawser.request()`.
   * @type {'global' | 'request'}
   */
  static scope = 'global';

  /** Whether its client holds no connection that could be lost: a failure of the network is no reason to replace it. */
  static connectionless = false;

  static {
    readContext = (connection) => connection.#context;
    readRaw = (connection) => (#context in connection ? connection.#client.value : undefined);
    abortRunning = (connection) => connection.#running.abort(connection.#closedError());
    readRetries = (connection) => connection.#retries;
  }

  #context;
  /** @type {ClientSlot<Raw>} */
  #client;
  #running = new Running();
  #retries;
  #calls;
  /** @type {Promise<void> | undefined} */
  #closing;

  /** @param {ConnectionContext} context From the factory. */
  constructor(context) {
    if (context?.space === undefined) {
      throw new TypeError(`${new.target.name}: connections are made by connection(name, { type }), not with new`);
    }
    this.#context = context;
    this.#retries = new Retries(this.#running, context.random ?? Math.random);
    this.#client = new ClientSlot({
      context,
      running: this.#running,
      retries: this.#retries,
      // While it drains, those who were let in before still get the client.
      admit: (inUse) => {
        if (this.#closing && !(context.drain && inUse)) throw this.#closedError();
      },
      connect: (config, how) => this.connect(config, how),
      disconnect: (raw) => this.disconnect(raw),
    });
    const { connectionless } = /** @type {typeof BaseConnection} */ (this.constructor);
    this.#calls = new Calls(context, this.#client, this.#running, connectionless);
  }

  /** The name that the connection was asked for by. */
  get name() {
    return this.#context.name;
  }

  /** The name of its type. */
  get type() {
    return this.#context.type;
  }

  get closed() {
    return this.#closing !== undefined;
  }

  /**
   * Opens the client. Called once at first use and after each {@link reset}; what it throws is not remembered.
   * @param {Config} _config The merged configuration: options of connection() > secrets > the data source's own.
   * @param {{ signal: AbortSignal }} _options Aborted when the connection is closed meanwhile.
   * @returns {Promise<Raw>}
   */
  async connect(_config, _options) {
    throw new HawserError('ERR_NOT_SUPPORTED', `${this.constructor.name} does not implement connect(config)`);
  }

  /**
   * Ends a client. Called exactly once for each that connect() has returned.
   * @param {Raw} raw
   * @returns {Promise<void>}
   */
  async disconnect(raw) {
    return endClient(raw);
  }

  /**
   * The client, opened at first use, one for all callers.
   * @returns {Promise<Raw>}
   * @throws {HawserError} ERR_CONNECTION_FAILED, or what connect() says; ERR_CLOSED.
   */
  async raw() {
    return this.#client.raw();
  }

  /**
   * The client when it is open already, else undefined. For work that is done before anything else can happen.
   * @returns {Raw | undefined}
   */
  rawNow() {
    return this.#closing ? undefined : this.#client.value;
  }

  /**
   * Runs `work` with the client, which stays open until it has settled, whatever is reset or evicted meanwhile.
   * @template T
   * @param {(raw: Raw, options: { signal: AbortSignal }) => Promise<T> | T} work
   * @param {string} [phase] For errors.
   * @returns {Promise<T>}
   */
  async use(work, phase = 'use') {
    return this.#calls.run(phase, undefined, async (options) => work(await this.raw(), options));
  }

  /**
   * The cached result of `load`, or of the load of the same key that is already under way.
   * @template T
   * @param {string} verb
   * @param {readonly unknown[]} args With the verb, what the result depends on. Keys of objects may be in any order.
   * @param {(options: { signal: AbortSignal }) => Promise<T> | T} load Called on a miss.
   * @param {ReadOptions & { key?: unknown }} [options] `key` replaces verb and arguments.
   * @returns {Promise<T>} Nobody can change what the next reader gets: plain data is frozen and shared, what cannot be
   *   frozen (dates, maps, bytes) is cloned for each. A Table carries the state of the cache.
   * @throws {HawserError} ERR_CACHE_KEY; ERR_NOT_SUPPORTED for results that cannot be copied; what `load` throws.
   */
  async cached(verb, args, load, options) {
    try {
      return /** @type {T} */ (await readKept(this, verb, args, load, options));
    } catch (error) {
      throw describeError(this.#context, error, verb);
    }
  }

  /**
   * {@link cached} for first-party connections that build their own keys.
   * @template T
   * @param {string} key Unique within this connection.
   * @param {(options: { readonly signal: AbortSignal }, found: { readonly previous?: unknown }) => Promise<T> | T} load `found.previous`:
   *   the value that is to be replaced, where it is still there.
   * @param {ReadOptions} [options]
   * @param {string} [phase] For errors.
   * @returns {Promise<{ value: T, state: string, age: number, key: string }>} Age in seconds.
   */
  readCached(key, load, options, phase = 'load') {
    if (this.#closing) return Promise.reject(this.#closedError());
    const { results, space, request } = this.#context;
    const how = request && !options?.scope ? { ...options, scope: request } : options;
    return results.read(space, key, (outer) => this.#retries.run(() => this.#calls.run(phase, outer, (inner) => load(inner, outer)), outer), how);
  }

  /**
   * A fresh result at once, or undefined; never loads. A closed connection has none.
   * @param {string} key As for {@link readCached}.
   * @param {ReadOptions} [options] As for {@link readCached}.
   */
  peekCached(key, options) {
    const { results, space } = this.#context;
    return results.peek(space, key, options);
  }

  /**
   * {@link peekCached} for a statement whose result is a Table, without building its key when it was used a moment ago. The
   * Table says how it came.
   * @param {number} number From internText().
   * @param {import('../cache/statement_index.js').Parameters} params
   * @param {string} variant Stands before the statement's key.
   * @param {ReadOptions} [options]
   */
  peekStatement(number, params, variant, options) {
    const { results, space } = this.#context;
    return results.peekStatement(space, number, params, variant, options);
  }

  /** The results that this connection has cached. */
  get cache() {
    return new Cached(() => this.#context.space);
  }

  /**
   * Closes the client, as soon as running loads are through with it, and opens another at next use. Cached results stay.
   * @param {string} [reason] For the onReset hook.
   * @returns {Promise<void>} When the old client has ended. That is after streams and transactions that are under way: do not await it
   *   inside of one.
   */
  async reset(reason = 'reset() was called') {
    if (this.#closing) throw this.#closedError();
    tell(this.#context.hooks, 'onReset', { connection: this.name, reason });
    await this.#client.replace();
  }

  /**
   * Closes the connection for good: running loads are aborted, cached results forgotten. Closing again does nothing.
   * @returns {Promise<void>} When the client has ended.
   */
  close() {
    return (this.#closing ??= this.#shutDown());
  }

  [asyncDispose]() {
    return this.close();
  }

  async #shutDown() {
    await undefined; // #closing is set before anything else happens.
    const { hooks, space, drain, closedBecause } = this.#context;
    if (!drain) this.#running.abort(this.#closedError());
    try {
      await this.#client.end();
    } finally {
      space.close();
      tell(hooks, 'onClose', { connection: this.name, reason: closedBecause ?? 'close() was called' });
    }
  }

  #closedError() {
    return closedError(this.#context);
  }

  toString() {
    return `[Connection ${this.name}]`;
  }

  /** Never shows the configuration. */
  toJSON() {
    return { connection: this.name, type: this.type, closed: this.closed };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `${this.constructor.name} { name: ${JSON.stringify(this.name)}, type: ${JSON.stringify(this.type)}${this.closed ? ', closed' : ''} }`;
  }
}

hintAtClient(BaseConnection.prototype, readRaw);
