/**
 * The time that a call may take, and the pauses in it.
 */
import { HawserError } from '../errors.js';
import { either } from '../signals.js';

/** Milliseconds of the longest timer there is, 25 days. */
const LONGEST = 0x7fffffff;

/** @typedef {{ now(): number, sleep?(ms: number, signal?: AbortSignal): Promise<void> }} Clock */

export class Deadline {
  /** When the time is over, by the clock; Infinity: never. */
  at = Infinity;
  /** Aborts when the caller does and when the time is over. @type {AbortSignal | undefined} */
  signal;
  #outer;
  /** @type {HawserError | undefined} */
  #over;
  /** @type {any} */
  #timer;

  /**
   * @param {number | undefined} timeout Milliseconds from now; undefined or Infinity: no limit.
   * @param {Clock} clock
   * @param {AbortSignal | undefined} outer The caller's.
   * @param {{ method: string, shown: string, connection?: string, phase: string }} call For the error.
   */
  constructor(timeout, clock, outer, call) {
    this.#outer = outer;
    this.signal = outer;
    if (timeout === undefined || timeout === Infinity) return;
    this.at = clock.now() + timeout;
    const own = new AbortController();
    this.signal = either(outer, own.signal);
    if (timeout > LONGEST) return;
    this.#timer = setTimeout(() => {
      this.#over = timedOut(call, timeout);
      own.abort(this.#over);
    }, timeout);
  }

  get bounded() {
    return this.at !== Infinity;
  }

  /** @throws The reason of the caller's signal; ERR_TIMEOUT when the time is over. */
  check() {
    if (this.#outer?.aborted) throw this.#outer.reason;
    if (this.#over) throw this.#over;
  }

  /** From now on it holds for a body that maybe nobody reads: no reason to keep a program running. */
  rest() {
    this.#timer?.unref?.();
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/** @param {{ method: string, shown: string, connection?: string, phase?: string }} call @param {number} timeout Milliseconds. */
export const timedOut = ({ method, shown, connection, phase }, timeout) =>
  new HawserError('ERR_TIMEOUT', `${method} ${shown} has taken longer than the ${timeout} ms that its timeout allows.`, {
    ...{ connection, phase, timeout, method, url: shown },
  });

/**
 * @param {number} ms
 * @param {Clock} clock Its `sleep` instead of a timer, where it has one.
 * @param {AbortSignal | undefined} signal Ends the pause.
 * @returns {Promise<void>} Rejects with the signal's reason.
 */
export function pause(ms, clock, signal) {
  if (clock.sleep) return clock.sleep(ms, signal);
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, Math.min(ms, LONGEST));
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
