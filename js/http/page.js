/**
 * What is different in pages: a cache and redirects of the browser's own, and servers that have to allow what is asked.
 */
import * as runtime from '#runtime';

export const IN_PAGE = /** @type {string} */ (runtime.name) === 'browser';

/** For fetch: caches of browsers have mixed up ranges, and those who ask with conditions keep what they know themselves. */
export const UNCACHED = IN_PAGE ? /** @type {const} */ ({ cache: 'no-store' }) : undefined;
