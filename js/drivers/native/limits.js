/**
 * The time that a statement may take. These clients cannot be stopped while they look for the next row, so the clock is
 * looked at between rows.
 */
import { queryError } from '../../sqlite/errors.js';
import { timedOut } from '../../timeout.js';

const INTERRUPT = 9;
/** Rows between two looks at the clock. */
const ROWS = 64;

export class Limit {
  #left;
  #stop;
  #clock;
  #start;
  #rows = 0;

  /**
   * @param {object} bounds
   * @param {number} [bounds.timeout] Milliseconds from now.
   * @param {() => boolean} [bounds.stop] True stops it.
   * @param {{ now(): number }} [clock] Milliseconds. Default: the monotonic one.
   */
  constructor({ timeout = Infinity, stop }, clock = performance) {
    this.#left = timeout;
    this.#stop = stop;
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** To be called for each row. */
  row() {
    if (++this.#rows % ROWS === 0) this.check();
  }

  /** @throws {import('../../errors.js').HawserError} ERR_TIMEOUT; ERR_QUERY with SQLITE_INTERRUPT when it was stopped */
  check() {
    if (this.#stop?.()) throw queryError({ reason: 'interrupted', errno: INTERRUPT });
    if (this.#clock.now() - this.#start >= this.#left) throw timedOut();
  }

  /** What follows takes no time of the statement's, until {@link Limit#resume}. */
  pause() {
    this.#left -= this.#clock.now() - this.#start;
  }

  resume() {
    this.#start = this.#clock.now();
  }
}

/** @param {import('../driver.js').RunOptions} options @param {{ now(): number }} [clock] */
export const limitOf = ({ timeout, stop }, clock) => (timeout === undefined && stop === undefined ? undefined : new Limit({ timeout, stop }, clock));
