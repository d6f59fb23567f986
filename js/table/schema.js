/**
 * The columns of a result: their names and types.
 */
import { isDate, isInteger } from './values.js';

/** @typedef {import('./values.js').Value} Value */

/**
 * @typedef {'integer' | 'bigint' | 'number' | 'boolean' | 'string' | 'buffer' | 'date' | 'array' | 'object' | 'other'} ColumnType
 * 'other': the source declares no type and the values are of several kinds, or all null.
 */

/**
 * @typedef {object} ColumnInfo
 * @property {string} name
 * @property {ColumnType} type From the source's declaration where there is one, otherwise from the values.
 * @property {boolean} nullable False where the source rules nulls out.
 * @property {string} databaseType The source's own name of the type, '' where it has none.
 */

/** Immutable, and shared by all results of one statement. */
export class Schema {
  /** @param {readonly ColumnInfo[]} columns */
  constructor(columns) {
    /** @type {readonly Readonly<ColumnInfo>[]} */
    this.columns = Object.freeze(columns.map((column) => Object.freeze({ ...column })));
    /** @type {readonly string[]} */
    this.names = Object.freeze(columns.map(({ name }) => name));
    /** Whether rows can be made by plain assignment: one to "__proto__" would set the prototype. */
    this.plain = !this.names.includes('__proto__');
    /** Whether the type of every column is known. */
    this.complete = columns.every(({ type }) => type !== 'other');
    Object.freeze(this);
  }
}

/**
 * The type that describes all values.
 * @param {Iterable<Value>} list
 * @returns {ColumnType}
 */
export function typeOf(list) {
  /** @type {Set<ColumnType>} */
  const types = new Set();
  for (const value of list) if (value !== null) types.add(kindOf(value));
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number';
  return types.size === 1 ? /** @type {ColumnType} */ ([...types][0]) : 'other';
}

/**
 * @param {Exclude<Value, null>} value
 * @returns {ColumnType}
 */
function kindOf(value) {
  switch (typeof value) {
    case 'number':
      return isInteger(value) ? 'integer' : 'number';
    case 'string':
    case 'boolean':
    case 'bigint':
      return /** @type {ColumnType} */ (typeof value);
  }
  if (ArrayBuffer.isView(value)) return 'buffer';
  if (Array.isArray(value)) return 'array';
  return isDate(value) ? 'date' : 'object';
}
