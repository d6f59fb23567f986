/**
 * What an object store is to a connection: one contract for S3, Google Cloud Storage, Azure, Hugging Face, web servers and folders
 * (s3.js, gcs.js, azure.js, huggingface.js, https.js, local.js), and what they all need.
 *
 * A **path** names one object below the store's root (a bucket, a container, a repository, a folder, an origin). It is text as the store
 * knows it, not percent-encoded, without a leading slash unless the name has one. A store that cannot name an object exactly refuses
 * the path ({@link checkKey}); it never changes it.
 *
 * Every method takes a `signal` and rejects with its reason when it is aborted. Errors (js/errors.js): ERR_NOT_FOUND (nothing at that
 * path), ERR_AUTH (credentials missing, refused, expired), ERR_CORS (a page may not), ERR_HTTP_STATUS (any other refusal, with
 * `status`), ERR_CONNECTION_FAILED with `lost: true` (not reached), ERR_NOT_SUPPORTED (this store cannot).
 *
 * @typedef {object} Entry
 * @property {string} path
 * @property {'file' | 'directory'} type A directory is what paths before a '/' have in common, where nothing else is known of it; its
 *   path ends with '/'.
 * @property {number | undefined} size Bytes; undefined for directories, and where the server does not say.
 * @property {Date | undefined} lastModified
 * @property {string | undefined} etag As in the header, with its quotes.
 * @property {string | undefined} contentType Not in lists.
 *
 * @typedef {{ start: number, end?: number } | { suffix: number }} Range Bytes from `start` up to but without `end` (default: the end of
 *   the object); or the last `suffix` bytes.
 *
 * @typedef {object} ReadHow
 * @property {Range} [range] Default: all of it.
 * @property {string} [ifMatch] An etag. An object that has another by now is refused: {@link changedError}.
 * @property {string} [ifNoneMatch] An etag. An object that has it still answers `notModified`.
 * @property {Date} [ifModifiedSince] The same for stores without etags.
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] Milliseconds, for the whole call until the body begins.
 * @property {(progress: { loaded: number, total: number | undefined }) => void} [onProgress] Bytes.
 *
 * @typedef {object} ReadReply
 * @property {ReadableStream<Uint8Array> | null} body null: notModified.
 * @property {number | undefined} size Bytes of the whole object, whatever the range; undefined where the server does not say.
 * @property {string | undefined} etag Strong or weak, as in the header.
 * @property {Date | undefined} lastModified
 * @property {string | undefined} contentType
 * @property {string | undefined} contentEncoding What is still on the body: undefined when fetch has taken it off.
 * @property {boolean} notModified
 *
 * @typedef {object} WriteHow
 * @property {string} [contentType]
 * @property {'*'} [ifNoneMatch] Only when there is nothing yet.
 * @property {string} [ifMatch] An etag. Only when it is still that.
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] Milliseconds.
 * @property {(progress: { loaded: number, total: number | undefined }) => void} [onProgress]
 *
 * @typedef {object} Capabilities
 * @property {boolean} write And delete.
 * @property {boolean} list
 * @property {boolean} presign
 *
 * @typedef {string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>} Content
 *
 * @typedef {object} Store
 * @property {string} root What the paths are below, for messages and cache keys, e.g. 's3://bucket/prefix/'. No secrets.
 * @property {Capabilities} capabilities
 * @property {(path: string, how?: ReadHow) => Promise<ReadReply>} read
 * @property {(prefix: string, how?: { recursive?: boolean, signal?: AbortSignal, timeout?: number }) => AsyncIterable<Entry>} list Entries
 *   whose path begins with `prefix` (text, not a folder: 'a' finds 'ab'), page after page, as they are asked for. `recursive` (default
 *   true) false: what lies behind the next '/' is summed up as directories.
 * @property {(path: string, how?: { signal?: AbortSignal, timeout?: number }) => Promise<Entry>} stat
 * @property {(path: string, body: Content, how?: WriteHow) => Promise<Entry>} write The whole object, at once: readers see the old or the
 *   new one.
 * @property {(path: string, how?: { signal?: AbortSignal, timeout?: number }) => Promise<void>} delete Deleting what is not there is no
 *   error where the store says nothing.
 * @property {(path: string, how: { expires: number, method?: string, signal?: AbortSignal }) => Promise<string>} url A URL that needs no
 *   credentials, for `expires` seconds.
 * @property {(path: string, how: { config?: string, split?: string, partial?: boolean, signal?: AbortSignal, timeout?: number }) =>
 *   Promise<{ format: 'parquet', parts: { path: string }[] } | undefined>} [parts] The files that a path stands for which is none itself, e.g.
 *   a dataset; undefined for that of a file.
 * @property {() => void} [close]
 *
 * What a store's module exports: `createStore(config, context) -> Store | Promise<Store>`.
 *
 * @typedef {object} StoreContext
 * @property {import('../http/exchange.js').Exchange} exchange Does all fetching.
 * @property {{ now(): number }} clock Milliseconds.
 * @property {string} connection For messages.
 * @property {string} type Of the connection: s3, gcs, azure, hf, files.
 */
import { HawserError } from '../errors.js';
import { changedError } from '../http/changed.js';
import { encodeStrictly } from '../http/percent.js';
import { cut } from './range.js';

export { changedError, encodeStrictly };

/**
 * @param {string} path
 * @param {string} root What it is below.
 * @param {Record<string, unknown>} [details] `status`.
 */
export const notFound = (path, root, details) =>
  new HawserError('ERR_NOT_FOUND', `There is no ${JSON.stringify(path)} in ${root}.`, { path, ...details });

/**
 * @param {string} what E.g. 'write'.
 * @param {string} root
 * @param {string} [why]
 */
export const notSupported = (what, root, why = 'it is read only') =>
  new HawserError('ERR_NOT_SUPPORTED', `${root}: ${what} is not possible here, ${why}.`);

/**
 * Refuses a path that cannot be sent as it is: URLs have no way to write a segment '.' or '..' (the URL standard takes them out even
 * percent-encoded), nor half of a character.
 * @param {string} path
 * @param {string} root For the message.
 * @param {{ limit?: number }} [options] Most bytes of UTF-8. Default 1024, as S3 and Google have it.
 * @returns {string} The path.
 * @throws {TypeError | RangeError}
 */
export function checkKey(path, root, { limit = 1024 } = {}) {
  const shown = () => JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path);
  if (typeof path !== 'string') throw new TypeError('path: must be text.');
  if (path === '') throw new TypeError(`path: must not be empty; it names one object in ${root}.`);
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new RangeError(
      `path: ${shown()} has a segment "." or "..", which no URL can carry: fetch would take it out and reach another object. ` +
        `Such an object of ${root} can be reached by tools that do not use fetch only; copy it to another key.`,
    );
  }
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(path)) {
    throw new RangeError(`path: ${shown()} has half of a character (a lone surrogate), which UTF-8 cannot carry.`);
  }
  if (new TextEncoder().encode(path).length > limit) throw new RangeError(`path: ${shown()} is longer than ${limit} bytes of UTF-8.`);
  return path;
}

/**
 * Percent-encodes a path, whose slashes stay.
 * @param {string} path Checked by {@link checkKey}.
 */
export const encodePath = (path) => path.split('/').map(encodeStrictly).join('/');

/**
 * The value of a Range header.
 * @param {Range} range
 * @throws {RangeError}
 */
export function rangeHeader(range) {
  if ('suffix' in range) {
    if (!Number.isSafeInteger(range.suffix) || range.suffix < 1) throw new RangeError('range: suffix must be a whole number of at least 1.');
    return `bytes=-${range.suffix}`;
  }
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || start < 0) throw new RangeError('range: start must be a whole number of at least 0.');
  if (end === undefined || end === Infinity) return `bytes=${start}-`;
  if (!Number.isSafeInteger(end) || end <= start) throw new RangeError('range: end must be a whole number greater than start.');
  return `bytes=${start}-${end - 1}`;
}

/**
 * The size of the whole object, from the headers of a reply.
 * @param {Response} response
 * @returns {number | undefined}
 */
export function sizeOf(response) {
  const total = /\/(\d+)\s*$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = response.headers.get('content-length');
  // What fetch has unpacked is longer than what it says.
  if (response.status !== 200 || length === null || unpackedByFetch(response)) return undefined;
  return Number(length);
}

/** Whether fetch has taken an encoding off the body, which the header still names. @param {Response} response */
const unpackedByFetch = (response) => /^(gzip|x-gzip|deflate|br|zstd)$/i.test(response.headers.get('content-encoding') ?? '');

/** @param {string | null} text @returns {Date | undefined} */
export function dateOf(text) {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** A directory, of which nothing is known. @param {string} path With its slash. @returns {Entry} */
export const directoryEntry = (path) => ({ path, type: 'directory', size: undefined, lastModified: undefined, etag: undefined, contentType: undefined });

/**
 * Statuses beside 200 and 206 that answer a read: a 304 to its conditions, a 416 to a range beyond the end.
 * @param {ReadHow} how
 */
export const acceptedOf = ({ range, ifNoneMatch, ifModifiedSince }) => [...(ifNoneMatch || ifModifiedSince ? [304] : []), ...(range ? [416] : [])];

/**
 * @param {Response} response 200, 206, or one of {@link acceptedOf}; of a range beyond the end there are no bytes.
 * @param {ReadHow} [how] What was asked for. A 304 that does not say it has the etag of `ifNoneMatch`.
 * @returns {ReadReply}
 */
export function readReply(response, { range, ifNoneMatch } = {}) {
  const { headers, status } = response;
  const encoding = headers.get('content-encoding');
  const size = status === 304 ? undefined : sizeOf(response);
  return {
    body: bodyOf(response, range, size),
    size,
    etag: headers.get('etag') ?? (status === 304 ? ifNoneMatch : undefined),
    lastModified: dateOf(headers.get('last-modified')),
    contentType: headers.get('content-type') ?? undefined,
    contentEncoding: encoding === null || unpackedByFetch(response) || /^identity$|^aws-chunked$/i.test(encoding) ? undefined : encoding,
    notModified: status === 304,
  };
}

/** @param {Response} response @param {Range | undefined} range @param {number | undefined} size */
function bodyOf(response, range, size) {
  if (response.status === 304) return null;
  if (response.status === 416 || response.body === null) {
    void response.body?.cancel().catch(() => {});
    return new Blob([]).stream();
  }
  return range && response.status === 200 ? cut(response.body, range, size) : response.body;
}
