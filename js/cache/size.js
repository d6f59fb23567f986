/**
 * How many bytes a value is charged against the budgets, and sizes as people write them.
 */

const SCALE = /** @type {Readonly<Record<string, number>>} */ ({ b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 });

/**
 * A number of bytes.
 * @param {unknown} value Bytes as a number (`Infinity`: no bound), or a string such as `'64MB'` (1 KB is 1024 bytes).
 * @param {string} option Name of the option, for the error.
 * @returns {number | undefined} Undefined for undefined.
 * @throws {TypeError | RangeError} Naming the option.
 */
export function parseBytes(value, option) {
  if (value === undefined) return undefined;
  let bytes = value;
  if (typeof value === 'string') {
    const parts = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(value);
    const scale = parts ? SCALE[parts[2].toLowerCase()] : undefined;
    if (!parts || !scale) throw new RangeError(`${option}: ${JSON.stringify(value)} is not a size. Give bytes, or e.g. '64MB'.`);
    bytes = Math.floor(Number(parts[1]) * scale);
  }
  if (typeof bytes !== 'number') throw new TypeError(`${option}: a ${typeof value} is not a size. Give bytes, or e.g. '64MB'.`);
  if (!(bytes > 0)) throw new RangeError(`${option}: must be more than 0 bytes.`);
  return bytes;
}

/** What the key, the slot and the bookkeeping of one entry take up, about; the least that any value is charged. */
const ENTRY_BYTES = 256;

/**
 * What an entry is charged: its value, or what keeping it costs when that is more.
 * @param {string} key
 * @param {number} bytes Of the value.
 */
export const charge = (key, bytes) => Math.max(bytes, ENTRY_BYTES + key.length);

/**
 * The size of a value in bytes: exact where it knows its own (`byteLength`: tables, buffers, typed arrays; `size` of
 * a Blob), otherwise an estimate of everything it refers to, counting shared parts once.
 * @param {unknown} value
 * @returns {number}
 */
export function byteSize(value) {
  if (typeof value !== 'object' || value === null) return primitiveSize(value);
  const own = ownSize(value);
  if (own !== undefined) return own;
  let bytes = 0;
  const seen = new Set([value]);
  /** @type {object[]} */
  const open = [value];
  /** @param {unknown} item */
  const count = (item) => {
    if (typeof item !== 'object' || item === null) {
      bytes += primitiveSize(item);
      return;
    }
    bytes += 8;
    if (seen.has(item)) return;
    seen.add(item);
    open.push(item);
  };
  for (let next = open.pop(); next; next = open.pop()) {
    const size = ownSize(next);
    if (size !== undefined) {
      bytes += size;
      continue;
    }
    bytes += 24;
    if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) count(next[i]);
      continue;
    }
    const kind = Object.prototype.toString.call(next);
    if (kind === '[object Map]' && typeof (/** @type {Map<unknown, unknown>} */ (next).forEach) === 'function') {
      /** @type {Map<unknown, unknown>} */ (next).forEach((item, key) => (count(key), count(item)));
    } else if (kind === '[object Set]' && typeof (/** @type {Set<unknown>} */ (next).forEach) === 'function') {
      /** @type {Set<unknown>} */ (next).forEach(count);
    }
    for (const name of Object.keys(next)) {
      const property = Object.getOwnPropertyDescriptor(next, name);
      if (property && 'value' in property) count(property.value); // A getter is not run for this.
    }
  }
  return bytes;
}

/** @param {object} value */
function ownSize(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined; // Plain data may call a property so.
  const { byteLength } = /** @type {{ byteLength?: unknown }} */ (value);
  if (typeof byteLength === 'number' && byteLength >= 0) return byteLength;
  if (Object.prototype.toString.call(value) === '[object Blob]') {
    const { size } = /** @type {{ size?: unknown }} */ (value);
    if (typeof size === 'number' && size >= 0) return size;
  }
  return undefined;
}

/** @param {unknown} value */
function primitiveSize(value) {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value === 'bigint') return 24;
  return 8;
}
