/**
 * What an HTTP connection sends its requests with: the raw client of type http. It has no connection that could be lost.
 */
import { shownUrl } from '../http/address.js';
import { Exchange } from '../http/exchange.js';
import { IN_PAGE } from '../http/page.js';
import { addParams, joinPath, paramList } from '../http/urls.js';
import { parseTimeout } from '../timeout.js';
import { parseLimit, parseRetry } from './http_options.js';

/** @typedef {import('./http_config.js').HttpSettings} HttpSettings */
/** @typedef {import('./http_options.js').CallOptions} CallOptions */

/** What answers are wanted as, where nobody says anything. */
const ACCEPT = 'application/json, text/*;q=0.9, */*;q=0.8';

export class HttpClient {
  /** @param {HttpSettings} settings @param {import('./context.js').ConnectionContext} context */
  constructor(settings, { name, fetch, clock, random, secrets }) {
    this.settings = settings;
    this.exchange = new Exchange({ fetch, clock, random, secrets, connection: name });
  }

  /**
   * @param {string | URL | undefined} path @param {import('../http/urls.js').Params} [params]
   * @returns {URL}
   * @throws {TypeError | RangeError}
   */
  address(path, params) {
    const { base, origins, params: defaults } = this.settings;
    return addParams(joinPath(base, path, { origins }), paramList(params), defaults);
  }

  /** An address as errors show it. @param {string | URL} url */
  shown(url) {
    return this.exchange.secrets.scrub(shownUrl(new URL(url)));
  }

  /**
   * The connection's headers with those of a call over them.
   * @param {any} [own]
   */
  headers(own) {
    const headers = new Headers(this.settings.headers);
    if (own !== undefined && own !== null) {
      if (typeof own !== 'object') throw new TypeError('headers: must be an object');
      const entries = typeof own[Symbol.iterator] === 'function' ? own : Object.entries(own);
      for (const [name, value] of entries) {
        if (value === undefined) continue;
        if (value === null) headers.delete(name);
        else headers.set(name, String(value));
      }
    }
    if (!headers.has('accept')) headers.set('accept', ACCEPT);
    return headers;
  }

  /**
   * A request as fetch() is told of it.
   * @param {URL} url @param {any} init
   */
  forFetch(url, { method, headers, body, signal, redirect, ...others } = /** @type {any} */ ({})) {
    const { init, ...how } = this.options({ signal: signal ?? undefined, timeout: others.timeout }, 'fetch', { bounded: false });
    const more = Object.fromEntries(Object.entries(others).filter(([name]) => !OWN.has(name)));
    const asked = { init: { ...init, ...more }, anyStatus: true, accept: [304], ...(redirect && { redirect }) };
    return this.exchange.send({ method, url, headers, body }, { ...how, ...asked });
  }

  /**
   * What the exchange is told of a call.
   * @param {CallOptions & { cache?: string }} options
   * @param {string} phase
   * @param {{ bounded?: boolean }} [how] bounded: whether the defaults for time and size hold, too.
   * @returns {import('../http/exchange.js').ExchangeOptions}
   */
  options({ timeout, retry, maxBytes, onProgress, signal, cache }, phase, { bounded = true } = {}) {
    const { settings } = this;
    /** @type {Record<string, unknown>} */
    const init = {};
    if (settings.credentials !== undefined) init.credentials = settings.credentials;
    // Elsewhere there is no cache of the runtime's own, or the option is refused.
    if (IN_PAGE && (cache === 'reload' || cache === 'no-store')) init.cache = cache;
    return {
      signer: settings.signer,
      ...(signal && { signal }),
      timeout: parseTimeout(timeout) ?? (bounded || settings.ownTimeout ? settings.timeout : undefined),
      retry: { ...settings.retry, ...parseRetry(retry) },
      maxBytes: parseLimit(maxBytes, bounded ? settings.maxBytes : Infinity),
      ...(onProgress && { onProgress }),
      phase,
      init,
    };
  }
}

/** Of fetch's options those that the exchange has itself. */
const OWN = new Set(['method', 'headers', 'body', 'signal', 'redirect', 'timeout']);
