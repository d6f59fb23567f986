/**
 * Turns: one holder at a time, first come first served.
 */
import { HawserError } from '../errors.js';

export class Turns {
  #taken = false;
  /** @type {(() => void)[]} */
  #waiting = [];
  #patience;

  /** @param {number} patience Milliseconds that somebody waits at most; a transaction may be waiting for them in turn. */
  constructor(patience) {
    this.#patience = patience;
  }

  /** Whether the turn could be taken now. */
  get free() {
    return !this.#taken;
  }

  /**
   * Waits for the turn. Whoever got it must call {@link Turns#pass} once.
   * @param {AbortSignal} [signal]
   * @returns {Promise<void> | undefined} undefined: it is yours already.
   */
  take(signal) {
    signal?.throwIfAborted();
    if (!this.#taken) {
      this.#taken = true;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting = this.#waiting.filter((entry) => entry !== enter);
      };
      const enter = () => {
        leave();
        resolve();
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(
          new HawserError(
            'ERR_TIMEOUT',
            `A transaction has held the connection for ${this.#patience / 1000} s. Inside a transaction use its own tx.query() and ` +
              'tx.execute(): those of the connection wait until it ends. The option busyTimeout sets how long.',
            { phase: 'acquire' },
          ),
        );
      }, this.#patience);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(enter);
    });
  }

  /** Hands the turn to the next in line. */
  pass() {
    const next = this.#waiting[0];
    if (next) next();
    else this.#taken = false;
  }
}
