/**
 * Parameters as they are when a call is made: the statement may have to wait, and a cached result must be that of its key,
 * whatever the caller does with his objects meanwhile.
 */

import { textOf } from '../sql/template.js';

/** @typedef {import('../drivers/driver.js').Parameters} Parameters */

const { slice } = Object.getPrototypeOf(Uint8Array).prototype; // Buffer's own does not copy.
const tagOf = Object.prototype.toString;

/**
 * @template {Parameters | undefined} P
 * @param {P} params
 * @returns {P} A copy of arrays and plain objects, with dates and bytes among their values; all else is what it was.
 */
export function keptParams(params) {
  const given = /** @type {any} */ (params);
  if (Array.isArray(given)) return /** @type {any} */ (given.map(keptValue));
  if (given === null || typeof given !== 'object' || !isPlain(given)) return params;
  /** @type {Record<string, unknown>} */
  const copy = { ...given };
  for (const name in copy) if (typeof copy[name] === 'object') copy[name] = keptValue(copy[name]);
  return /** @type {any} */ (copy);
}

/**
 * A statement that is to be run later.
 * @param {string | import('../sql/template.js').SqlFragment} statement
 * @param {Parameters | undefined} params
 * @returns {() => { text: string, params: Parameters | undefined }} Throws what is wrong with it: a TypeError.
 */
export function keptStatement(statement, params) {
  try {
    const { text, params: values } = textOf(statement, params);
    const kept = { text, params: keptParams(values) };
    return () => kept;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** @param {any} value @returns {unknown} */
function keptValue(value) {
  if (typeof value !== 'object' || value === null) return value;
  switch (tagOf.call(value)) {
    case '[object Date]':
      return new Date(value.getTime());
    case '[object ArrayBuffer]':
      return value.slice(0);
    case '[object DataView]':
      return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
    default:
      return ArrayBuffer.isView(value) ? slice.call(value) : value;
  }
}

/** @param {object} object Of any realm. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
