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
import { encodeKey } from '../cache/key.js';
import { HawserError } from '../errors.js';
import { closedError, connectError, describeError, loadError } from './errors.js';
import { Running } from './running.js';
import { Session } from './session.js';

/** @typedef {import('../cache/results.js').ResultCache} ResultCache */
/** @typedef {import('../cache/results.js').Space} Space */
/** @typedef {import('../cache/results.js').ReadOptions} ReadOptions */
/** @typedef {Record<string, any>} Config */

/**
 * What the factory hands to a connection. First-party connections get it with {@link contextOf}.
 * @typedef {object} ConnectionContext
 * @property {string} name
 * @property {string} type Name of the type, for messages.
 * @property {string} scope
 * @property {Config} config The merged configuration, with secrets in clear text.
 * @property {ResultCache} results
 * @property {Space} space Where the results of this connection, in this configuration, are cached.
 * @property {{ scrub(text: string): string, scrubError(error: unknown): any }} secrets
 * @property {{ now(): number }} clock Milliseconds.
 * @property {import('../events.js').Hooks} hooks
 * @property {typeof fetch} [fetch]
 * @property {boolean} [drain] Whether close() lets running loads finish instead of aborting them.
 * @property {string} [closedBecause] Why the instance was taken away from its users.
 * @property {(connection: BaseConnection) => void} [onClosed]
 */

/** @type {(connection: BaseConnection) => ConnectionContext} */
let readContext;
/** @type {(connection: any) => unknown} */
let readRaw;

/**
 * The context of a connection. Holds the configuration in clear text: not for users.
 * @param {BaseConnection} connection
 */
export const contextOf = (connection) => readContext(connection);

/**
 * @template [Raw=any]
 */
export class BaseConnection {
  /**
   * `'global'`: one instance for all callers. `'request'`: one per `hawser.request()`.
   * @type {'global' | 'request'}
   */
  static scope = 'global';

  static {
    readContext = (connection) => connection.#context;
    readRaw = (connection) => (#context in connection ? connection.#session?.value : undefined);
  }

  #context;
  /** @type {Session<Raw> | undefined} */
  #session;
  /** Clients that are on their way out. @type {Set<Promise<void>>} */
  #retiring = new Set();
  #running = new Running();
  /** @type {Promise<void> | undefined} */
  #closing;

  /** @param {ConnectionContext} context From the factory. */
  constructor(context) {
    if (context?.space === undefined) {
      throw new TypeError(`${new.target.name}: connections are made by connection(name, { type }), not with new`);
    }
    this.#context = context;
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
    const client = /** @type {any} */ (raw);
    if (client === null || (typeof client !== 'object' && typeof client !== 'function')) return;
    for (const end of [Symbol.asyncDispose, Symbol.dispose, 'close', 'end', 'destroy']) {
      // Symbol.dispose is undefined in older runtimes.
      if (end !== undefined && typeof client[end] === 'function') return void (await client[end]());
    }
  }

  /**
   * The client, opened at first use, one for all callers.
   * @returns {Promise<Raw>}
   * @throws {HawserError} ERR_CONNECTION_FAILED, or what connect() says; ERR_CLOSED.
   */
  async raw() {
    for (;;) {
      const session = this.#current();
      try {
        const raw = await session.raw();
        if (this.#session === session) return raw;
      } catch (error) {
        if (this.#session === session) {
          this.#session = undefined;
          throw error;
        }
      }
      // Reset while it was opening: what has just been opened is on its way out.
    }
  }

  /**
   * The client when it is open already, else undefined. For work that is done before anything else can happen.
   * @returns {Raw | undefined}
   */
  rawNow() {
    return this.#closing ? undefined : this.#session?.value;
  }

  /**
   * Runs `work` with the client, which stays open until it has settled, whatever is reset or evicted meanwhile.
   * @template T
   * @param {(raw: Raw, options: { signal: AbortSignal }) => Promise<T> | T} work
   * @param {string} [phase] For errors.
   * @returns {Promise<T>}
   */
  async use(work, phase = 'use') {
    return this.#guarded(phase, undefined, async (options) => work(await this.raw(), options));
  }

  /**
   * The cached result of `load`, or of the load of the same key that is already under way.
   * @template T
   * @param {string} verb
   * @param {readonly unknown[]} args With the verb, what the result depends on. Keys of objects may be in any order.
   * @param {(options: { signal: AbortSignal }) => Promise<T> | T} load Called on a miss.
   * @param {ReadOptions & { key?: unknown }} [options] `key` replaces verb and arguments.
   * @returns {Promise<T>} Shared with other readers: immutable, please. A Table carries the state of the cache.
   */
  async cached(verb, args, load, options) {
    const explicit = options?.key;
    const key = encodeKey(explicit === undefined ? [verb, ...args] : ['key', explicit]);
    const { value, state, age, key: fullKey } = await this.readCached(key, load, options, verb);
    return withCache(value, { state, age, key: fullKey });
  }

  /**
   * {@link cached} for first-party connections that build their own keys.
   * @template T
   * @param {string} key Unique within this connection.
   * @param {(options: { signal: AbortSignal }) => Promise<T> | T} load
   * @param {ReadOptions} [options]
   * @param {string} [phase] For errors.
   * @returns {Promise<{ value: T, state: string, age: number, key: string }>} Age in seconds.
   */
  readCached(key, load, options, phase = 'load') {
    if (this.#closing) return Promise.reject(this.#closedError());
    const { results, space } = this.#context;
    return results.read(space, key, ({ signal }) => this.#guarded(phase, signal, load), options);
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
   * {@link peekCached} for a statement, without building its key when it was used a moment ago.
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
    return {
      /** Forgets them all. */
      clear: () => this.#context.space.clear(),
      /**
       * Forgets those that carry one of the tags.
       * @param {{ tags: string[], hard?: boolean }} options
       */
      invalidate: (/** @type {{ tags: string[], hard?: boolean }} */ options) => this.#context.space.invalidate(options),
    };
  }

  /**
   * Closes the client, as soon as running loads are through with it, and opens another at next use. Cached results stay.
   * @returns {Promise<void>} When the old client has ended.
   */
  async reset() {
    if (this.#closing) throw this.#closedError();
    this.#context.hooks.onReset?.({ connection: this.name });
    const session = this.#session;
    this.#session = undefined;
    if (session) await this.#retire(session);
  }

  /**
   * Closes the connection for good: running loads are aborted, cached results forgotten. Closing again does nothing.
   * @returns {Promise<void>} When the client has ended.
   */
  close() {
    return (this.#closing ??= this.#shutDown());
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.close();
  }

  async #shutDown() {
    await undefined; // #closing is set before anything else happens.
    const { hooks, space, drain, closedBecause, onClosed } = this.#context;
    onClosed?.(this);
    if (!drain) this.#running.abort(this.#closedError());
    if (this.#session) this.#retire(this.#session).catch(() => {}); // Collected below.
    const ended = await Promise.allSettled(this.#retiring);
    this.#session = undefined;
    space.close();
    hooks.onClose?.({ connection: this.name, reason: closedBecause ?? 'close() was called' });
    for (const result of ended) if (result.status === 'rejected') throw result.reason;
  }

  /** @param {Session<Raw>} session */
  #retire(session) {
    const retiring = session.retire().catch((error) => {
      throw describeError(this.#context, error, 'close');
    });
    this.#retiring.add(retiring);
    // A failure stays, for close() to report; one that nobody waits for is no unhandled rejection.
    retiring.then(
      () => this.#retiring.delete(retiring),
      () => {},
    );
    return retiring;
  }

  /** The session that the next user of the client gets. */
  #current() {
    // While it drains, those who were let in before still get the client.
    if (this.#closing && !(this.#context.drain && this.#session?.inUse)) throw this.#closedError();
    return (this.#session ??= new Session(
      () => this.#open(),
      (raw) => this.disconnect(raw),
    ));
  }

  async #open() {
    const context = this.#context;
    const task = this.#running.begin();
    try {
      const raw = await this.connect({ ...context.config }, { signal: task.signal });
      context.hooks.onConnect?.({ connection: this.name });
      return raw;
    } catch (error) {
      throw connectError(context, error);
    } finally {
      task.end();
    }
  }

  /**
   * @template T
   * @param {string} phase @param {AbortSignal | undefined} signal
   * @param {(options: { signal: AbortSignal }) => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async #guarded(phase, signal, work) {
    const release = this.#current().lease();
    const task = this.#running.begin(signal);
    try {
      return await task.run(work);
    } catch (error) {
      throw loadError(this.#context, error, phase);
    } finally {
      task.end();
      release();
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

/**
 * A value that can carry the state of the cache does.
 * @template T
 * @param {T} value @param {{ state: string, age: number, key: string }} cache
 * @returns {T}
 */
export function withCache(value, cache) {
  const table = /** @type {any} */ (value);
  return typeof table?.withCache === 'function' ? table.withCache(cache) : value;
}

// A method that only the client has. The proxy stands behind the prototype: what a connection has is found before
// it and costs nothing more; only what it has not gets here.
Object.setPrototypeOf(
  BaseConnection.prototype,
  new Proxy(Object.create(Object.prototype), {
    get(target, property, receiver) {
      if (typeof property !== 'string' || property in target) return Reflect.get(target, property, receiver);
      const raw = /** @type {any} */ (readRaw(receiver));
      // `then` must stay undefined, or a connection could not be awaited.
      if (property === 'then' || typeof raw?.[property] !== 'function') return undefined;
      return () => {
        throw new TypeError(
          `conn.${property}() does not exist on the connection "${receiver.name}", but its client has it: ` +
            `(await conn.raw()).${property}(…)`,
        );
      };
    },
  }),
);
