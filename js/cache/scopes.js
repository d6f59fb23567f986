/**
 * On whose behalf a result is read. Where a promise of one request must not be awaited by another (edge runtimes cancel
 * the request that tries), only callers that name the same scope share a load.
 */
import { Scope } from './native.js';

export class Scopes {
  #perRequest;
  /** @type {WeakMap<object, number>} */
  #numbers = new WeakMap();
  #last = 0;

  /**
   * @param {'isolate' | 'request'} flightScope
   * @throws {TypeError}
   */
  constructor(flightScope) {
    if (flightScope !== 'isolate' && flightScope !== 'request') throw new TypeError("flightScope: must be 'isolate' or 'request'.");
    this.#perRequest = flightScope === 'request';
  }

  /**
   * The core's number for a caller.
   * @param {object | undefined} caller Any object that stands for the request: the Request, the ExecutionContext. Without
   *   one nobody else may join the load.
   */
  of(caller) {
    if (!this.#perRequest) return Scope.EVERYBODY;
    if (!caller) return Scope.NOBODY_ELSE;
    let number = this.#numbers.get(caller);
    if (number === undefined) this.#numbers.set(caller, (number = this.#last = (this.#last % 0x7fffffff) + 1));
    return number;
  }
}
