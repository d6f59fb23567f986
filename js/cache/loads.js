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
  #persistence;

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {{ now(): number }} options.clock
   * @param {import('../events.js').Hooks} options.hooks
   * @param {() => number} options.random
   * @param {((work: Promise<unknown>) => void) | undefined} options.waitUntil
   * @param {import('./persistence.js').Persistence} options.persistence
   */
  constructor({ store, clock, hooks, random, waitUntil, persistence }) {
    this.#store = store;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#random = random;
    this.#waitUntil = waitUntil;
    this.#persistence = persistence;
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
      if (flight.policy.persist && flight.policy.mode === 'default' && !flight.background && flight.id >= 0) {
        const frame = await this.#persistence.restore(flight.policy.persist, flight.space, flight.key);
        if (flight.done || (frame && this.#landStored(flight, frame))) return;
        flight.fallback = frame;
      }
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
      const late = typeof policy.tags === 'function' ? checkTagList(policy.tags(value)) : undefined;
      if (bytes > policy.maxBytes) this.#store.abandon(flight);
      else {
        const shorten = policy.jitter > 0 ? policy.jitter * this.#random() : 0;
        const facts = { now, storedAt: now, bytes: charge(key, bytes), shorten, tags: late };
        const stored = this.#store.settle(flight, value, facts);
        if (stored && policy.persist) {
          const { staleWhileRevalidate, staleIfError } = policy;
          const ttl = policy.ttl === Infinity ? Infinity : policy.ttl * (1 - shorten);
          const tags = late ?? /** @type {readonly string[]} */ (policy.tags);
          space.storages.add(policy.persist);
          this.#persistence.save(policy.persist, space, {
            key, begun: flight.begun, stored: now, ttl, staleWhileRevalidate, staleIfError, tags, value,
          });
        }
      }
    } catch (error) {
      // The value is good; that it cannot be kept is nothing its readers should fail of.
      this.#store.abandon(flight);
      this.#hooks.onError?.({ space: space.identity, key, error, phase: 'store' });
    }
    flight.resolve({ value, age: 0 });
    this.#hooks.onLoad?.({ space: space.identity, key, background: flight.background });
  }

  /**
   * Takes what a storage holds, if it is good enough for this reader. A stale one is refreshed as one from memory would be.
   * @param {Flight} flight
   * @param {import('./frame.js').Frame} frame
   */
  #landStored(flight, frame) {
    const { space, key, policy, load } = flight;
    const now = this.#clock.now();
    const age = Math.max(0, now - frame.stored);
    const fresh = age < Math.min(frame.ttl, policy.ttl);
    const stale = policy.staleWhileRevalidate > 0 && age < Math.min(frame.ttl + frame.staleWhileRevalidate, policy.ttl + policy.staleWhileRevalidate);
    if (!fresh && !stale) return false;
    flight.done = true;
    const bytes = charge(key, policy.sizeOf ? policy.sizeOf(frame.value) : byteSize(frame.value));
    const tags = typeof policy.tags === 'function' ? frame.tags : undefined;
    this.#store.settle(flight, frame.value, { now, storedAt: frame.stored, bytes, shorten: 0, tags, windows: frame });
    flight.resolve({ value: frame.value, age: age / 1000, state: fresh ? 'hit' : 'stale' });
    if (!fresh) this.refresh(space, key, load, policy, now, flight.scope);
    const hook = fresh ? this.#hooks.onHit : this.#hooks.onStale;
    hook?.({ space: space.identity, key, age: age / 1000, stored: true });
    return true;
  }

  /** @param {Flight} flight @param {unknown} error */
  #crash(flight, error) {
    const { space, key, background, fallback } = flight;
    flight.done = true;
    const now = this.#clock.now();
    /** @type {{ value: unknown, storedAt: number } | undefined} */
    let old;
    try {
      if (this.#store.fail(flight, error, now) === Failure.SERVE_STALE && flight.entry?.hasValue) old = flight.entry;
    } catch (trap) {
      this.#hooks.onError?.({ space: space.identity, key, error: trap, phase: 'store' });
    }
    if (!old && fallback && fallback.staleIfError > 0 && now - fallback.stored < fallback.ttl + fallback.staleIfError) {
      old = { value: fallback.value, storedAt: fallback.stored };
    }
    if (old) flight.resolve({ value: old.value, age: Math.max(0, now - old.storedAt) / 1000, state: 'stale' });
    else flight.reject(error);
    this.#hooks.onError?.({ space: space.identity, key, error, phase: 'load', background, stale: old !== undefined });
  }
}
