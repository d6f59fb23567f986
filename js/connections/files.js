/**
 * FilesConnection, the types "s3", "gcs", "azure", "hf" and "files": cached reads of files as Tables and values, and all that one does with
 * the files of a store. The stores are in js/stores/.
 */
import { encodeKey } from '../cache/key.js';
import { parseDuration } from '../duration.js';
import { formatOf } from '../formats/formats.js';
import { streamTables } from '../formats/read.js';
import { Exchange } from '../http/exchange.js';
import { either } from '../signals.js';
import { contentTypeOf } from '../stores/content.js';
import { parseTimeout, withTimeout } from '../timeout.js';
import { BaseConnection, contextOf } from './base.js';
import { leaseOf } from './calls.js';
import { describeError } from './errors.js';
import { findParts, streamParts } from './file_parts.js';
import { FileSource } from './file_source.js';
import { cachingOf, checkOptions } from './files_options.js';
import { LISTS, readCachedFile, tagOf } from './files_reads.js';
import { openStore } from './files_stores.js';
import { given, keptOf, ofAnswers } from './http_answers.js';
import { OpenedFile } from './opened_file.js';

/** @typedef {import('../stores/store.js').Entry} Entry */
/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('../table/table.js').Table} Table */

/** How long a presigned URL is valid when nobody says anything, in seconds. */
const EXPIRES = 3600;

/** @extends {BaseConnection<Store>} */
export class FilesConnection extends BaseConnection {
  /** @override @param {Record<string, any>} config @returns {Promise<Store>} */
  async connect(config) {
    const { clock, fetch, random, secrets, name, type } = contextOf(this);
    const exchange = new Exchange({ fetch, clock, random, secrets, connection: name });
    return openStore(config, { exchange, clock, connection: name, type });
  }

  /** @override @param {Store} store */
  async disconnect(store) {
    store.close?.();
  }

  /**
   * The content of a file, from the cache when it can: a Table of CSV, TSV, NDJSON, Parquet and Arrow; the value of JSON, which is a Table
   * when `records`, `columns` or `types` say something of it; of text the text, otherwise the bytes. What has expired is asked whether it
   * has changed, and read again only then.
   * @param {string} path
   * @param {import('./files_options.js').ReadOptions} [options]
   * @returns {Promise<any>}
   * @throws {import('../errors.js').HawserError} ERR_NOT_FOUND, ERR_AUTH, ERR_CORS, ERR_FORMAT, ERR_INT64_RANGE, ERR_HTTP_STATUS,
   *   ERR_CONNECTION_FAILED, ERR_TIMEOUT
   */
  async read(path, options = {}) {
    checkOptions('read', options);
    try {
      return await readCachedFile(this, await this.#normalized(path), options, this.#timeout);
    } catch (error) {
      throw describeError(contextOf(this), error, 'read');
    }
  }

  /**
   * The rows of a file, one Table after another; of CSV, TSV and NDJSON in constant memory. Never cached; leaving the loop ends the transfer.
   * @param {string} path
   * @param {import('./files_options.js').StreamOptions} [options]
   * @returns {AsyncGenerator<Table, void, undefined>}
   */
  async *stream(path, options = {}) {
    checkOptions('stream', options);
    const { client: store, signal: own, release } = await leaseOf(this, 'stream');
    const signal = either(options.signal, own);
    try {
      const how = { signal, onProgress: options.onProgress, timeout: parseTimeout(options.timeout) };
      const parts = await findParts(store, path, options, how);
      if (parts) {
        yield* streamParts(store, parts, { ...options, signal }, how);
        return;
      }
      const format = formatOf({ format: options.format, path: String(path), gzip: options.gzip });
      const known = format.name === 'parquet' ? await store.stat(path, how) : {};
      yield* streamTables(new FileSource(store, path, known, how), format, { ...options, signal });
    } catch (error) {
      throw describeError(contextOf(this), error, 'stream');
    } finally {
      release();
    }
  }

  /**
   * A file to be read in parts. Its parts are all of the version that it has now; when it changes, reading fails.
   * @param {string} path
   * @param {import('./files_options.js').CallOptions} [options] The timeout holds for each read.
   * @returns {Promise<OpenedFile>}
   */
  async open(path, options = {}) {
    checkOptions('open', options);
    const entry = await this.#call('open', options, (store, how) => store.stat(path, how));
    const use = (/** @type {(store: Store, options: { signal: AbortSignal }) => Promise<any>} */ work, /** @type {AbortSignal | undefined} */ signal) =>
      this.use((store, how) => work(store, { signal: either(signal, how.signal) }), 'read');
    return new OpenedFile(entry, use, parseTimeout(options.timeout) ?? this.#timeout);
  }

  /**
   * What there is whose path begins with `prefix`, page after page as it is asked for. Cached only when a `ttl` (or `cache`) is given; then
   * it is read to its end at once.
   * @param {string} [prefix] Text: 'a' finds 'ab', too; a folder is 'a/'.
   * @param {import('./files_options.js').ListOptions} [options]
   * @returns {AsyncGenerator<Entry, void, undefined>}
   */
  async *list(prefix = '', options = {}) {
    checkOptions('list', options);
    if (typeof prefix !== 'string') throw new TypeError('prefix: must be text.');
    const { recursive = true, ttl, cache } = options;
    if (ttl !== undefined || (cache !== undefined && cache !== 'no-store')) {
      yield* await this.#cachedList(prefix, recursive, options);
      return;
    }
    const { client: store, signal: own, release } = await leaseOf(this, 'list');
    const signal = either(options.signal, own);
    try {
      yield* store.list(prefix, { recursive, signal, timeout: parseTimeout(options.timeout) ?? this.#timeout });
    } catch (error) {
      throw describeError(contextOf(this), error, 'list');
    } finally {
      release();
    }
  }

  /**
   * What is known of a file without reading it. Never cached.
   * @param {string} path
   * @param {import('./files_options.js').CallOptions} [options]
   * @returns {Promise<Entry>}
   */
  async stat(path, options = {}) {
    checkOptions('stat', options);
    return this.#call('stat', options, (store, how) => store.stat(path, how));
  }

  /**
   * Writes a file as a whole; readers see the old one or the new one. What is cached of it, and of lists, is forgotten.
   * @param {string} path
   * @param {import('../stores/store.js').Content} content Text is written as UTF-8. A stream is read to its end first.
   * @param {import('./files_options.js').WriteOptions} [options]
   * @returns {Promise<Entry>}
   */
  async write(path, content, options = {}) {
    checkOptions('write', options);
    const { contentType = contentTypeOf(String(path), content), ifMatch, ifNoneMatch, onProgress } = options;
    if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw new RangeError("ifNoneMatch: must be '*': only when there is nothing yet.");
    return this.#change(path, options, () =>
      this.#call('write', options, (store, how) => store.write(path, content, { ...how, contentType, ifMatch, ifNoneMatch, onProgress })),
    );
  }

  /**
   * Deletes a file. What is cached of it, and of lists, is forgotten.
   * @param {string} path
   * @param {import('./files_options.js').CallOptions & { invalidates?: false | readonly string[] }} [options]
   * @returns {Promise<void>}
   */
  async delete(path, options = {}) {
    checkOptions('delete', options);
    await this.#change(path, options, () => this.#call('delete', options, (store, how) => store.delete(path, how)));
  }

  /**
   * An address by which anybody may do that one thing with that one file, for a while. Holds no secret, but is one.
   * @param {string} path
   * @param {import('./files_options.js').UrlOptions} [options]
   * @returns {Promise<string>}
   * @throws {import('../errors.js').HawserError} ERR_NOT_SUPPORTED where the store knows no such thing.
   */
  async url(path, options = {}) {
    checkOptions('url', options);
    const ms = parseDuration(options.expires, 'expires') ?? EXPIRES * 1000;
    if (!(ms >= 1000)) throw new RangeError('expires: must be at least one second.');
    const { method = 'GET' } = options;
    if (!/^(GET|HEAD|PUT|DELETE)$/.test(method)) throw new RangeError("method: must be 'GET', 'HEAD', 'PUT' or 'DELETE'.");
    return this.#call('url', options, (store, how) => store.url(path, { ...how, expires: Math.floor(ms / 1000), method }));
  }

  /** Of the configuration, in milliseconds. */
  get #timeout() {
    return parseTimeout(contextOf(this).config.timeout);
  }

  /** One path for each file, whatever it is asked for by. @param {string} path */
  async #normalized(path) {
    if (typeof path !== 'string') throw new TypeError('path: must be text.');
    const store = /** @type {any} */ (this.rawNow() ?? (await this.raw()));
    return store.normalized?.(path) ?? path;
  }

  /**
   * @template T
   * @param {string} phase @param {import('./files_options.js').CallOptions} options
   * @param {(store: Store, how: { signal: AbortSignal, timeout: number | undefined }) => Promise<T>} work
   * @returns {Promise<T>}
   */
  #call(phase, options, work) {
    return withTimeout(options, this.#timeout, ({ signal, timeout }) =>
      this.use((store, how) => work(store, { signal: either(signal, how.signal), timeout: timeout === undefined ? undefined : Math.max(timeout, 1) }), phase),
    );
  }

  /**
   * @template T
   * @param {string} path @param {{ invalidates?: false | readonly string[] }} options @param {() => Promise<T>} work
   */
  async #change(path, { invalidates = [] }, work) {
    const known = await this.#normalized(path);
    try {
      return await work();
    } finally {
      // Also when it failed: that it was not done is more than a lost answer says.
      if (invalidates !== false) this.cache.invalidate({ tags: [tagOf(known), LISTS, ...invalidates], hard: true });
    }
  }

  /** @param {string} prefix @param {boolean} recursive @param {import('./files_options.js').ListOptions} options */
  async #cachedList(prefix, recursive, options) {
    const key = encodeKey(options.key === undefined ? ['list', prefix, recursive] : ['key', options.key]);
    return withTimeout(options, this.#timeout, async (bounded) => {
      const load = async (/** @type {{ readonly signal: AbortSignal }} */ { signal }) => {
        const store = await this.raw();
        /** @type {any[]} */
        const entries = [];
        for await (const entry of store.list(prefix, { recursive, signal })) entries.push({ ...entry, lastModified: entry.lastModified && Number(entry.lastModified) });
        return { value: keptOf(entries) };
      };
      const { value } = await this.readCached(key, load, { ...ofAnswers(cachingOf(options), contextOf(this).space.policy, [LISTS]), signal: bounded.signal }, 'list');
      const entries = /** @type {any[]} */ (given(value.value, { state: 'hit', age: 0, key }));
      return entries.map((entry) => ({ ...entry, lastModified: entry.lastModified === undefined ? undefined : new Date(entry.lastModified) }));
    });
  }
}
