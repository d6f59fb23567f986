/**
 * A1 notation: titles of worksheets in quotes, columns as letters.
 */

const CORNER = String.raw`\$?[A-Za-z]{1,3}\$?[1-9]\d*|\$?[A-Za-z]{1,3}|\$?[1-9]\d*`;
const RANGE = new RegExp(`^(?:\\$?[A-Za-z]{1,3}\\$?[1-9]\\d*|(?:${CORNER}):(?:${CORNER}))$`);

/** @param {string} title Always quoted: without quotes the title `A1` would be a cell. */
export const quoteTitle = (title) => `'${title.replace(/'/g, "''")}'`;

/** What tells titles apart: they differ in more than their case. @param {string} title */
export const foldedTitle = (title) => title.normalize().toLowerCase();

/** Whether a text is a range of cells, such as `B2`, `A1:C10`, `A:C`, `2:5`; otherwise it can be a named range. @param {string} text */
export const isCells = (text) => RANGE.test(text);

/**
 * A range as the API takes it.
 * @param {string} title Of the worksheet.
 * @param {string} [range] Cells of it. Default: all of it.
 */
export const rangeOf = (title, range) => (range === undefined ? quoteTitle(title) : `${quoteTitle(title)}!${range}`);

/**
 * @param {string} range
 * @returns {{ title: string | undefined, cells: string | undefined }} Without quotes.
 */
export function splitRange(range) {
  const quoted = /^'((?:[^']|'')*)'(?:!(.*))?$/s.exec(range);
  if (quoted) return { title: /** @type {string} */ (quoted[1]).replace(/''/g, "'"), cells: quoted[2] };
  const at = range.lastIndexOf('!');
  return at < 0 ? { title: undefined, cells: range } : { title: range.slice(0, at), cells: range.slice(at + 1) };
}

/** @param {number} index From 0. @returns {string} `A` to `Z`, `AA`… */
export function columnLetters(index) {
  let letters = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

/**
 * The option `range`, checked.
 * @param {unknown} range
 * @returns {string | undefined}
 * @throws {TypeError}
 */
export function checkCells(range) {
  if (range === undefined) return undefined;
  if (typeof range !== 'string' || range.trim() === '') throw new TypeError("range: must be cells such as 'A1:C10', or the name of a range.");
  return range.trim();
}
