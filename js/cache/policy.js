/**
 * The options of cached results, checked and in one unit.
 */
import { parseDuration } from '../duration.js';
import { parseBytes } from './size.js';
import { ResultStorage } from './storage.js';

/**
 * @typedef {object} CacheOptions
 * @property {number | string} [ttl] How long a result is fresh. A number is seconds, a string says its unit. 0 or
 *   less: always load anew. Default: until it is evicted or invalidated.
 * @property {number | string} [staleWhileRevalidate] How long after that it is still served at once while it is
 *   loaded anew in the background. Default 0.
 * @property {number | string} [staleIfError] How long after ttl it is served when loading fails. Default 0.
 * @property {number | string} [errorTtl] How long a failure is remembered and no new attempt made. Default 0.
 * @property {number} [jitter] The part of ttl, 0 to 1, of which a random share is taken off each result, so that they do
 *   not all expire together. Default 0.
 * @property {number | string} [maxBytes] A single result larger than this is not kept. Bytes, or `'10MB'`. Default: no
 *   bound but those of the connection and the instance.
 * @property {number} [maxEntries] Of one read: most results kept of this statement (or verb), with whatever parameters. Of a
 *   connection or a cached function: most results kept of it all; as a default of the instance, of each of these.
 * @property {readonly string[] | ((value: any) => readonly string[])} [tags] Names by which results are invalidated; a
 *   function names them when the value is there.
 * @property {'default' | 'reload' | 'only-if-cached' | 'no-store'} [cache] As for fetch: `'reload'` loads anew and
 *   stores, `'only-if-cached'` never loads (ERR_CACHE_MISS), `'no-store'` neither looks nor stores.
 * @property {(value: any) => number} [sizeOf] The bytes of a value, instead of its `byteLength` or an estimate.
 * @property {import('./storage.js').AnyStorage | null} [persist] Where results are kept beyond this process; null: nowhere.
 */
/**
 * @typedef {object} Windows Milliseconds; what is left out is as the options say.
 * @property {number} [ttl]
 * @property {number} [staleWhileRevalidate]
 * @property {number} [staleIfError]
 * @property {number} [hold] How long after ttl the value is kept for loads to see, which may find that it is still right; it is
 *   served to nobody.
 */

/** @typedef {'default' | 'reload' | 'only-if-cached' | 'no-store'} CacheMode */

/** The names of {@link CacheOptions}. */
export const CACHE_OPTIONS = Object.freeze([
  ...['ttl', 'staleWhileRevalidate', 'staleIfError', 'errorTtl', 'jitter', 'maxBytes', 'maxEntries', 'tags', 'cache', 'sizeOf', 'persist'],
]);

const MODES = /** @type {const} */ (['default', 'reload', 'only-if-cached', 'no-store']);
/** @type {readonly string[]} */
const NO_TAGS = Object.freeze([]);

/** Checked options; times in milliseconds. */
export class Policy {
  /**
   * @param {CacheOptions} options
   * @param {Policy} [base] What holds where `options` says nothing.
   * @throws {TypeError | RangeError} Naming the option.
   */
  constructor(options, base) {
    if (typeof options !== 'object' || options === null) throw new TypeError('options: must be an object.');
    this.ttl = parseDuration(options.ttl, 'ttl') ?? base?.ttl ?? Infinity;
    this.staleWhileRevalidate =
      parseDuration(options.staleWhileRevalidate, 'staleWhileRevalidate') ?? base?.staleWhileRevalidate ?? 0;
    this.staleIfError = parseDuration(options.staleIfError, 'staleIfError') ?? base?.staleIfError ?? 0;
    this.errorTtl = parseDuration(options.errorTtl, 'errorTtl') ?? base?.errorTtl ?? 0;
    this.jitter = checkJitter(options.jitter) ?? base?.jitter ?? 0;
    this.maxBytes = parseBytes(options.maxBytes, 'maxBytes') ?? base?.maxBytes ?? Infinity;
    /** 0: no bound of this call's own. */
    this.maxEntries = checkMaxEntries(options.maxEntries, 'maxEntries') || (base?.maxEntries ?? 0);
    /** @type {readonly string[] | ((value: unknown) => readonly string[])} */
    this.tags = options.tags === undefined ? (base?.tags ?? NO_TAGS) : checkTags(options.tags);
    /** @type {CacheMode} */
    this.mode = checkMode(options.cache) ?? base?.mode ?? 'default';
    /** @type {((value: unknown) => number) | undefined} */
    this.sizeOf = checkFunction(options.sizeOf, 'sizeOf') ?? base?.sizeOf;
    /** @type {ResultStorage | undefined} */
    this.persist = options.persist === null ? undefined : options.persist === undefined ? base?.persist : ResultStorage.of(options.persist);
    /** For connections: what a value that was loaded says about its own windows. @type {((value: any) => Windows) | undefined} */
    this.windowsOf = checkFunction(/** @type {any} */ (options).windowsOf, 'windowsOf') ?? base?.windowsOf;
    Object.freeze(this);
  }
}

/** Holds where nobody says anything: kept until evicted or invalidated. */
export const DEFAULT_POLICY = new Policy({});

/**
 * Refuses options that there are not: a misspelt ttl would be none.
 * @param {unknown} options
 * @param {readonly string[]} known
 * @param {string} what Whose options they are, e.g. `'cacheData()'`.
 * @throws {TypeError}
 */
export function checkNames(options, known, what) {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${what}: options must be an object.`);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${what} has no option "${name}"; there ${known.length > 1 ? 'are' : 'is'}: ${known.join(', ')}`);
  }
}

/**
 * @param {unknown} tags
 * @returns {readonly string[] | ((value: unknown) => readonly string[])}
 */
function checkTags(tags) {
  if (typeof tags === 'function') return /** @type {(value: unknown) => readonly string[]} */ (tags);
  return checkTagList(tags);
}

/** @param {unknown} tags @returns {tags is readonly string[]} */
export const isTagList = (tags) => Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && tag !== '');

/**
 * @param {unknown} tags
 * @returns {readonly string[]}
 * @throws {TypeError}
 */
export function checkTagList(tags) {
  if (!isTagList(tags)) throw new TypeError('tags: must be a list of texts that are not empty.');
  return tags;
}

/**
 * @param {unknown} jitter
 * @returns {number | undefined}
 */
function checkJitter(jitter) {
  if (jitter === undefined) return undefined;
  if (typeof jitter !== 'number') throw new TypeError('jitter: must be a number from 0 to 1.');
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError('jitter: must be a number from 0 to 1.');
  return jitter;
}

/**
 * @param {unknown} mode
 * @returns {CacheMode | undefined}
 */
function checkMode(mode) {
  if (mode === undefined) return undefined;
  const known = MODES.find((name) => name === mode);
  if (!known) throw new TypeError(`cache: must be one of ${MODES.map((name) => `'${name}'`).join(', ')}.`);
  return known;
}

/**
 * @param {unknown} value
 * @param {string} option
 * @returns {((value: unknown) => any) | undefined}
 */
function checkFunction(value, option) {
  if (value === undefined) return undefined;
  if (typeof value !== 'function') throw new TypeError(`${option}: must be a function.`);
  return /** @type {(value: unknown) => any} */ (value);
}

/**
 * A bound on a number of entries.
 * @param {unknown} value
 * @param {string} option
 * @returns {number} 0 when there is none.
 * @throws {TypeError | RangeError} Naming the option.
 */
export function checkMaxEntries(value, option) {
  if (value === undefined || value === Infinity) return 0;
  if (typeof value !== 'number') throw new TypeError(`${option}: must be a whole number of at least 1.`);
  if (!Number.isInteger(value) || value < 1 || value > 2 ** 30) {
    throw new RangeError(`${option}: must be a whole number of at least 1.`);
  }
  return value;
}
