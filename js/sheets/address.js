/**
 * Which spreadsheet, and which worksheet of it.
 */

/**
 * @typedef {object} SpreadsheetAddress
 * @property {string} id
 * @property {boolean} published Whether the id is that of a copy published to the web, which the API does not know.
 * @property {string} [gid] The worksheet that the address names.
 */

/**
 * How a worksheet is told: by its title, its position from 0, or its gid, the number after `#gid=` in the address of its page.
 * @typedef {{ title: string } | { index: number } | { gid: string } | {}} WorksheetReference
 */

const HELP = 'the address of the spreadsheet (https://docs.google.com/spreadsheets/d/…) or its id, which is the long part after /d/';

/**
 * @param {unknown} value Address or id.
 * @returns {SpreadsheetAddress}
 * @throws {TypeError}
 */
export function parseSpreadsheet(value) {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`spreadsheet: must be ${HELP}.`);
  const text = value.trim();
  if (!/^https?:/i.test(text)) {
    if (/^[\w-]+$/.test(text)) return { id: text, published: text.startsWith('2PACX-') };
    throw new TypeError(`spreadsheet: its name does not tell where it is; must be ${HELP}.`);
  }
  const url = new URL(text);
  const [, published, named] = /\/d\/(e\/)?([\w-]+)/.exec(url.pathname) ?? [];
  const id = named ?? url.searchParams.get('key') ?? '';
  if (!/^[\w-]+$/.test(id)) throw new TypeError(`spreadsheet: this address names none; must be ${HELP}.`);
  const gid = /(?:^#|&)gid=(\d+)/.exec(url.hash)?.[1] ?? /^\d+$/.exec(url.searchParams.get('gid') ?? '')?.[0];
  return { id, published: published !== undefined, ...(gid === undefined ? {} : { gid }) };
}

/**
 * @param {{ worksheet?: unknown, gid?: unknown }} options
 * @returns {WorksheetReference} Empty when they say nothing.
 * @throws {TypeError | RangeError} Naming the option.
 */
export function parseWorksheet({ worksheet, gid }) {
  if (gid !== undefined) {
    if (worksheet !== undefined) throw new TypeError('gid: names the worksheet; leave out one of gid and worksheet.');
    if (!/^\d+$/.test(String(gid))) throw new TypeError('gid: must be the number after #gid= in the address of the worksheet.');
    return { gid: String(gid) };
  }
  if (worksheet === undefined) return {};
  if (typeof worksheet === 'number') {
    if (Number.isSafeInteger(worksheet) && worksheet >= 0) return { index: worksheet };
    throw new RangeError('worksheet: as a number it is the position of the worksheet, from 0.');
  }
  if (typeof worksheet === 'string' && worksheet !== '') return { title: worksheet };
  throw new TypeError('worksheet: must be a title, or a position from 0.');
}
