/**
 * Trees of values on their way to the core and back. Their form in between is JSON, see src/base/wire.h.
 */

/** @typedef {import('./view.js').Wire} Wire */

/**
 * Writes plain values for the core.
 * @param {unknown} value JSON-like values (null too), and what TOML has besides: bigint within 64 bits, Date, NaN, Infinity.
 * @param {string} path Names the value in errors.
 * @param {object[]} [above] The tables and arrays around it.
 * @returns {string} JSON.
 * @throws {TypeError} For anything else, cycles included, naming its path and never its value.
 */
export function encodeValue(value, path, above = []) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      return encodeNumber(value);
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw new TypeError(`${path} is an integer beyond 64 bits`);
      return `["i","${value}"]`;
    case 'object':
      return value === null ? 'null' : encodeObject(value, path, above);
    default:
      throw new TypeError(`${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which cannot be a secret`);
  }
}

/** @param {number} value */
function encodeNumber(value) {
  if (!Number.isFinite(value)) return `["f","${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}"]`;
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** @param {object} value @param {string} path @param {object[]} above @returns {string} */
function encodeObject(value, path, above) {
  if (above.includes(value)) throw new TypeError(`${path} refers to a table that it is in`);
  if (above.length > 200) throw new TypeError(`${path} is nested too deep`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    return `[${['"a"', ...Array.from(value, (item, i) => encodeValue(item, `${path}[${i}]`, inside))].join()}]`;
  }
  if (Object.prototype.toString.call(value) === '[object Date]') {
    const time = Number(value);
    if (Number.isNaN(time)) throw new TypeError(`${path} is an invalid Date`);
    return `["o","${new Date(time).toISOString()}"]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`${path} is neither a plain object nor an array, number, string or boolean`);
  }
  const symbol = Object.getOwnPropertySymbols(value).find((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  if (symbol) throw new TypeError(`${path} has a symbol as a key`);
  const parts = Object.keys(value).map(
    (key) => `${JSON.stringify(key)}:${encodeValue(/** @type {any} */ (value)[key], `${path}.${key}`, inside)}`,
  );
  return `{${parts.join()}}`;
}

/**
 * The JavaScript value of what the core wrote, a copy of its own. Integers beyond 2^53 are bigint, offset date-times
 * Date (to the millisecond), local dates and times text.
 * @param {Wire} wire
 * @returns {any}
 */
export function decodeValue(wire) {
  if (!Array.isArray(wire)) return typeof wire === 'object' && wire !== null ? decodeTable(wire, decodeValue) : wire;
  return wire[0] === 'a' ? wire.slice(1).map(decodeValue) : decodeScalar(wire);
}

/** @param {any[]} wire */
export function decodeScalar([tag, text]) {
  if (tag === 'i') return BigInt(text);
  if (tag === 'f') return text === 'nan' ? NaN : text === 'inf' ? Infinity : -Infinity;
  return tag === 'o' ? new Date(text.replace(/(\.\d{3})\d+/, '$1')) : text;
}

/**
 * A plain object with each value of a table turned by `decode`.
 * @param {{ [key: string]: any }} table @param {(wire: any) => unknown} decode
 * @returns {{ [key: string]: any }}
 */
export function decodeTable(table, decode) {
  /** @type {{ [key: string]: any }} */
  const object = {};
  for (const key of Object.keys(table)) {
    const value = decode(table[key]);
    if (key === '__proto__') {
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    } else {
      object[key] = value;
    }
  }
  return object;
}
