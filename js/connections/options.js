/**
 * The options of connection(), checked.
 */
import { parseDuration } from '../duration.js';

/**
 * @typedef {object} ConnectionOptions
 * @property {string | import('./types.js').ConnectionClass} [type] A known type, 'module-specifier#Export', or a class.
 * @property {number | string} [ttl] How long the connection lives: seconds, or a duration such as '10m'.
 * @property {number} [maxEntries] How many connections with the same ttl and maxEntries may live; the least recently
 *   used ones are closed.
 * @property {'global' | 'request'} [scope] Default: what the class says, which is 'global' unless it says otherwise.
 * @property {readonly string[]} [keyIgnore] Names of options that do not tell connections apart, e.g. a new function
 *   at every call.
 */

/**
 * @param {string} name @param {any} options
 * @returns What the connection was asked for with, how long it is kept, and for whom.
 * @throws {TypeError | RangeError} Naming the option.
 */
export function parseOptions(name, options) {
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
  return {
    asked: { name, type, kwargs, keyIgnore: /** @type {readonly string[]} */ (keyIgnore) },
    bounds: { ttl: parseDuration(ttl, 'ttl'), maxEntries: /** @type {number | undefined} */ (maxEntries) },
    scope: /** @type {'global' | 'request' | undefined} */ (scope),
  };
}

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isRecord(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** @param {Record<string, any>} object @returns {any} The same without what is undefined. */
export const withoutNone = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
