/**
 * What the tests of HTTP share: a server with faults, and connections whose pauses pass at once.
 */
import { afterEach } from '@jest/globals';
import { startFaultServer } from '../servers/fault_server.js';
import { makeHawser } from './connection-helpers.js';

/** @type {{ close(): Promise<void> }[]} */
const open = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** @param {Parameters<typeof startFaultServer>} args Closed after the test. */
export async function serveFaults(...args) {
  const server = await startFaultServer(...args);
  open.push(server);
  return server;
}

/**
 * A clock that stands still but for pauses, which pass at once and are noted.
 */
export function makeClock() {
  const clock = {
    time: 1_700_000_000_000,
    /** @type {number[]} */
    pauses: [],
    now: () => clock.time,
    /** @param {number} ms @param {AbortSignal} [signal] */
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      clock.pauses.push(ms);
      clock.time += ms;
    },
  };
  return clock;
}

/**
 * A connection of type http to a server.
 * @param {{ url: string }} server
 * @param {Record<string, any>} [config]
 * @param {import('../../js/hawser.js').HawserOptions} [options]
 * @returns {Promise<{ conn: import('../../js/connections/http.js').HttpConnection, clock: ReturnType<typeof makeClock>, hawser: any }>}
 */
export async function connectTo(server, config = {}, options = {}) {
  const clock = makeClock();
  const { hawser } = makeHawser({ clock, random: () => 0.5, ...options });
  const conn = /** @type {any} */ (await hawser.connection('api', { type: 'http', url: server.url, ...config }));
  return { conn, clock, hawser };
}

/** What a promise rejects with. @param {Promise<unknown>} promise @returns {Promise<any>} */
export const failureOf = (promise) =>
  promise.then(
    (value) => {
      throw new Error(`should have failed, but gave ${String(value)}`);
    },
    (error) => error,
  );
