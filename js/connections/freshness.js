/**
 * Which cached results of a SQL connection are which, and which of them a write makes stale.
 */
import { statementKey } from '../cache/statements.js';
import { encodeKey } from '../cache/key.js';

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./sql_options.js').QueryOptions} QueryOptions */
/** @typedef {import('./sql_options.js').WriteOptions} WriteOptions */

/** Tag of results whose tables cannot be told: every write forgets them. */
const ANY_TABLE = 'table:*';

/**
 * The tags of a result.
 * @param {QueryOptions['tags']} tags Of the query, or else of the connection.
 * @param {Table} table
 * @param {readonly string[] | undefined} reads Tables; undefined when not all of them can be told.
 */
export const tagsOf = (tags = [], table, reads) => [...(typeof tags === 'function' ? tags(table) : tags), ...tableTags(reads)];

/** @param {readonly string[] | undefined} tables */
const tableTags = (tables) => tables?.map((table) => `table:${table}`) ?? [ANY_TABLE];

/**
 * The tags that writing makes stale; 'all' when everything may be.
 * @param {readonly string[] | undefined} written Tables; undefined when not all of them can be told.
 * @param {WriteOptions['invalidates']} asked What the caller says.
 * @param {WriteOptions['invalidates']} always What the configuration says, of writes.
 * @param {boolean} succeeded Whether the caller's tags count although no table was written.
 * @returns {readonly string[] | 'all'}
 */
export function staleTags(written, asked, always, succeeded) {
  if ((asked ?? always) === false) return [];
  if (written === undefined) return 'all';
  if (written.length === 0) return (succeeded && asked) || [];
  return [...(asked || always || []), ...tableTags(written), ANY_TABLE];
}

/**
 * @param {number} number Of the statement's text.
 * @param {import('../drivers/driver.js').Parameters | undefined} params
 * @param {QueryOptions} options
 */
export const keyOf = (number, params, options) =>
  variantOf(options) + (options.key === undefined ? statementKey(number, params) : encodeKey(['key', options.key]));

/** What tells the results of one statement apart beside its parameters. @param {QueryOptions} options */
export const variantOf = ({ int64 }) => (int64 === undefined || int64 === 'number' ? '' : `${int64};`);

/** Whether a fresh result may be served without asking what the options say. @param {QueryOptions} options */
export const canPeek = ({ ttl, cache, key, signal }) =>
  (cache === undefined || cache === 'default') && key === undefined && !signal?.aborted && (ttl === undefined || typeof ttl === 'string' || ttl > 0);
