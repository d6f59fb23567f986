/**
 * HawserRequest: the connections that belong to one request (or user session), and end with it. Made by hawser.request().
 *
 *     await using request = hawser.request();
 *     const conn = await request.connection('callers_rights');   // its class says: static scope = 'request'
 */
import { asyncDispose } from './dispose.js';
import { HawserError } from './errors.js';

/**
 * @typedef {object} RequestOptions
 * @property {(work: Promise<unknown>) => void} [waitUntil] Told of the closing, e.g. `(work) => ctx.waitUntil(work)`, so that a
 *   response need not wait for it. What the closing throws then goes to the onError hook only.
 */

/**
 * The object can be given to reads of shared connections too, as their option `scope`: on edge runtimes only reads with
 * the same scope share a load.
 */
export class HawserRequest {
  #factory;
  #waitUntil;
  #pool;
  /** @type {Promise<void> | undefined} */
  #closing;

  /**
   * @param {import('./factory.js').ConnectionFactory} factory
   * @param {RequestOptions} options
   */
  constructor(factory, options) {
    const { waitUntil, ...rest } = options;
    for (const name of Object.keys(rest)) throw new TypeError(`request() has no option "${name}"; there is: waitUntil`);
    if (waitUntil !== undefined && typeof waitUntil !== 'function') throw new TypeError('waitUntil must be a function');
    this.#factory = factory;
    this.#waitUntil = waitUntil;
    this.#pool = factory.openRequest(this);
  }

  /**
   * The connection of that name: of this request when its scope is 'request', otherwise the one that all share.
   * @type {import('./hawser.js').Hawser['connection']}
   */
  async connection(name, options) {
    if (this.#closing) throw new HawserError('ERR_CLOSED', `This request is over, so it cannot connect to "${String(name)}".`);
    return this.#factory.connection(name, /** @type {any} */ (options), this.#pool);
  }

  get closed() {
    return this.#closing !== undefined;
  }

  /**
   * Closes the connections of this request. Closing again does nothing.
   * @returns {Promise<void>}
   * @throws {AggregateError} With what connections threw, unless there is a `waitUntil`.
   */
  close() {
    if (!this.#closing) {
      this.#closing = this.#shutDown();
      this.#waitUntil?.(this.#closing);
    }
    return this.#closing;
  }

  [asyncDispose]() {
    return this.close();
  }

  async #shutDown() {
    const errors = await this.#factory.closeRequest(this.#pool);
    if (errors.length && !this.#waitUntil) {
      throw new AggregateError(errors, `${errors.length} of the connections of a request could not be closed properly`);
    }
  }
}
