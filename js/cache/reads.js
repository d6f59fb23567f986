/**
 * Reads that may have to wait: what the core says about a key, turned into a result, a load, or a load that is joined.
 */
import { Flight } from './flight.js';
import { nothingCached } from './loads.js';
import { Outcome, Scope } from './native.js';
import { ReadResult } from './read_result.js';

/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./results.js').Load} Load */
/** @typedef {import('./space.js').Entry} Entry */
/** @typedef {import('./space.js').Space} Space */

export class Reads {
  /** Those that neither looked nor stored. */
  bypassed = 0;
  #store;
  #clock;
  #reports;
  #loads;
  #scopes;

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {{ now(): number }} options.clock
   * @param {import('./reports.js').Reports} options.reports
   * @param {import('./loads.js').Loads} options.loads
   * @param {import('./scopes.js').Scopes} options.scopes
   */
  constructor({ store, clock, reports, loads, scopes }) {
    this.#store = store;
    this.#clock = clock;
    this.#reports = reports;
    this.#loads = loads;
    this.#scopes = scopes;
  }

  /**
   * @param {Space} space While it is open, the core must be there.
   * @param {string} key
   * @param {Load} load
   * @param {Policy} policy
   * @param {AbortSignal | undefined} signal The caller's.
   * @param {object | undefined} caller On whose behalf, see scopes.js.
   * @returns {Promise<ReadResult>}
   * @throws What the core throws.
   */
  read(space, key, load, policy, signal, caller) {
    const { mode } = policy;
    const loads = this.#loads;
    if (mode === 'no-store' || (policy.ttl <= 0 && mode !== 'only-if-cached')) {
      this.bypassed += 1;
      return loads.start(new Flight({ space, key, policy, load, background: false })).wait(signal, 'bypass', loads.leave);
    }
    if (mode === 'only-if-cached' && !(space.open && (policy.persist || space.entries.has(key)))) throw nothingCached();
    const now = this.#clock.now();
    const scope = this.#scopes.of(caller);
    if (space.open) {
      const entry = mode === 'reload' ? undefined : space.entries.get(key);
      const found = entry && this.#found(entry, load, policy, now, scope, signal);
      if (found) return found;
    }
    const flight = new Flight({ space, key, policy, load, background: false });
    if (mode === 'only-if-cached') {
      if (!policy.persist) throw nothingCached();
      this.#store.begin(flight, now, Scope.NOBODY_ELSE); // Others want to load if nothing is stored.
      return loads.find(flight).wait(signal, 'miss', loads.leave);
    }
    this.#reports.emit('onMiss', space, key);
    this.#store.begin(flight, now, scope);
    return loads.start(flight).wait(signal, 'miss', loads.leave);
  }

  /**
   * What there is already: a value, a load under way, a failure that is remembered.
   * @param {Entry} entry
   * @param {Load} load
   * @param {Policy} policy
   * @param {number} now
   * @param {number} scope
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<ReadResult> | undefined}
   */
  #found(entry, load, policy, now, scope, signal) {
    const { space, key } = entry;
    const found = this.#store.lookup(entry, now, policy, scope);
    if (typeof found !== 'number') {
      this.#reports.emit('onJoin', space, key);
      return found.wait(signal, 'joined', this.#loads.leave);
    }
    if (found === Outcome.FAILED) return Promise.reject(entry.error);
    if (found !== Outcome.FRESH && found !== Outcome.STALE && found !== Outcome.REFRESH) return undefined;
    const fresh = found === Outcome.FRESH;
    const age = Math.max(0, now - entry.storedAt) / 1000;
    const result = new ReadResult(entry.value, fresh ? 'hit' : 'stale', age, entry);
    if (found === Outcome.REFRESH && policy.mode === 'default') this.#loads.refresh(space, key, load, policy, now, scope);
    const event = fresh ? 'onHit' : 'onStale';
    if (this.#reports.wanted(event)) this.#reports.emit(event, space, key, { age });
    return Promise.resolve(result);
  }
}
