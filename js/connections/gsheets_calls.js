/**
 * What the methods of a Google Sheets connection have in common.
 */
import { checkTagList } from '../cache/policy.js';
import { cachingOf, checkOptions, TTL } from '../sheets/options.js';
import { listWorksheets } from '../sheets/writes.js';
import { either } from '../signals.js';
import { contextOf } from './base.js';
import { describeError } from './errors.js';

/** @typedef {import('./base.js').BaseConnection<import('../sheets/client.js').SheetsClient>} Connection */
/** @typedef {import('../sheets/writes.js').Worksheet} Worksheet */

/** Tag of all that was read of a spreadsheet. @param {string} id */
const tagOf = (id) => `spreadsheet:${id}`;

/**
 * @template T
 * @param {Connection} connection @param {string} verb @param {any} options @param {(options: any, config: Record<string, any>) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {TypeError | RangeError} Naming the option.
 */
export async function run(connection, verb, options, work) {
  const context = contextOf(connection);
  try {
    checkOptions(verb, options);
    return await work(options, context.config);
  } catch (error) {
    throw describeError(context, error, verb);
  }
}

/**
 * @template T
 * @param {Connection} connection @param {string} verb @param {string} spreadsheet Id.
 * @param {import('../sheets/options.js').WriteOptions} options
 * @param {(place: import('../sheets/writes.js').Place, signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function write(connection, verb, spreadsheet, { invalidates, signal: own }, work) {
  return connection.use(async (client, { signal }) => {
    const api = client.writing(`${verb}()`);
    try {
      return await work({ api, spreadsheet }, either(own, signal));
    } finally {
      // Also when it failed: something of it may have happened.
      const more = invalidates ?? contextOf(connection).config.invalidates;
      if (more !== false) connection.cache.invalidate({ tags: [tagOf(spreadsheet), ...(more ?? [])], hard: true });
    }
  }, verb);
}

/**
 * How a read of a spreadsheet is cached.
 * @param {Connection} connection @param {string} spreadsheet Id. @param {Record<string, any>} options Of the call.
 * @returns {import('../cache/results.js').ReadOptions}
 */
export function caching(connection, spreadsheet, options) {
  const { policy } = contextOf(connection).space;
  const { tags = policy.tags, ttl = policy.ttl === Infinity ? TTL : undefined, ...more } = cachingOf(options);
  const own = tagOf(spreadsheet);
  return { ...more, ttl, tags: typeof tags === 'function' ? (value) => [...checkTagList(tags(value)), own] : [...checkTagList(tags), own] };
}

/**
 * @param {Connection} connection @param {string} spreadsheet Id. @param {Record<string, any>} options Of caching.
 * @returns {Promise<readonly Worksheet[]>}
 */
export function worksheetsOf(connection, spreadsheet, options) {
  const load = async (/** @type {{ signal: AbortSignal }} */ { signal }) => {
    const api = (await connection.raw()).reading('A list of worksheets');
    return listWorksheets({ api, spreadsheet }, signal);
  };
  return connection.cached('worksheets', [spreadsheet], load, caching(connection, spreadsheet, options));
}
