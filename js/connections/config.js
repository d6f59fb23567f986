/**
 * Configurations on their way to the core and back, in the form that js/packed.js turns into bytes.
 */

const DEPTH_LIMIT = 64;

/**
 * A list as the core reads it.
 * @param {readonly unknown[]} items
 */
export const list = (items) => ['a', ...items];

/**
 * What stands for a value that the core cannot look into.
 * @param {string} kind @param {string | number | bigint} which Tells it from others of its kind.
 */
const mark = (kind, which = '') => ['l', `${kind}${which}`];

/**
 * Encodes a layer so that different configurations look different. What the core cannot look into (functions, clients,
 * other objects that are not plain) is represented by its identity.
 * @param {Record<string, any>} layer Keys whose value is undefined are not given.
 * @param {(value: object) => number} identity
 * @param {readonly string[]} ignore Keys to leave out.
 * @returns {Record<string, unknown>}
 * @throws {RangeError} For nesting beyond 64 levels, which a cycle is.
 */
export function encodeConfig(layer, identity, ignore) {
  const kept = Object.entries(layer).filter(([key, value]) => value !== undefined && !ignore.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, encode(value, identity, [key])]));
}

/**
 * @param {any} value @param {(value: object) => number} identity @param {string[]} path
 * @returns {unknown}
 */
function encode(value, identity, path) {
  if (path.length > DEPTH_LIMIT) throw new RangeError(`option ${path.slice(0, 3).join('.')}… is nested too deep`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : mark('number', Object.is(value, -0) ? '-0' : value);
    case 'bigint':
      return mark('bigint', value);
    case 'undefined':
      return mark('undefined');
    case 'symbol':
      throw new TypeError(`option ${path.join('.')} is a symbol`);
    case 'function':
      return mark('object', identity(value));
  }
  if (value === null) return null;
  if (Array.isArray(value)) return list(value.map((item, index) => encode(item, identity, [...path, `${index}`])));
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, identity, [...path, key])]));
  }
  if (Object.prototype.toString.call(value) === '[object Date]') return mark('date', Number(value));
  return mark('object', identity(value));
}

/**
 * Decodes an address: text, numbers, tables and arrays.
 * @param {any} value
 * @returns {any}
 */
export function decodeConfig(value) {
  if (Array.isArray(value)) return value.slice(1).map(decodeConfig);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeConfig(item)]));
}
