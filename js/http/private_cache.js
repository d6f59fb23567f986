/**
 * A private HTTP cache (RFC 9111) with the interface of fetch(): it belongs to one program and serves one connection. What to do about a
 * request and about an answer is decided by the HTTP core; here it is done. docs/http-cache.md describes what users see of it.
 */
import * as runtime from '#runtime';
import { askedRequest } from './cache_request.js';
import { CacheStore } from './cache_store.js';
import { loadHttpCore, resolve } from './core.js';
import { IN_PAGE } from './page.js';
import { keepingBody, responseFrom } from './stored_response.js';

/** @typedef {import('./cache_request.js').AskedRequest} AskedRequest */
/** @typedef {import('./cache_store.js').StoredResponse} StoredResponse */
/** @typedef {import('./core.js').HttpCore} HttpCore */

/**
 * @typedef {'hit' | 'stale' | 'renewed' | 'miss' | 'bypass'} CacheState How a response came about: 'hit': stored and fresh; 'stale': stored
 *   and not; 'renewed': stored, and the server said that it still holds; 'miss': from the server, and kept once its body has been read;
 *   'bypass': from the server, and not kept.
 */

/** @type {WeakMap<Response, CacheState>} */
const states = new WeakMap();

/**
 * How a response of a PrivateCache came about.
 * @param {Response} response The very one, no clone.
 * @returns {CacheState | undefined} Nothing for responses of others.
 */
export const cacheState = (response) => states.get(response);

/** @param {Response} response @param {CacheState} state */
function mark(response, state) {
  states.set(response, state);
  return response;
}

/** A plan: as the client asked. @type {{ action: string, headers: [string, string][] }} */
const PLAINLY = Object.freeze({ action: 'fetch', headers: [] });

export class PrivateCache {
  #fetch;
  #clock;
  #store;
  #maxEntryBytes;
  #staleIfError;
  #unreachable;
  #plainly;
  #onError;
  /** Those that are being renewed in the background. @type {Set<StoredResponse>} */
  #renewing = new Set();

  /**
   * @param {object} [options]
   * @param {typeof fetch} [options.fetch] Sends what is not answered from here: gets what fetch() got, without `cache` and with
   *   headers added. Default: the global one.
   * @param {{ now(): number }} [options.clock] Default: Date.
   * @param {number} [options.maxBytes] For everything that is stored. Default 16 MB.
   * @param {number} [options.maxEntryBytes] Of one body; larger ones pass through. Default: a quarter of maxBytes.
   * @param {number} [options.staleIfError] Milliseconds that a response which has become stale may be used when the server does not
   *   answer or answers 500, 502, 503 or 504, where neither says anything about it itself. Default 0.
   * @param {'respond' | 'throw'} [options.unreachable] What becomes of a request when no answer came and a stored response is there
   *   that forbids to be used then (must-revalidate, no-cache): 'respond' gives a 504, as RFC 9111 has it; 'throw' fails as it
   *   would if nothing were stored. Default 'respond'.
   * @param {boolean} [options.plainly] Whether a request that failed with headers added here (conditions, Cache-Control) is sent again
   *   without them: a server may not allow them to pages of other origins. Default: in browsers.
   * @param {(error: unknown) => void} [options.onError] Hears of renewals in the background that failed.
   */
  constructor({ fetch, clock = Date, maxBytes = 16e6, maxEntryBytes = maxBytes / 4, staleIfError = 0, unreachable = 'respond', plainly = IN_PAGE, onError } = {}) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#store = new CacheStore(maxBytes);
    this.#maxEntryBytes = maxEntryBytes;
    this.#staleIfError = staleIfError;
    this.#unreachable = unreachable;
    this.#plainly = plainly;
    this.#onError = onError;
  }

  /** What is stored: how many responses, and how many bytes they take, about. */
  get size() {
    return { entries: this.#store.entries, bytes: this.#store.bytes };
  }

  /** Forgets everything, and what is on its way. */
  clear() {
    this.#store.clear();
  }

  /**
   * Forgets what is stored of a URL.
   * @param {string | URL} url Absolute.
   */
  delete(url) {
    this.#store.deleteUrl(askedRequest(url).url);
  }

  /**
   * As the global fetch(), `cache` and abort signals included; but relative URLs are none, and what is only wanted from the cache and
   * is not there is a 504.
   * @param {string | URL | Request} input
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  fetch = async (input, init) => {
    const request = askedRequest(input, init);
    request.signal?.throwIfAborted();
    const core = await loadHttpCore();
    const { url, method, headers: requestHeaders, mode } = request;
    // Redirects are for those who handle them themselves: the others want to know where they lead.
    const stored = this.#store.of(url).filter(({ status, responseHeaders }) => request.redirect === 'manual' || !isRedirect(status, responseHeaders));
    const plan = core.plan({ method, requestHeaders, mode, now: this.#clock.now() }, stored);
    const chosen = stored[plan.index];
    if (plan.action === 'fail') return mark(gatewayTimeout(), 'miss');
    if (plan.action !== 'use') return this.#forward(core, request, chosen, plan);
    this.#store.touch(chosen);
    if (plan.background) this.#renew(core, request, chosen);
    return mark(responseFrom(chosen, { ...plan, method }), plan.fresh ? 'hit' : 'stale');
  };

  /** @param {HttpCore} core @param {AskedRequest} request @param {StoredResponse} stored */
  #renew(core, request, stored) {
    if (this.#renewing.has(stored)) return;
    this.#renewing.add(stored);
    // Nobody waits for it: it is not the client's to abort.
    const alone = { ...request, signal: undefined };
    const headers = core.conditionalHeaders(stored.responseHeaders);
    const action = headers.length > 0 ? 'validate' : 'fetch';
    const work = this.#forward(core, alone, stored, { action, headers }, true)
      .then((response) => response.arrayBuffer())
      .catch((error) => this.#onError?.(error))
      .finally(() => this.#renewing.delete(stored));
    runtime.waitUntil?.(work);
  }

  /**
   * Sends a request, and does with the answer what the core says.
   * @param {HttpCore} core
   * @param {AskedRequest} request
   * @param {StoredResponse | undefined} chosen What may be the answer.
   * @param {{ action: string, headers: [string, string][] }} plan
   * @param {boolean} [background]
   * @returns {Promise<Response>}
   */
  async #forward(core, request, chosen, plan, background = false) {
    const requestTime = this.#clock.now();
    const { changes } = this.#store;
    /** @type {Response | undefined} */
    let response;
    /** @type {unknown} */
    let failure;
    try {
      const [input, init] = request.parameters(plan.headers);
      response = await (this.#fetch ?? fetch)(input, background ? { ...init, signal: null } : init);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      if (this.#plainly && plan.headers.length > 0) return this.#forward(core, request, chosen, PLAINLY, background);
      failure = error;
    }
    if (response?.status === 0) return mark(response, 'bypass'); // Opaque.
    return this.#settle({ core, request, chosen, response, failure, requestTime, changes, validated: plan.action === 'validate', background });
  }

  /**
   * @param {object} answer
   * @param {HttpCore} answer.core
   * @param {AskedRequest} answer.request
   * @param {StoredResponse | undefined} answer.chosen
   * @param {Response | undefined} answer.response
   * @param {unknown} answer.failure Instead of a response.
   * @param {number} answer.requestTime
   * @param {number} answer.changes CacheStore#changes when it was sent.
   * @param {boolean} answer.validated
   * @param {boolean} answer.background
   * @returns {Promise<Response>}
   */
  async #settle({ core, request, chosen, response, failure, requestTime, changes, validated, background }) {
    const now = this.#clock.now();
    const { url, method, headers: requestHeaders, mode } = request;
    const stored = [...this.#store.of(url)];
    if (chosen && !stored.includes(chosen)) stored.push(chosen); // It has left meanwhile.
    const settlement = core.settle(
      {
        method, requestHeaders, mode, now, requestTime,
        status: response?.status ?? 0,
        responseHeaders: response && dated(response.headers, now),
        responseTime: now,
        validated,
        index: chosen ? stored.indexOf(chosen) : -1,
        staleIfError: this.#staleIfError,
      },
      stored,
    );
    if (settlement.action === 'stale' && chosen) {
      if (background) throw failure ?? new Error(`HTTP ${response?.status}`);
      await response?.body?.cancel();
      return mark(responseFrom(chosen, { age: settlement.age, method }), 'stale');
    }
    if (!response) {
      if (settlement.action === 'unreachable' && this.#unreachable === 'respond' && !background) return mark(gatewayTimeout(), 'bypass');
      throw failure;
    }
    if (settlement.action === 'again' || (settlement.action === 'renew' && response.redirected)) {
      await response.body?.cancel();
      return this.#forward(core, request, undefined, PLAINLY, background);
    }
    for (const { index, headers } of settlement.renewals) this.#update(core, stored[index], headers, requestTime, now);
    for (const index of settlement.drops) this.#store.delete(stored[index]);
    if (settlement.invalidates) this.#invalidate(url, settlement.locations);
    if (settlement.action === 'renew' && chosen) {
      await response.body?.cancel();
      this.#store.touch(chosen);
      return mark(responseFrom(chosen, { age: core.freshness(chosen, now).age, method }), 'renewed');
    }
    const here = settlement.contentLocation === undefined || resolved(settlement.contentLocation, url) === url;
    if (settlement.action !== 'store' || response.redirected || !here) return mark(response, 'bypass');
    const { status, statusText } = response;
    const kept = { url, requestHeaders, status, statusText, responseHeaders: settlement.headers, requestTime, responseTime: now };
    const since = settlement.invalidates ? this.#store.changes : changes;
    const keep = (/** @type {Uint8Array} */ body) => this.#store.put({ ...kept, body, size: body.byteLength }, since);
    return mark(keepingBody(response, this.#maxEntryBytes, keep), 'miss');
  }

  /**
   * @param {HttpCore} core
   * @param {StoredResponse} stored
   * @param {[string, string][]} headers
   * @param {number} requestTime
   * @param {number} responseTime
   */
  #update(core, stored, headers, requestTime, responseTime) {
    Object.assign(stored, { responseHeaders: headers, requestTime, responseTime });
    if (!this.#store.has(stored)) return;
    if (core.freshness(stored, responseTime).storable) this.#store.put(stored);
    else this.#store.delete(stored);
  }

  /** @param {string} url @param {string[]} locations */
  #invalidate(url, locations) {
    this.#store.deleteUrl(url);
    for (const location of locations) {
      const other = resolved(location, url);
      if (other && new URL(other).origin === new URL(url).origin) this.#store.deleteUrl(other);
    }
  }
}

/** @param {number} status @param {[string, string][]} headers */
const isRedirect = (status, headers) => status >= 300 && status < 400 && headers.some(([name]) => name === 'location');

const gatewayTimeout = () => new Response(null, { status: 504, statusText: 'Gateway Timeout' });

/** With a Date, which what is stored must have (RFC 9110, 6.6.1). @param {Headers} headers @param {number} now */
const dated = (headers, now) => (headers.has('date') ? headers : [...headers, ['date', new Date(now).toUTCString()]]);

/** @param {string} reference @param {string} base @returns {string | undefined} Without its fragment. */
const resolved = (reference, base) => resolve(reference, base)?.replace(/#.*$/s, '');
