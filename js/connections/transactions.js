/**
 * Transactions from their beginning to their end: with a callback, and without.
 */
import { checkSignal } from '../signals.js';
import { unlessAborted, withTimeout } from '../timeout.js';
import { Transaction } from './transaction.js';

/** @typedef {import('./sessions.js').Sessions} Sessions */
/** @typedef {import('./sql_options.js').WriteOptions & { signal?: AbortSignal }} Options */
/** @typedef {Pick<import('./transaction.js').Surroundings, 'describe' | 'timeout'>} Surroundings */

/**
 * @template T
 * @param {Sessions} sessions
 * @param {(tx: Transaction) => Promise<T> | T} work
 * @param {Options & { timeout?: number | string }} options timeout: of it all. The connection's own is for each statement in it.
 * @param {Surroundings} surroundings
 * @returns {Promise<T>}
 */
export function inTransaction(sessions, work, options, surroundings) {
  const run = (/** @type {import('../timeout.js').Bounded<typeof options>} */ bounded) =>
    sessions.begun(async (session) => {
      const { signal, timeout } = bounded;
      const left = timeout === undefined ? undefined : () => /** @type {number} */ (bounded.timeout);
      const tx = new Transaction(session, { ...surroundings, signal, left });
      try {
        // Without a timeout, an abort waits for what `work` does.
        const value = await (left && signal ? unlessAborted(Promise.resolve(work(tx)), signal) : work(tx));
        signal?.throwIfAborted();
        await tx.end('commit');
        return value;
      } catch (error) {
        await tx.end('rollback');
        throw error;
      }
    }, bounded);
  return withTimeout(options, undefined, run);
}

/**
 * @param {Sessions} sessions
 * @param {Options} options
 * @param {Surroundings} surroundings
 * @param {(session: import('../drivers/driver.js').Session) => void} onCommit Called after every commit() but before it resolves.
 * @returns {Promise<Transaction>} Whoever gets it must close it.
 */
export function openTransaction(sessions, options, surroundings, onCommit) {
  return new Promise((resolve, reject) => {
    checkSignal(options.signal);
    const hold = async (/** @type {import('../drivers/driver.js').Session} */ session) => {
      await new Promise((closed) => {
        const own = { signal: options.signal, onClose: () => closed(undefined), onCommit: () => onCommit(session) };
        resolve(new Transaction(session, { ...surroundings, ...own }));
      });
    };
    sessions.begun(hold, { signal: options.signal, invalidates: options.invalidates === false ? false : undefined }).catch(reject);
  });
}
