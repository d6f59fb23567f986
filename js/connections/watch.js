/**
 * Watch: the result of a statement, and its next result whenever a table that it reads was written.
 */
import { asyncDispose } from '../dispose.js';
import { checkSignal } from '../signals.js';
import { sameRows } from '../table/same.js';
import { withTimeout } from '../timeout.js';
import { keptStatement } from './kept_params.js';

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./writes.js').Tables} Tables */

/**
 * @typedef {object} WatchOptions
 * @property {import('../drivers/driver.js').Parameters} [params] Those of the moment it is called.
 * @property {import('../drivers/driver.js').Int64} [int64]
 * @property {AbortSignal} [signal] Ends it: the loop throws the signal's reason.
 * @property {number | string} [timeout] Seconds, or a duration, that each run of the statement may take. Default: the connection's.
 * @property {boolean} [distinct] Whether results that are the same as the one before are left out. Default true.
 */

/**
 * @typedef {object} Surroundings
 * @property {(options: { signal: AbortSignal }) => Promise<{ table: Table, reads: Tables }>} load Runs the statement, and tells which
 *   tables it has read.
 * @property {(listener: (tables: Tables) => void, onClose: (error?: unknown) => void) => () => void} listen To commits, until the
 *   returned function is called, or `onClose`, with an error if those who iterate should know.
 */

/**
 * Iterates over the results. A statement is run when the next result is asked for and there may be one: never two at a
 * time, and however many writes there have been meanwhile, once for all of them. Writes that end while it is run count
 * as writes after it.
 * @implements {AsyncIterableIterator<Table, void, void>}
 */
export class Watch {
  #load;
  #listen;
  #signal;
  #distinct;
  /** Whether the statement must be run again. */
  #due = true;
  /** Tables that it read last. @type {Tables} */
  #reads;
  /** What was written while it is run; undefined when it is not. @type {Tables[] | undefined} */
  #meanwhile;
  /** The last result, to compare with. @type {Table | undefined} */
  #last;
  /** The calls of next(), each waits for the one before. @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** Ends whoever waits. @type {() => void} */
  #wake = () => {};
  /** Ends what is under way. */
  #ending = new AbortController();
  /** What the end has to tell, once. @type {{ error: unknown } | undefined} */
  #failure;
  /** @type {(() => void) | undefined} */
  #stopListening;
  #onAbort = () => this.#end({ error: this.#signal?.reason });

  /**
   * @param {Surroundings} surroundings
   * @param {WatchOptions} options
   */
  constructor({ load, listen }, { signal, distinct = true }) {
    this.#load = load;
    this.#listen = listen;
    this.#signal = signal;
    this.#distinct = distinct;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<Table, void>>} */
  next() {
    const result = this.#queue.then(() => this.#next());
    this.#queue = result.catch(() => {});
    return result;
  }

  /**
   * Ends it, also for whoever waits for the next result.
   * @returns {Promise<IteratorResult<Table, void>>}
   */
  async return() {
    this.#end();
    return { done: true, value: undefined };
  }

  async [asyncDispose]() {
    this.#end();
  }

  /** @returns {Promise<IteratorResult<Table, void>>} */
  async #next() {
    this.#start();
    for (;;) {
      await this.#untilDue();
      if (this.#ended) {
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure) throw failure.error;
        return { done: true, value: undefined };
      }
      const table = await this.#run();
      if (!table || (this.#distinct && this.#last && sameRows(this.#last, table))) continue;
      if (this.#distinct) this.#last = table;
      return { done: false, value: table };
    }
  }

  get #ended() {
    return this.#ending.signal.aborted;
  }

  #start() {
    checkSignal(this.#signal);
    if (this.#stopListening || this.#ended) return;
    if (this.#signal?.aborted) return this.#onAbort();
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#stopListening = this.#listen(
      (tables) => this.#note(tables),
      (error) => this.#end(error === undefined ? undefined : { error }),
    );
  }

  /** @param {{ error: unknown }} [failure] */
  #end(failure) {
    if (this.#ended) return;
    this.#failure = failure;
    this.#stopListening?.();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#last = undefined;
    this.#ending.abort();
    this.#wake();
  }

  /** @param {Tables} tables That were written. */
  #note(tables) {
    if (this.#meanwhile) this.#meanwhile.push(tables);
    else if (meet(this.#reads, tables)) {
      this.#due = true;
      this.#wake();
    }
  }

  /** @returns {Promise<void>} */
  async #untilDue() {
    if (!this.#due && !this.#ended) await /** @type {Promise<void>} */ (new Promise((resolve) => (this.#wake = resolve)));
  }

  /**
   * @returns {Promise<Table | undefined>} undefined when it has ended meanwhile
   */
  async #run() {
    this.#due = false;
    this.#meanwhile = [];
    /** @type {Promise<undefined>} */
    const end = new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    try {
      const result = await Promise.race([this.#load({ signal: this.#ending.signal }), end]);
      if (!result) return undefined;
      this.#reads = result.reads;
      this.#due = this.#meanwhile.some((tables) => meet(result.reads, tables));
      return result.table;
    } catch (error) {
      this.#end({ error });
      return undefined;
    } finally {
      this.#meanwhile = undefined;
    }
  }
}

/** @param {Tables} one @param {Tables} other */
const meet = (one, other) => one === undefined || other === undefined || one.some((table) => other.includes(table));

/**
 * @param {import('./sessions.js').Sessions} sessions
 * @param {import('./writes.js').Writes} writes
 * @param {string | import('../sql/template.js').SqlFragment} statement
 * @param {WatchOptions} options
 * @param {{ describe: (error: unknown) => unknown, timeout: number | undefined }} surroundings What completes errors on their way out;
 *   milliseconds, where the options say nothing.
 */
export function watchStatement(sessions, writes, statement, options, { describe, timeout: fallback }) {
  const { int64, timeout } = options;
  const kept = keptStatement(statement, options.params);
  /** @type {Surroundings['load']} */
  const load = async ({ signal }) => {
    try {
      const { text, params: values } = kept();
      return await withTimeout({ timeout, signal }, fallback, (bounded) =>
        sessions.use((session) => readIn(session, text, { params: values, int64, signal, timeout: bounded.timeout }), bounded),
      );
    } catch (error) {
      throw describe(error);
    }
  };
  return new Watch({ load, listen: (listener, onClose) => writes.listen(listener, onClose) }, options);
}

/**
 * @param {import('../drivers/driver.js').Session} session
 * @param {string} text
 * @param {import('../drivers/driver.js').RunOptions} options
 * @throws {TypeError} when it does not only read
 */
async function readIn(session, text, options) {
  const { readOnly, cacheable, reads } = await session.footprint(text);
  const table = readOnly ? await session.query(text, options) : undefined;
  if (!table || session.inTransaction()) throw new TypeError('watch() takes a statement that only reads.');
  return { table, reads: cacheable ? reads : undefined };
}
