/**
 * Hits, as cheap as they can be: no promise, no checking of options, one call of the core.
 */
import { parseDuration } from '../duration.js';
import { Policy } from './policy.js';
import { StatementIndex } from './statement_index.js';
import { statementKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./results.js').ReadResult} ReadResult */
/** @typedef {import('./results.js').ReadOptions} ReadOptions */
/** @typedef {import('./statement_index.js').Parameters} Parameters */

/** What its methods mean is said where they are public, in results.js. */
export class Peeks {
  #store;
  #clock;
  #reports;
  #statements = new StatementIndex();

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {{ now(): number }} options.clock
   * @param {import('./reports.js').Reports} options.reports
   */
  constructor({ store, clock, reports }) {
    this.#store = store;
    this.#clock = clock;
    this.#reports = reports;
  }

  /**
   * @param {Space} space
   * @param {string} key
   * @param {ReadOptions | Policy} [options]
   * @param {number} [now]
   */
  peek(space, key, options, now) {
    const entry = space.entries.get(key);
    return entry && this.#peek(entry, options, now);
  }

  /**
   * @param {Space} space
   * @param {number} number
   * @param {Parameters} params
   * @param {string} variant
   * @param {ReadOptions | Policy} [options]
   */
  peekStatement(space, number, params, variant, options) {
    let entry = this.#statements.find(space, number, params, variant);
    if (entry === undefined || !entry.known) {
      entry = space.entries.get(variant + statementKey(number, params));
      if (entry === undefined) return undefined;
      this.#statements.put(space, number, params, variant, entry);
    }
    return this.#peek(entry, options);
  }

  /**
   * @param {Space} space
   * @param {number} number
   * @param {Parameters} params
   * @param {string} variant
   * @param {ReadOptions | Policy} [options]
   */
  peekRecent(space, number, params, variant, options) {
    const entry = this.#statements.find(space, number, params, variant);
    return entry !== undefined && entry.known ? this.#peek(entry, options) : undefined;
  }

  /** Forgets which statements were used. */
  clear() {
    this.#statements.clear();
  }

  /**
   * @param {import('./space.js').Entry} entry
   * @param {ReadOptions | Policy} [options]
   * @param {number} [now]
   * @returns {ReadResult | undefined}
   */
  #peek(entry, options, now = this.#clock.now()) {
    const { space } = entry;
    let { ttl, mode } = space.policy;
    if (options instanceof Policy) ({ ttl, mode } = options);
    else if (options !== undefined) {
      if (options.ttl !== undefined) ttl = /** @type {number} */ (parseDuration(options.ttl, 'ttl'));
      if (options.cache !== undefined) mode = options.cache;
    }
    if (mode !== 'default' || !this.#store.hit(entry, now, ttl)) return undefined;
    const age = now - entry.storedAt;
    const result = { value: entry.value, state: /** @type {const} */ ('hit'), age: age > 0 ? age / 1000 : 0, key: entry.publicKey };
    if (this.#reports.wanted('onHit')) this.#reports.emit('onHit', space, entry.key, { age: result.age });
    this.#store.flush();
    return result;
  }
}
