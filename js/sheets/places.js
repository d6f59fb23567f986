/**
 * Where in a spreadsheet: a worksheet of the list of all, a range as the API takes it.
 */
import { HawserError } from '../errors.js';
import { foldedTitle, isCells, rangeOf, splitRange } from './a1.js';

/** @typedef {import('./address.js').WorksheetReference} WorksheetReference */
/** @typedef {import('./writes.js').Worksheet} Worksheet */

/**
 * @param {readonly Worksheet[]} list
 * @param {WorksheetReference} reference Empty: the first one.
 * @returns {Worksheet}
 * @throws {HawserError} ERR_NOT_FOUND, with `status` 400 as the API has it.
 */
export function worksheetIn(list, reference) {
  const found = list.find((worksheet, at) => {
    if ('title' in reference) return foldedTitle(worksheet.title) === foldedTitle(reference.title);
    return 'gid' in reference ? String(worksheet.gid) === reference.gid : at === ('index' in reference ? reference.index : 0);
  });
  if (found) return found;
  const [[name = 'worksheet', value = ''] = []] = Object.entries(reference);
  const all = list.map(({ title, gid }) => `${JSON.stringify(title)} (gid ${gid})`).join(', ');
  throw new HawserError('ERR_NOT_FOUND', `The spreadsheet has no worksheet with the ${name} ${JSON.stringify(value)}. There are: ${all || 'none'}.`, {
    phase: 'read', status: 400,
  });
}

/**
 * @param {WorksheetReference} worksheet @param {string | undefined} range Cells, a named range, or a range that names its worksheet.
 * @param {() => Promise<readonly Worksheet[]>} list Asked only when the title is not given.
 * @returns {Promise<string>}
 */
export async function rangeIn(worksheet, range, list) {
  if (range !== undefined && (!isCells(range) || splitRange(range).title !== undefined)) return range;
  return rangeOf('title' in worksheet ? worksheet.title : worksheetIn(await list(), worksheet).title, range);
}
