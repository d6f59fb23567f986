/**
 * Transactions from their beginning to their end: with a callback, and without.
 */
import { Transaction } from './transaction.js';

/** @typedef {import('./sessions.js').Sessions} Sessions */
/** @typedef {import('./sql_options.js').WriteOptions & { signal?: AbortSignal }} Options */
/** @typedef {(error: unknown) => unknown} Describe Completes errors on their way out. */

/**
 * @template T
 * @param {Sessions} sessions
 * @param {(tx: Transaction) => Promise<T> | T} work
 * @param {Options} options
 * @param {Describe} describe
 * @returns {Promise<T>}
 */
export function inTransaction(sessions, work, options, describe) {
  return sessions.begun(async (session) => {
    const tx = new Transaction(session, { describe, signal: options.signal });
    try {
      const value = await work(tx);
      options.signal?.throwIfAborted();
      await tx.end('commit');
      return value;
    } catch (error) {
      await tx.end('rollback');
      throw error;
    }
  }, options);
}

/**
 * @param {Sessions} sessions
 * @param {Options} options
 * @param {Describe} describe
 * @param {(session: import('../drivers/driver.js').Session) => void} onCommit Called after every commit() but before it resolves.
 * @returns {Promise<Transaction>} Whoever gets it must close it.
 */
export function openTransaction(sessions, options, describe, onCommit) {
  return new Promise((resolve, reject) => {
    const hold = async (/** @type {import('../drivers/driver.js').Session} */ session) => {
      await new Promise((closed) => {
        const surroundings = { describe, signal: options.signal, onClose: () => closed(undefined), onCommit: () => onCommit(session) };
        resolve(new Transaction(session, surroundings));
      });
    };
    sessions.begun(hold, { signal: options.signal, invalidates: options.invalidates === false ? false : undefined }).catch(reject);
  });
}
