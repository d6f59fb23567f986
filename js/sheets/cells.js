/**
 * Cells out of the API's answers.
 */

/** @typedef {import('./serial.js').TimeKind} TimeKind */
/** @typedef {string | number | boolean | null} Cell Null when it is empty. */

/**
 * Cells of a range, without the empty ones at the end of rows and the empty rows at the end: rows differ in length.
 * @typedef {object} Cells
 * @property {Cell[][]} rows
 * @property {(TimeKind | undefined)[][]} [kinds] What numbers mean that are shown as dates and times, where that is known.
 */

/** How each of the errors that a cell can hold is shown. @type {Readonly<Record<string, string>>} */
const ERRORS = Object.freeze({
  ERROR: '#ERROR!', NULL_VALUE: '#NULL!', DIVIDE_BY_ZERO: '#DIV/0!', VALUE: '#VALUE!', REF: '#REF!', NAME: '#NAME?', NUM: '#NUM!',
  N_A: '#N/A', LOADING: 'Loading...',
});

/** @type {Readonly<Record<string, TimeKind>>} */
const KINDS = Object.freeze({ DATE: 'date', DATE_TIME: 'datetime', TIME: 'time' });

/** Fields that {@link cellsOfGrid} looks at, as a mask. */
export const GRID_FIELDS = 'sheets(properties(title),data(rowData(values(effectiveValue,effectiveFormat(numberFormat(type))))))';

/**
 * @param {{ values?: unknown[][] }} range A ValueRange, read as UNFORMATTED_VALUE.
 * @returns {Cells}
 */
export const cellsOfValues = ({ values = [] }) => ({
  rows: trimmed(values.map((row) => row.map((value) => (value === '' || value === undefined ? null : /** @type {Cell} */ (value))))),
});

/**
 * @param {{ rowData?: { values?: any[] }[] }} grid A GridData.
 * @returns {Cells}
 */
export function cellsOfGrid({ rowData = [] }) {
  /** @type {(TimeKind | undefined)[][]} */
  const kinds = [];
  const rows = rowData.map(({ values = [] }) => {
    /** @type {(TimeKind | undefined)[]} */
    const rowKinds = [];
    kinds.push(rowKinds);
    return values.map(({ effectiveValue, effectiveFormat }, column) => {
      const value = valueOf(effectiveValue);
      if (typeof value === 'number') {
        const kind = KINDS[effectiveFormat?.numberFormat?.type];
        if (kind !== undefined) rowKinds[column] = kind;
      }
      return value;
    });
  });
  return { rows: trimmed(rows), kinds };
}

/** @param {any} value An ExtendedValue. @returns {Cell} */
function valueOf(value) {
  if (value === undefined) return null;
  if (value.errorValue) return ERRORS[value.errorValue.type] ?? ERRORS.ERROR;
  const found = value.numberValue ?? value.stringValue ?? value.boolValue ?? null;
  return found === '' ? null : found;
}

/** @param {Cell[][]} rows Changed in place. */
function trimmed(rows) {
  for (const row of rows) {
    while (row.length && row[row.length - 1] === null) row.pop();
  }
  while (rows.length && /** @type {Cell[]} */ (rows[rows.length - 1]).length === 0) rows.pop();
  return rows;
}
