/**
 * The time that a statement may take. These clients cannot be stopped while they look for the next row, so the clock is
 * looked at between rows.
 */
import { timedOut } from '../../timeout.js';

export class Limit {
  #stop;
  #clock;
  #end;

  /**
   * @param {object} bounds
   * @param {number} [bounds.timeout] Milliseconds from now.
   * @param {() => boolean} [bounds.stop] True stops it.
   * @param {{ now(): number }} [clock] Milliseconds. Default: the monotonic one.
   */
  constructor({ timeout = Infinity, stop }, clock = performance) {
    this.#stop = stop;
    this.#clock = clock;
    this.#end = clock.now() + timeout;
  }

  /** Milliseconds that are left. */
  get left() {
    return this.#end - this.#clock.now();
  }

  /** @throws {import('../../errors.js').HawserError} ERR_TIMEOUT */
  check() {
    if (this.#stop?.() || this.left <= 0) throw timedOut();
  }
}

/** @param {import('../driver.js').RunOptions} options @param {{ now(): number }} [clock] */
export const limitOf = (options, clock) => {
  const { timeout, stop } = /** @type {{ timeout?: number, stop?: () => boolean }} */ (options);
  return timeout === undefined && stop === undefined ? undefined : new Limit({ timeout, stop }, clock);
};
