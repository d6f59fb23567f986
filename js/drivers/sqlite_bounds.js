/**
 * What bounds the statements of a SQLite session: `timeout` and `stop` of its RunOptions. What enforces them is loaded when a
 * statement has one of them for the first time; whoever uses none pays nothing.
 */

/** @typedef {import('../sqlite/limits.js').Limits} Limits */
/** @typedef {import('./driver.js').RunOptions} RunOptions */

/** @param {RunOptions} options */
export const isBounded = ({ timeout, stop }) => timeout !== undefined || stop !== undefined;

export class SqliteBounds {
  #database;
  #clock;
  /** @type {Limits | undefined} */
  #limits;
  /** @type {Promise<Limits> | undefined} */
  #load;

  /**
   * @param {import('../sqlite/database.js').Database} database
   * @param {{ now(): number }} [clock] Milliseconds. Default: the monotonic one.
   */
  constructor(database, clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Runs `work`, which runs statements, within the bounds: at once, if these were used before.
   * @template T
   * @param {RunOptions} bounds
   * @param {(check: () => void) => T} work check: to be called between statements.
   * @returns {T | Promise<T>}
   * @throws {import('../errors.js').HawserError} ERR_TIMEOUT, ERR_WASM_LOAD
   */
  run(bounds, work) {
    if (this.#limits) return this.#limits.limit(bounds).run(work);
    return this.limit(bounds).then((limit) => limit.run(work));
  }

  /**
   * A limit for work in several parts.
   * @param {RunOptions} bounds
   */
  async limit(bounds) {
    this.#limits ??= await (this.#load ??= this.#begin());
    bounds.signal?.throwIfAborted();
    this.#database.check();
    return this.#limits.limit(bounds);
  }

  async #begin() {
    try {
      const { loadLimits } = await import('../sqlite/limits.js');
      return await loadLimits(this.#database, this.#clock);
    } catch (error) {
      this.#load = undefined;
      throw error;
    }
  }

  /** To be called when the database is closed. */
  close() {
    void this.#load?.then((limits) => limits.close(), () => {});
  }
}
