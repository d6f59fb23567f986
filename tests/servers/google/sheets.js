/**
 * The methods of the Sheets API, version 4, that the double has. What the contract does not allow is refused.
 */
import { parseMask, select } from './fields.js';
import { Refusal, Workbook, Worksheet, entered, fromExtended, letters } from './workbook.js';

const invalid = (message) => new Refusal(400, 'INVALID_ARGUMENT', message);
const STANDARD = ['fields', 'key', 'alt', 'prettyPrint', 'quotaUser'];
const RENDER = ['FORMATTED_VALUE', 'UNFORMATTED_VALUE', 'FORMULA'];
const DATES = ['SERIAL_NUMBER', 'FORMATTED_STRING'];

/** Refuses parameters that the method has not. */
function check(query, allowed) {
  for (const name of query.keys()) if (![...STANDARD, ...allowed].includes(name)) throw invalid(`Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`);
}
function known(object, names, where) {
  for (const name of Object.keys(object ?? {})) if (!names.includes(name)) throw invalid(`Invalid JSON payload received. Unknown name "${name}" at '${where}': Cannot find field.`);
  return object;
}
const oneOf = (value, list, name) => {
  if (value !== null && !list.includes(value)) throw invalid(`Invalid value at '${name}' , "${value}"`);
  return value ?? undefined;
};
const rangeText = (sheet, { top, left, bottom, right }) => `'${sheet.title.replace(/'/g, "''")}'!${letters(left)}${top + 1}:${letters(Math.max(right, left))}${Math.max(bottom, top) + 1}`;

/** By what follows /v4/spreadsheets; `book` is there when an id is. */
export const METHODS = [
  { method: 'POST', path: /^$/, writes: true, creates: true, run: create },
  { method: 'GET', path: /^\/([\w-]+)$/, run: get },
  { method: 'POST', path: /^\/([\w-]+):batchUpdate$/, writes: true, run: batchUpdate },
  { method: 'GET', path: /^\/([\w-]+)\/values:batchGet$/, run: batchGet },
  { method: 'POST', path: /^\/([\w-]+)\/values:batchClear$/, writes: true, run: batchClear },
  { method: 'PUT', path: /^\/([\w-]+)\/values\/([^/:]+|[^/]*)$/, writes: true, run: update },
  { method: 'POST', path: /^\/([\w-]+)\/values\/([^/]*):append$/, writes: true, run: append },
  { method: 'POST', path: /^\/([\w-]+)\/values\/([^/]*):clear$/, writes: true, run: clear },
];

function describe(book, data) {
  return {
    spreadsheetId: book.spreadsheetId, properties: { title: book.title, locale: 'en_US', timeZone: 'Etc/GMT' },
    spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${book.spreadsheetId}/edit`,
    sheets: book.sheets.filter((sheet) => !data || data.has(sheet)).map((sheet) => ({ properties: sheet.properties(), ...(data ? { data: data.get(sheet) } : {}) })),
  };
}

function get({ book, query }) {
  check(query, ['ranges', 'includeGridData']);
  const ranges = query.getAll('ranges').map((range) => book.area(range));
  const mask = query.has('fields') ? parseMask(query.get('fields')) : undefined;
  const grid = mask ? mask.get('sheets')?.has('data') : query.get('includeGridData') === 'true';
  const wanted = ranges.length ? ranges : grid ? book.sheets.map((sheet) => book.area(`'${sheet.title.replace(/'/g, "''")}'`)) : [];
  const data = new Map();
  for (const one of wanted) data.set(one.sheet, [...(data.get(one.sheet) ?? []), grid ? book.grid(one) : {}]);
  const reply = describe(book, grid || ranges.length ? data : undefined);
  return mask ? select(reply, mask) : reply;
}

function batchGet({ book, query }) {
  check(query, ['ranges', 'majorDimension', 'valueRenderOption', 'dateTimeRenderOption']);
  oneOf(query.get('majorDimension'), ['ROWS'], 'major_dimension');
  const how = { valueRenderOption: oneOf(query.get('valueRenderOption'), RENDER, 'value_render_option'), dateTimeRenderOption: oneOf(query.get('dateTimeRenderOption'), DATES, 'date_time_render_option') };
  const valueRanges = query.getAll('ranges').map((range) => {
    const found = book.area(range);
    const values = book.values(found, how);
    return { range: rangeText(found.sheet, found.area), majorDimension: 'ROWS', ...(values.length ? { values } : {}) };
  });
  return { spreadsheetId: book.spreadsheetId, valueRanges };
}

function rowsOf(body, range) {
  known(body, ['range', 'majorDimension', 'values'], 'data');
  if (body.range !== undefined && body.range !== range) throw invalid(`Requested writing within range [${range}], but tried writing to [${body.range}]`);
  if (!Array.isArray(body.values) || body.values.some((row) => !Array.isArray(row))) throw invalid("Invalid value at 'data.values'");
  if (body.values.flat().some((value) => typeof value === 'object' && value !== null)) throw invalid("Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue)");
  return body.values;
}

function put(sheet, top, left, rows, option) {
  rows.forEach((row, r) => row.forEach((value, c) => sheet.set(top + r, left + c, entered(value, option, sheet.cell(top + r, left + c)))));
}

function update({ book, query, body, rest: [range] }) {
  check(query, ['valueInputOption', 'includeValuesInResponse', 'responseValueRenderOption', 'responseDateTimeRenderOption']);
  const option = query.get('valueInputOption');
  if (!['RAW', 'USER_ENTERED'].includes(option)) throw invalid("'valueInputOption' is required but not specified");
  const rows = rowsOf(body, range);
  const { sheet, area } = book.area(range);
  const single = !/:/.test(range.replace(/^'(?:[^']|'')*'/, '')) && /![^:]+$/.test(range);
  const width = Math.max(0, ...rows.map(({ length }) => length));
  if (!single && (area.top + rows.length - 1 > area.bottom || area.left + width - 1 > area.right)) {
    throw invalid(`Requested writing within range [${range}], but tried writing to row [${area.top + rows.length}]`);
  }
  put(sheet, area.top, area.left, rows, option);
  return { spreadsheetId: book.spreadsheetId, updatedRange: range, updatedRows: rows.length, updatedColumns: width, updatedCells: rows.flat().length };
}

function append({ book, query, body, rest: [range] }) {
  check(query, ['valueInputOption', 'insertDataOption', 'includeValuesInResponse', 'responseValueRenderOption', 'responseDateTimeRenderOption']);
  const option = query.get('valueInputOption');
  if (!['RAW', 'USER_ENTERED'].includes(option)) throw invalid("'valueInputOption' is required but not specified");
  oneOf(query.get('insertDataOption'), ['OVERWRITE', 'INSERT_ROWS'], 'insert_data_option');
  const rows = rowsOf(body, range);
  const { sheet, area } = book.area(range);
  const { height } = sheet.used(area);
  sheet.rowCount = Math.max(sheet.rowCount, height + rows.length);
  put(sheet, area.top + height, area.left, rows, option);
  return { spreadsheetId: book.spreadsheetId, tableRange: range, updates: { spreadsheetId: book.spreadsheetId, updatedRange: range, updatedRows: rows.length } };
}

function wipe({ sheet, area }) {
  for (let row = area.top; row <= Math.min(area.bottom, sheet.rows.length - 1); row++) {
    for (let column = area.left; column <= area.right; column++) delete sheet.rows[row][column];
  }
}

function clear({ book, query, body, rest: [range] }) {
  check(query, []);
  known(body, [], 'body');
  wipe(book.area(range));
  return { spreadsheetId: book.spreadsheetId, clearedRange: range };
}

function batchClear({ book, query, body }) {
  check(query, []);
  known(body, ['ranges'], 'body');
  const areas = body.ranges.map((range) => book.area(range));
  areas.forEach(wipe);
  return { spreadsheetId: book.spreadsheetId, clearedRanges: body.ranges };
}

/** All of the requests, or none. */
function batchUpdate({ book, query, body }) {
  check(query, []);
  known(body, ['requests', 'includeSpreadsheetInResponse', 'responseRanges', 'responseIncludeGridData'], 'body');
  const before = structuredClone(book.sheets.map((sheet) => ({ ...sheet })));
  try {
    const replies = body.requests.map((request, at) => {
      const [[name, value], ...more] = Object.entries(request);
      if (more.length || !REQUESTS[name]) throw invalid(`Invalid requests[${at}]: unknown or several requests`);
      return REQUESTS[name](book, value);
    });
    return { spreadsheetId: book.spreadsheetId, replies };
  } catch (error) {
    book.sheets = before.map((sheet) => Object.assign(Object.create(Worksheet.prototype), sheet));
    throw error;
  }
}

const VALUE_ONLY = (fields) => {
  if (fields !== 'userEnteredValue') throw invalid(`Invalid field selection ${fields}`);
};
const cellsOf = (rows = []) => rows.map(({ values = [] }) => values.map(({ userEnteredValue }) => fromExtended(known(userEnteredValue, ['numberValue', 'stringValue', 'boolValue', 'formulaValue'], 'value'))));

const REQUESTS = {
  addSheet(book, { properties }) {
    known(properties, ['sheetId', 'title', 'index', 'gridProperties', 'hidden'], 'properties');
    if (book.sheets.some(({ title }) => title.toLowerCase() === properties.title.toLowerCase())) {
      throw invalid(`Invalid requests[0].addSheet: A sheet with the name "${properties.title}" already exists. Please enter another name.`);
    }
    if (!Number.isInteger(properties.sheetId) || properties.sheetId < 0 || properties.sheetId >= 2 ** 31) throw invalid('Invalid sheetId');
    const sheet = new Worksheet(properties.sheetId, properties.title, book.sheets.length, [], properties.gridProperties);
    book.sheets.push(sheet);
    return { addSheet: { properties: sheet.properties() } };
  },
  updateSheetProperties(book, { properties, fields }) {
    const sheet = book.sheet(properties.sheetId);
    for (const field of fields.split(',')) {
      if (!/^gridProperties\.(rowCount|columnCount)$/.test(field)) throw invalid(`Invalid field selection ${field}`);
      sheet[field.split('.')[1]] = properties.gridProperties[field.split('.')[1]];
    }
    return {};
  },
  updateCells(book, { range, rows, fields }) {
    VALUE_ONLY(fields);
    known(range, ['sheetId'], 'range');
    const sheet = book.sheet(range.sheetId);
    sheet.rows = [];
    cellsOf(rows).forEach((row, r) => row.forEach((cell, c) => sheet.set(r, c, cell)));
    return {};
  },
  appendCells(book, { sheetId, rows, fields }) {
    VALUE_ONLY(fields);
    const sheet = book.sheet(sheetId);
    const { height } = sheet.used({ top: 0, left: 0, bottom: Infinity, right: Infinity });
    sheet.rowCount = Math.max(sheet.rowCount, height + rows.length);
    cellsOf(rows).forEach((row, r) => row.forEach((cell, c) => sheet.set(height + r, c, cell)));
    return {};
  },
};

function create({ books, query, body, who }) {
  check(query, []);
  known(body, ['properties', 'sheets'], 'body');
  const sheets = (body.sheets ?? [{ properties: { title: 'Sheet1' } }]).map(({ properties, data = [] }, at) => {
    const sheet = new Worksheet(at, properties.title, at, [], properties.gridProperties);
    for (const { startRow = 0, startColumn = 0, rowData = [] } of data) {
      cellsOf(rowData).forEach((row, r) => row.forEach((cell, c) => sheet.set(startRow + r, startColumn + c, cell)));
    }
    return sheet;
  });
  const book = new Workbook(`made-${books.size + 1}`, body.properties.title, sheets, { editors: [who.email] });
  books.set(book.spreadsheetId, book);
  return describe(book);
}
