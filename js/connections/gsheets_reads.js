/**
 * What a Google Sheets connection reads.
 */
import { checkCells } from '../sheets/a1.js';
import { SheetsClient } from '../sheets/client.js';
import { placeOf, tableOptionsOf } from '../sheets/options.js';
import { rangeIn } from '../sheets/places.js';
import { queryTables } from '../sheets/query.js';
import { toTable } from '../sheets/to_table.js';
import { textOf } from '../sql/template.js';
import { BaseConnection, contextOf } from './base.js';
import { caching, run, worksheetsOf } from './gsheets_calls.js';

/** @typedef {import('../errors.js').HawserError} HawserError */
/** @typedef {import('../sheets/options.js').ReadOptions} ReadOptions */
/** @typedef {import('../sheets/options.js').QueryOptions} QueryOptions */
/** @typedef {import('../sheets/options.js').PlaceOptions} PlaceOptions */
/** @typedef {import('../sheets/to_table.js').TableOptions} TableOptions */
/** @typedef {import('../sheets/writes.js').Worksheet} Worksheet */
/** @typedef {import('../table/table.js').Table} Table */

/** @extends {BaseConnection<SheetsClient>} */
export class GSheetsReads extends BaseConnection {
  /** @override */
  async connect() {
    return new SheetsClient(contextOf(this));
  }

  /** There is nothing to end. @override */
  async disconnect() {}

  /**
   * A worksheet, or a range of it, as a Table. Cached, for an hour unless `ttl` or the connection says otherwise.
   * @param {string | number | ReadOptions} [worksheet] A title, a position, or the options.
   * @param {ReadOptions} [options]
   * @returns {Promise<Table>}
   * @throws {HawserError} ERR_AUTH, ERR_NOT_FOUND, ERR_FORMAT, ERR_HTTP_STATUS (429 when the quota does not last), ERR_EXPOSED_SECRET …
   */
  read(worksheet = {}, options = {}) {
    return run(this, 'read', typeof worksheet === 'object' ? worksheet : { ...options, worksheet }, (given, config) => {
      const place = placeOf(given, config);
      const range = checkCells(given.range);
      const how = tableOptionsOf(given);
      const { id, published } = place.spreadsheet;
      const load = (/** @type {{ signal: AbortSignal }} */ { signal }) => this.#load(place, range, how, signal);
      return this.cached('read', [id, published, place.worksheet, range ?? null, how], load, caching(this, id, given));
    });
  }

  /**
   * SQL (SQLite's) over worksheets, by their titles. Only those that the statement names are read, each as {@link read} does.
   * @param {string | import('../sql/template.js').SqlFragment} statement One that reads.
   * @param {QueryOptions} [options]
   * @returns {Promise<Table>} Its `cache` tells of the worksheets: a hit when all of them were, and the age of the oldest.
   */
  query(statement, options = {}) {
    return run(this, 'query', options, async ({ worksheets = {}, params: own, int64, ...shared }) => {
      const { text, params } = textOf(statement, own);
      const named = new Map(Object.entries(worksheets).map(([name, place]) => [name.toLowerCase(), place]));
      /** @type {import('../table/table.js').CacheInfo[]} */
      const states = [];
      const table = await queryTables(text, { params, int64, signal: shared.signal }, async (name) => {
        const place = named.get(name.toLowerCase()) ?? name;
        const sheet = await this.read({ ...shared, ...(typeof place === 'object' ? place : { worksheet: place }) });
        states.push(sheet.cache);
        return sheet;
      });
      if (states.length === 0) return table;
      const state = states.find((one) => one.state !== 'hit')?.state ?? 'hit';
      return table.withCache({ state, age: Math.max(...states.map(({ age }) => age)) });
    });
  }

  /**
   * The worksheets of a spreadsheet, in order. Cached as reads are.
   * @param {Pick<PlaceOptions, 'spreadsheet'> & import('../sheets/options.js').CachingOptions} [options]
   * @returns {Promise<readonly Worksheet[]>}
   */
  worksheets(options = {}) {
    return run(this, 'worksheets', options, (given, config) => worksheetsOf(this, placeOf(given, config).spreadsheet.id, given));
  }

  /**
   * @param {ReturnType<typeof placeOf>} place @param {string | undefined} range @param {TableOptions} how @param {AbortSignal} signal
   * @returns {Promise<Table>}
   */
  async #load({ spreadsheet, worksheet }, range, how, signal) {
    const client = await this.raw();
    const { ranges } = client;
    // The API knows nothing of copies that were published to the web.
    if (!ranges || spreadsheet.published) return client.public.read(spreadsheet, worksheet, range, how, signal);
    const form = (how.dates ?? 'detect') === 'detect' ? 'grid' : 'values';
    const read = async (/** @type {'default' | 'reload'} */ cache) => {
      const where = await rangeIn(worksheet, range, () => worksheetsOf(this, spreadsheet.id, { cache }));
      return toTable(await ranges.read(spreadsheet.id, where, form, signal), how);
    };
    try {
      return await read('default');
    } catch (error) {
      const { code, status } = /** @type {any} */ (error);
      // What a worksheet was called an hour ago it may be called no more.
      if ('title' in worksheet || code !== 'ERR_NOT_FOUND' || status !== 400) throw error;
      return read('reload');
    }
  }
}
