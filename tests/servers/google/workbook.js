/**
 * Spreadsheets of the double: worksheets with cells, ranges in A1 notation, and what the contract says becomes of values that are written.
 */

/** What the double refuses, as the API does: status and google.rpc.Code. */
export class Refusal extends Error {
  constructor(status, reason, message, details) {
    super(message);
    Object.assign(this, { status, reason, details });
  }
}

const invalid = (message) => new Refusal(400, 'INVALID_ARGUMENT', message);

const LETTERS = /^[A-Za-z]+$/;
const columnNumber = (letters) => [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

export function letters(index) {
  return index < 0 ? '' : letters(Math.floor(index / 26) - 1) + String.fromCharCode(65 + (index % 26));
}

const ERRORS = {
  ERROR: '#ERROR!', NULL_VALUE: '#NULL!', DIVIDE_BY_ZERO: '#DIV/0!', VALUE: '#VALUE!', REF: '#REF!', NAME: '#NAME?', NUM: '#NUM!', N_A: '#N/A', LOADING: 'Loading...',
};

/**
 * A cell: { value: number | string | boolean | { error } , format?: 'DATE' | 'TIME' | 'DATE_TIME' | 'CURRENCY', shown?, formula? }.
 * Plain values stand for themselves.
 */
const cellOf = (value) => (value === null || value === undefined ? undefined : typeof value === 'object' ? value : { value });

export class Worksheet {
  constructor(sheetId, title, index, rows = [], { rowCount = 1000, columnCount = 26, hidden = false } = {}) {
    Object.assign(this, { sheetId, title, index, rowCount, columnCount, hidden });
    this.rows = rows.map((row) => row.map(cellOf));
  }

  properties() {
    return {
      sheetId: this.sheetId, title: this.title, index: this.index, sheetType: 'GRID', ...(this.hidden ? { hidden: true } : {}),
      gridProperties: { rowCount: this.rowCount, columnCount: this.columnCount },
    };
  }

  cell(row, column) {
    return this.rows[row]?.[column];
  }

  set(row, column, cell) {
    if (row >= this.rowCount || column >= this.columnCount) {
      throw invalid(`Range ('${this.title}'!${letters(column)}${row + 1}) exceeds grid limits. Max rows: ${this.rowCount}, max columns: ${this.columnCount}`);
    }
    while (this.rows.length <= row) this.rows.push([]);
    this.rows[row][column] = cell;
  }

  /** Rows and columns that hold anything, at the most those of the area. */
  used({ top, left, bottom, right }) {
    let height = 0;
    let width = 0;
    for (let row = top; row <= Math.min(bottom, this.rows.length - 1); row++) {
      for (let column = left; column <= right && column < this.rows[row].length; column++) {
        if (this.rows[row][column]?.value === undefined) continue;
        height = Math.max(height, row - top + 1);
        width = Math.max(width, column - left + 1);
      }
    }
    return { height, width };
  }
}

export class Workbook {
  constructor(spreadsheetId, title, sheets, { readers = [], editors = [], names = {}, publishedAs } = {}) {
    Object.assign(this, { spreadsheetId, title, sheets, readers, editors, names, publishedAs });
  }

  sheet(id) {
    const found = this.sheets.find(({ sheetId }) => sheetId === id);
    if (!found) throw invalid(`No grid with id: ${id}`);
    return found;
  }

  /** @returns the worksheet and the area of a range. */
  area(text) {
    const [, quoted, bare, rest] = /^(?:'((?:[^']|'')+)'|([^'!]+))(?:!(.+))?$/.exec(text) ?? [];
    const unparsable = () => invalid(`Unable to parse range: ${text}`);
    let title = quoted?.replace(/''/g, "'") ?? bare;
    let cells = rest;
    if (title === undefined) throw unparsable();
    if (quoted === undefined && rest === undefined) {
      if (this.names[bare]) return this.area(this.names[bare]);
      if (corners(bare)) [title, cells] = [this.sheets[0].title, bare];
    }
    const sheet = this.sheets.find((one) => one.title.toLowerCase() === title.toLowerCase());
    if (!sheet) throw unparsable();
    const found = cells === undefined ? [{}, {}] : corners(cells);
    if (!found) throw unparsable();
    const [from, to = from] = found;
    const area = {
      top: from.row ?? 0, left: from.column ?? 0,
      bottom: to.row ?? sheet.rowCount - 1, right: to.column ?? sheet.columnCount - 1,
    };
    if (area.top >= sheet.rowCount || area.left >= sheet.columnCount) {
      throw invalid(`Range (${text}) exceeds grid limits. Max rows: ${sheet.rowCount}, max columns: ${sheet.columnCount}`);
    }
    return { sheet, area };
  }

  values({ sheet, area }, { valueRenderOption: render = 'FORMATTED_VALUE', dateTimeRenderOption: dates = 'SERIAL_NUMBER' }) {
    const { height, width } = sheet.used(area);
    const rows = [];
    for (let row = 0; row < height; row++) {
      const values = [];
      for (let column = 0; column < width; column++) values.push(rendered(sheet.cell(area.top + row, area.left + column), render, dates));
      while (values.length && values[values.length - 1] === '') values.pop();
      rows.push(values);
    }
    return rows;
  }

  /** GridData, with empty rows and cells that are formatted only, as real ones have. */
  grid({ sheet, area }) {
    const { height, width } = sheet.used(area);
    const rowData = [];
    for (let row = 0; row < height + 2; row++) {
      const values = [];
      for (let column = 0; column < width + (row % 2); column++) values.push(column < width ? cellData(sheet.cell(area.top + row, area.left + column)) : {});
      rowData.push(row >= height ? (row === height ? {} : { values: [{ effectiveFormat: { numberFormat: { type: 'DATE' } } }] }) : { values });
    }
    return { ...(area.top ? { startRow: area.top } : {}), ...(area.left ? { startColumn: area.left } : {}), rowData };
  }
}

function corners(text) {
  const parts = text.split(':').map((part) => /^\$?([A-Za-z]{1,3})?\$?([1-9]\d*)?$/.exec(part));
  if (parts.length > 2 || parts.some((part) => !part?.[0])) return undefined;
  if (parts.length === 1 && !(parts[0][1] && parts[0][2])) return undefined;
  return parts.map(([, column, row]) => ({ column: column && LETTERS.test(column) ? columnNumber(column) : undefined, row: row && Number(row) - 1 }));
}

function rendered(cell, render, dates) {
  if (cell?.value === undefined) return '';
  if (render === 'FORMULA' && cell.formula) return cell.formula;
  if (cell.value.error) return ERRORS[cell.value.error];
  if (render === 'FORMATTED_VALUE') return shown(cell);
  return cell.format && cell.format !== 'CURRENCY' && dates === 'FORMATTED_STRING' ? shown(cell) : cell.value;
}

/** As the locale en_US shows it. */
export function shown(cell) {
  if (cell?.value === undefined) return '';
  if (cell.value.error) return ERRORS[cell.value.error];
  if (cell.shown !== undefined) return cell.shown;
  if (typeof cell.value === 'boolean') return String(cell.value).toUpperCase();
  return String(cell.value);
}

function cellData(cell) {
  if (cell?.value === undefined) return {};
  const { value, format } = cell;
  const kind = value.error ? 'errorValue' : { number: 'numberValue', string: 'stringValue', boolean: 'boolValue' }[typeof value];
  const effectiveValue = { [kind]: value.error ? { type: value.error, message: 'It went wrong.' } : value };
  const entered = cell.formula === undefined ? effectiveValue : { formulaValue: cell.formula };
  return {
    ...(value.error && cell.formula === undefined ? {} : { userEnteredValue: entered }), effectiveValue, formattedValue: shown(cell),
    effectiveFormat: format ? { numberFormat: { type: format, pattern: 'whatever' } } : { backgroundColor: { red: 1, green: 1, blue: 1 } },
  };
}

/** What is written with RAW or USER_ENTERED. Null leaves a cell as it is. */
export function entered(value, option, before) {
  if (value === null) return before;
  if (value === '') return undefined;
  if (option === 'RAW' || typeof value !== 'string') return { value };
  const sum = /^=(\d+)\+(\d+)$/.exec(value);
  if (value.startsWith('=')) return { formula: value, value: sum ? Number(sum[1]) + Number(sum[2]) : { error: 'NAME' } };
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return { value: (Date.parse(`${value}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 864e5, format: 'DATE', shown: value };
  if (/^-?\d+(\.\d+)?$/.test(value)) return { value: Number(value) };
  return { value: /^(true|false)$/i.test(value) ? /^t/i.test(value) : value };
}

/** From an ExtendedValue. */
export function fromExtended(value) {
  if (value === undefined) return undefined;
  if (value.formulaValue !== undefined) return entered(value.formulaValue, 'USER_ENTERED');
  const found = value.numberValue ?? value.stringValue ?? value.boolValue;
  return found === undefined || found === '' ? undefined : { value: found };
}
