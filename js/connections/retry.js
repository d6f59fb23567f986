/**
 * Further attempts after a connection failure, and after nothing else: a statement that is wrong fails at once.
 *
 * A driver, or any connection class, says that the connection to its server could not be made or was lost by an error with
 * the code ERR_CONNECTION_FAILED and `lost: true`. What connect() throws counts if it is a failure of the network. The client is
 * given up then, and another one opened at next use.
 */
import { HawserError } from '../errors.js';

/** Of one piece of work, the first included. */
export const ATTEMPTS = 3;

/** The pause before the second attempt is at most this long, in milliseconds, before each later one twice as long. */
const FIRST_PAUSE = 250;

/** What Node's sockets and fetch call failures of the network. */
const NETWORK = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EAI_AGAIN', 'ENOTFOUND'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'],
]);

/**
 * Whether an error says that the connection was lost, or could not be made.
 * @param {unknown} error
 * @returns {error is HawserError & { lost: true, attempts?: number }}
 */
export const isLost = (error) => error instanceof HawserError && /** @type {any} */ (error).lost === true;

/**
 * Whether an error, or what caused it, is a failure of the network.
 * @param {any} error
 */
export function isNetworkFailure(error) {
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth++, error = error.cause) {
    if (NETWORK.has(error.code)) return true;
  }
  return false;
}

export class Retries {
  #running;
  #random;

  /**
   * @param {import('./running.js').Running} running Ends pauses when the connection is closed.
   * @param {() => number} random In [0, 1): the part of the longest pause that is waited, so that not all come back at once.
   */
  constructor(running, random) {
    this.#running = running;
    this.#random = random;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @param {object} [options]
   * @param {AbortSignal} [options.signal] Ends a pause.
   * @param {() => boolean} [options.repeatable] Whether what `work` has done so far may be done again. Default: yes.
   * @returns {Promise<T>}
   * @throws What the last attempt throws; `attempts` says how many there were.
   */
  async run(work, options = {}) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        // What has been tried often enough is not tried again by those around it.
        if (!isLost(error) || error.code !== 'ERR_CONNECTION_FAILED' || error.attempts !== undefined || options.repeatable?.() === false) throw error;
        if (attempt === ATTEMPTS) throw Object.assign(error, { attempts: attempt });
      }
      await this.#pause(this.#random() * FIRST_PAUSE * 2 ** (attempt - 1), options);
    }
  }

  /** @param {number} ms @param {{ readonly signal?: AbortSignal }} outer */
  async #pause(ms, outer) {
    const task = this.#running.begin(outer);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    try {
      await task.run((how) => {
        how.signal.throwIfAborted();
        return new Promise((resolve, reject) => {
          timer = setTimeout(resolve, ms);
          how.signal.addEventListener('abort', () => reject(how.signal.reason), { once: true });
        });
      });
    } finally {
      clearTimeout(timer);
      task.end();
    }
  }
}
