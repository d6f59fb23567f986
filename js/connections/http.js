/**
 * HttpConnection, `type = "http"`: cached reads, lists of pages, streams, writes and GraphQL of one web API.
 */
import { loadHttpCore } from '../http/core.js';
import { checkExposure } from '../http/exposure.js';
import { PrivateCache } from '../http/private_cache.js';
import { either } from '../signals.js';
import { BaseConnection, contextOf } from './base.js';
import { leaseOf } from './calls.js';
import { describeError } from './errors.js';
import { HttpClient } from './http_client.js';
import { parseConfig } from './http_config.js';
import { decodeStream, decodeTable, decodeValue } from './http_decode.js';
import { runGraphql } from './http_graphql.js';
import { checkOptions } from './http_options.js';
import { pagesOf } from './http_pages.js';
import { askForEnd, isRanged, rangedTable } from './http_ranges.js';
import { HttpReads } from './http_reads.js';
import { HttpWrites, bodyOf } from './http_writes.js';

/** @typedef {import('../errors.js').HawserError} HawserError */
/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./http_config.js').HttpSettings} HttpSettings */

/** @extends {BaseConnection<HttpClient>} */
export class HttpConnection extends BaseConnection {
  static connectionless = true;

  /** @type {{ config: object, settings: HttpSettings, responses?: PrivateCache } | undefined} */
  #known;
  #reads = new HttpReads(this);
  #writes = new HttpWrites(this);

  /** @param {import('./context.js').ConnectionContext} context */
  constructor(context) {
    super(context);
    void this.#settings; // What is wrong with them is said at once.
  }

  /** @override @returns {Promise<HttpClient>} */
  async connect() {
    await loadHttpCore();
    return new HttpClient(this.#settings, contextOf(this));
  }

  /** What is configured by now, checked. A signer, with the token it has, lives as long as the configuration. */
  get #settings() {
    const { config, name, type } = contextOf(this);
    if (this.#known?.config !== config) {
      const settings = parseConfig(name, config);
      const { signer, headers, params } = settings;
      const sent = { headers: Object.fromEntries(headers), params: Object.fromEntries(params) };
      checkExposure({ connection: name, type, signer, config: { ...config, ...sent } });
      this.#known = { config, settings };
    }
    return this.#known.settings;
  }

  /**
   * What is there: JSON decoded, text, or bytes, by content type. From the cache when it can; frozen, but for bytes, of which everybody
   * gets his own.
   * @template [T=any]
   * @param {string} [path] Below the connection's url; may have a query.
   * @param {import('./http_options.js').GetOptions} [options]
   * @returns {Promise<T>}
   * @throws {HawserError} ERR_HTTP_STATUS, ERR_NOT_FOUND, ERR_AUTH, ERR_CONNECTION_FAILED, ERR_CORS, ERR_TIMEOUT, ERR_LIMIT, ERR_FORMAT,
   *   ERR_INT64_RANGE, ERR_CLOSED
   */
  async get(path = '', options = {}) {
    return this.#read('get', path, options, (response, limits) => decodeValue(response, String(path), options, limits));
  }

  /**
   * The records that are there as a Table, from JSON, NDJSON, CSV, TSV, Parquet or Arrow. From the cache when it can.
   * @param {string} [path]
   * @param {import('./http_options.js').ReadOptions} [options]
   * @returns {Promise<Table>}
   * @throws {HawserError} As for {@link get}.
   */
  async read(path = '', options = {}) {
    const file = withoutQuery(path);
    const own = new Headers(/** @type {any} */ (options.headers ?? {})).has('range');
    return this.#read('read', path, options, (response, limits, ask) =>
      response.status === 206 && !own ? rangedTable(response, { ask, path: file, options, limits }) : decodeTable(response, file, options, limits),
    );
  }

  /**
   * The rows of what is there, one Table after another, in constant memory. Never cached; leaving the loop ends the transfer.
   * @param {string} [path]
   * @param {import('./http_options.js').StreamOptions} [options]
   * @returns {AsyncGenerator<Table, void, undefined>}
   */
  async *stream(path = '', options = {}) {
    checkOptions('stream', options);
    const { client, signal: own, release } = await leaseOf(this, 'stream');
    const signal = either(options.signal, own);
    /** @type {Response | undefined} */
    let response;
    try {
      const request = { url: client.address(path, options.params), headers: client.headers(options.headers) };
      response = await client.exchange.send(request, client.options({ ...options, signal }, 'stream', { bounded: false }));
      yield* decodeStream(response, withoutQuery(path), { ...options, signal });
    } catch (error) {
      throw describeError(contextOf(this), error, 'stream');
    } finally {
      if (response && !response.bodyUsed) void response.body?.cancel().catch(() => {});
      release();
    }
  }

  /**
   * The pages of a list, a Table each. Never cached.
   * @param {string} [path] Of the first page.
   * @param {import('./http_options.js').PagesOptions} [options]
   * @returns {AsyncGenerator<Table, void, undefined>}
   * @throws {HawserError} ERR_LIMIT for a list that does not end.
   */
  async *pages(path = '', options = {}) {
    checkOptions('pages', options);
    const { client, signal: own, release } = await leaseOf(this, 'pages');
    const signal = either(options.signal, own);
    try {
      yield* pagesOf(client, path, { ...options, signal });
    } catch (error) {
      throw describeError(contextOf(this), error, 'pages');
    } finally {
      release();
    }
  }

  /**
   * One request, not cached, and sent again only when that does no harm. What this connection has cached is forgotten when the request
   * may have written.
   * @param {string} [path]
   * @param {import('./http_options.js').RequestOptions} [options]
   * @returns {Promise<Response>} With a status of 2xx, or one of `accept`.
   */
  async request(path = '', options = {}) {
    checkOptions('request', options);
    const { method = 'GET', accept, repeatable, redirect } = options;
    return this.#writes.run(method, options, () =>
      this.use((client, { signal }) => {
        const headers = client.headers(options.headers);
        const request = { method, url: client.address(path, options.params), headers, body: bodyOf(options.body, headers) };
        const how = client.options({ ...options, signal: either(options.signal, signal) }, 'request');
        if (options.maxBytes === undefined) how.maxBytes = undefined;
        how.untilHead = options.timeout === undefined;
        const asked = { ...(accept && { accept }), ...(repeatable !== undefined && { repeatable }), ...(redirect && { redirect }) };
        return client.exchange.send(request, { ...how, ...asked });
      }, 'request'),
    );
  }

  /**
   * As the global fetch(), for paths below the connection's url, with its headers, parameters and credentials. Responses are kept and
   * reused as HTTP says (RFC 9111, a private cache), apart from what get() and read() cache. Any status is a response.
   * @param {string} path
   * @param {RequestInit & { params?: import('./http_options.js').Params, timeout?: number | string }} [init]
   * @returns {Promise<Response>}
   */
  async fetch(path, init = {}) {
    const { params, timeout, signal: outer, method = 'GET', ...others } = init;
    return this.#writes.run(method, {}, () =>
      this.use((client, { signal }) => {
        const both = either(outer ?? undefined, signal);
        const own = { method, headers: client.headers(init.headers), signal: both, ...(timeout !== undefined && { timeout }) };
        return this.#responses.fetch(client.address(path, params), { ...others, ...own });
      }, 'fetch'),
    );
  }

  /** What fetch() keeps. */
  get #responses() {
    void this.#settings;
    const known = /** @type {{ responses?: PrivateCache }} */ (this.#known);
    return (known.responses ??= new PrivateCache({
      clock: contextOf(this).clock,
      fetch: async (url, init) => {
        const client = await this.raw();
        return client.forFetch(/** @type {URL} */ (url), init);
      },
    }));
  }

  /**
   * Runs a GraphQL document. Queries come from the cache when they can; mutations are run each time, and what this connection has
   * cached is forgotten.
   * @template [T=any]
   * @param {string | { loc?: any }} document
   * @param {import('./http_options.js').GraphqlOptions} [options]
   * @returns {Promise<T>} The data, frozen.
   * @throws {HawserError} ERR_QUERY with `errors` and the partial `data`, also when the status is 200.
   */
  async query(document, options = {}) {
    return runGraphql({ connection: this, settings: this.#settings, reads: this.#reads, writes: this.#writes }, document, options);
  }

  /**
   * @param {'get' | 'read'} verb @param {string} path @param {any} options
   * @param {import('./http_reads.js').Read['decode']} decode
   */
  async #read(verb, path, options, decode) {
    try {
      return await this.#reads.read(this.#settings, {
        ...{ verb, options, decode, parts: [keyPath(String(path))] },
        request(client) {
          const url = client.address(path, options.params);
          const headers = client.headers(options.headers);
          if (verb === 'read' && !headers.has('range') && isRanged(withoutQuery(path), options, url)) askForEnd(headers);
          return { url, headers };
        },
      });
    } catch (error) {
      throw describeError(contextOf(this), error, verb);
    }
  }
}

/** @param {string} path */
const withoutQuery = (path) => String(path).replace(/\?.*$/s, '');

/** What stands for a path in keys: `users` and `/users` are one, which an empty path and `/` are not. @param {string} path */
const keyPath = (path) => (/^\/[^/]/.test(path) ? path.slice(1) : path);
