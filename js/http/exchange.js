/**
 * The exchange of one request for one response: signs, sends, follows redirects, and tries again when the core says so.
 *
 * - Credentials never leave the origin that the request is for. After a redirect to another one, only headers that are known to be
 *   harmless go on, and they never come back. Where the runtime hides redirects (browsers), those are left to it if it strips what
 *   has to be stripped, and refused otherwise.
 * - Every attempt is signed anew. A signer that can renew gets one further attempt after a 401.
 * - A body that is a stream can be sent once: such a request is not repeated.
 */
import { HawserError } from '../errors.js';
import { unlessAborted } from '../timeout.js';
import { allBytes, guarded } from './body.js';
import { callOf, learn } from './call.js';
import { loadHttpCore } from './core.js';
import { Deadline, pause } from './deadline.js';
import { diagnoseFailure } from './diagnosis.js';
import { hidden, lostError, networkError, redirectError, statusError } from './failures.js';
import { IN_PAGE } from './page.js';
import { MOST_REDIRECTS, isReplayable, leftToBrowser, nextHop } from './redirects.js';
import { NO_SIGNER } from './signer.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./retry_types.js').RetryPolicy} RetryPolicy */
/** @typedef {import('./signer.js').Signer} Signer */

/**
 * @typedef {object} ExchangeRequest
 * @property {string} [method] Default GET.
 * @property {string | URL} url Absolute.
 * @property {ConstructorParameters<typeof Headers>[0]} [headers]
 * @property {any} [body] What fetch takes.
 */

/**
 * @typedef {object} ExchangeOptions
 * @property {Signer} [signer]
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] Milliseconds for the whole call, attempts, pauses and the body included. Default: no limit.
 * @property {boolean} [untilHead] Whether `timeout` ends with the head of the answer, and the body takes as long as it takes. Default false.
 * @property {number} [deadline] When the caller is going to give up, by the clock: no pause lasts longer. Default: by `timeout`.
 * @property {RetryPolicy} [retry]
 * @property {boolean} [repeatable] Whether the request may be sent again. Default: by its method (RFC 9110, 9.2.2).
 * @property {readonly number[]} [accept] Statuses beside 2xx that are no errors, e.g. 304; redirects in it are not followed.
 * @property {boolean} [anyStatus] Whether every status is returned when no further attempt is made. Default false.
 * @property {'follow' | 'error' | 'manual'} [redirect] Default `'follow'`, at most 10.
 * @property {number} [maxBytes] More than this of a body is an ERR_LIMIT. Default: no limit.
 * @property {(progress: { loaded: number, total: number | undefined }) => void} [onProgress] Bytes of the body.
 * @property {string} [phase] For errors. Default `'request'`.
 * @property {(problem: { error?: unknown, response?: Response, request: { method: string, url: string } }) => unknown} [diagnose]
 *   A better error than that of this file, or undefined; may be a promise. `response` is one that is not accepted.
 * @property {import('./diagnosis.js').RuleOptions['kind']} [corsKind] Whose rule a page is told to ask for. Default: a server's of one's own.
 * @property {Record<string, any>} [init] Further options of fetch, e.g. `credentials`, `cache`.
 */

/** What each attempt may cost and bring when nobody says anything else. */
export const DEFAULT_RETRY = Object.freeze({
  ...{ attempts: 3, firstPause: 250, maxPause: 30_000 },
  statuses: Object.freeze([408, 425, 429, 500, 502, 503, 504]),
});

export class Exchange {
  #fetch;
  #clock;
  #random;
  #secrets;

  /**
   * @param {object} options
   * @param {typeof fetch} [options.fetch] Default: the global one, at the time of the request.
   * @param {{ now(): number, sleep?(ms: number, signal?: AbortSignal): Promise<void> }} [options.clock] Default: Date. `sleep`: for
   *   pauses, instead of timers.
   * @param {() => number} [options.random] In [0, 1), for the length of pauses.
   * @param {{ scrub(text: string): string, scrubError(error: any): any }} [options.secrets] Default: nothing is secret.
   * @param {string} [options.connection] For errors.
   */
  constructor({ fetch, clock = Date, random = Math.random, secrets, connection } = {}) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#random = random;
    this.#secrets = secrets ?? { scrub: (text) => text, scrubError: (error) => error };
    this.connection = connection;
  }

  /** Milliseconds since the epoch. */
  get clock() {
    return this.#clock;
  }

  /** Takes secrets out of texts and errors. */
  get secrets() {
    return this.#secrets;
  }

  /**
   * @param {ExchangeRequest} request
   * @param {ExchangeOptions} [options]
   * @returns {Promise<Response>} Accepted. Its body counts against `maxBytes` and `timeout`, and fails with a HawserError.
   * @throws {HawserError} ERR_HTTP_STATUS, ERR_NOT_FOUND, ERR_AUTH, ERR_CONNECTION_FAILED (`lost`), ERR_CORS, ERR_TIMEOUT, ERR_LIMIT
   */
  send(request, options = {}) {
    return this.#run(request, options, undefined);
  }

  /**
   * {@link send}, and what `consume` makes of the response: a body that is cut off is worth another attempt, too.
   * @template T
   * @param {ExchangeRequest} request
   * @param {ExchangeOptions} options
   * @param {(response: Response, how: { call: Call, sent: { headers: Headers, time: number }, signal: AbortSignal | undefined,
   *   bytes(): Promise<Uint8Array<ArrayBuffer>> }) => Promise<T> | T} consume `bytes` reads all of the body, which counts against `maxBytes`.
   *   HawserErrors that it throws are final unless they are `call.suspect`; everything else is a failure of the network.
   * @returns {Promise<T>}
   */
  receive(request, options, consume) {
    return this.#run(request, options, consume);
  }

  /**
   * @param {ExchangeRequest} request @param {ExchangeOptions} options
   * @param {((response: Response, how: any) => any) | undefined} consume
   * @returns {Promise<any>}
   */
  async #run(request, options, consume) {
    const call = callOf(request, options, this.connection, this.#secrets);
    const deadline = new Deadline(options.timeout, this.#clock, options.signal, call);
    let kept = false;
    try {
      const core = await loadHttpCore();
      const { response, value } = await this.#attempts(core, call, options, deadline, consume);
      if (consume) return value;
      kept = response.body !== null && deadline.bounded && !options.untilHead;
      if (kept) deadline.rest();
      return guarded(response, { ...options, call, onEnd: () => deadline.end() });
    } catch (error) {
      throw this.#described(error, call);
    } finally {
      if (!kept) deadline.end();
    }
  }

  /**
   * @param {import('./core.js').HttpCore} core @param {Call} call @param {ExchangeOptions} options
   * @param {Deadline} deadline @param {((response: Response, how: any) => any) | undefined} consume
   * @returns {Promise<{ response: Response, value: unknown }>}
   */
  async #attempts(core, call, options, deadline, consume) {
    const { accept = [], signer = NO_SIGNER } = options;
    const policy = { ...DEFAULT_RETRY, ...options.retry, repeatable: isReplayable(call.body) ? options.repeatable : false };
    let renewed = false;
    /** @type {Headers | undefined} */
    let refused;
    for (let attempt = 1; ; attempt++) {
      call.attempts = attempt;
      deadline.check();
      /** @type {Response | undefined} */
      let response;
      /** @type {unknown} */
      let failure;
      try {
        const sent = { headers: call.headers, time: this.#clock.now() };
        const answer = (response = await this.#hops(call, options, signer, refused, deadline.signal, sent));
        if (answer.ok || accept.includes(answer.status)) {
          if (!consume) return { response, value: undefined };
          const bytes = () => allBytes(answer, { ...options, call });
          return { response, value: await consume(answer, { call, sent, signal: deadline.signal, bytes }) };
        }
      } catch (error) {
        deadline.check();
        if (error instanceof HawserError && error !== call.suspect) throw error;
        failure = error;
      }
      if (response && failure === undefined && response.status === 401 && signer.renewable && !renewed && isReplayable(call.body)) {
        renewed = true;
        refused = call.signed;
        attempt -= 1; // What was refused for its credentials has not been tried.
        void response.body?.cancel().catch(() => {});
        continue;
      }
      refused = undefined;
      const status = failure === undefined ? /** @type {Response} */ (response).status : undefined;
      const decision = core.decide({
        ...{ method: call.method, attempt, status, failure: failure === undefined ? undefined : 'network', policy },
        ...{ retryAfter: status === undefined ? undefined : (response?.headers.get('retry-after') ?? undefined) },
        ...{ now: this.#clock.now(), deadline: Math.min(deadline.at, options.deadline ?? Infinity), random: this.#random() },
      });
      if (!decision.retry && options.anyStatus && response && failure === undefined) return { response, value: undefined };
      if (!decision.retry) throw await this.#failure(core, call, options, response, failure, deadline);
      void response?.body?.cancel().catch(() => {});
      await pause(decision.pause, this.#clock, deadline.signal);
    }
  }

  /**
   * One attempt: the request, and where it is redirected to.
   * @param {Call} call @param {ExchangeOptions} options @param {Signer} signer @param {Headers | undefined} refused
   * @param {AbortSignal | undefined} signal @param {{ headers: Headers, time: number }} sent
   */
  async #hops(call, options, signer, refused, signal, sent) {
    const { redirect = 'follow', accept = [] } = options;
    const fetch = this.#fetch ?? globalThis.fetch;
    let hop = { method: call.method, url: call.url, headers: call.headers, body: call.body, home: true };
    for (let hops = 0; ; hops++) {
      const signed = { method: hop.method, url: new URL(hop.url), headers: new Headers(hop.headers), body: hop.body };
      if (hop.home) await signer.sign(signed, { now: this.#clock.now(), renew: refused !== undefined, refused, signal, exchange: this });
      const followed = redirect === 'follow' && IN_PAGE && leftToBrowser(hop.headers, signed.headers);
      /** @type {any} */
      const init = { ...options.init, method: signed.method, headers: signed.headers, redirect: followed ? 'follow' : 'manual' };
      if (hop.body !== undefined && hop.body !== null) init.body = hop.body;
      if (!isReplayable(hop.body)) init.duplex = 'half';
      if (signal) init.signal = signal;
      call.signed = signed.headers;
      if (hop.home) learn(call, signed);
      if (hops === 0) Object.assign(sent, { headers: signed.headers, time: this.#clock.now() });
      const response = await (signal ? unlessAborted(fetch(signed.url.href, init), signal) : fetch(signed.url.href, init));
      if (redirect === 'manual') return response;
      if (response.type === 'opaqueredirect') throw redirectError(call, 'hidden');
      if (hops > 0 && !response.redirected) Object.defineProperty(response, 'redirected', { value: true });
      if (accept.includes(response.status)) return response;
      const next = nextHop(hop, response, signed.url);
      if (!next) return response;
      void response.body?.cancel().catch(() => {});
      if (typeof next === 'string') throw redirectError(call, next);
      if (redirect === 'error') throw redirectError(call, 'refused');
      if (hops === MOST_REDIRECTS) throw redirectError(call, 'loop');
      hop = next;
    }
  }

  /**
   * What to throw when no further attempt is made.
   * @param {import('./core.js').HttpCore} core @param {Call} call @param {ExchangeOptions} options
   * @param {Response | undefined} response @param {unknown} failure @param {Deadline} deadline
   */
  async #failure(core, call, options, response, failure, deadline) {
    if (failure !== undefined && failure === call.suspect) return failure;
    const request = { method: call.method, url: call.shown };
    const problem = failure === undefined ? { response } : { error: failure };
    const better = await options.diagnose?.({ ...problem, request });
    if (better instanceof HawserError) better.message = hidden(call, better.message);
    if (better) return better;
    if (failure === undefined) {
      const answer = /** @type {Response} */ (response);
      const retryAfter = core.retryAfter(answer.headers.get('retry-after') ?? '', this.#clock.now());
      return statusError(call, answer, retryAfter, this.#secrets);
    }
    const how = { call, fetch: this.#fetch ?? globalThis.fetch, signal: deadline.signal, kind: options.corsKind };
    const found = response === undefined ? await diagnoseFailure(how) : undefined;
    deadline.check();
    return found ?? (response ? lostError(call, failure) : networkError(call, failure));
  }

  /** @param {unknown} error @param {Call} call */
  #described(error, call) {
    const scrubbed = this.#secrets.scrubError(error);
    if (scrubbed instanceof HawserError) {
      scrubbed.connection ??= call.connection;
      scrubbed.phase ??= call.phase;
      /** @type {any} */ (scrubbed).attempts ??= call.attempts;
    }
    return scrubbed;
  }
}
