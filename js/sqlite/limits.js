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
    return new Limit(timeout, stop, this.#clock, this);
  }

  /**
   * The statements that have begun and not ended.
   * @returns {Set<number>} sqlite3_stmt*
   */
  busy() {
    const { engine, pointer } = this.#database;
    const { c } = engine;
    const busy = new Set();
    if (!pointer || !engine.alive) return busy;
    for (let statement = c.sqlite3_next_stmt(pointer, 0); statement; statement = c.sqlite3_next_stmt(pointer, statement)) {
      if (c.sqlite3_stmt_busy(statement)) busy.add(statement);
    }
    return busy;
  }

  /**
   * For limits only: puts one in force.
   * @param {Limit | undefined} limit
   * @returns {Limit | undefined} The one before.
   */
  put(limit) {
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
  #limits;
  #start = 0;
  #questions = 0;
  /** Statements that were under way before, results that somebody reads. @type {Set<number>} */
  #others = new Set();
  /** @type {'timeout' | 'stop' | undefined} Why it has stopped a statement. */
  #why;

  /**
   * @param {number} timeout Milliseconds, may be Infinity.
   * @param {(() => boolean) | undefined} stop
   * @param {{ now(): number }} clock
   * @param {Limits} limits
   */
  constructor(timeout, stop, clock, limits) {
    this.#left = timeout;
    this.#stop = stop;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds since it was put in force. */
  get #spent() {
    const spent = this.#clock.now() - this.#start;
    return spent === 0 ? (this.#questions * INSTRUCTIONS) / PER_MILLISECOND : spent;
  }

  /** Asked by SQLite: whether it is to stop. */
  passed() {
    this.#questions++;
    const why = this.#stop?.() ? 'stop' : this.#spent >= this.#left ? 'timeout' : undefined;
    // SQLite asks once more when a statement has ended, committed even, and would call it interrupted all the same.
    if (!why || ![...this.#limits.busy()].some((statement) => !this.#others.has(statement))) return false;
    this.#why = why;
    return true;
  }

  /**
   * To be called between statements, some of which are too short for SQLite to ask.
   * @throws {import('../errors.js').HawserError} ERR_TIMEOUT
   */
  check = () => {
    if (this.#spent >= this.#left) throw timedOut();
  };

  /**
   * Runs `work` under it. What was spent in earlier runs counts.
   * @template T
   * @param {(check: () => void) => T} work
   * @param {boolean} [again] Whether it goes on with a statement that was begun in an earlier run.
   * @returns {T}
   * @throws {import('../errors.js').HawserError} ERR_TIMEOUT
   */
  run(work, again = false) {
    const end = this.#begin(again);
    try {
      return work(this.check);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      end();
    }
  }

  /**
   * The same for work that waits for others in between, which counts too.
   * @template T
   * @param {(check: () => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async runAsync(work) {
    const end = this.#begin(false);
    try {
      return await work(this.check);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      end();
    }
  }

  /** @param {boolean} again */
  #begin(again) {
    if (this.#left <= 0) throw timedOut();
    this.#others = again ? new Set() : this.#limits.busy();
    this.#start = this.#clock.now();
    this.#questions = 0;
    const before = this.#limits.put(this);
    return () => {
      this.#left -= this.#spent;
      this.#limits.put(before);
    };
  }

  /** @param {any} error */
  #explain(error) {
    return this.#why === 'timeout' && error?.sqliteCode === 'SQLITE_INTERRUPT' ? timedOut(error) : error;
  }
}
