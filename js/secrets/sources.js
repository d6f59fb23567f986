/**
 * The sources of secrets: what may be asked for, and how each is read into layers.
 */
import { HawserError } from '../errors.js';
import { openDirectory, openFile } from '#secrets-files';
import { immediate } from './immediate.js';
import { encodeValue } from './values.js';

/** @typedef {import('./merge.js').Layer} Layer */

/**
 * One source; exactly one of the first seven.
 * @typedef {object} Source
 * @property {string | Uint8Array} [toml] A TOML 1.0 document.
 * @property {Record<string, unknown>} [values] Plain values, copied when the source is given.
 * @property {Record<string, unknown> | (() => Record<string, unknown>)} [env] Variables; read anew at each reload.
 * @property {string | URL} [file] A TOML document (JSON when its name ends in .json). A file that is not there is an empty
 *   layer, unless `required`.
 * @property {string | URL} [directory] Mounted secrets: one folder per secret, one file per key.
 * @property {string | URL} [url] A TOML or JSON document to fetch.
 * @property {() => unknown} [provider] Answers, or promises, plain values.
 * @property {string} [name] For `explain` and errors.
 * @property {string} [prefix] With `env`: what the names of nested variables begin with; default HAWSER__.
 * @property {boolean} [required] With `file` and `directory`: it must be there.
 * @property {boolean} [collapse] With `directory`: a folder with a single file is that file's text, as in Streamlit; default true.
 * @property {HeadersInit} [headers] With `url`.
 */

/**
 * What reading a source may use.
 * @typedef {object} SourceContext
 * @property {any} fileSystem A FileSystem of files.js, where there are files.
 * @property {typeof globalThis.fetch} fetch
 */

/**
 * A source that has been checked.
 * @typedef {object} Reader
 * @property {string} name
 * @property {string} kind
 * @property {string} [path] What to watch.
 * @property {(() => Layer[])} [readNow] Absent where it takes a promise.
 * @property {() => Promise<Layer[]>} read
 */

/** What each kind takes besides `name`. */
const OPTIONS = /** @type {const} */ ({
  toml: [],
  values: [],
  env: ['prefix'],
  file: ['required'],
  directory: ['required', 'collapse'],
  url: ['headers'],
  provider: [],
});

/** @typedef {keyof typeof OPTIONS} Kind */

/**
 * Checks a source.
 * @param {Source} source
 * @param {SourceContext} context
 * @returns {Reader}
 * @throws {TypeError} Naming the option.
 * @throws {HawserError} ERR_NOT_SUPPORTED for files where there are none.
 */
export function openSource(source, context) {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw new TypeError('A source of secrets must be an object such as { toml }, { file } or { values }');
  }
  const kinds = Object.keys(source).filter((key) => Object.hasOwn(OPTIONS, key));
  if (kinds.length !== 1) {
    throw new TypeError(`A source of secrets must have exactly one of ${Object.keys(OPTIONS).join(', ')}`);
  }
  const kind = /** @type {Kind} */ (kinds[0]);
  for (const key of Object.keys(source)) {
    if (key !== kind && key !== 'name' && !OPTIONS[kind].some((option) => option === key)) {
      throw new TypeError(`A source of secrets with ${kind} has no option ${key}`);
    }
  }
  if (source.name !== undefined && typeof source.name !== 'string') throw new TypeError('name of a source of secrets must be text');
  return OPENERS[kind](source, context);
}

/** @type {Record<Kind, (source: any, context: SourceContext) => Reader>} */
const OPENERS = {
  toml({ toml, name = 'toml' }) {
    if (typeof toml !== 'string' && Object.prototype.toString.call(toml) !== '[object Uint8Array]') {
      throw new TypeError('toml must be text or a Uint8Array');
    }
    const text = typeof toml === 'string' ? toml : toml.slice();
    return immediate(name, 'toml', () => [{ name, kind: 'toml', text }]);
  },

  values({ values, name = 'values' }) {
    if (!isPlain(values)) throw new TypeError('values must be a plain object');
    const tree = encodeValue(values, 'values');
    return immediate(name, 'values', () => [{ name, kind: 'values', tree }]);
  },

  env({ env, prefix = 'HAWSER__', name = 'environment' }) {
    if (typeof env !== 'function' && (typeof env !== 'object' || env === null)) {
      throw new TypeError('env must be an object of variables');
    }
    if (typeof prefix !== 'string') throw new TypeError('prefix must be text');
    return immediate(name, 'env', () => readEnvironment(typeof env === 'function' ? env() : env, prefix, name));
  },

  file: (source, { fileSystem }) => openFile(source, fileSystem),

  directory: (source, { fileSystem }) => openDirectory(source, fileSystem),

  url({ url, headers, name }, context) {
    if (typeof url !== 'string' && !(url instanceof URL)) throw new TypeError('url must be text or a URL');
    const href = String(url);
    return { name: name ?? 'url', kind: 'url', read: async () => [await (await import('./remote.js')).fetchLayer(href, { headers, name, fetch: context.fetch })] };
  },

  provider({ provider, name = 'provider' }) {
    if (typeof provider !== 'function') throw new TypeError('provider must be a function');
    return { name, kind: 'provider', read: async () => [await askProvider(provider, name)] };
  },
};

/** @param {unknown} value */
function isPlain(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A whole document in one variable, and above it the variables with nested names. Bindings that are no plain data (a
 * database, a namespace) are none of the secrets.
 * @param {Record<string, unknown>} env @param {string} prefix @param {string} name
 * @returns {Layer[]}
 */
function readEnvironment(env, prefix, name) {
  /** @type {Layer[]} */
  const layers = [];
  const whole = `${prefix.replace(/_+$/, '') || 'HAWSER'}_SECRETS_TOML`;
  const document = env[whole];
  if (typeof document === 'string') layers.push({ name: `${name} ${whole}`, kind: 'toml', text: document });
  /** @type {[string, unknown][]} */
  const variables = [];
  for (const key of Object.keys(env)) {
    if (!key.startsWith(prefix) || key === whole) continue;
    const value = env[key];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && !isPlain(value) && !Array.isArray(value)) {
      continue;
    }
    variables.push([key, encodeValue(value, key)]);
  }
  layers.push({ name, kind: 'env', prefix, tree: Object.fromEntries(variables) });
  return layers;
}

/** @param {() => unknown} provider @param {string} name @returns {Promise<Layer>} */
async function askProvider(provider, name) {
  let values;
  try {
    values = await provider();
  } catch (cause) {
    throw new HawserError('ERR_SECRETS_SOURCE', `${name}: the provider of secrets failed.`, { source: name, phase: 'load', cause });
  }
  if (!isPlain(values)) throw new TypeError(`${name}: provider must answer a plain object`);
  return { name, kind: 'values', tree: encodeValue(values, name), verbatim: true };
}
