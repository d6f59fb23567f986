/**
 * Timeouts: the time that a call may take, waiting included.
 */
import { parseDuration } from './duration.js';
import { HawserError } from './errors.js';
import { checkSignal, either } from './signals.js';

/** Milliseconds of the longest timer there is, 25 days. */
const LONGEST = 0x7fffffff;

/**
 * The option `timeout` in milliseconds.
 * @param {unknown} value A duration (see duration.js); `Infinity`: no limit.
 * @param {string} [option] Name of the option, for the error.
 * @returns {number | undefined} Above 0, may be Infinity; undefined for undefined.
 * @throws {TypeError | RangeError} Also for 0, which elsewhere means no limit, and here would mean no time.
 */
export function parseTimeout(value, option = 'timeout') {
  const ms = parseDuration(value, option);
  if (ms === 0) throw new RangeError(`${option}: must be more than 0; leave it out, or pass Infinity, for no limit.`);
  return ms;
}

/**
 * What to throw for a statement that was stopped, or not begun, because its time is over.
 * @param {unknown} [cause]
 */
export const timedOut = (cause) =>
  new HawserError('ERR_TIMEOUT', 'The statement was stopped: it has taken longer than its timeout allows.', { phase: 'query', cause });

/**
 * Options whose `timeout` is in milliseconds, of those that are left whenever it is read; for drivers.
 * @template O
 * @typedef {Omit<O, 'timeout' | 'signal'> & { readonly timeout?: number, signal?: AbortSignal, abortable?: boolean }} Bounded
 */

/**
 * Runs `work` with its options bounded: their `signal` aborts with ERR_TIMEOUT, too, when the time is over.
 * @template {{ timeout?: number | string, signal?: AbortSignal }} O
 * @template T
 * @param {O} options
 * @param {number | undefined} fallback Milliseconds, where the options say nothing.
 * @param {(options: Bounded<O>) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {TypeError | RangeError} For what is no duration. Errors of the code ERR_TIMEOUT get the property `timeout`, in milliseconds.
 */
export function withTimeout(options, fallback, work) {
  checkSignal(options.signal);
  if (options.timeout === undefined && (fallback === undefined || fallback === Infinity)) return work(/** @type {any} */ (options));
  return within(options, fallback, work);
}

/** @type {typeof withTimeout} */
async function within(options, fallback, work) {
  const timeout = parseTimeout(options.timeout) ?? fallback;
  if (timeout === undefined || timeout === Infinity) return work({ ...options, timeout: undefined });
  const deadline = new Deadline(timeout);
  try {
    const { signal } = deadline;
    return await work({
      ...options,
      signal: options.signal ? either(options.signal, signal) : signal,
      abortable: options.signal !== undefined,
      get timeout() {
        return deadline.left;
      },
    });
  } catch (error) {
    if (error instanceof HawserError && error.code === 'ERR_TIMEOUT') /** @type {any} */ (error).timeout ??= timeout;
    throw error;
  } finally {
    deadline.end();
  }
}

class Deadline {
  #timeout;
  #end;
  #ended = false;
  #controller = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {number} timeout Milliseconds from now. */
  constructor(timeout) {
    this.#timeout = timeout;
    this.#end = performance.now() + timeout;
    if (timeout > LONGEST) return;
    const reason = () => new HawserError('ERR_TIMEOUT', `The call has taken longer than the ${timeout} ms that its timeout allows.`, { timeout });
    this.#timer = setTimeout(() => this.#controller.abort(reason()), timeout);
  }

  get signal() {
    return this.#controller.signal;
  }

  /** Milliseconds; all of them again when the call is over and something goes on behind it. */
  get left() {
    return this.#ended ? this.#timeout : Math.max(0, this.#end - performance.now());
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}

/**
 * What `promise` gives, unless the signal aborts before: then its reason, and what comes of the promise is of no interest.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
