/**
 * Turns: one holder at a time, first come first served.
 */
import { HawserError } from '../errors.js';

export class Turns {
  #taken = false;
  #closed = false;
  /** In their order. @type {Set<{ enter: () => void, refuse: (reason: unknown) => void }>} */
  #waiting = new Set();
  #patience;

  /** @param {number} patience Milliseconds that somebody waits at most, may be Infinity; a transaction may be waiting for them in turn. */
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
    if (this.#closed) throw closed();
    if (!this.#taken) {
      this.#taken = true;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(waiter);
      };
      const waiter = {
        enter: () => {
          leave();
          resolve();
        },
        refuse: (/** @type {unknown} */ reason) => {
          leave();
          reject(reason);
        },
      };
      const abort = () => waiter.refuse(signal?.reason);
      // Timers take no longer times, and infinite ones for none at all.
      if (this.#patience <= LONGEST) timer = setTimeout(() => waiter.refuse(tooLong(this.#patience)), this.#patience);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /**
   * Takes the turn if it is free.
   * @returns {boolean} Whether it is yours now.
   */
  tryTake() {
    if (this.#taken) return false;
    this.#taken = true;
    return true;
  }

  /**
   * {@link Turns#take} with a signal that is read only if there is a wait.
   * @param {{ readonly signal?: AbortSignal }} [how]
   */
  takeWith(how) {
    return this.take(this.#taken ? how?.signal : undefined);
  }

  /** Hands the turn to the next in line. */
  pass() {
    for (const { enter } of this.#waiting) return enter();
    this.#taken = false;
  }

  /** Nobody gets a turn any more. */
  close() {
    this.#closed = true;
    for (const { refuse } of [...this.#waiting]) refuse(closed());
  }
}

/** Milliseconds of the longest timer there is, 25 days. */
const LONGEST = 0x7fffffff;

const closed = () => new HawserError('ERR_CLOSED', 'The database was closed.', { phase: 'acquire' });

/** @param {number} patience */
const tooLong = (patience) =>
  new HawserError(
    'ERR_TIMEOUT',
    `A transaction has held the connection for ${patience / 1000} s. Inside a transaction use its own tx.query() and ` +
      'tx.execute(): those of the connection wait until it ends. The option busyTimeout sets how long.',
    { phase: 'acquire' },
  );
