/**
 * CSV that does not keep to RFC 4180, by Papa Parse, which makes of it what spreadsheets do: quotes within a cell that does not begin
 * with one are text.
 */
import Papa from 'papaparse';
import { formatError } from './errors.js';
import { putMissing } from './csv_cut.js';

/** @typedef {import('./csv_cut.js').Cells} Cells */

const encoder = new TextEncoder();

/**
 * @param {string} text
 * @param {object} how
 * @param {string} how.delimiter
 * @param {string} how.newline
 * @param {boolean} how.final Whether the last record is whole.
 * @param {number} how.line Number of the first one, for errors.
 * @returns {{ records: string[][], length: number }} And how many units of the text they are.
 * @throws {import('../errors.js').HawserError} ERR_FORMAT when a quote is not closed, or something comes after a closing one.
 */
export function parseRecords(text, { delimiter, newline, final, line }) {
  const config = { delimiter, newline, fastMode: false };
  /** @type {string[][]} */
  let records = [];
  /** @type {any[]} */
  const errors = [];
  let length = 0;
  if (newline === '\n' && text.includes('\r"')) {
    // A CR at the end of a record may be its own, in quotes, or of its line end: see what is before it.
    const step = (/** @type {any} */ result) => {
      records.push(/"\r?\n?$/.test(text.slice(length, result.meta.cursor)) ? result.data[0] : withoutCr(result.data[0]));
      length = result.meta.cursor;
      errors.push(...result.errors);
    };
    new /** @type {any} */ (Papa).Parser({ ...config, step }).parse(text, 0, !final);
  } else {
    const result = new /** @type {any} */ (Papa).Parser(config).parse(text, 0, !final);
    records = result.data;
    errors.push(...result.errors);
    length = result.meta.cursor;
    if (newline === '\n' && text.includes('\r')) records.forEach(withoutCr);
  }
  if (final && text.endsWith(newline)) records.pop(); // What is after the last line end.
  if (errors.length) {
    const [{ code, index }] = errors;
    const what = code === 'MissingQuotes' ? 'CSV: a quote is opened and not closed' : 'CSV: there is more in a cell after its closing quote';
    throw formatError(what, { line: line + text.slice(0, index).split(newline).length - 1 });
  }
  return { records, length: final ? text.length : length };
}

/** @param {string[]} record Changed. */
function withoutCr(record) {
  const last = /** @type {string} */ (record[record.length - 1]);
  if (last.endsWith('\r')) record[record.length - 1] = last.slice(0, -1);
  return record;
}

/** An empty line is no record, unless records have one cell. @param {string[]} record @param {number} width */
export const isBlank = (record, width) => width > 1 && record.length === 1 && record[0] === '';

/**
 * Cells of records that are texts: back to back, as bytes.
 * @param {string[][]} records
 * @param {number} width
 * @param {import('./csv_cut.js').Places} room
 * @returns {Cells | number} The number of a record that has more cells.
 */
export function packRecords(records, width, room) {
  const places = room.array.length < 2 * records.length * width ? room.grow(2 * records.length * width) : room.array;
  /** @type {string[]} */
  const texts = [];
  let rows = 0;
  for (const record of records) {
    if (isBlank(record, width)) continue;
    if (record.length > width) return rows;
    for (let c = 0; c < width; c++) {
      const text = record[c];
      if (text !== undefined) texts.push(text);
      places[2 * (rows * width + c)] = text === undefined ? 1 : 0;
    }
    rows++;
  }
  const all = texts.join('');
  const bytes = encoder.encode(all);
  const lengthOf = bytes.length === all.length ? (/** @type {string} */ text) => text.length : utf8Length;
  let at = 0;
  let cell = 0;
  for (let place = 0; place < 2 * rows * width; place += 2) {
    if (places[place] === 1) {
      putMissing(places, place);
      continue;
    }
    places[place] = at;
    at += lengthOf(/** @type {string} */ (texts[cell++]));
    places[place + 1] = at;
  }
  return { bytes, places, rows, width };
}

/** @param {string} text Well-formed. */
function utf8Length(text) {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
}
