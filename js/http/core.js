/**
 * The HTTP core: decisions about requests and responses, made in C++ (src/http, a WebAssembly module of its own, http.wasm).
 * It performs nothing and knows no clock: times are arguments, in milliseconds since 1970, durations are milliseconds, and so is
 * randomness. Everything is synchronous.
 *
 * A list of headers is whatever iterates over [name, value]: a Headers, a Map, an array of pairs. What comes in and out of the decisions
 * is described in cache_types.js and retry_types.js.
 */
import { ask } from '../asking.js';
import { HawserError } from '../errors.js';
import { WasmModule } from '../wasm_module.js';

/** @typedef {import('./cache_types.js').HeaderList} HeaderList */
/** @typedef {import('./cache_types.js').StoredExchange} StoredExchange */
/** @typedef {import('./cache_types.js').CacheExchange} CacheExchange */
/** @typedef {import('./cache_types.js').Freshness} Freshness */
/** @typedef {import('./cache_types.js').CacheRequest} CacheRequest */
/** @typedef {import('./cache_types.js').CachePlan} CachePlan */
/** @typedef {import('./cache_types.js').CacheAnswer} CacheAnswer */
/** @typedef {import('./cache_types.js').CacheSettlement} CacheSettlement */
/** @typedef {import('./retry_types.js').AttemptEnd} AttemptEnd */
/** @typedef {import('./retry_types.js').RetryDecision} RetryDecision */
/**
 * @typedef {object} Link
 * @property {string} url Absolute.
 * @property {string[]} rel In lower case, at least one.
 * @property {Record<string, string>} parameters The others, e.g. title; names are in lower case.
 */

/** @type {WasmModule<import('../core.js').CoreExports>} */
const wasm = new WasmModule('http', (module) => {
  const { exports } = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth() {} } });
  const core = /** @type {import('../core.js').CoreExports} */ (/** @type {unknown} */ (exports));
  core._initialize();
  return core;
});

/** @param {HeaderList | undefined} headers Line by line. */
const packLines = (headers) => ['a', ...[...(headers ?? [])].flatMap(([name, value]) => [name.toLowerCase(), value])];

/** @param {HeaderList | undefined} headers Lines of one name become one, as in a Headers. */
function packHeaders(headers) {
  const lines = [...(headers ?? [])];
  if (Object.prototype.toString.call(headers) === '[object Headers]') return packLines(lines);
  /** @type {[string, string][]} */
  const fields = [];
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const field = lower === 'set-cookie' ? undefined : fields.find(([known]) => known === lower);
    if (field) field[1] += `, ${value}`;
    else fields.push([lower, value]);
  }
  return packLines(fields);
}

/** @param {string[]} packed @returns {[string, string][]} */
const unpackHeaders = (packed) =>
  Array.from({ length: (packed.length - 1) / 2 }, (_, i) => [packed[2 * i + 1], packed[2 * i + 2]]);

/** Of what is stored no more than is decided by: above all not its body. @param {CacheExchange & { size?: number }} exchange */
const packExchange = ({ method, requestHeaders, status, responseHeaders, requestTime, responseTime, size }) => ({
  ...{ method, status, requestTime, responseTime, size },
  requestHeaders: packHeaders(requestHeaders),
  responseHeaders: packHeaders(responseHeaders),
});

/** Stateless: a trap of the module costs the call that met it, and nothing else. */
export class HttpCore {
  /**
   * @param {string} decision @param {object} request
   * @returns {any}
   */
  #ask(decision, request) {
    return ask(wasm.now(), decision, request);
  }

  /**
   * Whether to try again, and after which pause: drawn evenly from 0 to firstPause · 2^(attempt - 1) ("full jitter"), or what
   * Retry-After asks for and up to firstPause more.
   * @param {AttemptEnd} end
   * @returns {RetryDecision}
   */
  decide(end) {
    const { policy = {}, retryAfter, ...rest } = end;
    const statuses = policy.statuses && ['a', ...policy.statuses];
    return this.#ask('http_retry', { ...rest, retryAfter: retryAfter ?? undefined, policy: { ...policy, statuses } });
  }

  /**
   * A date in any of the three forms of RFC 9110, 5.6.7.
   * @param {string | null | undefined} text
   * @param {number} now For years of two digits.
   * @returns {number | undefined} Nothing when it is none.
   */
  parseDate(text, now) {
    return this.#ask('http_date', { text: text ?? '', now }).time;
  }

  /**
   * @param {string | null | undefined} text A Retry-After header.
   * @param {number} now
   * @returns {number | undefined} Milliseconds to wait, 0 when that time has come. Nothing when it is malformed.
   */
  retryAfter(text, now) {
    return this.#ask('http_date', { text: text ?? '', now, retryAfter: true }).time;
  }

  /**
   * The links of a Link header (RFC 8288), in their order.
   * @param {string | null | undefined} fieldValue
   * @param {string | URL} baseUrl The URL of the response.
   * @returns {Link[]} Without those that have no relation type or no URL.
   */
  links(fieldValue, baseUrl) {
    const [, ...links] = this.#ask('http_links', { field: fieldValue ?? '' });
    return links.flatMap((/** @type {any} */ { target, parameters }) => {
      const url = resolve(target, baseUrl);
      if (url === undefined) return [];
      const named = Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]);
      const { rel, ...others } = Object.fromEntries(named);
      return [{ url, rel: rel.toLowerCase().trim().split(/\s+/), parameters: others }];
    });
  }

  /**
   * What RFC 9111 says about a response, to a cache that is one program's own (private).
   * @param {CacheExchange} exchange
   * @param {number} now
   * @returns {Freshness}
   */
  freshness(exchange, now) {
    const { conditions, vary, ...answer } = this.#ask('http_freshness', { ...packExchange(exchange), now });
    return { ...answer, vary: vary.slice(1).map((/** @type {string} */ name) => name.toLowerCase()) };
  }

  /**
   * The headers that a condition for a renewal takes: If-None-Match and If-Modified-Since, as far as the response had validators.
   * @param {HeaderList} responseHeaders Of what is stored.
   * @returns {[string, string][]} Names in lower case.
   */
  conditionalHeaders(responseHeaders) {
    return unpackHeaders(this.#ask('http_freshness', { responseHeaders: packHeaders(responseHeaders) }).conditions);
  }

  /**
   * The headers of a stored response after a 304 (RFC 9111, 3.2).
   * @param {HeaderList} stored
   * @param {HeaderList} received
   * @returns {[string, string][]} Names in lower case.
   */
  mergeHeaders(stored, received) {
    return unpackHeaders(this.#ask('http_fields', { stored: packHeaders(stored), received: packHeaders(received) }).merged);
  }

  /**
   * Whether two requests agree in what a Vary header names. "*" agrees with nothing.
   * @param {string | null | undefined} vary
   * @param {HeaderList} stored Headers of the request that led to the stored response.
   * @param {HeaderList} request
   * @returns {boolean}
   */
  varyMatches(vary, stored, request) {
    return this.#ask('http_fields', { vary: vary ?? '', stored: packHeaders(stored), received: packHeaders(request) }).matches;
  }

  /**
   * Whether a response tells that what is stored of its URL may have changed (RFC 9111, 4.4): it is to an unsafe method, such as
   * POST, and no error. What Location and Content-Location name of the same origin may have, too.
   * @param {string} method
   * @param {number} status
   * @returns {boolean}
   */
  invalidates(method, status) {
    return this.#ask('http_fields', { method, status }).invalidates;
  }

  /**
   * What a private cache does about a request.
   * @param {CacheRequest} request
   * @param {readonly StoredExchange[]} stored What there is of its URL: complete responses to GET.
   * @returns {CachePlan}
   */
  plan(request, stored) {
    const { headers, ...plan } = this.#ask('http_plan', {
      ...request,
      requestHeaders: packHeaders(request.requestHeaders),
      stored: ['a', ...stored.map(packExchange)],
    });
    return { ...plan, headers: unpackHeaders(headers) };
  }

  /**
   * What a private cache does about the answer to a request that it let through.
   * @param {CacheAnswer} answer
   * @param {readonly StoredExchange[]} stored As it was when the answer came.
   * @returns {CacheSettlement}
   */
  settle(answer, stored) {
    const { headers, renewals, drops, locations, ...settlement } = this.#ask('http_settle', {
      ...answer,
      requestHeaders: packHeaders(answer.requestHeaders),
      responseHeaders: packHeaders(answer.responseHeaders),
      stored: ['a', ...stored.map(packExchange)],
    });
    return {
      ...settlement,
      headers: unpackHeaders(headers),
      renewals: renewals.slice(1).map((/** @type {any} */ one) => ({ index: one.index, headers: unpackHeaders(one.headers) })),
      drops: drops.slice(1),
      locations: locations.slice(1),
    };
  }

  /**
   * The canonical request of AWS Signature Version 4, byte for byte.
   * @param {object} request
   * @param {string} request.method
   * @param {string} request.url Absolute, or from its path on. Best as it is sent: new URL(…).href.
   * @param {HeaderList} request.headers
   * @param {readonly string[]} [request.signed] Names of headers, in any case and order. Default: all.
   * @param {string} request.payloadHash
   * @param {string} [request.service] Decides the defaults of what follows: true, and false for what begins with "s3".
   * @param {boolean} [request.normalize] Whether "." and ".." and empty segments are taken out of the path.
   * @param {boolean} [request.doubleEncode] Whether the path is encoded as it is sent, once more. Otherwise what it says is encoded
   *   once.
   * @returns {string}
   */
  canonicalRequest({ method, url, headers, signed, payloadHash, service = '', normalize, doubleEncode }) {
    const others = !service.startsWith('s3');
    const lines = packLines(headers);
    return this.#ask('http_canonical', {
      method,
      url,
      payloadHash,
      headers: lines,
      signed: ['a', ...[...new Set(signed?.map((name) => name.toLowerCase()) ?? lines.filter((_, i) => i % 2 === 1))].sort()],
      normalize: normalize ?? others,
      doubleEncode: doubleEncode ?? others,
    });
  }
}

/** @param {string} target @param {string | URL} base @returns {string | undefined} */
export function resolve(target, base) {
  try {
    return new URL(target, base).href;
  } catch {
    return undefined;
  }
}

const http = new HttpCore();

/**
 * Makes sure that the HTTP core can answer.
 * @returns {Promise<HttpCore>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadHttpCore() {
  await wasm.load();
  return http;
}

/**
 * The HTTP core if it can answer at once.
 * @returns {HttpCore | undefined}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export function httpCoreNow() {
  try {
    wasm.now();
    return http;
  } catch (error) {
    if (error instanceof HawserError && error.code === 'ERR_SECRETS_NOT_LOADED') return undefined;
    throw error;
  }
}
