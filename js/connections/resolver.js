/**
 * What a connection is: the class and the configuration that its name and options stand for. The core decides (src/factory:
 * which type, which value of which layer, what fingerprint); this file brings it what it decides on.
 */
import { CACHE_OPTIONS, Policy, checkNames } from '../cache/policy.js';
import { HawserError } from '../errors.js';
import { decodeConfig, encodeConfig, list } from './config.js';
import { decide } from './decide.js';
import { isRecord } from './options.js';
import { checked } from './types.js';

/** @typedef {import('./base.js').Config} Config */
/** @typedef {import('./types.js').ConnectionClass} ConnectionClass */

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
/** @typedef {Pick<Plan, 'name' | 'kwargs' | 'type' | 'keyIgnore'>} Asked */

export class ConnectionResolver {
  #secrets;
  #types;
  #environment;
  #salt;
  /** Of what means nothing elsewhere. @type {string | undefined} */
  #randomSalt;
  /** Options that are objects count by identity. @type {WeakMap<object, number>} */
  #identities = new WeakMap();
  #nextIdentity = 1;

  /**
   * @param {object} options
   * @param {import('../secrets/secrets.js').Secrets} options.secrets
   * @param {import('./types.js').ConnectionTypes} options.types
   * @param {() => Record<string, unknown>} options.environment
   * @param {string} [options.salt] Of fingerprints, shared by those who are to find each other's results.
   */
  constructor({ secrets, types, environment, salt }) {
    this.#secrets = secrets;
    this.#types = types;
    this.#environment = environment;
    this.#salt = salt;
  }

  /**
   * The name that 'env:VARIABLE' stands for.
   * @param {string} name
   */
  nameOf(name) {
    if (!name.startsWith('env:')) return name;
    const variable = name.slice(4);
    const value = this.#environment()[variable];
    if (typeof value === 'string') return value;
    throw new HawserError(
      'ERR_ENV_MISSING',
      `connection("${name}"): the environment has no variable or text binding ${variable}, which should hold the name of a connection.`,
      { phase: 'name', variable },
    );
  }

  /**
   * @param {Asked} asked
   * @returns {Promise<Plan>}
   */
  async plan(asked) {
    const { name } = asked;
    const { Class: given, type, module, exported, decided } = this.#decide(asked);
    const Class = given ?? (await (module ? this.#types.imported(module, exported, name) : this.#types.named(type, name)));
    const { nativeConfig } = /** @type {any} */ (Class);
    const native = nativeConfig ? await nativeConfig.call(Class, this.#environment()) : {};
    return { ...asked, decided, Class, typeName: type ?? exported ?? Class.name, native };
  }

  /**
   * Whether a plan would be given another class by now.
   * @param {Plan} plan
   */
  isOutdated(plan) {
    return this.#decide(plan).decided !== plan.decided;
  }

  /**
   * The configuration by now, and what tells it from others.
   * @param {Plan} plan
   * @returns {{ config: Config, key: string, identity: string, local: boolean }} `key` of the connection; `identity` of its
   *   results, on which options of their caching have no influence; `local`: that identity means nothing elsewhere.
   */
  configure({ name, kwargs, keyIgnore, native, Class }) {
    const { type: _, ...section } = this.#section(name) ?? {};
    const layers = [kwargs, section, native];
    const type = this.#types.identity(Class);
    // Numbers of objects and of classes with equal names depend on what else happened in this instance.
    let local = this.#salt === undefined || type.includes('~');
    const identify = (/** @type {object} */ value) => ((local = true), this.#identityOf(value));
    const encoded = layers.map((layer, index) => encodeConfig(layer, identify, index ? ['cache'] : ['cache', ...keyIgnore]));
    const salt = local || this.#salt === undefined ? this.#ownSalt : this.#salt;
    const decided = decide(name, 'configure', { layers: list(encoded), address: /** @type {any} */ (Class).connectionUrl === true, salt });
    /** @type {Config} */
    const config = Object.fromEntries([
      ...Object.entries(decodeConfig(decided.address)),
      ...Object.entries(decided.origin).map(([key, layer]) => [key, layers[layer][key]]),
      ...keyIgnore.filter((key) => kwargs[key] !== undefined).map((key) => [key, kwargs[key]]),
    ]);
    const identity = [name, type, decided.fingerprint].map((part) => `${part.length}:${part}`).join('');
    const cache = layers.find((layer) => layer.cache !== undefined)?.cache;
    if (cache === undefined || cache === null) return { config, identity, key: identity, local };
    if (!isRecord(cache)) {
      throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${name}": cache must be a table of options, such as { ttl = "10m" }.`, {
        connection: name,
        phase: 'configure',
      });
    }
    try {
      checkNames(cache, CACHE_OPTIONS, 'cache');
      new Policy(cache);
    } catch (error) {
      if (cache === kwargs.cache) throw error;
      const { message } = /** @type {Error} */ (error);
      throw new HawserError('ERR_CONNECTION_CONFIG', `connections.${name}.cache: ${message}`, { connection: name, phase: 'configure' });
    }
    config.cache = cache;
    const other = list([encodeConfig(cache, (value) => this.#identityOf(value), [])]);
    const { fingerprint } = decide(name, 'configure', { layers: other, address: false, salt: this.#ownSalt });
    return { config, identity, key: `${identity}/${fingerprint}`, local };
  }

  /**
   * @param {Asked} asked
   * @returns {{ Class?: ConnectionClass, type: string, module: string, exported: string, decided: string }}
   */
  #decide({ name, type, kwargs }) {
    if (typeof type === 'function') return /** @type {any} */ ({ Class: checked(type, name, `type ${type.name}`), decided: 'class' });
    const section = this.#section(name);
    const url = kwargs.url === undefined ? section?.url : kwargs.url;
    if (section?.type !== undefined && typeof section.type !== 'string') {
      throw new HawserError('ERR_CONNECTION_CONFIG', `connections.${name}: type must be text`, { connection: name, phase: 'type' });
    }
    const decision = decide(name, 'type', {
      name,
      option: type,
      section: section?.type,
      url: url === undefined || url === null ? undefined : String(url).replace(/:\/\/[^]*$/, '://'),
      hasSection: section !== undefined,
      sections: list(section === undefined ? this.#sectionNames() : []),
      layers: list(section === undefined ? this.#secrets.layerNames() : []),
      known: list(this.#types.list().map((known) => ({ ...known, schemes: list(known.schemes) }))),
    });
    return { ...decision, decided: JSON.stringify([decision.type, decision.module, decision.exported]) };
  }

  /** @param {string} name @returns {Config | undefined} */
  #section(name) {
    const section = this.#secrets.section('connections', name);
    if (section === undefined || isRecord(section)) return section;
    throw new HawserError('ERR_CONNECTION_CONFIG', `connections.${name} must be a table, [connections.${name}]`, {
      connection: name,
      phase: 'configure',
    });
  }

  #sectionNames() {
    const all = this.#secrets.section('connections');
    return isRecord(all) ? Object.keys(all) : [];
  }

  get #ownSalt() {
    return (this.#randomSalt ??= randomSalt());
  }

  /** @param {object} value */
  #identityOf(value) {
    const known = this.#identities.get(value);
    if (known !== undefined) return known;
    this.#identities.set(value, this.#nextIdentity);
    return this.#nextIdentity++;
  }
}

function randomSalt() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
