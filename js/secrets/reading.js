/**
 * The side of {@link import('./secrets.js').Secrets} that reads.
 */
import { HawserError } from '../errors.js';
import { explainPath, leavesOf } from './explain.js';
import { formatPath, parsePath } from './path.js';
import { decodeValue } from './values.js';
import { INSPECT, isTable } from './view.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {{ name: string, kind: string, file?: string, missing?: boolean }} LayerLike `missing`: undefined before it is loaded. */

export class Reading {
  #now;
  #layers;

  /**
   * @param {() => State} now Gives what is loaded, or loads it.
   * @param {() => readonly LayerLike[]} layers Does not load.
   */
  constructor(now, layers) {
    this.#now = now;
    this.#layers = layers;
  }

  /**
   * @param {string | (string | number)[]} path `connections.pets_db.url`, or an array of keys.
   * @param {any[]} fallback One value, for a path that no layer holds.
   * @returns {any} Text, a number, a bigint, a boolean, null, a Date, or a read-only view of a table or array.
   * @throws {HawserError} ERR_SECRET_MISSING without a fallback, naming the layers that were searched.
   */
  get(path, ...fallback) {
    const keys = parsePath(path);
    const found = this.#now().find(keys);
    if (found !== undefined) return found.view;
    if (fallback.length > 0) return fallback[0];
    throw missingSecret(keys, this.layerNames());
  }

  /**
   * @param {string | (string | number)[]} path
   */
  has(path) {
    return this.#now().find(parsePath(path)) !== undefined;
  }

  /**
   * The keys of a table, in the order of their sources.
   * @param {string | (string | number)[]} [path] Default: the top.
   * @returns {string[]}
   */
  keys(path) {
    const keys = path === undefined ? [] : parsePath(path);
    const found = this.#now().find(keys);
    if (found === undefined) throw missingSecret(keys, this.layerNames());
    return isTable(found.tree) ? Object.keys(found.tree) : [];
  }

  /**
   * Reveals: a plain copy of everything, or of what stands at a path, which may be changed and printed.
   * @param {string | (string | number)[]} [path]
   * @returns {any}
   */
  toObject(path) {
    const keys = path === undefined ? [] : parsePath(path);
    const found = this.#now().find(keys);
    if (found === undefined) throw missingSecret(keys, this.layerNames());
    return decodeValue(found.tree);
  }

  /**
   * Reveals: a plain copy of what stands at these keys.
   * @param {...string} keys
   * @returns {any} undefined when there is no such key.
   */
  section(...keys) {
    const found = this.#now().find(keys);
    return found && decodeValue(found.tree);
  }

  /**
   * What Node prints: the keys without values.
   * @param {number} _ @param {object} options @param {(value: unknown, options: object) => string} inspect
   */
  [INSPECT](_, options, inspect) {
    return `Secrets ${inspect(/** @type {any} */ (this).toJSON(), options)}`;
  }

  /** @returns {IterableIterator<[string, any]>} */
  [Symbol.iterator]() {
    return this.#now().view[Symbol.iterator]();
  }

  /**
   * Where a value comes from and what it overrode. Shows no values.
   * @param {string | (string | number)[]} path
   * @returns {import('./explain.js').Explanation}
   */
  explain(path) {
    return explainPath(this.#now(), parsePath(path));
  }

  /**
   * Every value with the layer, file and line that it comes from. Shows no values.
   * @returns {import('./explain.js').Leaf[]}
   */
  leaves() {
    return leavesOf(this.#now());
  }

  /**
   * The layers, the lowest first.
   * @returns {{ name: string, kind: string, file?: string, state: 'loaded' | 'missing' | 'not loaded' }[]}
   */
  sources() {
    return this.#layers().map(({ name, kind, file, missing }) => {
      const state = missing === undefined ? 'not loaded' : missing ? 'missing' : 'loaded';
      return { name, kind, ...(file === undefined ? {} : { file }), state };
    });
  }

  /**
   * The names of the layers, those that are not there marked so.
   * @returns {string[]}
   */
  layerNames() {
    return this.sources().map(({ name, state }) => (state === 'missing' ? `${name} (not there)` : name));
  }
}

/**
 * The error for a path that no layer holds.
 * @param {readonly string[]} keys
 * @param {string[]} layers Their names.
 */
export function missingSecret(keys, layers) {
  const path = formatPath(keys);
  const searched = layers.length === 0 ? 'there are no layers' : `searched: ${layers.join(', ')}`;
  return new HawserError('ERR_SECRET_MISSING', `No secret ${path} (${searched}).`, { path, layers });
}
