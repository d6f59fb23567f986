/**
 * The configuration of an HTTP connection, checked.
 */
import { isTagList } from '../cache/policy.js';
import { HawserError } from '../errors.js';
import { signerFrom } from '../http/auth.js';
import { paramList, parseBase } from '../http/urls.js';
import { parseTimeout } from '../timeout.js';
import { parseLimit, parseRetry } from './http_options.js';

/** Milliseconds, where nobody says anything. */
const TIMEOUT = 60_000;

/** Bytes of an answer that is read as a whole. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * @typedef {object} HttpConfig What `[connections.…]` or the options of connection() may say.
 * @property {string} url The base: paths go below it, its parameters go along, a user in it means basic auth.
 * @property {Record<string, string>} [headers] Sent with every request.
 * @property {Record<string, any>} [params] Sent with every request.
 * @property {any} [auth] See js/http/auth.js.
 * @property {number | string} [timeout] Default 60 seconds.
 * @property {false | number | import('./http_options.js').RetryOptions} [retry]
 * @property {number | string} [maxBytes] Default 256 MB.
 * @property {boolean} [cacheControl] Default false.
 * @property {false | readonly string[]} [invalidates] What writes forget. Default: all that is cached here.
 * @property {any} [paginate] For pages().
 * @property {readonly string[]} [origins] Further origins that may be asked, with the credentials of this connection.
 * @property {'omit' | 'same-origin' | 'include'} [credentials] Of a browser: cookies. Default 'same-origin'.
 * @property {boolean} [dangerouslyAllowBrowser] Lets a page send a long-lived secret. Default false.
 */

/** @typedef {ReturnType<typeof parseConfig>} HttpSettings */

/**
 * @param {string} name Of the connection.
 * @param {Record<string, any>} config
 * @throws {HawserError} ERR_CONNECTION_CONFIG, ERR_AUTH
 */
export function parseConfig(name, config) {
  try {
    return parse(config);
  } catch (error) {
    if (error instanceof HawserError) {
      error.connection ??= name;
      throw error;
    }
    const { message } = /** @type {Error} */ (error);
    throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${name}": ${message}`, { connection: name, phase: 'configure' });
  }
}

/** @param {Record<string, any>} config */
function parse({ url, headers, params, auth, timeout, retry, maxBytes, cacheControl = false, invalidates, paginate, origins = [], credentials }) {
  if (url === undefined) throw new TypeError('url is missing: the address that paths are below');
  const { base, params: own, user } = parseBase(url);
  if (user && auth !== undefined) throw new TypeError('both url and auth say who it is; one is enough');
  if (typeof cacheControl !== 'boolean') throw new TypeError('cacheControl must be true or false');
  if (!Array.isArray(origins)) throw new TypeError('origins must be a list of addresses');
  if (invalidates !== undefined && invalidates !== false && !isTagList(invalidates)) throw new TypeError('invalidates must be false or a list of tags');
  if (![undefined, 'omit', 'same-origin', 'include'].includes(credentials)) throw new TypeError("credentials must be 'omit', 'same-origin' or 'include'");
  return {
    base,
    headers: new Headers(headers),
    params: [...own, ...paramList(params)],
    signer: signerFrom(user ? { type: 'basic', ...user } : auth),
    timeout: parseTimeout(timeout) ?? TIMEOUT,
    /** Whether somebody has asked for that timeout: streams have none otherwise. */
    ownTimeout: timeout !== undefined,
    retry: parseRetry(retry),
    maxBytes: parseLimit(maxBytes, MAX_BYTES),
    cacheControl,
    invalidates: /** @type {false | readonly string[] | undefined} */ (invalidates),
    paginate,
    origins: origins.map(originOf),
    credentials: /** @type {RequestCredentials | undefined} */ (credentials),
  };
}

/** @param {unknown} address */
function originOf(address) {
  if (typeof address !== 'string' || !URL.canParse(address)) throw new TypeError('origins must be a list of addresses, such as ["https://files.example.com"]');
  return new URL(address).origin;
}
