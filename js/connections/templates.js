/**
 * Hits of tagged statements: one place in the source is one statement, so that neither its text nor its key is built.
 */
import { internText } from '../cache/statements.js';
import { textOf } from '../sql/template.js';
import { canPeek, variantOf } from './freshness.js';

/** @typedef {import('./sql_options.js').QueryOptions} QueryOptions */

/** Options that hold for many tagged queries, looked at once. */
export class TaggedOptions {
  /**
   * @param {QueryOptions} options
   * @param {import('../cache/results.js').Space} space
   */
  constructor(options, space) {
    this.options = Object.freeze({ ...options });
    this.variant = variantOf(this.options);
    /** Undefined when these options never take a result from the cache without further ado. */
    this.policy = canPeek({ ...this.options, signal: undefined }) ? policyOf(space, this.options) : undefined;
  }

  get aborted() {
    return this.options.signal?.aborted === true;
  }
}

/** @param {import('../cache/results.js').Space} space @param {QueryOptions} options */
function policyOf(space, options) {
  try {
    return space.policyOf(options);
  } catch {
    return undefined; // The query says what is wrong with them.
  }
}

export class Templates {
  /** Numbers of the statements of templates whose values were all values. @type {WeakMap<readonly string[], number>} */
  #numbers = new WeakMap();
  /** The one that was found last: mostly the same comes again. @type {readonly string[] | undefined} */
  #lastStrings;
  #lastNumber = 0;

  /**
   * A fresh result of a statement that was read a moment ago.
   * @param {{ results: import('../cache/results.js').ResultCache, space: import('../cache/results.js').Space }} context
   * @param {readonly string[]} strings
   * @param {readonly unknown[]} values
   * @param {TaggedOptions} [how]
   * @returns {import('../table/table.js').Table | undefined}
   */
  peek({ results, space }, strings, values, how) {
    const number = strings === this.#lastStrings ? this.#lastNumber : this.#numberOf(strings);
    if (number === undefined) return undefined;
    // A value that is a part of SQL makes it another statement; no index has one.
    if (how === undefined) return results.peekRecent(space, number, values, '', undefined);
    if (how.policy === undefined || how.aborted) return undefined;
    return results.peekRecent(space, number, values, how.variant, how.policy);
  }

  /** @param {readonly string[]} strings */
  #numberOf(strings) {
    const number = this.#numbers.get(strings);
    if (number !== undefined) {
      this.#lastStrings = strings;
      this.#lastNumber = number;
    }
    return number;
  }

  /** @param {import('../sql/template.js').SqlFragment} fragment */
  learn(fragment) {
    if (!Object.isFrozen(fragment.strings) || this.#numbers.has(fragment.strings)) return;
    const { text, params } = textOf(fragment, undefined);
    if (params === fragment.values) this.#numbers.set(fragment.strings, internText(text));
  }
}
