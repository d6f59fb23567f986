/**
 * The options of a files connection's methods.
 */
import { CACHE_OPTIONS, checkNames } from '../cache/policy.js';
import { READING, cachingOf as cachingIn } from './http_options.js';

/** @typedef {Omit<import('../formats/read.js').ReadOptions, 'signal' | 'batchSize'>} FormatOptions */
/** @typedef {(progress: { loaded: number, total: number | undefined }) => void} OnProgress Bytes. */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal]
 * @property {number | string} [timeout] Seconds, or a duration, for the whole call; then ERR_TIMEOUT. Default: the connection's `timeout`, else no
 *   limit.
 */
/** @typedef {Omit<import('../cache/results.js').ReadOptions, 'scope'> & { key?: unknown }} CachingOptions */
/**
 * @typedef {object} FileFormat
 * @property {string} [format] json, ndjson (jsonl), csv, tsv, parquet, arrow, text, bytes. Default: by suffix, else by content type.
 * @property {boolean} [gzip] Whether it is compressed. Default: by suffix (.csv.gz) or content type.
 */
/**
 * @typedef {object} DatasetOptions Of datasets (type hf). config, split: needed where there are several. partial: a part is good enough.
 * @property {string} [config]
 * @property {string} [split]
 * @property {boolean} [partial]
 */
/** @typedef {CallOptions & CachingOptions & FormatOptions & FileFormat & DatasetOptions & { onProgress?: OnProgress }} ReadOptions */
/** @typedef {CallOptions & FormatOptions & FileFormat & DatasetOptions & { batchSize?: number, onProgress?: OnProgress }} StreamOptions */
/**
 * @typedef {CallOptions & CachingOptions & { recursive?: boolean }} ListOptions recursive: whether all that lies below is listed (the
 *   default), or what is behind the next slash is summed up as directories. A list is cached when there is a `ttl` (or `cache`).
 */
/**
 * @typedef {CallOptions & { contentType?: string, ifMatch?: string, ifNoneMatch?: '*', invalidates?: false | readonly string[], onProgress?: OnProgress }} WriteOptions
 *   contentType: default by suffix. ifMatch: only when the object still has that etag; ifNoneMatch '*': only when there is none yet.
 *   invalidates: results with one of these tags are forgotten, too; false: none are.
 */
/** @typedef {CallOptions & { expires?: number | string, method?: 'GET' | 'HEAD' | 'PUT' | 'DELETE' }} UrlOptions expires: default '1h'. */

const CALL = ['signal', 'timeout'];
const CACHING = [...CACHE_OPTIONS, 'key'];
const DATASET = ['config', 'split', 'partial'];
const FORMATS = [...READING, 'gzip', 'compressors', 'arrow', 'onProgress'];

/** Names of the options of each method. @type {Record<string, readonly string[]>} */
const KNOWN = {
  read: [...CALL, ...CACHING, ...FORMATS, ...DATASET],
  stream: [...CALL, ...FORMATS, ...DATASET, 'batchSize'],
  open: CALL,
  stat: CALL,
  list: [...CALL, ...CACHING, 'recursive'],
  write: [...CALL, 'contentType', 'ifMatch', 'ifNoneMatch', 'invalidates', 'onProgress'],
  delete: [...CALL, 'invalidates'],
  url: [...CALL, 'expires', 'method'],
};

/**
 * Refuses options that there are not: a misspelt ttl would be none.
 * @param {string} verb @param {unknown} options
 * @throws {TypeError}
 */
export const checkOptions = (verb, options) => checkNames(options, KNOWN[verb], `${verb}()`);

/** What the cache is told of a call. @param {any} options */
export const cachingOf = (options) => cachingIn(options, CACHE_OPTIONS);

/** What decides how a file is read, for keys. @param {any} options */
export const readingOf = (options) => [...READING, 'gzip', ...DATASET].map((name) => options[name]);
