/**
 * Pagination: where the next page of a list is.
 *
 *   'link'                                          the Link header's rel="next" (RFC 8288)
 *   { type: 'cursor', param, path }                 the value at `path` of the body becomes the parameter `param`
 *   { type: 'next', path }                          the address at `path` of the body
 *   { type: 'offset', param = 'offset', limit, limitParam = 'limit', total }   until a page has fewer than `limit` records
 *   { type: 'page', param = 'page', start = 1, size, sizeParam, pages }        until a page is empty, or has fewer than `size` records
 *   (page) => address | { params } | undefined      as the program says
 *
 * Ends where the answer names no next page. A page that is asked for twice, and more pages than maxPages, are errors: a server that
 * repeats itself would be asked for ever.
 */
import { HawserError } from '../errors.js';
import { valueAt } from './places.js';

/**
 * @typedef {object} Page What a function of one's own gets.
 * @property {URL} url Of this page.
 * @property {Headers} headers
 * @property {any} body Decoded, when it is JSON.
 * @property {number} index From 0 on.
 * @property {number} count Of its records.
 */
/** @typedef {string | readonly (string | number)[]} Place Names with dots between them, or a list of names. */
/** @typedef {string | URL | { params: Record<string, any> } | null | undefined | false} Next */
/**
 * @typedef {'link' | { type: 'link' } | { type: 'cursor', param?: string, path: Place } | { type: 'next', path: Place }
 *   | { type: 'offset', param?: string, limit: number, limitParam?: string, start?: number, total?: Place }
 *   | { type: 'page', param?: string, start?: number, size?: number, sizeParam?: string, pages?: Place }
 *   | ((page: Page) => Next | Promise<Next>)} Paginate
 */
/**
 * @typedef {object} PageOptions
 * @property {Paginate} [paginate] Default: the connection's, else `'link'`.
 * @property {number} [maxPages] More than these are an ERR_LIMIT. Default 10,000.
 */
/**
 * @typedef {object} Strategy
 * @property {Record<string, any>} first Parameters of the first page.
 * @property {(page: Page, links: () => { url: string, rel: string[] }[]) => Next | Promise<Next>} next
 */

const FIELDS = /** @type {Record<string, readonly string[]>} */ ({
  link: [],
  cursor: ['param', 'path'],
  next: ['path'],
  offset: ['param', 'limit', 'limitParam', 'start', 'total'],
  page: ['param', 'start', 'size', 'sizeParam', 'pages'],
});

/**
 * @param {unknown} paginate
 * @returns {Strategy}
 * @throws {TypeError | RangeError} Naming the option.
 */
export function strategyOf(paginate = 'link') {
  if (typeof paginate === 'function') return { first: {}, next: (page) => paginate(page) };
  const { type, ...fields } = /** @type {any} */ (typeof paginate === 'string' ? { type: paginate } : (paginate ?? {}));
  if (!Object.hasOwn(FIELDS, String(type))) throw new TypeError(`paginate: must be a function, or its type one of ${Object.keys(FIELDS).join(', ')}`);
  const superfluous = Object.keys(fields).find((field) => !FIELDS[type].includes(field));
  if (superfluous !== undefined) throw new TypeError(`paginate: type ${type} has no "${superfluous}"; it has ${FIELDS[type].join(', ') || 'nothing else'}`);
  return STRATEGIES[type](fields);
}

/** @type {Record<string, (fields: any) => Strategy>} */
const STRATEGIES = {
  link: () => ({ first: {}, next: (_, links) => links().find(({ rel }) => rel.includes('next'))?.url }),
  cursor({ param = 'cursor', path }) {
    required(path, 'path');
    return {
      first: {},
      next({ body }) {
        const cursor = valueAt(body, path);
        return isNone(cursor) ? undefined : { params: { [param]: cursor } };
      },
    };
  },
  next({ path }) {
    required(path, 'path');
    return {
      first: {},
      next({ body }) {
        const next = valueAt(body, path);
        if (isNone(next)) return undefined;
        if (typeof next === 'string') return next;
        throw new HawserError('ERR_FORMAT', `paginate: what is at "${String(path)}" is no address but a ${typeof next}.`, { phase: 'pages' });
      },
    };
  },
  offset({ param = 'offset', limit, limitParam = 'limit', start = 0, total }) {
    positive(limit, 'limit');
    let offset = start;
    return {
      first: { [param]: offset, [limitParam]: limit },
      next({ body, count }) {
        offset += count;
        const end = total === undefined ? undefined : Number(valueAt(body, total));
        if (count === 0 || (end === undefined ? count < limit : offset >= end)) return undefined;
        return { params: { [param]: offset, [limitParam]: limit } };
      },
    };
  },
  page({ param = 'page', start = 1, size, sizeParam, pages }) {
    if (size !== undefined) positive(size, 'size');
    const more = sizeParam === undefined ? {} : { [sizeParam]: size };
    return {
      first: { [param]: start, ...more },
      next({ body, count, index }) {
        const last = pages === undefined ? undefined : Number(valueAt(body, pages));
        const over = last === undefined ? count === 0 || (size !== undefined && count < size) : index + 1 >= last;
        return over ? undefined : { params: { [param]: start + index + 1, ...more } };
      },
    };
  },
};

/** Ends a list: null, false, '' and what is missing. @param {unknown} value */
const isNone = (value) => value === undefined || value === null || value === '' || value === false;

/** @param {unknown} path @param {string} name */
function required(path, name) {
  if (typeof path === 'string' || Array.isArray(path)) return;
  throw new TypeError(`paginate.${name}: must be names with dots between them, such as 'meta.next'`);
}

/** @param {unknown} value @param {string} name */
function positive(value, name) {
  if (Number.isSafeInteger(value) && /** @type {number} */ (value) > 0) return;
  throw new RangeError(`paginate.${name}: must be a whole number of at least 1`);
}

/** Sees to it that a list ends. */
export class PageGuard {
  #seen = new Set();
  #most;

  /** @param {number} [maxPages] */
  constructor(maxPages = 10_000) {
    if (maxPages !== Infinity) positive(maxPages, 'maxPages');
    this.#most = maxPages;
  }

  /**
   * @param {string} request What is going to be asked.
   * @param {string} shown The same for errors.
   * @throws {HawserError} ERR_LIMIT
   */
  check(request, shown) {
    if (this.#seen.has(request)) {
      const message = `pages(): ${shown} comes a second time as the next page, so this list would never end. Check paginate.`;
      throw new HawserError('ERR_LIMIT', message, { phase: 'pages', url: shown });
    }
    if (this.#seen.size >= this.#most) {
      throw new HawserError('ERR_LIMIT', `pages(): there are more than maxPages (${this.#most}) pages.`, { phase: 'pages', limit: this.#most });
    }
    this.#seen.add(request);
  }
}
