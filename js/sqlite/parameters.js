/**
 * From what a caller passes as parameters to values in the order of a statement's placeholders.
 */
import { HawserError } from '../errors.js';

/** @typedef {readonly unknown[] | Record<string, unknown>} Parameters */

/**
 * The placeholders of one statement: `?` and `?NNN` are positional, `:name`, `@name` and `$name` are named.
 */
export class Placeholders {
  /** @param {readonly (string | null)[]} names As sqlite3_bind_parameter_name gives them, e.g. ':id'; null for '?'. */
  constructor(names) {
    this.count = names.length;
    /** @type {(string | null)[]} without the sigil; null for positional ones */
    this.names = names.map((name) => (name === null || name.startsWith('?') ? null : name.slice(1)));
  }

  /**
   * Calls `add` with each value in order.
   * @param {Parameters | undefined} params An array for positional placeholders, an object for named ones.
   * @param {(value: unknown) => void} add
   * @param {{ row?: number }} [where] For errors.
   * @throws {HawserError} ERR_PARAMETER naming the placeholder.
   */
  each(params, add, where = {}) {
    if (params === undefined && this.count > 0) throw this.#missing();
    if (Array.isArray(params)) this.#checkCount(params, where);
    else if (params !== undefined && (params === null || typeof params !== 'object' || ArrayBuffer.isView(params))) {
      throw new TypeError('params must be an array (for ?) or an object (for :name).');
    }
    for (let i = 0; i < this.count; i++) {
      let value;
      if (Array.isArray(params)) {
        value = params[i];
      } else {
        const name = this.names[i];
        if (name === null || name === undefined) throw failed(`Placeholder ${i + 1} is positional: pass params as an array.`, where);
        value = /** @type {any} */ (params)[name]; // Inherited functions are refused when they are bound.
        if (value === undefined) throw this.#without(name, /** @type {any} */ (params), where);
      }
      try {
        add(value);
      } catch (error) {
        throw this.explain(error, i, where);
      }
    }
  }

  /** How many there are, and which. */
  #describe() {
    const count = `${this.count} parameter${this.count === 1 ? '' : 's'}`;
    const named = this.names.filter((name, i) => name !== null && this.names.indexOf(name) === i).map((name) => `:${name}`);
    return named.length ? `${count} (${named.slice(0, 10).join(', ')}${named.length > 10 ? ', …' : ''})` : count;
  }

  #missing() {
    const how = this.names.includes(null) ? 'params: [value, …]' : `params: { ${this.names[0]}: value${this.count > 1 ? ', …' : ''} }`;
    return failed(`The statement needs ${this.#describe()}, but none were passed. Pass ${how}.`, {});
  }

  /**
   * @param {string} name
   * @param {Record<string, unknown>} params
   * @param {{ row?: number }} where
   */
  #without(name, params, where) {
    const signed = [':', '@', '$'].map((sign) => sign + name).find((key) => key in params);
    const how = signed ? `the key is "${name}", not "${signed}"` : 'pass null for a missing one';
    return failed(`Parameter :${name} has no value; ${how}.`, { ...where, parameter: name });
  }

  /**
   * @param {readonly unknown[]} params
   * @param {{ row?: number }} where
   */
  #checkCount(params, where) {
    if (params.length === this.count) return;
    const were = params.length === 1 ? '1 value was' : `${params.length} values were`;
    throw failed(`The statement has ${this.#describe()}, but ${were} passed.`, where);
  }

  /**
   * Completes an ERR_PARAMETER that Binder.add threw for placeholder `index`.
   * @param {unknown} error
   * @param {number} index
   * @param {{ row?: number }} where
   */
  explain(error, index, where) {
    if (!(error instanceof HawserError) || error.code !== 'ERR_PARAMETER') return error;
    const name = this.names[index] ?? String(index + 1);
    return failed(`Parameter ${this.names[index] ? `:${name}` : name} is ${error.message}.`, { ...where, parameter: name });
  }
}

/**
 * @param {string} message
 * @param {{ row?: number, parameter?: string }} where
 */
export const failed = (message, where) =>
  new HawserError('ERR_PARAMETER', where.row === undefined ? message : `Row ${where.row}: ${message}`, { phase: 'query', ...where });
