/**
 * What is written to a worksheet: rows of cells from tables, rows and columns.
 */
import { Table } from '../table/table.js';
import { isDate } from '../table/values.js';

/** @typedef {import('./cells.js').Cell} Cell */

/**
 * @typedef {readonly (readonly unknown[])[] | readonly Readonly<Record<string, unknown>>[]} Rows As arrays, which have no names, or as objects.
 * @typedef {Table | Rows | Readonly<Record<string, ArrayLike<unknown>>>} SheetData A Table, rows, or columns of equal length by name.
 */

/** Of one cell. */
const LONGEST = 50_000;

/**
 * @param {SheetData} data
 * @returns {{ names: string[] | undefined, rows: Cell[][] }} names: undefined for rows that are arrays.
 * @throws {TypeError | RangeError} Naming row and column.
 */
export function cellsOfData(data) {
  if (data instanceof Table) return named(data.columns.map(({ name }) => name), data.length, data.columns.map((_, c) => data.columnAt(c)));
  if (Array.isArray(data)) {
    return data.every(Array.isArray) ? { names: undefined, rows: data.map(ofArray) } : ofObjects(data);
  }
  if (typeof data !== 'object' || data === null) throw new TypeError('data: must be a Table, an array of rows, or columns by name.');
  const columns = /** @type {ArrayLike<unknown>[]} */ (Object.values(data));
  const lengths = columns.map((column) => (typeof column === 'object' && column !== null ? column.length : undefined));
  const equal = lengths.every((length) => length !== undefined && length === lengths[0]);
  if (!equal) throw new TypeError('data: columns must be lists of equal length.');
  return named(Object.keys(data), lengths[0] ?? 0, columns);
}

/** @param {unknown[]} row @param {number} r */
const ofArray = (row, r) => row.map((value, c) => cellOf(value, r, c));

/** @param {any[]} list */
function ofObjects(list) {
  const odd = list.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (odd >= 0) throw new TypeError(`data: row ${odd} is no object like the others.`);
  const names = [...new Set(list.flatMap(Object.keys))];
  return { names, rows: list.map((row, r) => names.map((name) => cellOf(row[name], r, name))) };
}

/** @param {string[]} names @param {number} length @param {readonly any[]} columns Lists or Columns. */
function named(names, length, columns) {
  const at = (/** @type {any} */ column, /** @type {number} */ row) => (typeof column.get === 'function' ? column.get(row) : column[row]);
  const rows = Array.from({ length }, (_, row) => columns.map((column, c) => cellOf(at(column, row), row, /** @type {string} */ (names[c]))));
  return { names, rows };
}

/**
 * @param {unknown} value @param {number} row @param {string | number} column For errors.
 * @returns {Cell}
 */
function cellOf(value, row, column) {
  const where = () => `data: row ${row}, column ${JSON.stringify(column)}`;
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'undefined':
      return null;
    case 'string':
      if (value.length > LONGEST) throw new RangeError(`${where()} is longer than the ${LONGEST} characters of a cell.`);
      return value;
  }
  if (value === null) return null;
  if (isDate(value) && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new TypeError(`${where()} holds ${typeof value === 'number' ? value : 'something'} that a cell cannot hold.`);
}

/** @param {Cell} cell @returns {Record<string, unknown>} A CellData: its value is never looked into for a formula. */
export function cellData(cell) {
  if (cell === null) return {};
  const kind = typeof cell === 'number' ? 'numberValue' : typeof cell === 'boolean' ? 'boolValue' : 'stringValue';
  return { userEnteredValue: { [kind]: cell } };
}

/** @param {Cell[][]} rows */
export const rowData = (rows) => rows.map((row) => ({ values: row.map(cellData) }));
