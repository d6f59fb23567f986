/**
 * Stopping statements that run: by a deadline, or when somebody says so. SQLite asks while it works (its progress handler), and
 * does so only while a limit is in force.
 */
import { timedOut } from '../timeout.js';
import { loadCallbacks } from './callbacks.js';

/** SQLite's instructions between two questions: some 20 µs. */
const INSTRUCTIONS = 1000;

/**
 * Instructions that count as a millisecond where the clock stands still while a program computes, as in Cloudflare Workers: about
 * what a server's core does.
 */
const PER_MILLISECOND = 50_000;

/**
 * @typedef {object} Bounds
 * @property {number} [timeout] Milliseconds from now.
 * @property {() => boolean} [stop] Asked again and again while it runs; true stops it.
 */

/**
 * The limits of one database.
 * @param {import('./database.js').Database} database
 * @param {{ now(): number }} [clock] Milliseconds. Default: the monotonic clock.
 * @returns {Promise<Limits>}
 * @throws {import('../errors.js').HawserError} ERR_WASM_LOAD
 */
export async function loadLimits(database, clock = performance) {
  return new Limits(database, await loadCallbacks(database.engine), clock);
}

export class Limits {
  #database;
  #callbacks;
  #clock;
  /** The innermost one in force. @type {Limit | undefined} */
  #current;
  #id;

  /**
   * @param {import('./database.js').Database} database
   * @param {import('./callbacks.js').Callbacks} callbacks
   * @param {{ now(): number }} clock
   */
  constructor(database, callbacks, clock) {
    this.#database = database;
    this.#callbacks = callbacks;
    this.#clock = clock;
    this.#id = callbacks.add({ progress: () => this.#current?.passed() ?? false });
  }

  /**
   * A limit, not in force yet.
   * @param {Bounds} bounds
   */
  limit({ timeout = Infinity, stop }) {
    return new Limit(timeout, stop, this.#clock, (limit) => this.#put(limit));
  }

  /**
   * @param {Limit | undefined} limit
   * @returns {Limit | undefined} The one before.
   */
  #put(limit) {
    const before = this.#current;
    this.#current = limit;
    const { engine, pointer } = this.#database;
    if (pointer && engine.alive && !before !== !limit) {
      engine.c.sqlite3_progress_handler(pointer, limit ? INSTRUCTIONS : 0, limit ? this.#callbacks.at.progress : 0, this.#id);
    }
    return before;
  }

  /** To be called when the database is closed. */
  close() {
    this.#callbacks.remove(this.#id);
  }
}

/** A bound on the time that something takes in SQLite, in one run or in several. */
export class Limit {
  #left;
  #stop;
  #clock;
  #put;
  #start = 0;
  #questions = 0;
  /** @type {'timeout' | 'stop' | undefined} Why it has stopped a statement. */
  #why;

  /**
   * @param {number} timeout Milliseconds, may be Infinity.
   * @param {(() => boolean) | undefined} stop
   * @param {{ now(): number }} clock
   * @param {(limit: Limit | undefined) => Limit | undefined} put Puts one in force and gives the one before.
   */
  constructor(timeout, stop, clock, put) {
    this.#left = timeout;
    this.#stop = stop;
    this.#clock = clock;
    this.#put = put;
  }

  /** Milliseconds since it was put in force. */
  get #spent() {
    const spent = this.#clock.now() - this.#start;
    return spent === 0 ? (this.#questions * INSTRUCTIONS) / PER_MILLISECOND : spent;
  }

  /** Asked by SQLite: whether it is to stop. */
  passed() {
    this.#questions++;
    if (this.#stop?.()) this.#why = 'stop';
    else if (this.#spent >= this.#left) this.#why = 'timeout';
    return this.#why !== undefined;
  }

  /**
   * Runs `work` under it. What was spent in earlier runs counts.
   * @template T
   * @param {() => T} work
   * @returns {T}
   * @throws {import('../errors.js').HawserError} ERR_TIMEOUT
   */
  run(work) {
    const end = this.#begin();
    try {
      return work();
    } catch (error) {
      throw this.#explain(error);
    } finally {
      end();
    }
  }

  /**
   * The same for work that waits for others in between, which counts too.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async runAsync(work) {
    const end = this.#begin();
    try {
      return await work();
    } catch (error) {
      throw this.#explain(error);
    } finally {
      end();
    }
  }

  #begin() {
    if (this.#left <= 0) throw timedOut();
    this.#start = this.#clock.now();
    this.#questions = 0;
    const before = this.#put(this);
    return () => {
      this.#left -= this.#spent;
      this.#put(before);
    };
  }

  /** @param {any} error */
  #explain(error) {
    if (this.#why !== 'timeout' || error?.sqliteCode !== 'SQLITE_INTERRUPT') return error;
    return timedOut(error);
  }
}
