/**
 * A Table of cells: the first row has the names of the columns, all others are as wide as the widest.
 */
import { columnOf, tableOf } from '../formats/columns.js';
import { Declared, checkRange, distinctNames } from '../formats/declared.js';
import { formatError } from '../formats/errors.js';
import { serialDate, serialText } from './serial.js';

/** @typedef {import('./cells.js').Cell} Cell */
/** @typedef {import('./cells.js').Cells} Cells */
/** @typedef {import('./serial.js').TimeKind} TimeKind */
/** @typedef {import('../table/table.js').Table} Table */

/**
 * @typedef {object} TableOptions
 * @property {boolean} [header] Whether the first row has the names of the columns. Default true.
 * @property {readonly (string | import('../formats/declared.js').DeclaredColumn)[]} [columns] The columns wanted, in this order; without a
 *   header their names.
 * @property {Readonly<Record<string, import('../table/schema.js').ColumnType>>} [types] Types by name of column. Default: by the values.
 * @property {readonly string[]} [nulls] Texts that are null, e.g. '#N/A'. Empty cells always are.
 * @property {'detect' | 'serial' | Readonly<Record<string, TimeKind>>} [dates] `'detect'` (default): cells that are formatted as dates or times
 *   are ISO text. `'serial'`: they are numbers. Otherwise: which columns they are in.
 * @property {'number' | 'bigint' | 'string'} [int64] How integers come. Default 'number'; only CSV can hold longer ones than that takes.
 * @property {number} [limit] Rows at the most. Default: all.
 * @property {number} [offset] Rows to leave out first. Default 0.
 */

const TIME_KINDS = ['date', 'datetime', 'time', 'duration'];

/** @param {TableOptions} options @throws {TypeError | RangeError} Naming the option. */
export function checkTableOptions({ header = true, nulls = [], dates = 'detect', int64 = 'number', ...options }) {
  if (!['number', 'bigint', 'string'].includes(int64)) throw new TypeError("int64: 'number', 'bigint' or 'string'.");
  if (typeof header !== 'boolean') throw new TypeError('header: true or false.');
  if (!Array.isArray(nulls) || nulls.some((text) => typeof text !== 'string')) throw new TypeError('nulls: an array of texts.');
  const named = typeof dates === 'object' && dates !== null ? Object.entries(dates) : undefined;
  if (!named && dates !== 'detect' && dates !== 'serial') throw new TypeError("dates: 'detect', 'serial', or an object of kinds by name of column.");
  const odd = named?.find(([, kind]) => !TIME_KINDS.includes(kind));
  if (odd) throw new TypeError(`dates: column "${odd[0]}" cannot be '${String(odd[1])}'. There are: ${TIME_KINDS.join(', ')}.`);
  checkRange(options);
  return new Declared(options);
}

/**
 * @param {Cells} cells
 * @param {TableOptions} options Checked.
 * @returns {Table}
 * @throws {import('../errors.js').HawserError} ERR_FORMAT with the row, for what is not of the type declared, and for columns that are not there.
 */
export function toTable({ rows, kinds = [] }, options) {
  const { header = true, nulls = [], dates = 'detect', int64 = 'number' } = options;
  const declared = new Declared(options);
  const { limit, offset } = checkRange(options);
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const titles = header ? (rows[0] ?? []).map((cell, c) => nameOf(cell, kinds[0]?.[c])) : (declared.names ?? []);
  const names = distinctNames(Array.from({ length: Math.max(width, titles.length) }, (_, c) => titles[c] ?? ''));
  const given = typeof dates === 'object' ? dates : {};
  const first = (header ? 1 : 0) + offset;
  const last = Math.min(rows.length, first + limit);
  const missing = new Set(nulls);
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger !== undefined) throw formatError(`dates: there is no column "${stranger}". There are: ${names.join(', ')}`);

  const made = declared.pick(names).map((c) => {
    const name = /** @type {string} */ (names[c]);
    const type = declared.typeOf(name);
    /** @type {Set<string>} */
    const found = new Set();
    /** @type {(Cell | Date)[]} */
    const values = [];
    for (let row = first; row < last; row++) {
      const cell = rows[row]?.[c] ?? null;
      const kind = given[name] ?? kinds[row]?.[c];
      if (cell === null || (typeof cell === 'string' && missing.has(cell))) {
        values.push(null);
      } else if (typeof cell !== 'number') {
        found.add('');
        values.push(cell);
      } else {
        found.add(kind ?? '');
        values.push(timeOf(cell, kind, type));
      }
    }
    const databaseType = found.size === 1 ? [...found][0] : '';
    const { type: shown, vector } = columnOf(values, type, { name, int64, row: offset });
    return { column: { name, type: shown, databaseType }, vector };
  });
  const length = Math.max(0, last - first);
  return tableOf(made.map(({ column }) => column), [{ length, vectors: made.map(({ vector }) => vector) }]);
}

/**
 * @param {number} serial @param {TimeKind | undefined} kind
 * @param {string | undefined} type As declared.
 */
function timeOf(serial, kind, type) {
  if (type === 'date') return serialDate(serial);
  const number = kind === undefined || type === 'number' || type === 'integer' || type === 'bigint' || type === 'boolean';
  return number ? serial : serialText(serial, kind);
}

/** @param {Cell} cell @param {TimeKind | undefined} kind */
function nameOf(cell, kind) {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return typeof cell === 'number' && kind !== undefined ? serialText(cell, kind) : String(cell).trim();
}
