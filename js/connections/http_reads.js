/**
 * Cached reads of an HTTP connection: what their keys are, how an answer that is old or expired is asked about before it is sent anew,
 * and how long it is fresh.
 */
import { encodeKey } from '../cache/key.js';
import { loadHttpCore } from '../http/core.js';
import { timedOut } from '../http/deadline.js';
import { CREDENTIAL_NAME } from '../http/exposure.js';
import { IN_PAGE } from '../http/page.js';
import { paramList } from '../http/urls.js';
import { withTimeout } from '../timeout.js';
import { contextOf } from './base.js';
import { conditions, freshnessHeaders, keptOf, ofAnswers, resultOf, validators, windowsOf } from './http_answers.js';
import { READING, cachingOf, checkOptions } from './http_options.js';
import { isRecord, withoutNone } from './options.js';

/** @typedef {import('./http_answers.js').Answer} Answer */
/** @typedef {import('./http_client.js').HttpClient} HttpClient */

/**
 * One read, as its method describes it.
 * @typedef {object} Read
 * @property {string} verb
 * @property {any} options As they were given.
 * @property {unknown[]} parts Of the key, besides what all reads have in it.
 * @property {(client: HttpClient) => import('../http/exchange.js').ExchangeRequest & { headers: Headers }} request
 * @property {(response: Response, limits: any, ask: (headers: Record<string, string>) => Promise<Response>) => Promise<unknown>} decode `ask`
 *   sends the same request with more headers.
 * @property {Partial<import('../http/exchange.js').ExchangeOptions>} [exchange]
 */

/** In keys, with numbers. */
const MOST_SECRETS = 1000;

export class HttpReads {
  #connection;
  /** Numbers for secrets in keys. @type {Map<string, number>} */
  #secrets = new Map();
  /** Tells them from those of other processes. */
  #nonce = '';

  /** @param {import('./base.js').BaseConnection<HttpClient>} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * @param {import('./http_config.js').HttpSettings} settings
   * @param {Read} read
   * @returns {Promise<any>}
   */
  async read(settings, read) {
    const { verb, options } = read;
    checkOptions(verb, options);
    const { space } = contextOf(this.#connection);
    const explicit = options.ttl !== undefined || space.policy.ttl !== Infinity;
    const byServer = (options.cacheControl ?? settings.cacheControl) === true && !explicit;
    const how = { ...ofAnswers(cachingOf(options), space.policy), windowsOf };
    const key = this.#key(read);
    if (!options.signal?.aborted) {
      const hit = this.#connection.peekCached(key, how);
      if (hit) return resultOf(hit);
    }
    // Whoever's time is over leaves; the load ends when the last one has left.
    const reading = withTimeout(options, settings.timeout, async ({ signal, timeout }) => {
      const load = (/** @type {{ readonly signal: AbortSignal }} */ inner, /** @type {{ readonly previous?: any }} */ found) =>
        this.#load(read, { byServer, signal: inner.signal, timeout, previous: options.cache === 'reload' ? undefined : found.previous });
      return resultOf(await this.#connection.readCached(key, load, { ...how, signal }, verb));
    });
    return reading.catch(async (error) => {
      throw error?.code === 'ERR_TIMEOUT' && error.url === undefined ? await this.#timedOut(read, error) : error;
    });
  }

  /** The same, and what it was that took too long. @param {Read} read @param {any} error */
  async #timedOut({ request }, error) {
    const client = await this.#connection.raw().catch(() => undefined);
    if (!client || error.timeout === undefined) return error;
    const { method = 'GET', url } = request(client);
    return timedOut({ method, shown: client.shown(url), phase: error.phase }, error.timeout);
  }

  /**
   * @param {Read} read
   * @param {{ byServer: boolean, signal: AbortSignal, timeout: number | undefined, previous: Answer | undefined }} how
   * @returns {Promise<Answer>}
   */
  async #load(read, { byServer, signal, timeout, previous }) {
    const client = await this.#connection.raw();
    const request = read.request(client);
    const { clock } = contextOf(this.#connection);
    const deadline = timeout === undefined ? Infinity : clock.now() + timeout;
    const limits = { ...client.options({ ...read.options, signal }, read.verb), ...read.exchange, timeout: Infinity, deadline };
    const asked = conditions(previous);
    const own = ['if-none-match', 'if-modified-since'].some((name) => request.headers.has(name));
    if (asked && !own) {
      // A page's own question would need leave from other origins; the browser asks by itself.
      if (IN_PAGE && new URL(request.url).origin !== globalThis.location?.origin) limits.init = { cache: 'no-cache', ...limits.init };
      else for (const [name, value] of Object.entries(asked)) request.headers.set(name, value);
      limits.accept = [...(limits.accept ?? []), 304];
    }
    const core = byServer ? await loadHttpCore() : undefined;
    const ask = (/** @type {Record<string, string>} */ more) => {
      const again = read.request(client);
      for (const [name, value] of Object.entries(more)) again.headers.set(name, value);
      return client.exchange.send(again, { ...limits, accept: [412] });
    };
    return client.exchange.receive(request, limits, async (response, { sent, call }) => {
      const responseTime = clock.now();
      const same = previous && !own && (response.status === 304 || unchanged(previous, response));
      const value = same ? previous.value : keptOf(await read.decode(response, { ...limits, call }, ask));
      if (same) void response.body?.cancel().catch(() => {});
      const known = same ? { etag: previous.etag, lastModified: previous.lastModified } : {};
      /** @type {Answer} */
      const answer = { value, ...withoutNone({ ...known, ...validators(response.headers) }) };
      if (!core) return answer;
      const received = freshnessHeaders(response.headers);
      const headers = same && previous.headers ? core.mergeHeaders(previous.headers, received) : received;
      const asked = { method: request.method ?? 'GET', requestHeaders: [...sent.headers], requestTime: sent.time };
      const exchange = { ...asked, status: same ? 200 : response.status, responseHeaders: headers, responseTime };
      return { ...answer, headers, windows: serverWindows(core.freshness(exchange, clock.now())) };
    });
  }

  /** @param {Read} read */
  #key({ verb, options, parts }) {
    if (options.key !== undefined) return encodeKey(['key', options.key]);
    const params = paramList(options.params).map(([name, value]) => [name, this.#part(name, value)]);
    const headers = headerPart(options.headers).map(([name, value]) => [name, value === null ? null : this.#part(name, value)]);
    const reading = READING.map((name) => options[name]);
    return encodeKey([verb, ...parts.map((part) => this.#masked('', part)), params, headers, reading]);
  }

  /** The same with numbers for the secrets in it, wherever they are. @param {string} name @param {unknown} value @returns {unknown} */
  #masked(name, value) {
    if (typeof value === 'string') return this.#part(name, value);
    if (Array.isArray(value)) return value.map((item) => this.#masked(name, item));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#masked(key, item)]));
  }

  /**
   * What stands for a text in a key: of a secret, a number of this process.
   * @param {string} name @param {string} value
   */
  #part(name, value) {
    if (!CREDENTIAL_NAME.test(name) && contextOf(this.#connection).secrets.scrub(value) === value) return value;
    // Numbers are given anew before they take up much.
    if (this.#secrets.size >= MOST_SECRETS) this.#nonce = '';
    if (this.#nonce === '') this.#secrets.clear();
    this.#nonce ||= crypto.randomUUID();
    const number = this.#secrets.get(value) ?? this.#secrets.size;
    this.#secrets.set(value, number);
    return { secret: number, of: this.#nonce };
  }
}

/** @param {any} headers @returns {[string, string | null][]} In order of their names. */
function headerPart(headers) {
  if (headers === undefined || headers === null) return [];
  /** @type {[string, any][]} */
  const entries = typeof headers[Symbol.iterator] === 'function' ? [...headers] : Object.entries(headers);
  return entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => /** @type {[string, string | null]} */ ([name.toLowerCase(), value === null ? null : String(value)]))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Whether a whole answer is the one that is there: what browsers make of a 304. @param {Answer} previous @param {Response} response */
function unchanged({ etag }, response) {
  return etag !== undefined && !etag.startsWith('W/') && response.status === 200 && response.headers.get('etag') === etag;
}

/**
 * The windows of an answer by what its server says.
 * @param {any} freshness See js/http/core.js.
 * @returns {import('../cache/policy.js').Windows}
 */
function serverWindows({ storable, lifetime, age, mustRevalidate, staleWhileRevalidate, staleIfError }) {
  if (!storable) return { ttl: 0, staleWhileRevalidate: 0, staleIfError: 0, hold: 0 };
  const ttl = Math.max(0, lifetime - age);
  if (mustRevalidate) return { ttl, staleWhileRevalidate: 0, staleIfError: 0 };
  return withoutNone({ ttl, staleWhileRevalidate: staleWhileRevalidate || undefined, staleIfError: staleIfError || undefined });
}
