/**
 * cacheResource: makes one thing for all who ask for it (a client, a model, a socket) and shares it by reference.
 */
import { HawserError } from '../errors.js';
import { CallKeys, checkFunction, functionSpace, makeCached, once } from './functions.js';

/**
 * @typedef {object} ResourceMembers
 * @property {(resource: any) => boolean | Promise<boolean>} [validate] Asked on every hit; false or an exception: it is
 *   released and made anew.
 * @property {(resource: any, reason: import('./releases.js').ReleaseReason) => unknown} [onRelease] Called exactly once for
 *   each resource that leaves the cache, however it leaves. What it throws or rejects with goes to the onError hook. A
 *   resource that was never kept (ttl 0, cleared while it was being made) belongs to those who got it.
 * @property {readonly string[]} [tags]
 */

/** @typedef {Omit<import('./functions.js').FunctionOptions, 'persist'> & ResourceMembers} ResourceOptions */

/**
 * @template {any[]} A
 * @template R
 * @param {import('./results.js').ResultCache} results
 * @param {(...args: A) => R} fn Sync or async.
 * @param {ResourceOptions} [options]
 * @returns {((...args: A) => Promise<Awaited<R>>) & import('./functions.js').CachedMembers<A, Awaited<R>>}
 * @throws {TypeError | RangeError} Naming the option; for generator functions.
 */
export function cacheResource(results, fn, options = {}) {
  const name = checkFunction(fn, 'cacheResource');
  return once(results, fn, 'resource', options, () => make(results, fn, name, options));
}

/**
 * @template {any[]} A
 * @template R
 * @param {import('./results.js').ResultCache} results
 * @param {(...args: A) => R} fn
 * @param {string} name
 * @param {ResourceOptions} options
 * @returns {((...args: A) => Promise<Awaited<R>>) & import('./functions.js').CachedMembers<A, Awaited<R>>}
 */
function make(results, fn, name, options) {
  const { validate, onRelease, ...rest } = options;
  if (validate !== undefined && typeof validate !== 'function') throw new TypeError('validate: must be a function.');
  if (onRelease !== undefined && typeof onRelease !== 'function') throw new TypeError('onRelease: must be a function.');
  if ('persist' in rest && rest.persist) throw new TypeError('persist: a resource cannot be stored; use cacheData for data.');
  const keys = new CallKeys(rest);
  const space = functionSpace(results, rest, 'resource', { onRelease, defaults: { tags: rest.tags } });

  /** @param {unknown} resource */
  const isValid = async (resource) => {
    try {
      return validate === undefined || (await validate(resource)) !== false;
    } catch {
      return false;
    }
  };

  /**
   * @param {unknown} receiver
   * @param {A} args
   * @param {import('./results.js').ReadOptions | undefined} more
   * @returns {Promise<Awaited<R>>}
   */
  const call = async (receiver, args, more) => {
    const key = keys.of(receiver, args);
    more?.signal?.throwIfAborted();
    const load = async () => refuseIterator(await fn.apply(receiver, args), name);
    for (;;) {
      const { value, state } = results.peek(space, key, more) ?? (await results.read(space, key, load, more));
      if ((state !== 'hit' && state !== 'stale') || (await isValid(value))) return value;
      // Others may have found the same, and made a new one meanwhile.
      if (space.entries.get(key)?.value === value) space.forget(key);
      more?.signal?.throwIfAborted();
    }
  };
  return makeCached(space, keys, name, call);
}

/**
 * What can be read only once is nothing to share.
 * @template T
 * @param {T} value
 * @param {string} name Of the function it came from.
 * @returns {T}
 * @throws {HawserError} ERR_NOT_SUPPORTED
 */
function refuseIterator(value, name) {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (!/(?:Generator| Iterator)$/.test(tag)) return value;
  throw new HawserError('ERR_NOT_SUPPORTED', `${name} returned an object of class ${tag}, which can be read only once. Return an array.`);
}
