/**
 * The factory: from the name of a connection and options to the connection. Keeps the instances, and changes them when
 * the secrets change.
 *
 * A connection class may say, besides what js/connections/base.js lists:
 * - `static connectionUrl = true`: its `url` is a connection URL like SQLAlchemy's. connect() gets its parts as
 *   `dialect, driver, username, password, host, port, database, query` and no `url`; separate keys win over parts.
 * - `static nativeConfig(environment)`: the data source's own configuration (e.g. from AWS_* variables), the lowest layer.
 */
import { loadCore } from './core.js';
import { keepHealthy, renew } from './connections/health.js';
import { parseOptions } from './connections/options.js';
import { ConnectionPool } from './connections/pool.js';
import { redactionFor } from './connections/redaction.js';
import { tell } from './connections/reports.js';
import { ConnectionResolver } from './connections/resolver.js';
import { ConnectionTypes } from './connections/types.js';
import { HawserError } from './errors.js';

/** @typedef {import('./connections/base.js').Config} Config */
/** @typedef {import('./connections/options.js').ConnectionOptions} ConnectionOptions */
/** @typedef {import('./connections/pool.js').Entry} Entry */
/** @typedef {import('./connections/resolver.js').Plan} Plan */
/** @typedef {ReturnType<ConnectionResolver['configure']>} Configured */
/** @typedef {{ token: object, pool: ConnectionPool, over: boolean }} RequestPool Connections of one request, and what stands for it. */

export class ConnectionFactory {
  #types;
  #options;
  #resolver;
  #pool;
  /** Pools of requests that have connections: one that nobody closes and that has none is no leak. @type {Set<ConnectionPool>} */
  #requests = new Set();
  /** What asking by name alone has led to, as long as nothing has changed that it depends on. @type {Map<string, Entry>} */
  #byName = new Map();
  /** Changes of the secrets and the known types so far. */
  #epoch = 0;
  #watching = false;
  #closed = false;

  /**
   * @param {object} options
   * @param {import('./secrets/secrets.js').Secrets} options.secrets
   * @param {() => import('./cache/results.js').ResultCache} options.results
   * @param {{ now(): number }} options.clock
   * @param {import('./events.js').Hooks} options.hooks
   * @param {() => Record<string, unknown>} options.environment
   * @param {((specifier: string) => Promise<any>) | undefined} options.importModule For 'module-specifier#Export'; undefined
   *   where the runtime cannot.
   * @param {typeof fetch} [options.fetch]
   * @param {() => number} [options.random] In [0, 1).
   * @param {string} [options.salt] Of fingerprints, shared by those who are to find each other's results.
   */
  constructor(options) {
    this.#options = options;
    this.#types = new ConnectionTypes(options);
    this.#resolver = new ConnectionResolver({ ...options, types: this.#types });
    this.#pool = this.#createPool();
  }

  /**
   * Begins a request.
   * @param {object} token Stands for it where loads are shared within one request only.
   * @returns {RequestPool}
   */
  openRequest(token) {
    return { token, pool: this.#createPool(), over: false };
  }

  /**
   * Closes the connections of a request.
   * @param {RequestPool} request
   * @returns {Promise<unknown[]>} What they threw.
   */
  closeRequest(request) {
    request.over = true;
    this.#requests.delete(request.pool);
    return request.pool.closeAll('its request is over');
  }

  #createPool() {
    const { clock, hooks } = this.#options;
    return new ConnectionPool(clock, (error, connection) => tell(hooks, 'onError', { error, connection, phase: 'close' }));
  }

  /**
   * @param {string} name A section of [connections], the name of a type, or 'env:VARIABLE' that holds one of these.
   * @param {ConnectionOptions & Config} [options] All but the options above are configuration of the connection.
   * @param {RequestPool} [request] Where connections with scope 'request' live.
   * @returns {Promise<any>}
   */
  async connection(name, options, request) {
    const known = options === undefined && !this.#closed ? this.#byName.get(name) : undefined;
    if (known && this.#pool.get(known.key, {}) === known) return known.connection;
    return this.#find(name, options === undefined ? {} : options, request);
  }

  /** @param {string} name @param {ConnectionOptions & Config} options @param {RequestPool | undefined} request */
  async #find(name, options, request) {
    const { asked, bounds, scope } = parseOptions(name, options);
    const { secrets } = this.#options;
    this.#types.prefetch(options);
    await Promise.all([loadCore(), secrets.ready()]);
    this.#watch();
    try {
      asked.name = this.#resolver.nameOf(name);
      for (;;) {
        const epoch = this.#epoch;
        const plan = await this.#resolver.plan(asked);
        // What was read before a change of the secrets may be half old and half new.
        if (epoch !== this.#epoch) continue;
        const entry = await this.#instance(plan, bounds, scope ?? plan.Class.scope, request);
        if (epoch === this.#epoch && Object.keys(options).length === 0) this.#remember(name, entry);
        return entry.connection;
      }
    } catch (error) {
      throw secrets.scrubError(error);
    }
  }

  /**
   * @param {string} name @param {import('./connections/types.js').TypeSource} type @param {{ schemes?: readonly string[] }} [options]
   */
  registerType(name, type, options) {
    this.#types.register(name, type, options);
    this.#changed();
  }

  /**
   * Closes every connection, those of requests too. Nothing can be connected any more.
   * @returns {Promise<unknown[]>} What they threw.
   */
  async close() {
    this.#closed = true;
    const all = [this.#pool, ...this.#requests].map((pool) => pool.closeAll('its instance of Hawser was closed'));
    this.#requests.clear();
    return (await Promise.all(all)).flat();
  }

  /** Live connections. */
  get size() {
    return [this.#pool, ...this.#requests].reduce((sum, pool) => sum + pool.entries().length, 0);
  }

  /**
   * The one that is there, or a new one. Nothing is awaited in between, so that callers at the same time get the same.
   * @param {Plan} plan @param {{ ttl?: number, maxEntries?: number }} bounds @param {'global' | 'request'} scope
   * @param {RequestPool | undefined} request
   * @returns {Promise<Entry>}
   */
  async #instance(plan, bounds, scope, request) {
    const pool = this.#poolFor(plan.name, scope, request);
    const configured = this.#resolver.configure(plan);
    const found = pool.get(configured.key, bounds);
    if (!found) return this.#create(plan, bounds, pool, { ...configured, scope, token: request?.token });
    await keepHealthy(found.connection, (error) => pool.failed(error, plan.name));
    return found;
  }

  /**
   * Lets the next call with that name alone find the connection at once, unless something is to be asked each time: the
   * environment, or whether it is healthy.
   * @param {string} name @param {Entry} entry
   */
  #remember(name, { plan, context, connection, key, bounds }) {
    const asked = name.startsWith('env:') || plan.Class.nativeConfig || 'healthy' in connection || context.scope === 'request';
    const entry = this.#pool.get(key, {});
    if (!asked && entry?.connection === connection && entry.bounds === bounds) this.#byName.set(name, entry);
  }

  /** @param {string} name @param {'global' | 'request'} scope @param {RequestPool | undefined} request */
  #poolFor(name, scope, request) {
    if (this.#closed) throw new HawserError('ERR_CLOSED', 'This instance of Hawser is closed.', { connection: name });
    if (scope === 'global') return this.#pool;
    if (!request) {
      throw new HawserError(
        'ERR_CONNECTION_CONFIG',
        `Connection "${name}" has the scope 'request': ask for it with hawser.request().connection("${name}").`,
        { connection: name, phase: 'scope' },
      );
    }
    if (request.over) throw new HawserError('ERR_CLOSED', `This request is over, so it cannot connect to "${name}".`, { connection: name });
    this.#requests.add(request.pool);
    return request.pool;
  }

  /**
   * @param {Plan} plan @param {{ ttl?: number, maxEntries?: number }} bounds @param {ConnectionPool} pool
   * @param {Configured & { scope: 'global' | 'request', token: object | undefined }} what
   */
  #create(plan, bounds, pool, { scope, token, ...configured }) {
    const { results, clock, hooks, fetch, random } = this.#options;
    const secrets = redactionFor(this.#options.secrets, [plan.kwargs, plan.native]);
    const space = this.#space(configured);
    const context = {
      ...{ name: plan.name, type: plan.typeName, scope, config: configured.config, secrets, clock, hooks, fetch, random, space },
      results: results(),
      request: scope === 'request' ? token : undefined,
    };
    try {
      const connection = new plan.Class(context);
      return pool.add(configured.key, bounds, connection, context, plan);
    } catch (error) {
      space.close();
      throw secrets.scrubError(error);
    }
  }

  /** @param {Configured} configured */
  #space({ config, identity, local }) {
    const { maxEntries, maxBytes, ...defaults } = config.cache ?? {};
    return this.#options.results().space(identity, { maxEntries, maxBytes, local, defaults });
  }

  #changed() {
    this.#epoch += 1;
    this.#byName.clear();
  }

  #watch() {
    if (this.#watching) return;
    this.#watching = true;
    this.#options.secrets.onChange(() => {
      this.#changed();
      for (const pool of [this.#pool, ...this.#requests]) this.#rotate(pool);
    });
  }

  /**
   * After a change of the secrets: connections whose configuration is another now get it, and connect anew at next use.
   * @param {ConnectionPool} pool
   */
  #rotate(pool) {
    for (const entry of pool.entries()) {
      try {
        this.#reconfigure(pool, entry);
      } catch {
        // The next connection() of that name says what is wrong.
        void pool.remove(entry, 'its configuration in the secrets is not valid any more');
      }
    }
  }

  /** @param {ConnectionPool} pool @param {Entry} entry */
  #reconfigure(pool, entry) {
    const { context, connection, plan } = entry;
    if (this.#resolver.isOutdated(plan)) return void pool.remove(entry, 'its type in the secrets has changed');
    const configured = this.#resolver.configure(plan);
    if (entry.key === configured.key) return;
    const space = this.#space(configured);
    context.space.close();
    Object.assign(context, { config: configured.config, space });
    pool.rename(entry, configured.key);
    renew(connection, 'its secrets have changed', (error) => pool.failed(error, context.name));
  }
}
