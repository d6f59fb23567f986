/**
 * ERR_FORMAT: data is not in the format that it was read as.
 */
import { HawserError } from '../errors.js';

/**
 * @param {string} message What is wrong, without a place.
 * @param {{ line?: number, column?: number, row?: number, offset?: number, path?: string, cause?: unknown }} [place] Lines and columns
 *   count from 1 (columns in UTF-16 units), rows of data and offsets (in bytes, or in UTF-16 units of a text) from 0.
 */
export function formatError(message, place = {}) {
  const { line, column, row, offset, path } = place;
  const at = [
    line !== undefined && `line ${line}`, column !== undefined && `column ${column}`,
    line === undefined && row !== undefined && `row ${row}`,
    line === undefined && row === undefined && offset !== undefined && `offset ${offset}`,
    path && `at ${path}`,
  ].filter(Boolean);
  return new HawserError('ERR_FORMAT', `${message}${at.length ? ` (${at.join(', ')})` : ''}.`, { phase: 'decode', ...place });
}

/**
 * @param {string} what Where the integer is, e.g. `data.items[3].id`.
 * @param {Record<string, unknown>} [details]
 */
export const int64Error = (what, details) =>
  new HawserError(
    'ERR_INT64_RANGE',
    `${what} is an integer beyond 2^53, which a number would round: read it with int64: 'bigint' or int64: 'string'.`,
    { phase: 'decode', ...details },
  );

/** @param {unknown} int64 @returns {'number' | 'bigint' | 'string'} */
export function checkInt64(int64 = 'number') {
  if (int64 !== 'number' && int64 !== 'bigint' && int64 !== 'string') throw new RangeError("int64 must be 'number', 'bigint' or 'string'.");
  return int64;
}
