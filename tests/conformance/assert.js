/**
 * What the conformance cases check with. Plain functions without dependencies: they run in every runtime.
 */

/** A check that did not hold. */
export class AssertionError extends Error {
  name = 'AssertionError';
}

/** @param {unknown} value @param {string} what Says what should have been true. @returns {asserts value} */
export function ok(value, what) {
  if (!value) throw new AssertionError(what);
}

/**
 * Deep equality of data: numbers as Object.is has it, typed arrays by type and content, objects by their own enumerable keys.
 * @param {unknown} actual @param {unknown} expected @param {string} [what]
 */
export function same(actual, expected, what = 'value') {
  const path = difference(actual, expected, what);
  if (path !== undefined) throw new AssertionError(path);
}

/**
 * @param {unknown} a @param {unknown} b @param {string} path
 * @returns {string | undefined} Where they differ and how.
 */
function difference(a, b, path) {
  if (Object.is(a, b)) return undefined;
  const differ = `${path}: expected ${show(b)}, got ${show(a)}`;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || tag(a) !== tag(b)) return differ;
  if (tag(a) === 'Date') return Number(a) === Number(b) ? undefined : differ;
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    const [left, right] = [/** @type {any} */ (a), /** @type {any} */ (b)];
    if (left.length !== right.length) return differ;
    for (let i = 0; i < left.length; i++) {
      const found = difference(left[i], right[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return differ;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return differ;
    const found = difference(/** @type {any} */ (a)[key], /** @type {any} */ (b)[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param {unknown} value */
const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** @param {unknown} value A short text for messages. */
export function show(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (ArrayBuffer.isView(value)) return `${tag(value)}(${[.../** @type {any} */ (value)].slice(0, 20).join()})`;
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return String(value);
  const text = json(value) || tag(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text;
}

/**
 * @param {(() => unknown) | Promise<unknown>} action
 * @param {string | (new (...args: any[]) => Error)} expected An error code, or a class by name (TypeError, RangeError, …).
 * @returns {Promise<any>} The error, for a closer look.
 */
export async function fails(action, expected) {
  const wanted = typeof expected === 'string' ? expected : expected.name;
  let value;
  try {
    value = await (typeof action === 'function' ? action() : action);
  } catch (error) {
    const { code, name, message } = /** @type {{ code?: string, name?: string, message?: string }} */ (error);
    if (code === wanted || (typeof expected !== 'string' && name === wanted)) return error;
    throw new AssertionError(`expected ${wanted}, got ${code ?? name}: ${message}`, { cause: error });
  }
  throw new AssertionError(`expected ${wanted}, but it gave ${show(value)}`);
}

/** @param {unknown} value */
const json = (value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '';

/**
 * No rendering of an error may show a secret.
 * @param {any} error @param {...string} secrets
 */
export function hides(error, ...secrets) {
  const seen = new Set();
  const texts = [];
  for (let at = error; at !== undefined && at !== null && !seen.has(at); at = at.cause) {
    seen.add(at);
    texts.push(String(at), String(at.stack), json(at), json({ ...at }));
  }
  for (const secret of secrets) {
    ok(!texts.some((text) => text.includes(secret)), `an error shows a secret: ${String(error).replaceAll(secret, '<the secret>')}`);
  }
}
