/**
 * What requests make stale that may have written.
 */
import { isTagList } from '../cache/policy.js';
import { HawserError } from '../errors.js';
import { loadHttpCore } from '../http/core.js';
import { contextOf } from './base.js';
import { isRecord } from './options.js';

export class HttpWrites {
  #connection;

  /** @param {import('./base.js').BaseConnection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * @template T
   * @param {string} method
   * @param {import('./http_options.js').WriteOptions} options
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(method, { invalidates }, work) {
    if (invalidates !== undefined && invalidates !== false && !isTagList(invalidates)) throw new TypeError('invalidates: must be false or a list of tags');
    const core = await loadHttpCore();
    if (!core.invalidates(method.toUpperCase(), 200)) return work();
    try {
      const result = await work();
      this.#forget(invalidates);
      return result;
    } catch (error) {
      if (mayHaveWritten(error)) this.#forget(invalidates);
      throw error;
    }
  }

  /** @param {false | readonly string[] | undefined} asked */
  #forget(asked) {
    const stale = asked ?? contextOf(this.#connection).config.invalidates;
    if (stale === false) return;
    if (stale === undefined) this.#connection.cache.clear();
    else if (stale.length > 0) this.#connection.cache.invalidate({ tags: [...stale], hard: true });
  }
}

/** What was refused has written nothing; of everything else nobody knows. @param {unknown} error */
function mayHaveWritten(error) {
  if (!(error instanceof HawserError)) return true;
  const { status } = /** @type {any} */ (error);
  return !(status >= 400 && status < 500) && error.code !== 'ERR_AUTH' && error.code !== 'ERR_CLOSED';
}

/**
 * A body as fetch takes it: plain objects and arrays become JSON.
 * @param {unknown} body
 * @param {Headers} headers Changed in place: says what the body is, unless that is said already.
 */
export function bodyOf(body, headers) {
  if (!isRecord(body) && !Array.isArray(body)) return body;
  if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  return JSON.stringify(body);
}
