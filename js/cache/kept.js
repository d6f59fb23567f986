/**
 * Values that no reader can change for the next one. Plain data is copied once and frozen, then shared; what cannot be
 * frozen (Date, Map, Set, bytes, errors …) is cloned for every reader, the first one included; a Table is immutable and
 * shared as it is.
 */
import { HawserError } from '../errors.js';
import { isTable } from '../table/is_table.js';
import { byteSize } from './size.js';

/** What is in the cache: a value, and whether readers get it itself or a clone. */
export class Kept {
  /**
   * @param {unknown} value
   * @param {boolean} shared
   * @param {number} [bytes] Its size, where that is known.
   */
  constructor(value, shared, bytes = byteSize(value)) {
    this.value = value;
    this.shared = shared;
    this.byteLength = bytes;
  }

  /** The value for one reader. */
  give() {
    return this.shared ? this.value : structuredClone(this.value);
  }
}

/** Nested deeper than this is refused: copying it would overflow the stack. */
const DEPTH_LIMIT = 1000;

/** Objects that structuredClone copies in full and that cannot be frozen. */
const CLONED = new Set([
  'Date', 'RegExp', 'Map', 'Set', 'ArrayBuffer', 'DataView', 'Blob', 'File', 'Error', 'ImageData', 'ImageBitmap',
]);

/**
 * Takes a value into keeping: from now on nobody else can change it.
 * @param {unknown} value
 * @param {string} name Of the function it came from, for errors.
 * @returns {Kept}
 * @throws {HawserError} ERR_NOT_SUPPORTED for functions, class instances, iterators, streams and what else cannot be copied.
 */
export function keep(value, name) {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw refuse(value, '', name);
    return new Kept(value, true);
  }
  const plain = new Copier(name);
  const copy = plain.copy(value, '', 0);
  if (!plain.needsClone) {
    plain.freezeAll();
    return new Kept(copy, true);
  }
  // One part that cannot be frozen makes readers get clones of the whole, in which a Table would lose its class.
  if (plain.hasTable) {
    throw new HawserError(
      'ERR_NOT_SUPPORTED',
      `${name} returned a Table together with values that must be cloned (dates, maps, bytes …). Return the Table alone, or plain values beside it.`,
    );
  }
  return new Kept(structuredClone(value), false);
}

/** Copies arrays and plain objects, keeping shared and cyclic references. */
class Copier {
  needsClone = false;
  hasTable = false;
  /** @type {Map<object, object>} */
  #copies = new Map();

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /**
   * @param {unknown} value
   * @param {string} path
   * @param {number} depth
   * @returns {unknown}
   */
  copy(value, path, depth) {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function' || typeof value === 'symbol') throw refuse(value, path, this.name);
      return value;
    }
    const known = this.#copies.get(value);
    if (known) return known;
    if (depth > DEPTH_LIMIT) throw refuse(value, path.slice(0, 100), this.name, `nested more than ${DEPTH_LIMIT} levels deep`);
    if (Array.isArray(value)) {
      /** @type {unknown[]} */
      const copy = new Array(value.length);
      this.#copies.set(value, copy);
      for (let i = 0; i < value.length; i++) copy[i] = this.copy(value[i], `${path}[${i}]`, depth + 1);
      return copy;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return this.#copyPlain(value, path, depth);
    if (isTable(value)) {
      this.hasTable = true;
      return value;
    }
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (!CLONED.has(kind) && !ArrayBuffer.isView(value)) throw refuse(value, path, this.name);
    if (ArrayBuffer.isView(value) && Object.prototype.toString.call(value.buffer) === '[object SharedArrayBuffer]') {
      throw refuse(value, path, this.name, 'in memory that threads share');
    }
    this.needsClone = true;
    if (kind === 'Map' || kind === 'Set') this.#checkItems(/** @type {Map<unknown, unknown>} */ (value), path, depth);
    return value;
  }

  /**
   * @param {object} value
   * @param {string} path
   * @param {number} depth
   */
  #copyPlain(value, path, depth) {
    const copy = /** @type {Record<string, unknown>} */ ({});
    this.#copies.set(value, copy);
    for (const [name, item] of Object.entries(value)) {
      const copied = this.copy(item, path ? `${path}.${name}` : name, depth + 1);
      if (name === '__proto__') Object.defineProperty(copy, name, { value: copied, enumerable: true });
      else copy[name] = copied;
    }
    return copy;
  }

  /**
   * What is in a Map or Set is cloned with it; here it is only looked at, for a better error.
   * @param {Map<unknown, unknown> | Set<unknown>} items
   * @param {string} path
   * @param {number} depth
   */
  #checkItems(items, path, depth) {
    this.#copies.set(items, items);
    items.forEach((/** @type {unknown} */ item, /** @type {unknown} */ key) => {
      this.copy(key, `${path}.key`, depth + 1);
      this.copy(item, `${path}.item`, depth + 1);
    });
  }

  freezeAll() {
    for (const copy of this.#copies.values()) Object.freeze(copy);
  }
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {string} name
 * @param {string} [why]
 */
function refuse(value, path, name, why) {
  const tag = Object.prototype.toString.call(value).slice(8, -1); // Generators have no class of their own.
  const kind = typeof value === 'object' ? `an object of class ${tag === 'Object' ? String(value?.constructor?.name ?? 'unknown') : tag}` : `a ${typeof value}`;
  return new HawserError(
    'ERR_NOT_SUPPORTED',
    `${name} returned ${why ? `something ${why}` : kind}${path ? ` (at ${path})` : ''}, which cannot be copied for each reader. Return plain data, or use cacheResource to share one object.`,
    { path },
  );
}
