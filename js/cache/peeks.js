/**
 * Hits, as cheap as they can be: no promise, no checking of options, one call of the core.
 */
import { parseDuration } from '../duration.js';
import { Policy } from './policy.js';
import { ReadResult } from './read_result.js';
import { StatementIndex } from './statement_index.js';
import { statementKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./results.js').ReadOptions} ReadOptions */
/** @typedef {import('./statement_index.js').Parameters} Parameters */

/** What its methods mean is said where they are public, in results.js. */
export class Peeks {
  #store;
  #clock;
  #reports;
  #statements = new StatementIndex();
  /** Arguments of calls as if they were a statement's parameters. */
  #calls = new StatementIndex();

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
   * @param {readonly unknown[]} [args]
   */
  peek(space, key, options, args) {
    const entry = space.entries.get(key);
    if (entry === undefined) return undefined;
    if (args !== undefined) this.#calls.put(space, 0, args, '', entry);
    const age = this.#hit(entry, options);
    if (age < 0) return undefined;
    const result = new ReadResult(entry.value, 'hit', age, entry);
    this.#tell(entry, age);
    return result;
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
    return this.#table(entry, options);
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
    return entry !== undefined && entry.known ? this.#table(entry, options) : undefined;
  }

  /**
   * @param {Space} space
   * @param {readonly unknown[]} args
   */
  keyOfCall(space, args) {
    const entry = this.#calls.find(space, 0, args, '');
    return entry !== undefined && entry.known ? entry.key : undefined;
  }

  /** Forgets what was used. */
  clear() {
    this.#statements.clear();
    this.#calls.clear();
  }

  /**
   * @param {import('./space.js').Entry} entry
   * @param {ReadOptions | Policy | undefined} options
   * @returns {import('../table/table.js').Table | undefined}
   */
  #table(entry, options) {
    const age = this.#hit(entry, options);
    if (age < 0) return undefined;
    const table = /** @type {import('../table/table.js').Table} */ (entry.value).withCache({ state: 'hit', age, key: entry.publicKey });
    this.#tell(entry, age);
    return table;
  }

  /**
   * Who gets an age takes the value, then calls {@link #tell}.
   * @param {import('./space.js').Entry} entry
   * @param {ReadOptions | Policy | undefined} options
   * @returns {number} Its age in seconds; -1: it is not fresh.
   */
  #hit(entry, options) {
    const now = this.#clock.now();
    const { space } = entry;
    let { ttl, mode } = space.policy;
    if (options !== undefined) {
      if (options instanceof Policy) ({ ttl, mode } = options);
      else {
        if (options.ttl !== undefined) ttl = /** @type {number} */ (parseDuration(options.ttl, 'ttl'));
        if (options.cache !== undefined) mode = options.cache;
      }
    }
    if (mode !== 'default' || !this.#store.hit(entry, now, ttl)) return -1;
    const age = now - entry.storedAt;
    return age > 0 ? age / 1000 : 0;
  }

  /**
   * Calls back about a hit. Those who are called may use the cache.
   * @param {import('./space.js').Entry} entry
   * @param {number} age
   */
  #tell(entry, age) {
    if (this.#reports.hitsWanted) this.#reports.emit('onHit', entry.space, entry.key, { age });
    this.#store.flush();
  }
}
