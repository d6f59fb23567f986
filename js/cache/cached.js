/**
 * What users see of a cache: that of a connection, or that of everything.
 */

/** @typedef {import('./space.js').InvalidateOptions} InvalidateOptions */

/** @template {Record<string, number>} Stats */
export class Cached {
  #results;

  /**
   * @param {() => { clear(): void, invalidate(options?: InvalidateOptions): void, stats(): Stats }} results Where they are by now.
   */
  constructor(results) {
    this.#results = results;
  }

  /** Forgets them all. What is being loaded reaches those who wait, and is not stored. */
  clear() {
    this.#results().clear();
  }

  /**
   * Forgets those that carry one of the tags; without tags, all.
   * @param {InvalidateOptions} [options]
   * @throws {TypeError} Naming the option.
   */
  invalidate(options) {
    this.#results().invalidate(options);
  }

  /** How many there are, and their bytes. */
  stats() {
    return this.#results().stats();
  }
}
