/**
 * An access token that is renewed before it expires: one request for a new one at a time, whoever waits for it.
 */
import * as runtime from '#runtime';
import { unlessAborted } from '../../timeout.js';

/**
 * @typedef {object} Token
 * @property {string} value
 * @property {number} expires Milliseconds since the epoch; Infinity when it does not.
 *
 * @typedef {object} Wanted
 * @property {number} now Milliseconds since the epoch.
 * @property {boolean} renew Whether a token was refused, so that another one is wanted.
 * @property {string} [refused] The one that was refused; without it, the one held is taken to be it.
 * @property {AbortSignal} [signal] Of the caller. Ends its waiting, not the request that others wait for.
 */

/** A token is not used in the last minute of its life: clocks differ, and requests take time. Of short lives, in the last tenth. */
const LAST = 60_000;

export class Tokens {
  #shared;
  /** @type {(Token & { until: number }) | undefined} */
  #held;
  /** @type {Promise<Token> | undefined} */
  #flight;

  /** @param {'isolate' | 'request'} [scope] Whether one request may wait for what another one asked for. Default: what the runtime allows. */
  constructor(scope = runtime.defaultFlightScope) {
    this.#shared = scope === 'isolate';
  }

  /**
   * @param {Wanted} wanted
   * @param {(signal?: AbortSignal) => Promise<Token>} mint Gets a new one. What it throws reaches all who wait, and is not kept.
   * @returns {Promise<string>}
   */
  async get({ now, renew, refused, signal }, mint) {
    const held = this.#held;
    if (held && now < held.until && !(renew && (refused === undefined || refused === held.value))) return held.value;
    if (!this.#shared) return (this.#keep(await mint(signal), now)).value;
    this.#held = undefined;
    this.#flight ??= mint().then((token) => this.#keep(token, now)).finally(() => (this.#flight = undefined));
    const { value } = await (signal ? unlessAborted(this.#flight, signal) : this.#flight);
    return value;
  }

  /** @param {Token} token @param {number} now */
  #keep(token, now) {
    const life = token.expires - now;
    return (this.#held = { ...token, until: life === Infinity ? Infinity : token.expires - Math.min(LAST, life / 10) });
  }
}
