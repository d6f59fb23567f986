/**
 * One call of a connection's client after the other, or many at a time: each keeps the client it needs, ends when the connection
 * is closed, is seen as a span, and its errors say where they come from.
 */
import { loadError } from './errors.js';
import { calls } from './reports.js';
import { isLost } from './retry.js';

export class Calls {
  #context;
  #client;
  #running;
  #connectionless;

  /**
   * @param {import('./context.js').ConnectionContext} context
   * @param {import('./client.js').ClientSlot<any>} client
   * @param {import('./running.js').Running} running
   * @param {boolean} connectionless Whether the client is good after a failure of the network.
   */
  constructor(context, client, running, connectionless) {
    this.#context = context;
    this.#client = client;
    this.#running = running;
    this.#connectionless = connectionless;
  }

  /**
   * @template T
   * @param {string} phase For errors.
   * @param {import('./running.js').How | undefined} outer The caller's signal.
   * @param {(options: { readonly signal: AbortSignal }) => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async run(phase, outer, work) {
    const context = this.#context;
    const { release, lost } = this.#client.lease();
    const task = this.#running.begin(outer);
    const describe = (/** @type {unknown} */ error) => loadError(context, error, phase);
    try {
      return await calls.run(() => ({ connection: context.name, type: context.type, phase }), () => task.run(work), describe);
    } catch (error) {
      if (isLost(error) && !this.#connectionless) lost('its connection was lost');
      throw describe(error);
    } finally {
      task.end();
      release();
    }
  }
}

/**
 * A client that stays open until `release` is called, or the connection is closed for good: then `signal` aborts.
 * @template Client
 * @typedef {{ client: Client, signal: AbortSignal, release: () => void }} Lease
 */

/**
 * @template Client
 * @param {import('./base.js').BaseConnection<Client>} connection
 * @param {string} phase For errors.
 * @returns {Promise<Lease<Client>>}
 */
export const leaseOf = (connection, phase) =>
  new Promise((resolve, reject) => {
    const hold = (/** @type {Client} */ client, /** @type {{ signal: AbortSignal }} */ { signal }) =>
      new Promise((end) => resolve({ client, signal, release: () => end(undefined) }));
    connection.use(hold, phase).catch(reject);
  });
