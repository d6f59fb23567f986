/**
 * A load under way and those who wait for it. An abort rejects only its caller; the load itself is aborted when the
 * last of them has left.
 */
import { publicKey } from './public_key.js';
import { ReadResult } from './read_result.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./policy.js').Policy} Policy */
/**
 * What a load came to.
 * @typedef {object} Landing
 * @property {unknown} value
 * @property {number} age Seconds since it was loaded.
 * @property {'hit' | 'stale'} [state] When it did not come from loading: found in a storage, or an old value served because
 *   loading failed.
 */

export class Flight {
  /** The core's number; -1 when the core does not know it, and its result will not be stored. */
  id = -1;
  /** @type {import('./space.js').Entry | undefined} */
  entry = undefined;
  waiters = 0;
  /** When it began, in the clock's milliseconds. */
  begun = 0;
  /** Who may join it. */
  scope = 0;
  done = false;
  #publicKey = '';
  /** What a storage holds, too old to be served unless loading fails. @type {import('./frame.js').Frame | undefined} */
  fallback = undefined;
  /** What it brought, when that was kept. @type {import('./frame.js').Frame | undefined} */
  kept = undefined;
  /** When that is stored, if it is to be. @type {Promise<void> | undefined} */
  saved = undefined;
  /** Aborts when nobody waits any more. */
  controller = new AbortController();
  /** @type {Promise<Landing>} */
  landing;
  /** What the load is told. Most take no notice of the signal, which takes longer to make than a lookup in a database. */
  get how() {
    const flight = this;
    return {
      get signal() {
        return flight.controller.signal;
      },
      /** What it is to replace, if that is still there. Not to be served, but maybe still right. @type {unknown} */
      get previous() {
        return flight.entry?.hasValue ? flight.entry.value : flight.fallback?.value;
      },
    };
  }

  /** What users see of its key. */
  get publicKey() {
    return (this.#publicKey ||= this.entry?.publicKey ?? publicKey(this.space.identity, this.key));
  }

  /** What all who joined without a signal share. @type {Promise<ReadResult> | undefined} */
  joined = undefined;

  /**
   * @param {object} options
   * @param {Space} options.space
   * @param {string} options.key
   * @param {Policy} options.policy
   * @param {import('./results.js').Load} options.load
   * @param {boolean} options.background Wanted although nobody waits.
   */
  constructor({ space, key, policy, load, background }) {
    this.space = space;
    this.key = key;
    this.policy = policy;
    this.load = load;
    this.background = background;
    this.landing = new Promise((resolve, reject) => {
      this.resolve = /** @type {(landing: Landing) => void} */ (resolve);
      this.reject = /** @type {(error: unknown) => void} */ (reject);
    });
    this.landing.catch(() => {}); // Those who wait see it; a rejection nobody waits for is the hooks' business.
  }

  /**
   * What one caller gets.
   * @param {AbortSignal | undefined} signal The caller's.
   * @param {'miss' | 'joined' | 'bypass'} state
   * @param {(flight: Flight) => void} leave Called when this caller's signal aborts.
   * @returns {Promise<ReadResult>}
   */
  wait(signal, state, leave) {
    const result = (/** @type {Landing} */ landing) => new ReadResult(landing.value, landing.state ?? state, landing.age, this);
    this.waiters += 1;
    if (!signal) {
      if (state !== 'joined') return this.landing.then(result);
      return (this.joined ??= this.landing.then(result));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        reject(signal.reason);
        this.waiters -= 1;
        leave(this);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.landing.then(
        (landing) => {
          signal.removeEventListener('abort', onAbort);
          resolve(result(landing));
        },
        (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      );
    });
  }
}
