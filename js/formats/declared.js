/**
 * What the caller declares of columns: which ones, in which order, of which type.
 */
import { formatError } from './errors.js';

/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {{ name: string, type?: ColumnType }} DeclaredColumn */

/** @type {readonly ColumnType[]} */
const TYPES = ['integer', 'bigint', 'number', 'boolean', 'string', 'date', 'buffer', 'array', 'object', 'other'];

/**
 * @typedef {object} ColumnOptions
 * @property {readonly (string | DeclaredColumn)[]} [columns] The columns wanted, in this order. Default: all.
 * @property {Readonly<Record<string, ColumnType>>} [types] Types by name of column. Default: by what the data is.
 */

export class Declared {
  #types;

  /**
   * @param {ColumnOptions} options
   * @throws {TypeError} naming the option
   */
  constructor({ columns, types }) {
    if (columns !== undefined && !Array.isArray(columns)) throw new TypeError('columns: an array of names, or of { name, type }.');
    if (types !== undefined && (types === null || typeof types !== 'object')) {
      throw new TypeError('types: an object of types by name of column.');
    }
    /** @type {Map<string, ColumnType>} */
    this.#types = new Map(Object.entries(types ?? {}));
    /** Names, where they are declared. @type {string[] | undefined} */
    this.names = columns?.map((column) => {
      const { name, type } = typeof column === 'string' ? { name: column, type: undefined } : (column ?? {});
      if (typeof name !== 'string') throw new TypeError('columns: an array of names, or of { name, type }.');
      if (type !== undefined) this.#types.set(name, type);
      return name;
    });
    if (this.names && new Set(this.names).size < this.names.length) throw new TypeError('columns: a name is there twice.');
    for (const [name, type] of this.#types) {
      if (!TYPES.includes(type)) throw new TypeError(`types: column "${name}" cannot be '${String(type)}'. There are: ${TYPES.join(', ')}.`);
    }
  }

  /** @param {string} name @returns {ColumnType | undefined} */
  typeOf(name) {
    return this.#types.get(name);
  }

  /**
   * Where the columns wanted are among those that there are.
   * @param {readonly string[]} present
   * @returns {number[]}
   * @throws {import('../errors.js').HawserError} ERR_FORMAT when one that is named is not there
   */
  pick(present) {
    for (const name of [...(this.names ?? []), ...this.#types.keys()]) {
      if (!present.includes(name)) throw formatError(`There is no column "${name}". There are: ${present.join(', ')}`);
    }
    return this.names ? this.names.map((name) => present.indexOf(name)) : present.map((_, i) => i);
  }
}

/**
 * Names of columns made fit to be told apart: those without one get their number, repeated ones a number behind.
 * @param {readonly string[]} names
 */
export function distinctNames(names) {
  const taken = new Set(names);
  /** @type {Set<string>} */
  const used = new Set();
  return names.map((name, i) => {
    let unique = name === '' ? `column${i + 1}` : name;
    for (let n = 2; used.has(unique) || (unique !== name && taken.has(unique)); n++) unique = `${name || `column${i + 1}`}_${n}`;
    used.add(unique);
    return unique;
  });
}

/**
 * @param {{ limit?: number, offset?: number, batchSize?: number }} options
 * @returns {{ limit: number, offset: number, batchSize: number }} Defaults: no limit, 0, 10,000 rows.
 * @throws {RangeError} naming the option
 */
export function checkRange({ limit = Infinity, offset = 0, batchSize = 10_000 }) {
  if (!(limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0))) throw new RangeError('limit: a number of rows, 0 or more.');
  if (!(Number.isSafeInteger(offset) && offset >= 0)) throw new RangeError('offset: a number of rows, 0 or more.');
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) throw new RangeError('batchSize: a number of rows, 1 or more.');
  return { limit, offset, batchSize };
}
