/**
 * Layers to one tree, in the core. Nothing stays there: the inputs are kept here, so that a fresh core can do the same
 * again, and so that a core that traps leaves nothing half done.
 */
import { HawserError } from '../errors.js';
import { pack, unpack } from '../packed.js';
import { parseJson, secretsCore } from './core.js';
import { isPlain, PlainStore } from './plain.js';
import { Store } from './store.js';

/**
 * What a source gave.
 * @typedef {object} Layer
 * @property {string} name For people: `explain`, errors.
 * @property {'toml' | 'json' | 'values' | 'env'} kind
 * @property {string} [file] Path or URL of a document.
 * @property {string | Uint8Array} [text] A document.
 * @property {any} [tree] Values or variables, a table of js/packed.js.
 * @property {string} [prefix] Of the variables of an env layer.
 * @property {boolean} [verbatim] References in its strings are left alone.
 * @property {boolean} [missing] The source is not there; such a layer is empty.
 * @property {(tree: any, warn: (message: string) => void) => void} [review] Warns if the merged tree should not be where this source is.
 */

/** @typedef {Pick<Store, 'tree' | 'explain' | 'leaves'>} Asked What is asked of a store that is complete. */

/** More than the core accepts, so that it says so itself, yet not all of what may be gigabytes. */
const MAX_TEXT = 1024 * 1024 + 1;

/**
 * Runs `use` on a store that holds all layers, merged and with their references replaced.
 * @template T
 * @param {readonly Layer[]} layers The lowest first.
 * @param {'deep' | 'shallow'} mode
 * @param {(name: string) => string | undefined} lookup Gives the text of an environment variable.
 * @param {(store: Asked) => T} use
 * @returns {T}
 * @throws {HawserError} ERR_SECRETS_PARSE, ERR_SECRETS_LIMIT, ERR_ENV_MISSING, ERR_CORE_CRASHED
 */
export function withStore(layers, mode, lookup, use) {
  if (isPlain(layers)) return use(new PlainStore(layers));
  return secretsCore().run((module) => {
    const store = new Store(module, mode);
    try {
      for (const layer of layers) check(addLayer(store, layer), layer);
      const set = store.variables().map((name) => [name, lookup(name)]).filter(([, value]) => value !== undefined);
      check(store.interpolate(Object.fromEntries(set)));
      const result = use(store);
      store.close();
      return result;
    } catch (error) {
      if (error instanceof HawserError) store.close(); // A core that trapped can do nothing any more.
      throw error;
    }
  });
}

/** @param {Store} store @param {Layer} layer @returns {any} What is wrong. */
function addLayer(store, { kind, name, file, text = '', tree, prefix = '', verbatim = false }) {
  const source = file ?? name;
  switch (kind) {
    case 'toml':
      return store.addToml(source, bounded(text));
    case 'json':
      return addJson(store, source, bounded(text));
    case 'env':
      return store.addEnvironment(source, prefix, tree);
    default:
      return store.addValues(source, pack(tree), verbatim);
  }
}

/** @param {Store} store @param {string} source @param {string | Uint8Array} text */
function addJson(store, source, text) {
  const answer = parseJson(text);
  const isTable = answer[0] === 0x6f; // 'o'
  return isTable ? store.addValues(source, answer, false) : { source, ...unpack(answer)[1] };
}

/** @param {string | Uint8Array} text */
const bounded = (text) => (text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT));

/**
 * @param {any} wrong What the core says is wrong.
 * @param {Layer} [layer]
 */
function check(wrong, layer) {
  if (wrong === undefined) return;
  const { code, message, excerpt, ...details } = wrong;
  const { source, line, column } = details;
  const where = line === undefined ? source : `${source}:${line}:${column}`;
  const shown = excerpt === undefined ? '' : `\n    ${excerpt}`;
  throw new HawserError(code, `${where}: ${message}${shown}`, {
    phase: 'load',
    reason: message,
    excerpt,
    layer: layer?.name,
    ...details,
  });
}
