/**
 * Waiting for the locks of others on a database file. SQLite's own way would stop the whole program meanwhile.
 */
import { HawserError } from '../../errors.js';

/** SQLITE_BUSY_SNAPSHOT: others have written since the transaction began to read. */
const SNAPSHOT = 517;

/** Milliseconds between tries; the last one is repeated. */
const PAUSES = [1, 2, 5, 10, 15, 20, 25, 50, 100];

export class Patience {
  #longest;
  #clock;

  /**
   * @param {number} longest Milliseconds that a lock is waited for, may be Infinity.
   * @param {{ now(): number }} [clock] Milliseconds.
   */
  constructor(longest, clock = performance) {
    this.#longest = longest;
    this.#clock = clock;
  }

  /**
   * Does `work`, and does it again as long as it meets a lock. It must have changed nothing then.
   * @template T
   * @param {import('./database.js').NativeDatabase} database
   * @param {{ signal?: AbortSignal, timeout?: number }} options
   * @param {() => T} work
   * @returns {T | Promise<T>} At once when there is no lock.
   * @throws {HawserError} ERR_TIMEOUT with sqliteCode SQLITE_BUSY
   */
  with(database, options, work) {
    try {
      return work();
    } catch (error) {
      if (!this.#waits(error, database)) throw error;
      return this.#retry(database, options, work, error);
    }
  }

  /**
   * @template T
   * @param {import('./database.js').NativeDatabase} database
   * @param {{ signal?: AbortSignal, timeout?: number }} options
   * @param {() => T} work
   * @param {unknown} first
   * @returns {Promise<T>}
   */
  async #retry(database, { signal, timeout = Infinity }, work, first) {
    const start = this.#clock.now();
    const longest = Math.min(this.#longest, timeout);
    let error = first;
    for (let i = 0; ; i++) {
      const left = longest - (this.#clock.now() - start);
      if (left <= 0) throw lockedFor(longest, error);
      await pause(Math.min(PAUSES[Math.min(i, PAUSES.length - 1)] ?? 100, left), signal);
      database.check();
      try {
        return work();
      } catch (caught) {
        if (!this.#waits(caught, database)) throw caught;
        error = caught;
      }
    }
  }

  /** @param {any} error @param {import('./database.js').NativeDatabase} database */
  #waits(error, database) {
    if (error?.code !== 'ERR_QUERY' || (error.errno & 0xff) !== 5) return false;
    // In a transaction the snapshot stays what it is; without one it is that of a result which is being read.
    return error.errno !== SNAPSHOT || (database.autocommit && database.reading);
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<void>}
 */
const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });

/** @param {number} ms @param {any} cause */
const lockedFor = (ms, cause) =>
  new HawserError(
    'ERR_TIMEOUT',
    `Another connection has locked the database file for ${ms / 1000} s (SQLITE_BUSY): a transaction of another process, or of another ` +
      'connection of this one. The option busyTimeout sets how long it is waited for.',
    { phase: 'query', sqliteCode: cause.sqliteCode, errno: cause.errno, cause },
  );
