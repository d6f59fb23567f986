/**
 * The client of a Google Sheets connection: who it is, and which of the two ways to the cells it takes.
 */
import { isTagList } from '../cache/policy.js';
import { HawserError } from '../errors.js';
import { Exchange } from '../http/exchange.js';
import { checkExposure } from '../http/exposure.js';
import { apiKeySigner } from '../http/signers/api_key.js';
import { bearerSigner } from '../http/signers/bearer.js';
import { serviceAccountSigner } from '../http/signers/service_account.js';
import { parseTimeout } from '../timeout.js';
import { SheetsApi } from './api.js';
import { PublicSheets } from './public.js';
import { Ranges } from './ranges.js';

/**
 * @typedef {object} SheetsConfig What `[connections.…]` or the options of connection() may say, beside the JSON of a service account.
 * @property {string} [spreadsheet] Address or id, for calls that name none.
 * @property {string | number} [worksheet] Likewise: title, or position from 0.
 * @property {string | number} [gid] Likewise, instead of `worksheet`.
 * @property {string | object} [credentials] The JSON of a service account, as text or as a table.
 * @property {string} [subject] The user that a service account acts for.
 * @property {string | ((how: { renew: boolean, signal?: AbortSignal }) => string | Promise<string>)} [token] An OAuth access token.
 * @property {string} [key] An API key, for spreadsheets that are public.
 * @property {boolean} [readOnly] Asks for no permission to write. Default false.
 * @property {number | string} [timeout] Of each request, its attempts included. Default 5 minutes: quotas are per minute.
 * @property {false | readonly string[]} [invalidates] What writes forget besides what was read of the spreadsheet; false: nothing at all.
 * @property {boolean} [dangerouslyAllowBrowser] Lets a page send a long-lived secret. Default false.
 * @property {string} [apiUrl] Default Google's.
 * @property {string} [docsUrl] Of public spreadsheets. Default Google's.
 */

const TIMEOUT = 300_000;
const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';

export class SheetsClient {
  /**
   * @param {import('../connections/context.js').ConnectionContext} context
   * @throws {HawserError} ERR_AUTH, ERR_EXPOSED_SECRET, ERR_CONNECTION_CONFIG
   */
  constructor({ name, type, config, fetch, clock, random, secrets, request }) {
    checkConfig(config);
    const exchange = new Exchange({ fetch, clock, random, secrets, connection: name });
    const signer = signerOf(config);
    checkExposure({ connection: name, type, signer, config });
    const timeout = parseTimeout(config.timeout) ?? TIMEOUT;
    this.public = new PublicSheets({ exchange, url: config.docsUrl, timeout });
    /** Undefined without credentials. */
    this.api = signer && new SheetsApi({
      exchange, signer, timeout, url: config.apiUrl, writable: signer.writable,
      ...(request === undefined ? {} : { shared: true }),
    });
    this.ranges = this.api && new Ranges(this.api);
  }

  /**
   * Any other method of the API, e.g. `request('POST', '/<id>:batchUpdate', { requests: [ … ] })`. Not cached; forgets nothing.
   * @param {string} method @param {string} path After `v4/spreadsheets`. @param {unknown} [body]
   * @param {{ query?: Record<string, string | readonly string[]>, signal?: AbortSignal }} [options]
   * @returns {Promise<any>}
   */
  request(method, path, body, options = {}) {
    return this.reading('request()').call({ method, path, body, ...options });
  }

  /** @param {string} what @returns {SheetsApi} */
  reading(what) {
    if (this.api) return this.api;
    const message = `${what} needs the Sheets API: a service account, a token, or for public spreadsheets a key (docs/sheets.md).`;
    throw new HawserError('ERR_NOT_SUPPORTED', message, { phase: 'read' });
  }

  /** @param {string} what @returns {SheetsApi} */
  writing(what) {
    if (this.api?.writable) return this.api;
    throw new HawserError('ERR_NOT_SUPPORTED', `${what} writes, which needs a service account or a token (docs/sheets.md).`, { phase: 'write' });
  }
}

/** @param {Record<string, any>} config @throws {HawserError} ERR_CONNECTION_CONFIG */
function checkConfig({ readOnly = false, invalidates = [] }) {
  const wrong = (/** @type {string} */ message) => new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
  if (typeof readOnly !== 'boolean') throw wrong('readOnly must be true or false.');
  if (invalidates !== false && !isTagList(invalidates)) throw wrong('invalidates must be false, or an array of tags.');
}

/**
 * @param {Record<string, any>} config
 * @returns {(import('../http/signer.js').Signer & { writable: boolean }) | undefined}
 */
function signerOf(config) {
  const { token, key, readOnly = false, subject } = config;
  const inSection = config.private_key !== undefined || config.client_email !== undefined;
  const credentials = config.credentials ?? (inSection ? accountIn(config) : undefined);
  const given = Object.entries({ credentials, token, key }).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length > 1) {
    throw new HawserError('ERR_CONNECTION_CONFIG', `${given.join(' and ')} both say who it is; one is enough.`, { phase: 'configure' });
  }
  const writable = !readOnly;
  if (credentials !== undefined) {
    const option = config.credentials === undefined ? 'the section' : 'credentials';
    return { ...serviceAccountSigner({ credentials, scopes: [writable ? SCOPE : `${SCOPE}.readonly`], subject, option }), writable };
  }
  if (token !== undefined) return { ...bearerSigner({ token }, 'token'), writable };
  // Made to be seen: what it may read is public, and Google restricts it to addresses of pages.
  if (key !== undefined) return { ...apiKeySigner({ name: 'key', value: key, in: 'query' }), kind: 'token', writable: false };
  return undefined;
}

/** The JSON's own keys in the section, as Streamlit has them; its `type` is that of the connection here. @param {Record<string, any>} config */
const accountIn = ({ client_email, private_key, private_key_id, private_key_passphrase, token_uri, project_id }) => ({
  type: 'service_account', client_email, private_key, private_key_id, private_key_passphrase, token_uri, project_id,
});
