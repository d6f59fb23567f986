/**
 * A Table from the records in a JSON value.
 *
 *   an array of objects   a row each; the columns are their names in order of first appearance, a name that a row lacks is null
 *   an array of arrays    a row each; the columns are `columns`, or the first row with `header: true`, or column1, column2, …
 *   an array of others    a row each of one column, "value"
 *   an object             one row
 *   null                  no rows
 */
import { columnOf, tableOf } from './columns.js';
import { checkRange, Declared, distinctNames } from './declared.js';
import { checkInt64, formatError } from './errors.js';
import { parseJson } from './json_text.js';

/** @typedef {import('./read.js').ReadOptions} ReadOptions */

/**
 * @param {string} text
 * @param {ReadOptions} options
 * @returns {import('../table/table.js').Table}
 * @throws {import('../errors.js').HawserError} ERR_FORMAT, ERR_INT64_RANGE
 */
export function jsonTable(text, options) {
  const int64 = checkInt64(options.int64);
  const value = parseJson(text, { int64: int64 === 'number' ? 'number' : 'bigint' });
  return recordsTable(recordsAt(value, options.records), options);
}

/**
 * What is at a path in a value.
 * @param {any} value
 * @param {string | readonly (string | number)[]} [path] Names and indexes with dots between, 'data.items'; as an array where names have
 *   dots in them. Default: the value itself.
 * @throws {import('../errors.js').HawserError} ERR_FORMAT when there is nothing
 */
export function recordsAt(value, path = []) {
  const keys = typeof path === 'string' ? (path === '' ? [] : path.split('.')) : path;
  if (!Array.isArray(keys)) throw new TypeError("records: a path as 'data.items', or an array of names.");
  keys.forEach((key, i) => {
    const name = String(key);
    const here = keys.slice(0, i).join('.') || 'the top';
    if (value === null || typeof value !== 'object') throw formatError(`records: there is no "${name}" at ${here}, which is ${kindOf(value)}`);
    if (!Object.hasOwn(value, name)) {
      const members = Object.keys(value).slice(0, 20).join(', ') || 'nothing in it';
      const names = Array.isArray(value) ? `an array of ${value.length}` : `an object with ${members}`;
      throw formatError(`records: there is no "${name}" at ${here}, which is ${names}`);
    }
    value = value[name];
  });
  return value;
}

/** @param {unknown} value */
function kindOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * @param {any} records Becomes the table's.
 * @param {ReadOptions} options
 * @param {number} [first] Number of the first row, for errors.
 */
export function recordsTable(records, options, first = 0) {
  const { limit, offset } = checkRange(options);
  let rows = Array.isArray(records) ? records : records === null || records === undefined ? [] : [records];
  if (!Array.isArray(records) && typeof records !== 'object') {
    throw formatError(`There are no records here: it is ${kindOf(records)}. Say where they are with records, e.g. records: 'data.items'`);
  }
  const declared = new Declared(options);
  const shape = shapeOf(rows, first);
  let head = /** @type {any[] | undefined} */ (undefined);
  if (shape === 'arrays' && options.header === true) [head, ...rows] = rows;
  if (offset > 0 || limit < rows.length) rows = rows.slice(offset, offset + limit);
  const present = shape === 'arrays' ? arrayNames(rows, head, declared.names) : shape === 'values' ? ['value'] : declared.names ?? namesOf(rows);
  // Of rows without names `columns` gives the names, unless a header does.
  const all = shape === 'objects' || (shape === 'arrays' && !head);
  const wanted = all ? present.map((_, i) => i) : declared.pick(present);
  const int64 = checkInt64(options.int64);
  const typed = wanted.map((i) => {
    const name = /** @type {string} */ (present[i]);
    const values = shape === 'objects' ? cellsOf(rows, name) : shape === 'arrays' ? rows.map((row) => row[i]) : rows.slice();
    return { name, ...columnOf(values, declared.typeOf(name), { name, int64, row: first + offset }) };
  });
  return tableOf(typed.map(({ name, type }) => ({ name, type })), [{ length: rows.length, vectors: typed.map(({ vector }) => vector) }]);
}

/**
 * @param {any[]} rows
 * @param {number} first
 * @returns {'objects' | 'arrays' | 'values'}
 */
function shapeOf(rows, first) {
  const shape = rows.length ? shapeOfRow(rows[0]) : 'objects';
  for (let i = 1; i < rows.length; i++) {
    const other = shapeOfRow(rows[i]);
    if (other !== shape) throw formatError(`Records are of different kinds: ${shape} and ${other}`, { row: first + i });
  }
  return shape;
}

/** @param {any} row */
const shapeOfRow = (row) => (typeof row !== 'object' || row === null ? 'values' : Array.isArray(row) ? 'arrays' : 'objects');

/** @param {any[]} rows @returns {string[]} */
export function namesOf(rows) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @type {string[]} */
  let last = [];
  for (const row of rows) {
    const keys = Object.keys(row);
    // Mostly they are the same as before.
    let same = keys.length === last.length;
    for (let i = 0; same && i < keys.length; i++) same = keys[i] === last[i];
    if (same) continue;
    for (const key of keys) names.add(key);
    last = keys;
  }
  return [...names];
}

/**
 * @param {any[][]} rows
 * @param {any[] | undefined} head
 * @param {string[] | undefined} names
 */
function arrayNames(rows, head, names) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const given = head ? head.map((name) => (name === null ? '' : String(name))) : names;
  if (given && width > given.length) {
    const row = rows.findIndex(({ length }) => length > given.length);
    throw formatError(`A record has ${width} values, ${head ? 'the header' : '"columns"'} ${given.length}`, { row });
  }
  return distinctNames(given ?? new Array(width).fill(''));
}

/** @param {any[]} rows @param {string} name */
function cellsOf(rows, name) {
  const values = new Array(rows.length);
  // What an object has inherited is none of its values.
  const inherited = name in {};
  for (let i = 0; i < rows.length; i++) values[i] = inherited && !Object.hasOwn(rows[i], name) ? null : rows[i][name];
  return values;
}
