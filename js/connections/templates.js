/**
 * Hits of tagged statements: one place in the source is one statement, so that neither its text nor its key is built.
 */
import { internText } from '../cache/statements.js';
import { textOf } from '../sql/template.js';
import { canPeek, variantOf } from './freshness.js';

/** @typedef {import('./sql_options.js').QueryOptions} QueryOptions */

export class Templates {
  /** Numbers of the statements of templates whose values were all values. @type {WeakMap<readonly string[], number>} */
  #numbers = new WeakMap();

  /**
   * A fresh result of a statement that was read a moment ago.
   * @param {{ results: import('../cache/results.js').ResultCache, space: import('../cache/results.js').Space }} context
   * @param {readonly string[]} strings
   * @param {readonly unknown[]} values
   * @param {QueryOptions} [options]
   * @returns {import('../table/table.js').Table | undefined}
   */
  peek({ results, space }, strings, values, options) {
    const number = this.#numbers.get(strings);
    if (number === undefined || (options !== undefined && !canPeek(options))) return undefined;
    // A value that is a part of SQL makes it another statement; no index has one.
    return results.peekRecent(space, number, values, options === undefined ? '' : variantOf(options), options);
  }

  /** @param {import('../sql/template.js').SqlFragment} fragment */
  learn(fragment) {
    if (!Object.isFrozen(fragment.strings) || this.#numbers.has(fragment.strings)) return;
    const { text, params } = textOf(fragment, undefined);
    if (params === fragment.values) this.#numbers.set(fragment.strings, internText(text));
  }
}
