/**
 * Loads: runs them, and brings what they come to into the store and to those who wait.
 */
import { HawserError } from '../errors.js';
import { Tracer } from '../tracing.js';
import { Flight } from './flight.js';
import { decodeFrame, nameOf } from './frames.js';
import { Failure, Scope } from './native.js';
import { frameOf, fullKey } from './persistence.js';
import { Policy, checkTagList } from './policy.js';
import { publicKey } from './public_key.js';
import { byteSize, charge } from './size.js';
import { shortenKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./results.js').Load} Load */

const tracer = new Tracer('hawser.load');

export class Loads {
  #store;
  #clock;
  #reports;
  #random;
  #waitUntil;
  #persistence;
  #tabs;

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {{ now(): number }} options.clock
   * @param {import('./reports.js').Reports} options.reports
   * @param {() => number} options.random
   * @param {((work: Promise<unknown>) => void) | undefined} options.waitUntil
   * @param {import('./persistence.js').Persistence} options.persistence
   * @param {import('./tabs.js').Tabs} options.tabs
   */
  constructor({ store, clock, reports, random, waitUntil, persistence, tabs }) {
    this.#store = store;
    this.#clock = clock;
    this.#reports = reports;
    this.#tabs = tabs;
    this.#random = random;
    this.#waitUntil = waitUntil;
    this.#persistence = persistence;
  }

  /** One who waited for the load has left. @type {(flight: Flight) => void} */
  leave = (flight) => {
    if (flight.done || this.#store.leave(flight)) return;
    flight.done = true;
    const reason = new DOMException('Nobody waits for this load any more.', 'AbortError');
    flight.controller.abort(reason);
    flight.reject(reason);
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
    if (this.#tabs.locking && !space.local) void this.#runExclusively(flight);
    else this.start(flight);
    this.#waitUntil?.(flight.landing.catch(() => {}));
  }

  /** Runs the load; its first steps are taken at once. @param {Flight} flight */
  start(flight) {
    flight.begun ||= this.#clock.now();
    void this.#run(flight);
    return flight;
  }

  /** Takes what a storage holds; loads nothing. @param {Flight} flight */
  find(flight) {
    void this.#find(flight);
    return flight;
  }

  /** @param {Flight} flight */
  async #find(flight) {
    const { space, key, policy } = flight;
    const frame = policy.persist && (await this.#persistence.restore(policy.persist, space, key));
    try {
      if (flight.done || (frame && this.#landStored(flight, frame))) return;
      this.#store.abandon(flight);
      throw nothingCached();
    } catch (error) {
      flight.reject(error);
    } finally {
      flight.done = true;
      this.#store.flush();
    }
  }

  /** @param {Flight} flight */
  async #run(flight) {
    try {
      if (flight.policy.persist && flight.policy.mode === 'default' && !flight.background && flight.id >= 0) {
        const frame = await this.#persistence.restore(flight.policy.persist, flight.space, flight.key);
        if (flight.done || (frame && this.#landStored(flight, frame))) return;
        flight.fallback = frame;
      }
      const { space, key, background } = flight;
      const value = await tracer.run(
        () => ({ space: space.identity, key: publicKey(space.identity, key), background }),
        () => flight.load(flight.how),
        this.#reports.redact,
      );
      if (flight.done) this.#store.discard(flight, value);
      else this.#land(flight, value);
    } catch (error) {
      if (!flight.done) this.#crash(flight, error);
    } finally {
      flight.done = true;
      this.#store.flush();
    }
  }

  /**
   * A refresh that other tabs leave to this one, or this one to them.
   * @param {Flight} flight
   */
  async #runExclusively(flight) {
    const { space, key, policy, entry } = flight;
    try {
      const full = fullKey(space, key);
      if (full === undefined) return await this.#run(flight);
      const ran = await this.#tabs.exclusively(await nameOf(full), async () => {
        // The tab that had the lock before may have stored what is wanted.
        const frame = policy.persist && (await this.#persistence.restore(policy.persist, space, key));
        if (flight.done) return;
        if (frame && frame.stored > (entry?.storedAt ?? 0) && this.#landStored(flight, frame)) return;
        await this.#run(flight);
        await flight.saved;
        const bytes = flight.kept && this.#tabs.connected && (await frameOf(space, flight.kept));
        if (bytes) this.#tabs.post({ op: 'refreshed', space: space.identity, key: full, frame: bytes });
      });
      if (ran || flight.done) return;
      if (flight.waiters > 0) return await this.#run(flight); // Those cannot do with the stale one.
      flight.done = true;
      this.#store.abandon(flight);
      flight.reject(new DOMException('Another tab refreshes this result.', 'AbortError')); // Whom waitUntil waits for.
    } catch (error) {
      this.#reports.emit('onError', space, key, { error, phase: 'refreshLock' });
      if (!flight.done) await this.#run(flight);
    } finally {
      this.#store.flush();
    }
  }

  /**
   * What another tab has refreshed: taken where there is an older one.
   * @param {Extract<import('./tabs.js').Message, { op: 'refreshed' }>} message
   */
  async hear({ space: identity, key: full, frame: bytes }) {
    const key = shortenKey(full.split('\n').slice(2).join('\n'));
    for (const space of [...this.#store.spaces]) {
      const entry = space.entries.get(key);
      if (space.local || space.identity !== identity || !entry?.hasValue) continue;
      const frame = await decodeFrame(bytes, full).catch(() => undefined);
      if (!frame || frame.stored <= entry.storedAt || frame.begun <= space.invalidatedAt) continue;
      const policy = new Policy({ tags: () => frame.tags }, space.policy);
      const flight = new Flight({ space, key, policy, load: () => frame.value, background: true });
      this.#store.begin(flight, this.#clock.now(), Scope.EVERYBODY);
      this.#keepStored(flight, frame, this.#clock.now());
    }
    this.#store.flush();
  }

  /** @param {Flight} flight @param {unknown} value */
  #land(flight, value) {
    const { space, key, policy } = flight;
    flight.done = true;
    const now = this.#clock.now();
    let kept = false;
    try {
      const bytes = policy.sizeOf ? policy.sizeOf(value) : byteSize(value);
      const late = typeof policy.tags === 'function' ? checkTagList(policy.tags(value)) : undefined;
      if (bytes > policy.maxBytes) this.#store.abandon(flight);
      else {
        const shorten = policy.jitter > 0 ? policy.jitter * this.#random() : 0;
        const windows = policy.windowsOf ? { ...windowsOf(policy), ...policy.windowsOf(value) } : windowsOf(policy);
        const facts = { now, storedAt: now, bytes: charge(key, bytes), shorten, tags: late, windows };
        kept = this.#store.settle(flight, value, facts);
        if (kept) {
          const { staleWhileRevalidate, staleIfError, hold } = windows;
          const ttl = windows.ttl === Infinity ? Infinity : windows.ttl * (1 - shorten);
          const tags = late ?? /** @type {readonly string[]} */ (policy.tags);
          flight.kept = { key, begun: flight.begun, stored: now, ttl, staleWhileRevalidate, staleIfError, hold, tags, value };
          if (policy.persist) {
            space.storages.add(policy.persist);
            flight.saved = this.#persistence.save(policy.persist, space, flight.kept);
          }
        }
      }
    } catch (error) {
      // The value is good; that it cannot be kept is nothing its readers should fail of.
      this.#store.abandon(flight);
      this.#reports.emit('onError', space, key, { error, phase: 'store' });
    }
    if (!kept && flight.waiters === 0) this.#store.discard(flight, value);
    flight.resolve({ value, age: 0 });
    this.#reports.emit('onLoad', space, key, { background: flight.background, duration: now - flight.begun });
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
    this.#keepStored(flight, frame, now);
    flight.resolve({ value: frame.value, age: age / 1000, state: fresh ? 'hit' : 'stale' });
    if (!fresh && policy.mode === 'default') this.refresh(space, key, load, policy, now, flight.scope);
    this.#reports.emit(fresh ? 'onHit' : 'onStale', space, key, { age: age / 1000, stored: true });
    return true;
  }

  /** @param {Flight} flight @param {import('./frame.js').Frame} frame @param {number} now */
  #keepStored(flight, frame, now) {
    const { key, policy } = flight;
    flight.done = true;
    const bytes = charge(key, policy.sizeOf ? policy.sizeOf(frame.value) : byteSize(frame.value));
    const tags = typeof policy.tags === 'function' ? frame.tags : undefined;
    this.#store.settle(flight, frame.value, { now, storedAt: frame.stored, bytes, shorten: 0, tags, windows: frame });
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
      this.#reports.emit('onError', space, key, { error: trap, phase: 'store' });
    }
    if (!old && fallback && fallback.staleIfError > 0 && now - fallback.stored < fallback.ttl + fallback.staleIfError) {
      old = { value: fallback.value, storedAt: fallback.stored };
    }
    const age = old ? Math.max(0, now - old.storedAt) / 1000 : 0;
    if (old) flight.resolve({ value: old.value, age, state: 'stale' });
    else flight.reject(error);
    if (old && flight.waiters > 0) this.#reports.emit('onStale', space, key, { age });
    this.#reports.emit('onError', space, key, { error, phase: 'load', background, stale: old !== undefined, duration: now - flight.begun });
  }
}

/** @param {Policy} policy */
const windowsOf = ({ ttl, staleWhileRevalidate, staleIfError }) => ({ ttl, staleWhileRevalidate, staleIfError, hold: 0 });

/** For those who want nothing to be loaded. */
export const nothingCached = () =>
  new HawserError('ERR_CACHE_MISS', "There is no cached result, and cache: 'only-if-cached' forbids to load one.");
