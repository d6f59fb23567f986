/**
 * Spreadsheets that everybody with the link may read, without any key: as the CSV that Google makes of one worksheet.
 *
 * CSV has values as they are shown: what is formatted as `$1,234.50` or `29/02/2024` is that text.
 */
import { HawserError } from '../errors.js';
import { readTable } from '../formats/read.js';
import { sourceOf } from '../formats/source.js';
import { isCells } from './a1.js';
import { baseUrl } from './api.js';

/** @typedef {import('./address.js').SpreadsheetAddress} SpreadsheetAddress */
/** @typedef {import('./address.js').WorksheetReference} WorksheetReference */
/** @typedef {import('./to_table.js').TableOptions} TableOptions */

export const DOCS_URL = 'https://docs.google.com/';

export class PublicSheets {
  #exchange;
  #base;
  #timeout;

  /**
   * @param {object} options
   * @param {import('../http/exchange.js').Exchange} options.exchange
   * @param {string} [options.url] Default: Google's.
   * @param {number} [options.timeout] Milliseconds for each request, its attempts included.
   */
  constructor({ exchange, url = DOCS_URL, timeout }) {
    this.#exchange = exchange;
    this.#base = baseUrl(url, 'docsUrl');
    this.#timeout = timeout;
  }

  /**
   * @param {SpreadsheetAddress} spreadsheet
   * @param {WorksheetReference} worksheet
   * @param {string | undefined} range
   * @param {TableOptions} options
   * @param {AbortSignal} [signal]
   * @returns {Promise<import('../table/table.js').Table>}
   * @throws {HawserError} ERR_AUTH when it is not public, ERR_NOT_FOUND, ERR_NOT_SUPPORTED, ERR_FORMAT
   */
  async read(spreadsheet, worksheet, range, { nulls, dates, ...options }, signal) {
    if (typeof dates === 'object') {
      throw unsupported('dates come as the texts that they are shown as, so that the option dates cannot name columns');
    }
    const url = this.#address(spreadsheet, worksheet, range);
    const request = { url, headers: { accept: 'text/csv' } };
    const how = {
      signal, timeout: this.#timeout, phase: 'read', maxBytes: MOST_BYTES,
      diagnose: async (/** @type {{ response?: Response }} */ { response }) => refusal(spreadsheet.id, response?.status),
    };
    const bytes = await this.#exchange.receive(request, how, async (response, { bytes }) => {
      // Who may not read it is sent to the page where one signs in, with a 200.
      if (!/^text\/csv\b/i.test(response.headers.get('content-type') ?? '')) throw refusal(spreadsheet.id, 401);
      return bytes();
    }).catch((error) => {
      throw forPages(error, spreadsheet.id);
    });
    return readTable(sourceOf(bytes), 'csv', { ...options, nulls: ['', ...(nulls ?? [])], signal });
  }

  /** @param {SpreadsheetAddress} spreadsheet @param {WorksheetReference} worksheet @param {string | undefined} range */
  #address({ id, published, gid: own }, worksheet, range) {
    if (range !== undefined && !isCells(range)) throw unsupported(`the range ${JSON.stringify(range)} has a name, which needs a key`);
    const title = 'title' in worksheet && !/^\d+$/.test(worksheet.title) ? worksheet.title : undefined;
    if ('index' in worksheet && worksheet.index > 0) {
      throw unsupported('the position of a worksheet needs a key: say gid instead, the number after #gid= in the address of its page');
    }
    if (title !== undefined && published) throw unsupported('in a copy that was published to the web, only gid tells a worksheet');
    const digits = 'title' in worksheet && title === undefined ? worksheet.title : undefined;
    const gid = 'gid' in worksheet ? worksheet.gid : (digits ?? ('index' in worksheet || title !== undefined ? undefined : own));
    const { page, parameter } = published ? PUBLISHED : title === undefined ? EXPORT : GVIZ;
    const url = new URL(`spreadsheets/d/${published ? 'e/' : ''}${id}/${page}`, this.#base);
    url.searchParams.set(...parameter);
    if (title !== undefined) {
      // Otherwise it guesses how many rows are a header, and joins them.
      url.searchParams.set('headers', '0');
      url.searchParams.set('sheet', title);
    }
    if (gid !== undefined) url.searchParams.set('gid', gid);
    if (published) url.searchParams.set('single', 'true');
    if (range !== undefined) url.searchParams.set('range', range);
    return url;
  }
}

/** @typedef {{ page: string, parameter: [string, string] }} Way Which page, and how it is asked for CSV. */
/** @type {Way} */
const EXPORT = { page: 'export', parameter: ['format', 'csv'] };
/** @type {Way} */
const PUBLISHED = { page: 'pub', parameter: ['output', 'csv'] };
/** @type {Way} */
const GVIZ = { page: 'gviz/tq', parameter: ['tqx', 'out:csv'] };

/** A spreadsheet has ten million cells at the most. */
const MOST_BYTES = 512 * 2 ** 20;

/** @param {string} why */
const unsupported = (why) =>
  new HawserError('ERR_NOT_SUPPORTED', `A public spreadsheet is read without credentials here, and ${why}.`, { phase: 'read' });

/**
 * In a page, what is not public looks like what pages must not read: Google has no rule that one could set.
 * @param {any} error @param {string} id
 */
function forPages(error, id) {
  if (error?.code !== 'ERR_CORS' || error.mixedContent || /^connect-src/.test(error.rule ?? '')) return error;
  const message = `The spreadsheet ${id} is not public, or Google does not let pages read it this way. ` +
    'Share it with everybody who has the link and give a key, or publish it to the web (docs/sheets.md).';
  return new HawserError('ERR_CORS', message, { phase: 'read', url: error.url });
}

/** @param {string} id @param {number | undefined} status */
function refusal(id, status) {
  const fail = (/** @type {'ERR_AUTH' | 'ERR_NOT_FOUND'} */ code, /** @type {string} */ message) => new HawserError(code, message, { phase: 'read', status });
  const share = 'Share it with everybody who has the link, or use a service account (docs/sheets.md).';
  if (status === 401 || status === 403) return fail('ERR_AUTH', `The spreadsheet ${id} is not public. ${share}`);
  if (status === 404 || status === 410) return fail('ERR_NOT_FOUND', `There is no public spreadsheet ${id}.`);
  if (status === 400) return fail('ERR_NOT_FOUND', `The spreadsheet ${id} has no such worksheet or range.`);
  return undefined;
}
