/**
 * Places in decoded JSON.
 */

/**
 * @param {any} value
 * @param {string | readonly (string | number)[]} place Names with dots between them, or a list of names.
 * @returns {any} Undefined when there is nothing.
 */
export function valueAt(value, place) {
  const names = typeof place === 'string' ? place.split('.') : place;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
