/**
 * Integers of 64 bits as bigints, on their way to what `int64` says.
 */

/** @typedef {import('./convert.js').Int64} Int64 */

/** Integers of 64 bits by `int64`; too long ones stay, for the caller to see. @param {any} value @param {Int64} int64 */
export function exact(value, int64) {
  if (typeof value !== 'bigint' || int64 === 'bigint') return value;
  if (int64 === 'string') return String(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Whether there is a bigint in it. @param {any} value @returns {boolean} */
export function hasBigInt(value) {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return Object.values(value).some(hasBigInt);
}
