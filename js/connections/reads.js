/**
 * Cached reads of a connection.
 */
import { keep } from '../cache/kept.js';
import { encodeKey } from '../cache/key.js';

/** @typedef {import('../cache/kept.js').Kept} Kept */
/** @typedef {import('../cache/results.js').ReadOptions} ReadOptions */
/** @typedef {(options: { signal: AbortSignal }) => unknown} Load */

/**
 * A cached result that no reader can change for the next one.
 * @param {import('./base.js').BaseConnection} connection
 * @param {string} verb @param {readonly unknown[]} args @param {Load} load
 * @param {ReadOptions & { key?: unknown } | undefined} options
 */
export async function readKept(connection, verb, args, load, options) {
  const key = encodeKey(options?.key === undefined ? [verb, ...args] : ['key', options.key]);
  const name = `${connection.constructor.name}.${verb}()`;
  const tags = options?.tags;
  const more = typeof tags === 'function' ? { ...options, tags: (/** @type {Kept} */ kept) => tags(kept.give()) } : options;
  const read = await connection.readCached(key, async (how) => keep(await load(how), name), more, verb);
  const value = /** @type {any} */ (/** @type {Kept} */ (read.value).give());
  if (typeof value?.withCache !== 'function') return value;
  return value.withCache({ state: read.state, age: read.age, key: read.key });
}
