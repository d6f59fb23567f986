/**
 * Where recently used statements and calls are found without building their key: joining and hashing the text of a key would be
 * two thirds of what a hit costs. A table with two places for each hash; who finds both taken by other statements takes
 * the long way, and the place of the older one. It grows while that happens often.
 */

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./space.js').Entry} Entry */
/** @typedef {readonly unknown[] | Readonly<Record<string, unknown>> | undefined} Parameters Positional or named. */

const FIRST_PLACES = 1024;
const MOST_PLACES = 16_384;
/** When so many more statements are not found than are, in a table that grows no more, it rests for so many questions. */
const PATIENCE = 4096;
const REST = 65_536;
/** Texts up to this length are hashed in full, longer ones by so many characters of their end and a few of all before. */
const HASHED = 8;
const TAIL = 4;
/** Longer ones are not held on to, nor is what is nested deeper. */
const LONGEST = 512;
const DEEPEST = 4;

/**
 * @typedef {object} Place
 * @property {Space} space
 * @property {number} number
 * @property {string} variant
 * @property {readonly string[] | undefined} names Of named parameters, in their order.
 * @property {readonly unknown[]} values Objects among them as a Shot.
 * @property {Entry} entry
 */

export class StatementIndex {
  /** As many as a power of two. @type {(Place | undefined)[]} */
  #places = [];
  #size = 0;
  /** Places that were taken from a statement which still has its entry. */
  #taken = 0;
  /** By how many more were not found than were. */
  #vain = 0;
  #rest = 0;

  /**
   * The entry of a statement, if it was put here and nothing has taken its place. It may have left the cache meanwhile.
   * @param {Space} space
   * @param {number} number Of the statement's text.
   * @param {Parameters} params
   * @param {string} variant What else its key says.
   * @returns {Entry | undefined}
   */
  find(space, number, params, variant) {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return undefined;
    }
    const hash = hashOf(number, params);
    if (hash < 0 || this.#size === 0) return undefined;
    const at = hash & (this.#size - 1);
    const first = this.#places[at];
    if (first === undefined) return undefined;
    if (!holds(first, space, number, params, variant)) {
      const second = this.#places[at ^ 1];
      if (second === undefined || !holds(second, space, number, params, variant)) return undefined;
      if (this.#vain > 0) this.#vain -= 1;
      return second.entry;
    }
    if (this.#vain > 0) this.#vain -= 1;
    return first.entry;
  }

  /**
   * @param {Space} space
   * @param {number} number
   * @param {Parameters} params
   * @param {string} variant
   * @param {Entry} entry
   */
  put(space, number, params, variant, entry) {
    if (this.#rest > 0) return;
    const hash = hashOf(number, params);
    if (hash < 0) return;
    if (this.#size === 0) this.#resize(FIRST_PLACES);
    let at = hash & (this.#size - 1);
    const old = this.#places[at];
    if (old?.entry.known && !holds(old, space, number, params, variant)) {
      const full = this.#places[at ^ 1]?.entry.known === true;
      if (full && this.#size === MOST_PLACES) {
        if (++this.#vain > PATIENCE) {
          this.#vain = 0;
          this.#rest = REST;
        }
      } else if (full && ++this.#taken > this.#size / 8) {
        this.#resize(this.#size * 4);
        at = hash & (this.#size - 1);
      }
      this.#places[at ^ 1] = this.#places[at];
    }
    const named = params !== undefined && !Array.isArray(params);
    const names = named ? Object.keys(params) : undefined;
    const values = (named ? Object.values(params) : /** @type {readonly unknown[]} */ (params ?? [])).map(shotOf);
    this.#places[at] = { space, number, variant, names, values, entry };
  }

  /** Begins anew with so many places. @param {number} size */
  #resize(size) {
    this.#places = new Array(size).fill(undefined);
    this.#size = size;
    this.#taken = 0;
  }

  /** Forgets places that still hold on to values or spaces. */
  clear() {
    this.#places = [];
    this.#size = this.#taken = this.#vain = this.#rest = 0;
  }
}

/**
 * @param {Place} place
 * @param {Space} space
 * @param {number} number
 * @param {Parameters} params
 * @param {string} variant
 */
function holds(place, space, number, params, variant) {
  if (place.number !== number || place.space !== space || place.variant !== variant) return false;
  if (params === undefined) return place.names === undefined && place.values.length === 0;
  return alike(params, place);
}

/** What an object held when it was seen. It may be changed afterwards. */
class Shot {
  /** @param {readonly unknown[] | Record<string, unknown>} value */
  constructor(value) {
    const list = Array.isArray(value);
    this.names = list ? undefined : Object.keys(value);
    /** @type {readonly unknown[]} */
    this.values = (list ? value : Object.values(value)).map(shotOf);
  }
}

/** @param {unknown} value */
const shotOf = (value) => (typeof value === 'object' && value !== null ? new Shot(/** @type {any} */ (value)) : value);

/**
 * As keys see it: -0 is not 0. NaN is equal to nothing, so that it takes the long way.
 * @param {unknown} value
 * @param {unknown} known
 */
function same(value, known) {
  if (value === known) return value !== 0 || 1 / value === 1 / /** @type {number} */ (known);
  return known instanceof Shot && typeof value === 'object' && value !== null && alike(value, known);
}

/**
 * @param {object} value One that has a hash.
 * @param {{ names: readonly string[] | undefined, values: readonly unknown[] }} shot
 */
function alike(value, { names, values }) {
  let i = 0;
  if (Array.isArray(value)) {
    if (names !== undefined || value.length !== values.length) return false;
    for (; i < values.length; i++) if (!same(value[i], values[i])) return false;
    return true;
  }
  if (names === undefined) return false;
  for (const name in value) {
    if (name !== names[i] || !same(/** @type {Record<string, unknown>} */ (value)[name], values[i])) return false;
    i += 1;
  }
  return i === names.length;
}

/**
 * A hash of 30 bits; -1 when a parameter is neither a primitive value nor plain.
 * @param {number} number
 * @param {Parameters} params
 */
function hashOf(number, params) {
  let hash = number;
  if (params === undefined) return hash & 0x3fffffff;
  if (Array.isArray(params)) {
    for (let i = 0; i < params.length; i++) {
      const part = partOf(params[i], 1);
      if (part < 0) return -1;
      hash = (Math.imul(hash, 31) + part) | 0;
    }
  } else {
    if (!isPlain(params)) return -1;
    for (const name in params) {
      const part = partOf(/** @type {Record<string, unknown>} */ (params)[name], 1);
      if (part < 0) return -1;
      hash = (Math.imul(hash, 31) + part) | 0;
    }
  }
  // Texts that differ in their last character only are not to be neighbours, which share two places.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}

/** Also one of another realm. @param {object} value */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** @param {object} value @param {number} depth */
function partOfObject(value, depth) {
  if (depth > DEEPEST) return -1;
  let hash = depth;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const part = partOf(value[i], depth + 1);
      if (part < 0) return -1;
      hash = (Math.imul(hash, 31) + part) | 0;
    }
    return hash & 0x7fffffff;
  }
  // A key refuses symbols.
  if (!isPlain(value) || Object.getOwnPropertySymbols(value).length > 0) return -1;
  for (const name in value) {
    const part = partOf(/** @type {Record<string, unknown>} */ (value)[name], depth + 1);
    if (part < 0) return -1;
    hash = (Math.imul(hash, 31) + part) | 0;
  }
  return hash & 0x7fffffff;
}

/** @param {unknown} value @param {number} depth How many objects it is in. */
function partOf(value, depth) {
  switch (typeof value) {
    case 'number':
      return ((value | 0) ^ (value * 1024)) & 0x7fffffff;
    case 'string': {
      const { length } = value;
      if (length > LONGEST) return -1;
      let hash = length;
      let i = 0;
      if (length > HASHED) {
        const step = Math.max(1, (length - TAIL) >> 2);
        i = length - TAIL;
        for (let at = 0; at < i; at += step) hash = (Math.imul(hash, 31) + value.charCodeAt(at)) | 0;
      }
      for (; i < length; i++) hash = (Math.imul(hash, 31) + value.charCodeAt(i)) | 0;
      return hash & 0x7fffffff;
    }
    case 'boolean':
      return value ? 2 : 3;
    case 'undefined':
      return 4;
    case 'object':
      return value === null ? 5 : partOfObject(value, depth);
    default:
      return -1;
  }
}
