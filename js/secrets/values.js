/**
 * Plain values and the trees that they are inside (js/packed.js), which is how secrets are kept.
 */

/** @typedef {import('./view.js').Tree} Tree */

/**
 * Copies plain values.
 * @param {unknown} value JSON-like values (null too), and what TOML has besides: bigint within 64 bits, Date, NaN, Infinity.
 * @param {string} path Names the value in errors.
 * @param {object[]} [above] The tables and arrays around it.
 * @returns {Tree}
 * @throws {TypeError} For anything else, cycles included, naming its path and never its value.
 */
export function encodeValue(value, path, above = []) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw new TypeError(`${path} is an integer beyond 64 bits`);
      return value;
    case 'object':
      return value === null ? value : encodeObject(value, path, above);
    default:
      throw new TypeError(`${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which cannot be a secret`);
  }
}

/** @param {object} value @param {string} path @param {object[]} above @returns {Tree} */
function encodeObject(value, path, above) {
  if (above.includes(value)) throw new TypeError(`${path} refers to a table that it is in`);
  if (above.length > 200) throw new TypeError(`${path} is nested too deep`);
  const inside = [...above, value];
  if (Array.isArray(value)) return ['a', ...Array.from(value, (item, i) => encodeValue(item, `${path}[${i}]`, inside))];
  if (Object.prototype.toString.call(value) === '[object Date]') {
    const time = Number(value);
    if (Number.isNaN(time)) throw new TypeError(`${path} is an invalid Date`);
    return ['z', new Date(time).toISOString()];
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`${path} is neither a plain object nor an array, number, string or boolean`);
  }
  const symbol = Object.getOwnPropertySymbols(value).find((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  if (symbol) throw new TypeError(`${path} has a symbol as a key`);
  return mapTable(value, (item, key) => encodeValue(item, `${path}.${key}`, inside));
}

/**
 * The JavaScript value of a tree, a copy of its own. Offset date-times are Date (to the millisecond), local dates and times text.
 * @param {Tree} tree
 * @returns {any}
 */
export function decodeValue(tree) {
  if (!Array.isArray(tree)) return typeof tree === 'object' && tree !== null ? mapTable(tree, decodeValue) : tree;
  return tree[0] === 'a' ? tree.slice(1).map(decodeValue) : decodeDate(tree);
}

/** @param {any[]} tree */
export const decodeDate = ([tag, text]) => (tag === 'z' ? new Date(text.replace(/(\.\d{3})\d+/, '$1')) : text);

/**
 * A plain object with each value of a table turned by `change`.
 * @param {{ [key: string]: any }} table @param {(value: any, key: string) => unknown} change
 * @returns {{ [key: string]: any }}
 */
export const mapTable = (table, change) => Object.fromEntries(Object.keys(table).map((key) => [key, change(table[key], key)]));
