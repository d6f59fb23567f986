/**
 * The connections of one instance: who is alive, for how long, and the one place where they are taken away.
 *
 * Connections with equal `ttl` and `maxEntries` share one bound, as in Streamlit. Nothing here is asynchronous but the
 * closing, so concurrent calls for one key cannot build two.
 */
import { abortLoads, BaseConnection } from './base.js';

/**
 * @typedef {object} Entry
 * @property {string} key
 * @property {BaseConnection} connection
 * @property {import('./context.js').ConnectionContext} context
 * @property {number} expires Milliseconds of the clock.
 * @property {Map<string, Entry>} group
 * @property {string} bounds Name of its group.
 * @property {any} plan What the factory needs to configure it again.
 * @property {() => Promise<void>} close Takes it out and closes it, once; the same promise for every call.
 */

const KEPT_ERRORS = 100;

export class ConnectionPool {
  /** By ttl and maxEntries; in each the least recently used first. @type {Map<string, Map<string, Entry>>} */
  #groups = new Map();
  /** Closings under way, by whomever. @type {Map<Entry, Promise<void>>} */
  #pending = new Map();
  /** What was thrown that nobody could await. @type {unknown[]} */
  #errors = [];
  #clock;
  #report;

  /**
   * @param {{ now(): number }} clock
   * @param {(error: unknown, connection: string) => void} report Gets what a connection throws while it is closed
   *   or reset by nobody who awaits it.
   */
  constructor(clock, report) {
    this.#clock = clock;
    this.#report = report;
  }

  /** @returns {Entry[]} */
  entries() {
    return [...this.#groups.values()].flatMap((group) => [...group.values()]);
  }

  /**
   * The entry of `key` with these bounds, if it is alive; it is the most recently used one then.
   * @param {string} key @param {{ ttl?: number, maxEntries?: number }} bounds
   * @returns {Entry | undefined}
   */
  get(key, bounds) {
    this.sweep();
    const group = this.#groups.get(groupOf(bounds));
    const entry = group?.get(key);
    if (!group || !entry) return undefined;
    group.delete(key);
    group.set(key, entry);
    return entry;
  }

  /**
   * Adds a connection. The least recently used ones beyond `maxEntries` are closed.
   * @param {string} key @param {{ ttl?: number, maxEntries?: number }} bounds ttl in milliseconds.
   * @param {BaseConnection} connection @param {Entry['context']} context @param {Entry['plan']} plan
   * @returns {Entry}
   */
  add(key, { ttl = Infinity, maxEntries = Infinity }, connection, context, plan) {
    const name = groupOf({ ttl, maxEntries });
    const group = this.#groups.get(name) ?? new Map();
    this.#groups.set(name, group);
    const previous = group.get(key);
    if (previous) void this.remove(previous, 'it was replaced');
    const expires = this.#clock.now() + ttl;
    /** @type {Entry} */
    const entry = { key, connection, context, group, bounds: name, plan, expires, close: closer(connection, context.secrets, (closing) => this.#leave(entry, closing)) };
    Object.defineProperty(connection, 'close', { value: entry.close });
    group.set(key, entry);
    while (group.size > maxEntries) {
      void this.remove(/** @type {Entry} */ (group.values().next().value), `more than ${maxEntries} connections`);
    }
    return entry;
  }

  /**
   * Files an entry under another key, because its configuration changed.
   * @param {Entry} entry @param {string} key
   */
  rename(entry, key) {
    if (key === entry.key) return;
    const occupant = entry.group.get(key);
    if (occupant) void this.remove(occupant, 'another connection has the same configuration now');
    entry.group.delete(entry.key);
    entry.key = key;
    entry.group.set(key, entry);
  }

  /**
   * Takes a connection away from its users and closes it.
   * @param {Entry} entry @param {string} reason For the message of ERR_CLOSED.
   * @param {{ drain?: boolean }} [options] Whether running loads may finish; default true.
   * @returns {Promise<void>} When it is closed. Never rejects: errors are reported.
   */
  async remove(entry, reason, { drain = true } = {}) {
    const { context } = entry;
    if (this.#pending.has(entry)) return this.#pending.get(entry); // Somebody else closes it.
    context.closedBecause ??= reason;
    context.drain = drain;
    try {
      await entry.close();
    } catch (error) {
      this.failed(error, context.name);
    }
  }

  /**
   * Notes what nobody could await.
   * @param {unknown} error @param {string} connection
   */
  failed(error, connection) {
    if (this.#errors.length < KEPT_ERRORS) this.#errors.push(error);
    this.#report(error, connection);
  }

  /** Removes what has expired. */
  sweep() {
    const now = this.#clock.now();
    for (const entry of this.entries()) if (entry.expires <= now) void this.remove(entry, 'its ttl passed');
  }

  /**
   * Closes all of them; running loads are aborted, also those that earlier removals have waited for.
   * @param {string} reason
   * @returns {Promise<unknown[]>} What went wrong, now and (the first {@link KEPT_ERRORS}) before.
   */
  async closeAll(reason) {
    for (const { connection, context } of this.#pending.keys()) {
      context.drain = false;
      abortLoads(connection);
    }
    await Promise.all(this.entries().map((entry) => this.remove(entry, reason, { drain: false })));
    await Promise.all(this.#pending.values());
    return this.#errors.splice(0);
  }

  /** @param {Entry} entry @param {Promise<void>} closing */
  #leave(entry, closing) {
    if (entry.group.get(entry.key) === entry) entry.group.delete(entry.key);
    if (entry.group.size === 0) this.#groups.delete(entry.bounds);
    const over = () => void this.#pending.delete(entry);
    this.#pending.set(entry, closing.then(over, over));
  }
}

/** @param {{ ttl?: number, maxEntries?: number }} bounds */
const groupOf = ({ ttl = Infinity, maxEntries = Infinity }) => `${ttl}/${maxEntries}`;

/**
 * The close() of a connection, once. A subclass may have its own and forget super.close(), or not expect to be called
 * twice: whatever it does, it runs once and the client is ended.
 * @param {BaseConnection} connection
 * @param {Entry['context']['secrets']} secrets What they are taken out of what it throws by.
 * @param {(closing: Promise<void>) => void} leave Called when it begins.
 */
function closer(connection, secrets, leave) {
  const own = connection.close;
  const base = async () => BaseConnection.prototype.close.call(connection);
  const both = async () => {
    /** @type {unknown[]} */
    const errors = [];
    for (const end of [async () => own.call(connection), base]) {
      await end().catch((error) => {
        const scrubbed = secrets.scrubError(error);
        if (!errors.includes(scrubbed)) errors.push(scrubbed);
      });
    }
    if (errors.length > 1) throw new AggregateError(errors, `Connection "${connection.name}" could not be closed properly`);
    if (errors.length === 1) throw errors[0];
  };
  /** @type {Promise<void> | undefined} */
  let closing;
  return () => {
    if (closing) return closing;
    /** @type {(result: Promise<void>) => void} */
    let settle = () => {};
    closing = new Promise((resolve) => (settle = resolve)); // Before a close() that calls itself asks for it.
    leave(closing);
    settle(own === BaseConnection.prototype.close ? base() : both());
    return closing;
  };
}
