/**
 * The factory: from the name of a connection and options to the connection. The core decides (src/factory: which type,
 * which value of which layer, what fingerprint); this file asks it, loads classes and keeps the instances.
 *
 * A connection class may say, besides what js/connections/base.js lists:
 * - `static connectionUrl = true`: its `url` is a connection URL like SQLAlchemy's. connect() gets its parts as
 *   `dialect, driver, username, password, host, port, database, query` and no `url`; separate keys win over parts.
 * - `static nativeConfig(environment)`: the data source's own configuration (e.g. from AWS_* variables), the lowest layer.
 */
import { core, loadCore } from './core.js';
import { decodeConfig, encodeConfig } from './connections/config.js';
import { ConnectionPool } from './connections/pool.js';
import { checked, ConnectionTypes } from './connections/types.js';
import { parseDuration } from './duration.js';
import { HawserError } from './errors.js';

/** @typedef {import('./connections/base.js').BaseConnection} BaseConnection */
/** @typedef {import('./connections/base.js').Config} Config */
/** @typedef {import('./connections/types.js').ConnectionClass} ConnectionClass */
/** @typedef {import('./connections/pool.js').Entry} Entry */

/**
 * @typedef {object} ConnectionOptions
 * @property {string | ConnectionClass} [type] A known type, 'module-specifier#Export', or a class.
 * @property {number | string} [ttl] How long the connection lives: seconds, or a duration such as '10m'.
 * @property {number} [maxEntries] How many connections with the same ttl and maxEntries may live; the least recently
 *   used ones are closed.
 * @property {'global' | 'request'} [scope] Default: what the class says, which is 'global' unless it says otherwise.
 * @property {readonly string[]} [keyIgnore] Names of options that do not tell connections apart, e.g. a new function
 *   at every call.
 */

/**
 * What a connection was asked for with, and what is known about it.
 * @typedef {object} Plan
 * @property {string} name
 * @property {Config} kwargs Options for the connection itself.
 * @property {string | ConnectionClass | undefined} type
 * @property {readonly string[]} keyIgnore
 * @property {string} decided The decision about the type, to compare with a later one.
 * @property {ConnectionClass} Class
 * @property {string} typeName
 * @property {Config} native
 */

export class ConnectionFactory {
  types;
  #options;
  #pool;
  /** Options and arguments that are objects count by identity. @type {WeakMap<object, number>} */
  #identities = new WeakMap();
  #nextIdentity = 1;
  #nextUnshared = 1;
  /** Changes of the secrets so far. */
  #epoch = 0;
  #watching = false;
  /** @type {string | undefined} */
  #salt;

  /**
   * @param {object} options
   * @param {import('./secrets/secrets.js').Secrets} options.secrets
   * @param {() => import('./cache/results.js').ResultCache} options.results
   * @param {{ now(): number }} options.clock
   * @param {import('./events.js').Hooks} options.hooks
   * @param {() => Record<string, unknown>} options.environment
   * @param {() => string | undefined} options.baseUrl
   * @param {(specifier: string) => Promise<any>} [options.importModule]
   * @param {typeof fetch} [options.fetch]
   * @param {string} [options.salt] Of fingerprints; default 16 random bytes.
   */
  constructor(options) {
    this.#options = options;
    this.types = new ConnectionTypes(options);
    this.#pool = this.createPool();
    this.#salt = options.salt;
  }

  /** A pool for the connections of one request. */
  createPool() {
    const { clock, hooks } = this.#options;
    return new ConnectionPool(clock, (error, connection) => hooks.onError?.({ error, connection, phase: 'close' }));
  }

  /**
   * @param {string} name A section of [connections], the name of a type, or 'env:VARIABLE' that holds one of these.
   * @param {ConnectionOptions & Config} [options] All but the options above are configuration of the connection.
   * @param {ConnectionPool} [requestPool] Where connections with scope 'request' live; none: each is made anew.
   * @returns {Promise<any>}
   */
  async connection(name, options = {}, requestPool) {
    const { plan, bounds, scope } = parseArguments(name, options);
    const { secrets } = this.#options;
    await Promise.all([loadCore(), secrets.ready()]);
    this.#watch();
    try {
      plan.name = this.#fromEnvironment(name);
      for (;;) {
        const epoch = this.#epoch;
        await this.#findClass(plan);
        // What was read before a change of the secrets may be half old and half new.
        if (epoch === this.#epoch) return await this.#instance(plan, bounds, scope ?? plan.Class.scope, requestPool);
      }
    } catch (error) {
      throw secrets.scrubError(error);
    }
  }

  /**
   * Closes every connection.
   * @returns {Promise<unknown[]>} What they threw.
   */
  close() {
    return this.#pool.closeAll('its instance was closed');
  }

  /** Live connections. */
  get size() {
    return this.#pool.entries().length;
  }

  /**
   * @param {Plan} plan @param {{ ttl?: number, maxEntries?: number }} bounds @param {'global' | 'request'} scope
   * @param {ConnectionPool | undefined} requestPool
   * @returns {Promise<BaseConnection>}
   */
  async #instance(plan, bounds, scope, requestPool) {
    const { config, identity } = this.#configure(plan);
    const unshared = scope === 'request' && !requestPool;
    const key = unshared ? `${identity}/${this.#nextUnshared++}` : identity;
    const pool = scope === 'request' && requestPool ? requestPool : this.#pool;
    const found = pool.get(key, bounds);
    if (found) return keepHealthy(found.connection);
    const { results, secrets, clock, hooks, fetch } = this.#options;
    const context = {
      ...{ name: plan.name, type: plan.typeName, scope, config, secrets, clock, hooks, fetch },
      results: results(),
      space: this.#space(config, identity),
    };
    const connection = new plan.Class(context);
    pool.add(key, bounds, connection, context, { ...plan, unshared });
    return connection;
  }

  /** @param {Config} config @param {string} identity */
  #space(config, identity) {
    const { maxEntries, ...defaults } = config.cache ?? {};
    return this.#options.results().space(identity, { maxEntries, defaults });
  }

  /** @param {string} name */
  #fromEnvironment(name) {
    if (!name.startsWith('env:')) return name;
    const variable = name.slice(4);
    const value = this.#options.environment()[variable];
    if (typeof value === 'string') return value;
    throw new HawserError(
      'ERR_ENV_MISSING',
      `connection("${name}"): the environment has no variable or text binding ${variable}, which should hold the name of a connection.`,
      { phase: 'name', variable },
    );
  }

  /** @param {Plan} plan */
  async #findClass(plan) {
    const { environment } = this.#options;
    const decision = this.#decide(plan);
    const { type, module, exported } = decision;
    plan.decided = JSON.stringify([type, module, exported]);
    if (decision.Class) plan.Class = decision.Class;
    else plan.Class = await (module ? this.types.imported(module, exported, plan.name) : this.types.named(type, plan.name));
    plan.typeName = type ?? exported ?? plan.Class.name;
    const { nativeConfig } = /** @type {any} */ (plan.Class);
    plan.native = nativeConfig ? await nativeConfig.call(plan.Class, environment()) : {};
  }

  /**
   * @param {Plan} plan
   * @returns {{ Class?: ConnectionClass, type: string, module: string, exported: string }}
   */
  #decide({ name, type, kwargs }) {
    if (typeof type === 'function') return /** @type {any} */ ({ Class: checked(type, name, `type ${type.name}`) });
    const { secrets } = this.#options;
    const section = this.#section(name);
    const url = kwargs.url ?? section?.url;
    if (section?.type !== undefined && typeof section.type !== 'string') {
      throw new HawserError('ERR_CONNECTION_CONFIG', `connections.${name}: type must be text`, { connection: name });
    }
    return ask(name, 'resolveType', {
      name,
      option: type,
      section: section?.type,
      url: url === undefined ? undefined : String(url).replace(/:\/\/[^]*$/, '://'),
      hasSection: section !== undefined,
      sections: section === undefined ? sectionNames(secrets) : [],
      layers: section === undefined ? secrets.layerNames() : [],
      known: this.types.list(),
    });
  }

  /**
   * The configuration by now, and what tells it from others.
   * @param {Plan} plan
   */
  #configure({ name, kwargs, keyIgnore, native, Class }) {
    const { type: _, ...section } = this.#section(name) ?? {};
    const layers = [kwargs, section, native];
    const encoded = layers.map((layer, index) => encodeConfig(layer, (value) => this.#identityOf(value), index ? [] : keyIgnore));
    const address = /** @type {any} */ (Class).connectionUrl === true;
    const decided = ask(name, 'configure', { layers: encoded, address, salt: (this.#salt ??= randomSalt()) });
    /** @type {Config} */
    const config = decodeConfig(decided.address);
    for (const [key, layer] of Object.entries(decided.origin)) config[key] = layers[layer][key];
    for (const key of keyIgnore) if (kwargs[key] !== undefined) config[key] = kwargs[key];
    const parts = [name, this.types.identity(Class), decided.fingerprint];
    return { config, identity: parts.map((part) => `${part.length}:${part}`).join('') };
  }

  /** @param {string} name @returns {Config | undefined} */
  #section(name) {
    const section = this.#options.secrets.section('connections', name);
    if (section === undefined || isRecord(section)) return section;
    throw new HawserError('ERR_CONNECTION_CONFIG', `connections.${name} must be a table, [connections.${name}]`, {
      connection: name,
    });
  }

  /** @param {object} value */
  #identityOf(value) {
    const known = this.#identities.get(value);
    if (known !== undefined) return known;
    this.#identities.set(value, this.#nextIdentity);
    return this.#nextIdentity++;
  }

  #watch() {
    if (this.#watching) return;
    this.#watching = true;
    this.#options.secrets.onChange(() => {
      this.#epoch += 1;
      this.rotate(this.#pool);
    });
  }

  /**
   * After a change of the secrets: connections whose configuration is another now get it, and connect anew at next use.
   * @param {ConnectionPool} pool
   */
  rotate(pool) {
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
    const { type, module, exported } = this.#decide(plan);
    if (JSON.stringify([type, module, exported]) !== plan.decided) {
      return void pool.remove(entry, 'its type in the secrets has changed');
    }
    const { config, identity } = this.#configure(plan);
    const key = plan.unshared ? `${identity}/${this.#nextUnshared++}` : identity;
    if (entry.key === key || (plan.unshared && entry.key.startsWith(`${identity}/`))) return;
    context.space.close();
    context.config = config;
    context.space = this.#space(config, identity);
    pool.rename(entry, key);
    connection.reset().catch(() => {}); // Close() reports it.
  }
}

/** @param {string} name @param {any} options */
function parseArguments(name, options) {
  if (typeof name !== 'string') throw new TypeError('connection(name): name must be text');
  if (!isRecord(options)) throw new TypeError(`connection("${name}", options): options must be an object`);
  const { type, ttl, maxEntries, scope, keyIgnore = [], ...kwargs } = options;
  if (type !== undefined && typeof type !== 'string' && typeof type !== 'function') {
    throw new TypeError(`connection("${name}"): type must be text or a class`);
  }
  if (maxEntries !== undefined && maxEntries !== Infinity && !(Number.isSafeInteger(maxEntries) && maxEntries > 0)) {
    throw new RangeError(`connection("${name}"): maxEntries must be a whole number from 1 on`);
  }
  if (scope !== undefined && scope !== 'global' && scope !== 'request') {
    throw new RangeError(`connection("${name}"): scope must be 'global' or 'request'`);
  }
  if (!Array.isArray(keyIgnore) || keyIgnore.some((key) => typeof key !== 'string')) {
    throw new TypeError(`connection("${name}"): keyIgnore must be an array of names`);
  }
  const plan = /** @type {Plan} */ (/** @type {unknown} */ ({ name, type, kwargs, keyIgnore }));
  return { plan, bounds: { ttl: parseDuration(ttl, 'ttl'), maxEntries }, scope };
}

/**
 * Asks the core.
 * @param {string} name @param {'resolveType' | 'configure'} decision @param {object} request
 * @returns {any}
 * @throws {HawserError} What the core answers.
 */
function ask(name, decision, request) {
  const answer = JSON.parse(core().run((module) => module[decision](JSON.stringify(request))));
  if (!answer.error) return answer;
  const { code, message } = answer.error;
  throw new HawserError(code, message, { connection: name, phase: decision === 'configure' ? 'configure' : 'type' });
}

/**
 * A connection that says it is not healthy connects anew at next use.
 * @param {any} connection
 */
async function keepHealthy(connection) {
  if (typeof connection.healthy !== 'function') return connection;
  let healthy = false;
  try {
    healthy = await connection.healthy();
  } catch {
    // As good as false.
  }
  if (healthy === false && !connection.closed) connection.reset().catch(() => {}); // Close() reports it.
  return connection;
}

/** @param {import('./secrets/secrets.js').Secrets} secrets */
function sectionNames(secrets) {
  const all = secrets.section('connections');
  return isRecord(all) ? Object.keys(all) : [];
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isRecord(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function randomSalt() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
