/**
 * Cache keys: one text for one meaning. Every part carries its type and its length, so that no two different
 * argument lists share a key; object keys are sorted, so that equal ones do.
 *
 * In memory keys are compared in full. Statement texts are interned, because hashing a long fresh string would be
 * most of what a hit costs.
 */
import { HawserError } from '../errors.js';

const toString = Object.prototype.toString;
const DEPTH_LIMIT = 200;

/**
 * The canonical key of a list of arguments. Distinct: `1`, `1n`, `'1'`, `true`; `null`, `undefined`; `0`, `-0`, `NaN`;
 * a Date and its text; a Map, a Set and an object; each kind of typed array. An object with `toJSON` counts as what
 * that returns, beside its class name.
 * @param {readonly unknown[]} parts
 * @returns {string}
 * @throws {HawserError} ERR_CACHE_KEY for functions, symbols, cycles and objects whose content cannot be seen; the
 *   message and `path` say where.
 */
export function encodeKey(parts) {
  return encodeParts(parts, []);
}

/**
 * @param {readonly unknown[]} parts
 * @param {Ancestor[]} above
 */
function encodeParts(parts, above) {
  let text = `a${parts.length}[`;
  for (let i = 0; i < parts.length; i++) text += encodeValue(parts[i], i, above);
  return text;
}

/**
 * The same key in one piece. What is joined of several texts keeps them all, which takes three times the memory.
 * @param {string} key
 */
export const compactKey = (key) => (key.length < 13 ? key : [key.slice(0, 8), key.slice(8)].join(''));

/** @typedef {{ value: object, name: string | number }} Ancestor An object around the current one, and its name there. */

/**
 * One argument, as a part of a key.
 * @param {unknown} value
 * @param {string | number} name Its name or index, for errors.
 * @param {Ancestor[]} above
 * @returns {string}
 */
export function encodeValue(value, name, above) {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return value === 0 && 1 / value < 0 ? 'n-0;' : `n${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'bigint':
      return `i${value};`;
    case 'object':
      return value === null ? 'z' : encodeObject(value, name, above);
    default:
      throw refuse(`a ${typeof value} cannot be part of a cache key`, name, above);
  }
}

/**
 * @param {object} value
 * @param {string | number} name
 * @param {Ancestor[]} above
 * @returns {string}
 */
function encodeObject(value, name, above) {
  if (above.length > DEPTH_LIMIT) throw refuse(`more than ${DEPTH_LIMIT} levels cannot be part of a cache key`, name, above);
  if (above.some((ancestor) => ancestor.value === value)) throw refuse('a cyclic value cannot be part of a cache key', name, above);
  above.push({ value, name });
  try {
    if (Array.isArray(value)) return encodeParts(value, above);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return encodePlain(value, above);
    return encodeKnown(value, above) ?? encodeJson(value, above);
  } finally {
    above.pop();
  }
}

/**
 * @param {object} value
 * @param {Ancestor[]} above
 */
function encodePlain(value, above) {
  const record = /** @type {Record<string, unknown>} */ (value);
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw refuse('a property named by a symbol cannot be part of a cache key', '', above);
  }
  if (typeof record.toJSON === 'function') return encodeJson(value, above);
  const names = Object.keys(record);
  if (names.length > 1) names.sort();
  let text = `o${names.length}{`;
  for (const name of names) text += `${name.length}:${name}${encodeValue(record[name], name, above)}`;
  return text;
}

/**
 * Objects of the language and the platform, of any realm; undefined for others.
 * @param {object} value
 * @param {Ancestor[]} above
 * @returns {string | undefined}
 */
function encodeKnown(value, above) {
  if (ArrayBuffer.isView(value)) {
    const kind = toString.call(value).slice(8, -1);
    return `b${kind.length}:${kind}${latin1(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}`;
  }
  try {
    switch (toString.call(value)) {
      case '[object Date]':
        return `d${Date.prototype.getTime.call(value)};`;
      case '[object Map]': {
        /** @type {string[]} */
        const entries = [];
        Map.prototype.forEach.call(value, (item, key) => {
          entries.push(encodeValue(key, 'key', above) + encodeValue(item, typeof key === 'string' ? key : 'value', above));
        });
        return `m${entries.length}{${entries.sort().join('')}`;
      }
      case '[object Set]': {
        /** @type {string[]} */
        const items = [];
        Set.prototype.forEach.call(value, (item) => items.push(encodeValue(item, 'item', above)));
        return `e${items.length}{${items.sort().join('')}`;
      }
      case '[object RegExp]': {
        const { source, flags, lastIndex } = /** @type {RegExp} */ (value);
        return `r${source.length}:${source}${flags.length}:${flags}${lastIndex};`;
      }
      case '[object ArrayBuffer]':
        return `b0:${latin1(new Uint8Array(/** @type {ArrayBuffer} */ (value)))}`;
      case '[object URL]':
      case '[object URLSearchParams]': {
        const text = String(value);
        return `l${text.length}:${text}`;
      }
    }
  } catch (error) {
    if (error instanceof HawserError) throw error; // Anything else: it only claims to be one of these.
  }
  return undefined;
}

/**
 * @param {object} value
 * @param {Ancestor[]} above
 */
function encodeJson(value, above) {
  const { toJSON, constructor } = /** @type {{ toJSON?: unknown, constructor?: { name?: unknown } }} */ (value);
  if (typeof toJSON !== 'function') {
    const kind = typeof constructor?.name === 'string' && constructor.name ? ` of class ${constructor.name}` : '';
    throw refuse(`an object${kind} cannot be part of a cache key, because its content may be hidden`, '', above);
  }
  const kind = String(constructor?.name ?? '');
  return `j${kind.length}:${kind}${encodeValue(toJSON.call(value, ''), 'toJSON()', above)}`;
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
  let text = `${bytes.length}:`;
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode.apply(null, /** @type {number[]} */ (/** @type {unknown} */ (bytes.subarray(i, i + 8192))));
  }
  return text;
}

/**
 * @param {string} what
 * @param {string | number} name
 * @param {Ancestor[]} above
 */
function refuse(what, name, above) {
  let path = '';
  for (const part of [...above.map((ancestor) => ancestor.name), name]) {
    if (part === '') continue;
    path += typeof part === 'number' ? `[${part}]` : path && !part.endsWith('()') ? `.${part}` : path ? `.${part}` : part;
  }
  return new HawserError(
    'ERR_CACHE_KEY',
    `Argument ${path}: ${what}. Leave it out of the key (keyIgnore) or give a key of your own (key).`,
    { path },
  );
}
