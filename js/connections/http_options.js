/**
 * The options of an HTTP connection's methods.
 */
import { CACHE_OPTIONS, checkNames } from '../cache/policy.js';
import { parseBytes } from '../cache/size.js';
import { parseDuration } from '../duration.js';
import { withoutNone } from './options.js';

/** @typedef {import('../http/urls.js').Params} Params */
/** @typedef {Record<string, string | null | undefined> | Headers | readonly (readonly [string, string])[]} HeadersOption null takes a default away. */

/**
 * @typedef {object} RetryOptions
 * @property {number} [attempts] The first included. Default 3.
 * @property {number | string} [firstPause] The longest pause before the second attempt, doubled for each later one. Default '250ms'.
 * @property {number | string} [maxPause] The longest pause at all, also of what a server asks for. Default '30s'.
 * @property {readonly number[]} [statuses] Worth another attempt. Default 408, 425, 429, 500, 502, 503, 504.
 */

/**
 * @typedef {object} CallOptions
 * @property {Params} [params] Parameters of the address. Arrays are repeated, undefined and null left out.
 * @property {HeadersOption} [headers]
 * @property {AbortSignal} [signal]
 * @property {number | string} [timeout] Seconds, or a duration, for the whole call, attempts and pauses included; then ERR_TIMEOUT.
 *   Default: the connection's, else 60 seconds (of stream(): no limit). `Infinity`: no limit.
 * @property {false | number | RetryOptions} [retry] `false`: one attempt; a number: so many. Default: the connection's.
 * @property {number | string} [maxBytes] More than this of an answer is an ERR_LIMIT. Default: the connection's, else 256 MB (of stream()
 *   and request(): no limit).
 * @property {(progress: { loaded: number, total: number | undefined }) => void} [onProgress] Bytes of the answer that are there. `total`
 *   where the server says it.
 */

/**
 * @typedef {Omit<import('../cache/results.js').ReadOptions, 'maxBytes' | 'scope'>} CachingOptions
 * @typedef {{ key?: unknown, cacheControl?: boolean }} HttpCaching key: instead of what the call says. cacheControl: without a ttl, what the
 *   server says of freshness (Cache-Control, Expires, Age) is the ttl. Default: the connection's, else false.
 */

/**
 * @typedef {CallOptions & CachingOptions & HttpCaching & { format?: string, int64?: 'number' | 'bigint' | 'string', charset?: string }} GetOptions
 *   format: 'json', 'text' or 'bytes'. Default: by content type.
 */
/** @typedef {Omit<import('../formats/read.js').ReadOptions, 'signal'> & { format?: string }} FormatOptions */
/** @typedef {CallOptions & CachingOptions & HttpCaching & FormatOptions} ReadOptions */
/** @typedef {CallOptions & FormatOptions} StreamOptions */
/** @typedef {CallOptions & FormatOptions & import('../http/pagination.js').PageOptions} PagesOptions */
/** @typedef {{ invalidates?: false | readonly string[] }} WriteOptions What is forgotten when it may have written. Default: the connection's, else all that
 *   this connection has cached; tags: what carries one of them; false: nothing. */
/**
 * @typedef {CallOptions & WriteOptions & { method?: string, body?: any, repeatable?: boolean, accept?: readonly number[],
 *   redirect?: 'follow' | 'error' }} RequestOptions
 *   body: what fetch takes; plain objects and arrays are sent as JSON. repeatable: whether it may be sent again; default: by the method.
 *   accept: statuses beside 2xx that are returned instead of thrown.
 */
/**
 * @typedef {Omit<CallOptions, 'params'> & CachingOptions & HttpCaching & WriteOptions & { variables?: Record<string, unknown>,
 *   operationName?: string, path?: string, int64?: 'number' | 'bigint' | 'string' }} GraphqlOptions
 *   path: of the endpoint below the connection's url. Default: that url itself.
 */

const CALL = ['params', 'headers', 'signal', 'timeout', 'retry', 'maxBytes', 'onProgress'];
const CACHING = [...CACHE_OPTIONS, 'key', 'cacheControl'];
const VALUES = ['format', 'int64', 'charset'];

/** What decides how data is read, and so belongs into keys. */
export const READING = /** @type {const} */ ([
  ...['format', 'int64', 'charset', 'records', 'columns', 'types', 'limit', 'offset', 'delimiter', 'header', 'nulls'],
]);
const FORMATS = [...READING, 'batchSize', 'compressors', 'arrow'];

/** Names of the options of each method. @type {Record<string, readonly string[]>} */
const KNOWN = {
  get: [...CALL, ...CACHING, ...VALUES],
  read: [...CALL, ...CACHING, ...FORMATS],
  stream: [...CALL, ...FORMATS],
  pages: [...CALL, ...FORMATS.filter((name) => name !== 'limit' && name !== 'offset'), 'paginate', 'maxPages'],
  request: [...CALL, 'method', 'body', 'repeatable', 'accept', 'redirect', 'invalidates'],
  query: [...CALL.filter((name) => name !== 'params'), ...CACHING, 'variables', 'operationName', 'path', 'int64', 'invalidates'],
};

/**
 * Refuses options that there are not: a misspelt ttl would be none.
 * @param {string} verb @param {unknown} options
 * @throws {TypeError}
 */
export const checkOptions = (verb, options) => checkNames(options, KNOWN[verb], `${verb}()`);

/**
 * @param {unknown} retry
 * @returns {import('../http/exchange.js').RetryPolicy | undefined}
 * @throws {TypeError | RangeError}
 */
export function parseRetry(retry) {
  if (retry === undefined || retry === true) return undefined;
  const given = retry === false ? { attempts: 1 } : typeof retry === 'number' ? { attempts: retry } : /** @type {any} */ (retry);
  checkNames(given, ['attempts', 'firstPause', 'maxPause', 'statuses'], 'retry');
  const { attempts, statuses } = given;
  if (attempts !== undefined && !(Number.isSafeInteger(attempts) && attempts >= 1)) throw new RangeError('retry.attempts: must be a whole number of at least 1');
  if (statuses !== undefined && !(Array.isArray(statuses) && statuses.every((status) => Number.isInteger(status) && status >= 300 && status <= 599))) {
    throw new TypeError('retry.statuses: must be a list of statuses from 300 to 599');
  }
  const [firstPause, maxPause] = [parseDuration(given.firstPause, 'retry.firstPause'), parseDuration(given.maxPause, 'retry.maxPause')];
  return withoutNone({ attempts, statuses, firstPause, maxPause });
}

/** @param {unknown} maxBytes @param {number} fallback */
export const parseLimit = (maxBytes, fallback) => parseBytes(maxBytes, 'maxBytes') ?? fallback;

/** Of a call, `maxBytes` is about the answer. */
const CACHE = CACHE_OPTIONS.filter((name) => name !== 'maxBytes');

/**
 * What the cache is told of a call.
 * @param {any} options
 * @param {readonly string[]} [names]
 * @returns {any}
 */
export function cachingOf(options, names = CACHE) {
  /** @type {Record<string, unknown>} */
  const caching = {};
  for (const name of names) if (options[name] !== undefined) caching[name] = options[name];
  return caching;
}
