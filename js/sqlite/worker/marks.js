/**
 * Parameters that cannot be sent to another thread, as marks: whoever binds them there says what is wrong with them. And those that
 * would not arrive as they are.
 */

/** @typedef {import('../parameters.js').Parameters} Parameters */

const MARK = '\0hawser';

/**
 * Parameters as they can be sent: named ones that the object does not own, by its prototype say, are its own then.
 * @template {Parameters | undefined} P
 * @param {P} params
 * @returns {P}
 */
export function sendable(params) {
  if (params === null || typeof params !== 'object' || Array.isArray(params) || ArrayBuffer.isView(params)) return params;
  const prototype = Object.getPrototypeOf(params);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return params;
  /** @type {Record<string, unknown>} */
  const own = {};
  for (let at = params; Object.getPrototypeOf(at) !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (!Object.hasOwn(own, name) && name !== 'constructor') own[name] = /** @type {any} */ (params)[name];
    }
  }
  return /** @type {any} */ (own);
}

/**
 * The same with marks in the places of what cannot be sent.
 * @param {any} params
 * @returns {any}
 */
export function mark(params) {
  if (Array.isArray(params)) return params.map(markValue);
  if (params === null || typeof params !== 'object' || ArrayBuffer.isView(params)) return markValue(params);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, markValue(value)]));
}

/** @param {unknown} value */
function markValue(value) {
  if (typeof value === 'function' || typeof value === 'symbol') return { [MARK]: typeof value };
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if (/^\[object (Date|ArrayBuffer)\]$/.test(Object.prototype.toString.call(value))) return value;
  return Array.isArray(value) ? [] : {}; // Whatever it holds, it cannot be bound.
}

/**
 * What the marks stand for.
 * @param {any} params
 * @returns {any}
 */
export function unmark(params) {
  if (Array.isArray(params)) return params.map(unmarkValue);
  if (params === null || typeof params !== 'object' || ArrayBuffer.isView(params)) return params;
  if (Object.hasOwn(params, MARK)) return unmarkValue(params);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, unmarkValue(value)]));
}

/** @param {any} value */
function unmarkValue(value) {
  const kind = value?.[MARK];
  if (kind === 'function') return () => {};
  return kind === 'symbol' ? Symbol() : value;
}
