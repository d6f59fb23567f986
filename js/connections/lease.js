/**
 * A client for work that goes on after the call that began it, such as reading a stream.
 */
import { either } from '../signals.js';

/**
 * A client that stays open until `release` is called, or the connection is closed for good: then `signal` aborts.
 * @template Client
 * @typedef {{ client: Client, signal: AbortSignal, release: () => void }} Lease
 */

/**
 * @template Client
 * @param {import('./base.js').BaseConnection<Client>} connection
 * @param {string} phase For errors.
 * @param {AbortSignal} [outer] The caller's: `signal` aborts with it, too.
 * @returns {Promise<Lease<Client>>}
 */
export const leaseOf = (connection, phase, outer) =>
  new Promise((resolve, reject) => {
    const hold = (/** @type {Client} */ client, /** @type {{ signal: AbortSignal }} */ { signal }) =>
      new Promise((end) => resolve({ client, signal: either(outer, signal), release: () => end(undefined) }));
    connection.use(hold, phase).catch(reject);
  });
