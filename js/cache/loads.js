/**
 * Loads: runs them, and brings what they come to into the store and to those who wait.
 */
import { Flight } from './flight.js';
import { Failure } from './native.js';
import { checkTagList } from './policy.js';
import { byteSize, charge } from './size.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./results.js').Load} Load */

export class Loads {
  #store;
  #clock;
  #hooks;
  #random;
  #waitUntil;

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {{ now(): number }} options.clock
   * @param {import('../events.js').Hooks} options.hooks
   * @param {() => number} options.random
   * @param {((work: Promise<unknown>) => void) | undefined} options.waitUntil
   */
  constructor({ store, clock, hooks, random, waitUntil }) {
    this.#store = store;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#random = random;
    this.#waitUntil = waitUntil;
  }

  /** One who waited for the load has left. @type {(flight: Flight) => void} */
  leave = (flight) => {
    if (flight.done || this.#store.leave(flight)) return;
    flight.done = true;
    flight.controller.abort(new DOMException('Nobody waits for this load any more.', 'AbortError'));
    this.#store.flush();
  };

  /**
   * A load in the background: wanted although nobody waits for it; when it fails, only the hooks hear of it.
   * @param {Space} space
   * @param {string} key
   * @param {Load} load
   * @param {Policy} policy
   * @param {number} now
   * @param {number} scope
   */
  refresh(space, key, load, policy, now, scope) {
    const flight = new Flight({ space, key, policy, load, background: true });
    this.#store.begin(flight, now, scope);
    this.start(flight);
    this.#waitUntil?.(flight.landing.catch(() => {}));
  }

  /** Runs the load; its first steps are taken at once. @param {Flight} flight */
  start(flight) {
    void this.#run(flight);
    return flight;
  }

  /** @param {Flight} flight */
  async #run(flight) {
    try {
      const value = await flight.load({ signal: flight.controller.signal });
      if (!flight.done) this.#land(flight, value);
    } catch (error) {
      if (!flight.done) this.#crash(flight, error);
    } finally {
      flight.done = true;
      this.#store.flush();
    }
  }

  /** @param {Flight} flight @param {unknown} value */
  #land(flight, value) {
    const { space, key, policy } = flight;
    flight.done = true;
    const now = this.#clock.now();
    try {
      const bytes = policy.sizeOf ? policy.sizeOf(value) : byteSize(value);
      const tags = typeof policy.tags === 'function' ? checkTagList(policy.tags(value)) : undefined;
      if (bytes > policy.maxBytes) this.#store.abandon(flight);
      else {
        const shorten = policy.jitter > 0 ? policy.jitter * this.#random() : 0;
        this.#store.settle(flight, value, { now, storedAt: now, bytes: charge(key, bytes), shorten, tags });
      }
    } catch (error) {
      // The value is good; that it cannot be kept is nothing its readers should fail of.
      this.#store.abandon(flight);
      this.#hooks.onError?.({ space: space.identity, key, error, phase: 'store' });
    }
    flight.resolve({ value, age: 0, stale: false });
    this.#hooks.onLoad?.({ space: space.identity, key, background: flight.background });
  }

  /** @param {Flight} flight @param {unknown} error */
  #crash(flight, error) {
    const { space, key, background, entry } = flight;
    flight.done = true;
    const now = this.#clock.now();
    let outcome = /** @type {number} */ (Failure.REPORT);
    try {
      outcome = this.#store.fail(flight, error, now);
    } catch (trap) {
      this.#hooks.onError?.({ space: space.identity, key, error: trap, phase: 'store' });
    }
    const stale = outcome === Failure.SERVE_STALE && entry?.hasValue === true;
    if (stale) flight.resolve({ value: entry.value, age: Math.max(0, now - entry.storedAt) / 1000, stale });
    else flight.reject(error);
    this.#hooks.onError?.({ space: space.identity, key, error, phase: 'load', background, stale });
  }
}
