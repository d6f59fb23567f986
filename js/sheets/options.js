/**
 * The options of a Google Sheets connection's methods. What is wrong is a TypeError or RangeError that names the option.
 */
import { CACHE_OPTIONS, checkNames, isTagList } from '../cache/policy.js';
import { HawserError } from '../errors.js';
import { parseSpreadsheet, parseWorksheet } from './address.js';
import { checkTableOptions } from './to_table.js';

/** @typedef {Omit<import('../cache/results.js').ReadOptions, 'scope'>} CachingOptions */
/**
 * @typedef {object} PlaceOptions
 * @property {string} [spreadsheet] Address or id. Default: the connection's.
 * @property {string | number} [worksheet] Its title, or its position from 0. Default: the connection's, else the one that the address
 *   names, else the first one.
 * @property {string | number} [gid] The number after `#gid=` in the address of its page, instead of `worksheet`.
 */
/**
 * @typedef {PlaceOptions & CachingOptions & import('./to_table.js').TableOptions & { range?: string }} ReadOptions range: cells, such as
 *   'A1:C10', or a named range.
 */
/**
 * @typedef {Pick<PlaceOptions, 'spreadsheet'> & CachingOptions & Pick<import('./to_table.js').TableOptions, 'header' | 'nulls'> & {
 *   dates?: 'detect' | 'serial',
 *   params?: import('../drivers/driver.js').Parameters,
 *   int64?: import('../drivers/driver.js').Int64,
 *   worksheets?: Readonly<Record<string, string | number | (Omit<ReadOptions, 'spreadsheet'> & { spreadsheet?: string })>>,
 * }} QueryOptions worksheets: what tables are, by their names in the statement: a title, a position, or options of read().
 */
/**
 * @typedef {object} WriteOptions
 * @property {false | readonly string[]} [invalidates] Tags whose cached results are forgotten, besides those of the spreadsheet. false: none.
 * @property {AbortSignal} [signal]
 */

/** Seconds that results are fresh where nobody says anything. */
export const TTL = 3600;

const PLACE = ['spreadsheet', 'worksheet', 'gid'];
const TABLE = ['header', 'columns', 'types', 'nulls', 'dates', 'int64', 'limit', 'offset'];
const CACHING = [...CACHE_OPTIONS, 'signal', 'key'];
const WRITE = ['invalidates', 'signal'];

/** @type {Readonly<Record<string, readonly string[]>>} */
const KNOWN = Object.freeze({
  read: [...PLACE, 'range', ...TABLE, ...CACHING],
  query: ['spreadsheet', 'params', 'int64', 'worksheets', 'header', 'nulls', 'dates', ...CACHING],
  worksheets: ['spreadsheet', ...CACHING],
  create: ['spreadsheet', 'title', 'worksheet', 'data', 'header', ...WRITE],
  update: [...PLACE, 'range', 'data', 'header', 'interpret', ...WRITE],
  append: [...PLACE, 'data', 'interpret', ...WRITE],
  clear: [...PLACE, 'range', ...WRITE],
});

/** Options of a call that say how its result is cached. @param {Record<string, any>} options @returns {CachingOptions & { key?: unknown }} */
export const cachingOf = (options) => Object.fromEntries(Object.entries(options).filter(([name]) => CACHING.includes(name)));

/** Options of a call that say what becomes of the cells. @param {Record<string, any>} options @returns {import('./to_table.js').TableOptions} */
export const tableOptionsOf = (options) =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => TABLE.includes(name) && value !== undefined));

/**
 * @param {string} verb @param {any} options
 * @throws {TypeError | RangeError}
 */
export function checkOptions(verb, options) {
  checkNames(options, /** @type {string[]} */ (KNOWN[verb]), `${verb}()`);
  if (verb === 'read' || verb === 'query') checkTableOptions(options);
  const { invalidates = [] } = options;
  if (invalidates !== false && !isTagList(invalidates)) {
    throw new TypeError('invalidates: false, or an array of tags.');
  }
  for (const name of ['interpret', 'header']) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean') throw new TypeError(`${name}: true or false.`);
  }
}

/**
 * The place that a call is about: its own options over the connection's. A worksheet of the connection is one of its spreadsheet only.
 * @param {PlaceOptions} options @param {Record<string, any>} config
 * @returns {{ spreadsheet: import('./address.js').SpreadsheetAddress, worksheet: import('./address.js').WorksheetReference }}
 */
export function placeOf(options, config) {
  const given = options.spreadsheet ?? config.spreadsheet;
  if (given === undefined) {
    const message = 'No spreadsheet is named: give its address as the option or the setting spreadsheet.';
    throw new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
  }
  const spreadsheet = parseSpreadsheet(given);
  const own = parseWorksheet(options);
  if (Object.keys(own).length) return { spreadsheet, worksheet: own };
  const named = options.spreadsheet === undefined ? parseWorksheet(config) : {};
  if (Object.keys(named).length) return { spreadsheet, worksheet: named };
  return { spreadsheet, worksheet: spreadsheet.gid === undefined ? {} : { gid: spreadsheet.gid } };
}
