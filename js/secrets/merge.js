/**
 * Layers to one tree, in the core. Nothing stays there: the inputs are kept here, so that a fresh core can do the same
 * again, and so that a core that traps leaves nothing half done.
 */
import { HawserError } from '../errors.js';
import { secretsCore } from './core.js';
import { isPlain, PlainStore } from './plain.js';

/**
 * What a source gave.
 * @typedef {object} Layer
 * @property {string} name For people: `explain`, errors.
 * @property {'toml' | 'json' | 'values' | 'env'} kind
 * @property {string} [file] Path or URL of a document.
 * @property {string | Uint8Array} text A document, or values in wire form.
 * @property {string} [prefix] Of the variables of an env layer.
 * @property {boolean} [verbatim] References in its strings are left alone.
 * @property {boolean} [missing] The source is not there; such a layer is empty.
 */

/** @typedef {import('../../dist/secrets.js').SecretStore} SecretStore */
/** @typedef {Pick<SecretStore, 'tree' | 'explain' | 'leaves'>} Asked What is asked of a store that is complete. */

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
    const store = new module.SecretStore(mode);
    try {
      for (const layer of layers) check(addLayer(store, layer), layer);
      /** @type {string[]} */
      const names = JSON.parse(store.variables());
      const set = names.filter((name) => lookup(name) !== undefined);
      check(store.interpolate(`{${set.map((name) => `${JSON.stringify(name)}:${JSON.stringify(lookup(name))}`).join()}}`));
      const result = use(store);
      store.delete();
      return result;
    } catch (error) {
      if (error instanceof HawserError) store.delete(); // A core that trapped can do nothing any more.
      throw error;
    }
  });
}

/** @param {SecretStore} store @param {Layer} layer */
function addLayer(store, { kind, name, file, text, prefix, verbatim = false }) {
  const source = file ?? name;
  switch (kind) {
    case 'toml':
      return store.addToml(source, bounded(text));
    case 'json':
      return store.addJson(source, bounded(text));
    case 'env':
      return store.addEnvironment(source, prefix ?? '', text);
    default:
      return store.addValues(source, text, verbatim);
  }
}

/** @param {string | Uint8Array} text */
const bounded = (text) => (text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT));

/**
 * @param {string} answer "" or what the core says is wrong.
 * @param {Layer} [layer]
 */
function check(answer, layer) {
  if (answer === '') return;
  const { code, message, excerpt, ...details } = JSON.parse(answer).error;
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
