/**
 * Writes to worksheets. Texts are texts: `=1+1` is written as these four characters, unless `interpret` says otherwise.
 *
 * What replaces a whole worksheet is one request, which happens as a whole or not at all.
 */
import { HawserError } from '../errors.js';
import { columnLetters, rangeOf } from './a1.js';
import { cellsOfData, rowData } from './data.js';

/** @typedef {import('./api.js').SheetsApi} SheetsApi */
/** @typedef {import('./cells.js').Cell} Cell */
/** @typedef {import('./data.js').SheetData} SheetData */

/**
 * @typedef {object} Worksheet
 * @property {string} title
 * @property {number} gid
 * @property {number} index Position, from 0.
 * @property {number} rows Of the grid, empty ones included.
 * @property {number} columns Likewise.
 * @property {boolean} hidden
 */

/**
 * @typedef {object} Place
 * @property {SheetsApi} api
 * @property {string} spreadsheet Id.
 */

/** Fields of {@link Worksheet}, as a mask. */
const WORKSHEET_FIELDS = 'sheets(properties(sheetId,title,index,sheetType,hidden,gridProperties(rowCount,columnCount)))';

/**
 * @param {Place} place @param {AbortSignal} [signal]
 * @returns {Promise<Worksheet[]>} Those with a grid, in order.
 */
export async function listWorksheets({ api, spreadsheet }, signal) {
  const { sheets = [] } = await api.call({ method: 'GET', path: `/${spreadsheet}`, query: { fields: WORKSHEET_FIELDS }, spreadsheet, signal });
  return sheets.map((/** @type {any} */ { properties }) => properties).filter(({ sheetType = 'GRID' }) => sheetType === 'GRID').map(worksheetOf);
}

/** @param {any} properties @returns {Worksheet} */
const worksheetOf = ({ title, sheetId = 0, index = 0, hidden = false, gridProperties: { rowCount = 0, columnCount = 0 } = {} }) => ({
  title, gid: sheetId, index, rows: rowCount, columns: columnCount, hidden,
});

/** @param {Place} place @param {unknown[]} requests @param {{ repeatable: boolean, signal?: AbortSignal }} how */
const batchUpdate = ({ api, spreadsheet }, requests, how) =>
  api.call({ method: 'POST', path: `/${spreadsheet}:batchUpdate`, body: { requests }, spreadsheet, ...how });

/**
 * A new spreadsheet with one worksheet.
 * @param {SheetsApi} api @param {{ title: string, worksheet: string, rows: Cell[][], signal?: AbortSignal }} what
 * @returns {Promise<{ spreadsheet: string, url: string, worksheet: Worksheet }>}
 */
export async function createSpreadsheet(api, { title, worksheet, rows, signal }) {
  const data = [{ startRow: 0, startColumn: 0, rowData: rowData(rows) }];
  const sheet = { properties: { title: worksheet, gridProperties: sizeFor(rows) }, data };
  const body = { properties: { title }, sheets: [sheet] };
  const made = await api.call({ method: 'POST', path: '', body, signal });
  return { spreadsheet: made.spreadsheetId, url: made.spreadsheetUrl, worksheet: worksheetOf(made.sheets[0].properties) };
}

/**
 * @param {Place} place @param {{ worksheet: string, rows: Cell[][], gid: number, signal?: AbortSignal }} what gid: for the new one.
 * @returns {Promise<Worksheet>}
 */
export async function addWorksheet(place, { worksheet, rows, gid, signal }) {
  const add = { addSheet: { properties: { sheetId: gid, title: worksheet, gridProperties: sizeFor(rows) } } };
  const fill = { updateCells: { range: { sheetId: gid }, rows: rowData(rows), fields: 'userEnteredValue' } };
  const { replies } = await batchUpdate(place, rows.length ? [add, fill] : [add], { repeatable: false, signal });
  return worksheetOf(replies[0].addSheet.properties);
}

/**
 * Replaces all values of a worksheet, and keeps its formats.
 * @param {Place} place @param {Worksheet} worksheet @param {Cell[][]} rows @param {AbortSignal} [signal]
 */
export async function replaceAll(place, worksheet, rows, signal) {
  const fill = { updateCells: { range: { sheetId: worksheet.gid }, rows: rowData(rows), fields: 'userEnteredValue' } };
  await batchUpdate(place, [...growth(worksheet, rows), fill], { repeatable: true, signal });
}

/**
 * Replaces all values by what they would be if somebody typed them in: the new ones are there before the rest of the old ones goes.
 * @param {Place} place @param {Worksheet} worksheet @param {Cell[][]} rows @param {AbortSignal} [signal]
 */
export async function replaceAllTyped(place, worksheet, rows, signal) {
  const grow = growth(worksheet, rows);
  if (grow.length) await batchUpdate(place, grow, { repeatable: true, signal });
  const width = widthOf(rows);
  if (rows.length) await writeRange(place, rangeOf(worksheet.title, 'A1'), rows, true, signal);
  const height = Math.max(worksheet.rows, rows.length);
  /** @type {string[]} */
  const ranges = [];
  if (rows.length < height) ranges.push(rangeOf(worksheet.title, `${rows.length + 1}:${height}`));
  if (rows.length && width < worksheet.columns) {
    ranges.push(rangeOf(worksheet.title, `${columnLetters(width)}1:${columnLetters(worksheet.columns - 1)}${rows.length}`));
  }
  if (ranges.length === 0) return;
  const { api, spreadsheet } = place;
  await api.call({ method: 'POST', path: `/${spreadsheet}/values:batchClear`, body: { ranges }, spreadsheet, repeatable: true, signal });
}

/**
 * @param {Place} place @param {string} range Where the first cell of the data goes. @param {Cell[][]} rows
 * @param {boolean} interpret @param {AbortSignal} [signal]
 */
export async function writeRange({ api, spreadsheet }, range, rows, interpret, signal) {
  const width = widthOf(rows);
  // Null leaves a cell as it is; an empty text empties it.
  const values = rows.map((row) => Array.from({ length: width }, (_, c) => row[c] ?? ''));
  const query = { valueInputOption: interpret ? 'USER_ENTERED' : 'RAW' };
  const path = `/${spreadsheet}/values/${encodeURIComponent(range)}`;
  await api.call({ method: 'PUT', path, query, body: { range, majorDimension: 'ROWS', values }, spreadsheet, signal });
}

/**
 * Adds rows below the last one that holds anything.
 * @param {Place} place @param {Worksheet} worksheet @param {Cell[][]} rows @param {boolean} interpret @param {AbortSignal} [signal]
 */
export async function appendRows(place, worksheet, rows, interpret, signal) {
  if (!interpret) {
    const append = { appendCells: { sheetId: worksheet.gid, rows: rowData(rows), fields: 'userEnteredValue' } };
    await batchUpdate(place, [...growth(worksheet, rows, 'columns'), append], { repeatable: false, signal });
    return;
  }
  const { api, spreadsheet } = place;
  const range = rangeOf(worksheet.title);
  const path = `/${spreadsheet}/values/${encodeURIComponent(range)}:append`;
  const query = { valueInputOption: 'USER_ENTERED', insertDataOption: 'INSERT_ROWS' };
  const values = rows.map((row) => row.map((cell) => cell ?? ''));
  await api.call({ method: 'POST', path, query, body: { range, majorDimension: 'ROWS', values }, spreadsheet, repeatable: false, signal });
}

/** @param {Place} place @param {string} range @param {AbortSignal} [signal] Values go, formats stay. */
export async function clearRange({ api, spreadsheet }, range, signal) {
  const path = `/${spreadsheet}/values/${encodeURIComponent(range)}:clear`;
  await api.call({ method: 'POST', path, body: {}, spreadsheet, what: `range ${range}`, repeatable: true, signal });
}

/**
 * Rows to be appended, in the order of the columns that are there; with the names above them when there are none.
 * @param {SheetData} data
 * @param {() => Promise<string[]>} header Asked for when the data has names.
 * @returns {Promise<Cell[][]>}
 * @throws {HawserError} ERR_FORMAT for a name that is no column.
 */
export async function alignedRows(data, header) {
  const { names, rows } = cellsOfData(data);
  if (names === undefined || rows.length === 0) return rows;
  const present = await header();
  if (present.length === 0) return [names, ...rows];
  const stranger = names.find((name) => !present.includes(name));
  if (stranger !== undefined) {
    throw new HawserError('ERR_FORMAT', `append: the worksheet has no column "${stranger}". There are: ${present.join(', ')}.`, { phase: 'write' });
  }
  const places = present.map((name) => names.indexOf(name));
  return rows.map((row) => places.map((at) => (at < 0 ? null : /** @type {Cell} */ (row[at]))));
}

/** @param {Cell[][]} rows */
const widthOf = (rows) => rows.reduce((most, { length }) => Math.max(most, length), 0);

/** As large as a new worksheet is in the editor, or as its data. @param {Cell[][]} rows */
const sizeFor = (rows) => ({ rowCount: Math.max(1000, rows.length), columnCount: Math.max(26, widthOf(rows)) });

/**
 * What makes room, where there is not enough.
 * @param {Worksheet} worksheet @param {Cell[][]} rows @param {'all' | 'columns'} [which]
 */
function growth({ gid, rows: height, columns }, rows, which = 'all') {
  const rowCount = which === 'all' ? Math.max(height, rows.length) : height;
  const columnCount = Math.max(columns, widthOf(rows));
  if (rowCount === height && columnCount === columns) return [];
  const fields = 'gridProperties.rowCount,gridProperties.columnCount';
  return [{ updateSheetProperties: { properties: { sheetId: gid, gridProperties: { rowCount, columnCount } }, fields } }];
}
