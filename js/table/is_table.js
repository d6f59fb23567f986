/**
 * Whether something is a Table, for those who need not have the class itself.
 */

/** What every Table has, and nothing else. */
export const TABLE = Symbol('Table');

/**
 * @param {unknown} value
 * @returns {value is import('./table.js').Table}
 */
export const isTable = (value) => typeof value === 'object' && value !== null && TABLE in value;
