/**
 * The Google Sheets API, version 4, over fetch.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';
import { diagnoseRefusal } from './refusals.js';
import { Slots } from './slots.js';

/** @typedef {import('../http/exchange.js').Exchange} Exchange */
/** @typedef {import('../http/signer.js').Signer} Signer */

const API_URL = 'https://sheets.googleapis.com/';

/** Quotas are per minute, so later attempts have to wait long; 429 comes without Retry-After. */
const RETRY = Object.freeze({ attempts: 6, firstPause: 1000, maxPause: 60_000 });
/** Requests at a time. */
const CONCURRENCY = 4;

/**
 * @param {unknown} url @param {string} option For the error.
 * @returns {URL} That paths are below.
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export function baseUrl(url, option) {
  if (typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url)) return new URL(url.endsWith('/') ? url : `${url}/`);
  throw new HawserError('ERR_CONNECTION_CONFIG', `${option} must be an https: address.`, { phase: 'configure' });
}

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path After `v4/spreadsheets`, encoded.
 * @property {Readonly<Record<string, string | readonly string[]>>} [query]
 * @property {unknown} [body] Sent as JSON.
 * @property {string} [spreadsheet] Id, for errors.
 * @property {string} [what] What is asked for in it, for errors. Default: 'such worksheet or range'.
 * @property {boolean} [repeatable] Whether it does no harm when it is done twice. Default: by the method.
 * @property {AbortSignal} [signal]
 */

export class SheetsApi {
  #exchange;
  #signer;
  #base;
  #timeout;
  #slots;

  /**
   * @param {object} options
   * @param {Exchange} options.exchange
   * @param {Signer} options.signer
   * @param {boolean} options.writable Whether the credentials may be able to write.
   * @param {string} [options.url] Of the API. Default: Google's.
   * @param {number} [options.timeout] Milliseconds for each request, its attempts included.
   * @param {boolean} [options.shared] Whether one caller may wait for another: not everywhere when they belong to different requests.
   */
  constructor({ exchange, signer, writable, url = API_URL, timeout, shared = runtime.defaultFlightScope === 'isolate' }) {
    this.#exchange = exchange;
    this.#signer = signer;
    this.#base = baseUrl(url, 'apiUrl');
    this.#timeout = timeout;
    this.#slots = new Slots(shared ? CONCURRENCY : Infinity);
    this.writable = writable;
    this.shared = shared;
  }

  /**
   * @param {Call} call
   * @returns {Promise<any>} What the API answers.
   * @throws {import('../errors.js').HawserError} ERR_AUTH, ERR_NOT_FOUND, ERR_QUERY, and what Exchange.send() throws.
   */
  call({ method, path, query = {}, body, spreadsheet, what = 'such worksheet or range', repeatable, signal }) {
    const url = new URL(`v4/spreadsheets${path}`, this.#base);
    for (const [name, value] of Object.entries(query)) {
      for (const item of [value].flat()) url.searchParams.append(name, /** @type {string} */ (item));
    }
    /** @type {Record<string, string>} */
    const headers = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = { method, url, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const options = {
      signer: this.#signer, signal, timeout: this.#timeout, retry: RETRY, repeatable, phase: method === 'GET' ? 'read' : 'write',
      diagnose: diagnoseRefusal({ spreadsheet, what }, this.#exchange.secrets.scrub),
    };
    return this.#slots.run(() => this.#exchange.receive(request, options, (response) => response.json()), signal);
  }
}
