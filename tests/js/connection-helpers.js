/**
 * What the tests of connections and their factory share.
 */
import { afterEach } from '@jest/globals';
import { BaseConnection, createHawser } from '../../js/index.js';

/** @type {{ close(): Promise<void> }[]} */
const open = [];

afterEach(async () => {
  for (const hawser of open.splice(0)) await hawser.close().catch(() => {});
});

/**
 * An instance with a clock that stands still, closed after the test.
 * @param {import('../../js/hawser.js').HawserOptions} [options]
 */
export function makeHawser(options = {}) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const hawser = createHawser({ secrets: [], clock, ...options });
  open.push(hawser);
  return { hawser, clock };
}

/**
 * A class whose clients are numbered, with what was opened and ended in order. `fail` makes ending throw.
 * @param {{ fail?: boolean, scope?: 'global' | 'request' }} [options]
 */
export function makeClass({ fail = false, scope = 'global' } = {}) {
  /** @type {{ id: number, config: Record<string, any> }[]} */
  const opened = [];
  /** @type {number[]} */
  const ended = [];
  class Counted extends BaseConnection {
    static scope = scope;

    /** @override @param {Record<string, any>} config */
    async connect(config) {
      const client = { id: opened.length + 1, config };
      opened.push(client);
      return client;
    }

    /** @override @param {{ id: number }} client */
    async disconnect(client) {
      ended.push(client.id);
      if (fail) throw new Error(`client ${client.id} does not end`);
    }

    /** @param {string} what @param {any} [options] */
    async read(what, options) {
      return this.cached('read', [what], async () => `${what} of ${(await this.raw()).id}`, options);
    }
  }
  return { Counted, opened, ended };
}

/** A promise and what ends it. */
export function makeGate() {
  /** @type {(value?: any) => void} */
  let open = () => {};
  const promise = new Promise((resolve) => (open = resolve));
  return { promise, open };
}

/** Lets everything that is ready run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/**
 * What a promise, or a function, is rejected with.
 * @param {Promise<unknown> | (() => unknown)} work
 * @returns {Promise<any>}
 */
export async function errorOf(work) {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
