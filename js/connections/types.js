/**
 * The types that a connection can have, and how their classes are found.
 */
import { prefetchDriver } from '../drivers/index.js';
import { HawserError } from '../errors.js';
import { BaseConnection } from './base.js';

/** @typedef {typeof BaseConnection} ConnectionClass */
/** @typedef {ConnectionClass | string | (() => Promise<any> | any)} TypeSource */

/**
 * @typedef {object} KnownType
 * @property {readonly string[]} schemes Schemes of urls that mean this type.
 * @property {(options: Record<string, any>) => void} [prefetch] Begins to load what the class itself is going to load.
 * @property {TypeSource} source A class, 'module-specifier#Export', or a function that gives a class or a module with one
 *   connection class as its default (or only) export.
 */

const prefetchHttpCore = () => void import('../http/core.js').then(({ loadHttpCore }) => loadHttpCore()).catch(() => {});

/** What Hawser has itself. `prefetch` gets the options of connection(). @type {Readonly<Record<string, KnownType>>} */
const FIRST_PARTY = Object.freeze({
  sql: {
    schemes: [
      ...['sqlite', 'sqlite3', 'postgresql', 'postgres', 'mysql', 'mariadb', 'mssql', 'oracle', 'duckdb', 'libsql'],
      ...['cockroachdb', 'clickhouse', 'trino'],
    ],
    source: async () => (await import('./sql.js')).SqlConnection,
    prefetch: ({ url }) => prefetchDriver(url),
  },
  s3: { schemes: ['s3', 's3a'], source: async () => (await import('./files_types.js')).S3Connection, prefetch: prefetchHttpCore },
  gcs: { schemes: ['gs', 'gcs'], source: async () => (await import('./files_types.js')).GcsConnection, prefetch: prefetchHttpCore },
  azure: { schemes: ['azure', 'az', 'abfs', 'abfss'], source: async () => (await import('./files_types.js')).AzureConnection },
  hf: { schemes: ['hf'], source: async () => (await import('./files_types.js')).HuggingFaceConnection },
  files: { schemes: ['file'], source: async () => (await import('./files_types.js')).FilesConnection },
  http: {
    schemes: ['http', 'https'],
    source: async () => (await import('./http.js')).HttpConnection,
    prefetch: prefetchHttpCore,
  },
  gsheets: { schemes: [], source: async () => (await import('./gsheets.js')).GSheetsConnection },
});

export class ConnectionTypes {
  /** @type {Map<string, KnownType>} */
  #known = new Map(Object.entries(FIRST_PARTY));
  /** Names of classes as they are part of keys: two classes of one name differ. @type {WeakMap<object, string>} */
  #identities = new WeakMap();
  /** @type {Map<string, number>} */
  #names = new Map();
  #importModule;

  /**
   * @param {object} options
   * @param {((specifier: string) => Promise<any>) | undefined} options.importModule For modules of connection classes;
   *   undefined where the runtime cannot import by name.
   */
  constructor({ importModule }) {
    this.#importModule = importModule;
  }

  /** For the core. @returns {{ name: string, schemes: readonly string[] }[]} */
  list() {
    return [...this.#known].map(([name, { schemes }]) => ({ name, schemes }));
  }

  /**
   * Makes a type known by name. A name that is known already gets the new meaning.
   * @param {string} name @param {TypeSource} source @param {{ schemes?: readonly string[] }} [options]
   */
  register(name, source, { schemes = [] } = {}) {
    if (typeof name !== 'string' || name === '' || name.includes('#')) {
      throw new TypeError('registerType: name must be a non-empty string without #');
    }
    if (typeof source !== 'function' && typeof source !== 'string') {
      throw new TypeError(`registerType(${JSON.stringify(name)}): type must be a class, a string or a function`);
    }
    if (!Array.isArray(schemes) || schemes.some((scheme) => typeof scheme !== 'string')) {
      throw new TypeError(`registerType(${JSON.stringify(name)}): schemes must be an array of strings`);
    }
    this.#known.set(name, { source, schemes: schemes.map((scheme) => scheme.toLowerCase()) });
  }

  /**
   * Begins to load the code that a connection is going to need, as far as its options tell, while the core is still being loaded.
   * What fails here fails again where it is awaited.
   * @param {Record<string, unknown>} options Of connection().
   */
  prefetch({ type, ...config }) {
    const known = typeof type === 'string' ? FIRST_PARTY[type] : undefined;
    if (!known || this.#known.get(/** @type {string} */ (type)) !== known) return;
    /** @type {() => Promise<any>} */ (known.source)().catch(() => {});
    known.prefetch?.(config);
  }

  /**
   * The class of a known type.
   * @param {string} name @param {string} connection
   * @returns {Promise<ConnectionClass>}
   */
  async named(name, connection) {
    const { source } = /** @type {KnownType} */ (this.#known.get(name));
    if (isConnectionClass(source)) return source;
    if (typeof source === 'string') {
      const at = source.lastIndexOf('#');
      const [module, exported] = at < 0 ? [source, 'default'] : [source.slice(0, at), source.slice(at + 1)];
      return this.imported(module, exported, connection);
    }
    // A class of something else is not to be called.
    const loaded = isClass(source) ? source : await /** @type {() => any} */ (source)();
    const found = typeof loaded === 'function' ? loaded : (loaded?.default ?? onlyClass(loaded));
    return checked(found, connection, `the type "${name}"`);
  }

  /**
   * The class that a module exports.
   * @param {string} module @param {string} exported @param {string} connection
   * @returns {Promise<ConnectionClass>}
   */
  async imported(module, exported, connection) {
    const { importClass } = await import('./imported.js');
    return importClass(this.#importModule, module, exported, connection);
  }

  /**
   * What stands for a class in keys: its name, made unique.
   * @param {ConnectionClass} type
   */
  identity(type) {
    const known = this.#identities.get(type);
    if (known !== undefined) return known;
    const count = (this.#names.get(type.name) ?? 0) + 1;
    this.#names.set(type.name, count);
    const identity = count === 1 ? type.name : `${type.name}~${count}`;
    this.#identities.set(type, identity);
    return identity;
  }
}

/** @param {unknown} value @returns {value is ConnectionClass} */
export const isConnectionClass = (value) =>
  typeof value === 'function' && (value === BaseConnection || value.prototype instanceof BaseConnection);

/** @param {unknown} value */
export const isClass = (value) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

/** @param {any} namespace The one connection class that a module exports. */
function onlyClass(namespace) {
  const classes = Object.values(namespace ?? {}).filter(isConnectionClass);
  return classes.length === 1 ? classes[0] : undefined;
}

/**
 * @param {unknown} value @param {string} connection @param {string} what
 * @returns {ConnectionClass}
 */
export function checked(value, connection, what) {
  if (!isConnectionClass(value)) {
    throw new HawserError(
      'ERR_CONNECTION_TYPE',
      `Connection "${connection}": ${what} is not a class that extends BaseConnection (of this copy of hawser).`,
      { connection, phase: 'type' },
    );
  }
  const scope = /** @type {unknown} */ (value.scope);
  if (scope !== 'global' && scope !== 'request') {
    throw new HawserError(
      'ERR_CONNECTION_TYPE',
      `Connection "${connection}": class ${value.name} has scope ${JSON.stringify(scope)}; it must be 'global' or 'request'.`,
      { connection, phase: 'type' },
    );
  }
  return value;
}
