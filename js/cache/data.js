/**
 * cacheData: remembers what a function returns, for each list of arguments. Every reader gets the value as if it had been
 * made for him alone: nobody can change what the next one gets.
 */
import { CallKeys, checkFunction, functionSpace, makeCached, once } from './functions.js';
import { Kept, keep } from './kept.js';
import { Policy } from './policy.js';

/**
 * @typedef {import('./functions.js').FunctionOptions & { tags?: readonly string[] | ((value: any, ...args: any[]) => readonly string[]) }} DataOptions
 *   A function of the value and the arguments may name the tags.
 */

/**
 * @template {any[]} A
 * @template R
 * @param {import('./results.js').ResultCache} results
 * @param {(...args: A) => R} fn Sync or async; as a method it is called with its `this`, which counts by identity. Called
 *   once at a time for each list of arguments. It must not ask for its own result: that would wait for itself.
 * @param {DataOptions} [options]
 * @returns {((...args: A) => Promise<Awaited<R>>) & import('./functions.js').CachedMembers<A, Awaited<R>>}
 * @throws {TypeError | RangeError} Naming the option; for generator functions.
 */
export function cacheData(results, fn, options = {}) {
  const name = checkFunction(fn, 'cacheData');
  return once(results, fn, 'data', options, () => make(results, fn, name, options));
}

/**
 * @template {any[]} A
 * @template R
 * @param {import('./results.js').ResultCache} results
 * @param {(...args: A) => R} fn
 * @param {string} name
 * @param {DataOptions} options
 * @returns {((...args: A) => Promise<Awaited<R>>) & import('./functions.js').CachedMembers<A, Awaited<R>>}
 */
function make(results, fn, name, options) {
  const { tags } = options;
  const keys = new CallKeys(options);
  const fixed = typeof tags === 'function' ? undefined : tags;
  const space = functionSpace(results, options, 'data', { defaults: { tags: fixed } });

  /**
   * @param {unknown} receiver
   * @param {A} args
   * @param {import('./results.js').ReadOptions | undefined} more
   * @returns {Promise<Awaited<R>>}
   */
  const call = (receiver, args, more) => {
    try {
      more?.signal?.throwIfAborted();
      const direct = keys.areArguments(receiver);
      const recent = direct ? results.keyOfCall(space, args) : undefined;
      const key = recent ?? keys.of(receiver, args);
      const hit = results.peek(space, key, more, direct && recent === undefined ? args : undefined);
      if (hit) return Promise.resolve(hit.value.give());
      const policy =
        typeof tags === 'function' && more?.tags === undefined
          ? new Policy({ ...more, tags: (/** @type {Kept} */ kept) => tags(kept.give(), ...args) }, space.policy)
          : space.policyOf(more);
      const load = async () => keep(await fn.apply(receiver, args), name);
      return results.read(space, key, load, policy, more).then(giveValue);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return makeCached(space, keys, name, call);
}

/** @param {import('./results.js').ReadResult} result */
const giveValue = ({ value }) => value.give();
