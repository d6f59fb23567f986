/**
 * The connections of one instance: who is alive, for how long, and the one place where they are taken away.
 *
 * Connections with equal `ttl` and `maxEntries` share one bound, as in Streamlit. Nothing here is asynchronous but the
 * closing, so concurrent calls for one key cannot build two.
 */
import { BaseConnection } from './base.js';

/**
 * @typedef {object} Entry
 * @property {string} key
 * @property {BaseConnection} connection
 * @property {import('./base.js').ConnectionContext} context
 * @property {number} expires Milliseconds of the clock.
 * @property {Map<string, Entry>} group
 * @property {any} plan What the factory needs to configure it again.
 */

const KEPT_ERRORS = 100;

export class ConnectionPool {
  /** By ttl and maxEntries; in each the least recently used first. @type {Map<string, Map<string, Entry>>} */
  #groups = new Map();
  /** Closings under way. @type {Set<Promise<void>>} */
  #pending = new Set();
  /** What closings have thrown that nobody could await. @type {unknown[]} */
  #errors = [];
  #clock;
  #report;

  /**
   * @param {{ now(): number }} clock
   * @param {(error: unknown, connection: string) => void} report Gets what a connection throws while it is closed.
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
    closeOnce(connection);
    const entry = { key, connection, context, group, plan, expires: this.#clock.now() + ttl };
    const previous = group.get(key);
    if (previous) this.remove(previous, 'it was replaced');
    context.onClosed = () => this.#forget(entry);
    group.set(key, entry);
    while (group.size > maxEntries) {
      this.remove(/** @type {Entry} */ (group.values().next().value), `more than ${maxEntries} connections`);
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
    if (occupant) this.remove(occupant, 'another connection has the same configuration now');
    entry.group.delete(entry.key);
    entry.key = key;
    entry.group.set(key, entry);
  }

  /**
   * Takes a connection away from its users and closes it when running loads are through with it.
   * @param {Entry} entry @param {string} reason For the message of ERR_CLOSED.
   * @returns {Promise<void>} When it is closed. Never rejects: errors are reported.
   */
  remove(entry, reason) {
    entry.context.closedBecause ??= reason;
    entry.context.drain = true;
    return this.#close(entry).catch(() => {});
  }

  /** Removes what has expired. */
  sweep() {
    const now = this.#clock.now();
    for (const entry of this.entries()) if (entry.expires <= now) void this.remove(entry, 'its ttl passed');
  }

  /**
   * Closes all of them; running loads are aborted.
   * @param {string} reason
   * @returns {Promise<unknown[]>} What went wrong, now and (the first {@link KEPT_ERRORS}) at earlier removals.
   */
  async closeAll(reason) {
    for (const entry of this.entries()) {
      entry.context.closedBecause ??= reason;
      this.#close(entry).catch(() => {}); // Kept.
    }
    await Promise.allSettled(this.#pending);
    return this.#errors.splice(0);
  }

  /** @param {Entry} entry */
  #close(entry) {
    this.#forget(entry);
    const closing = entry.connection.close().catch((error) => {
      if (this.#errors.length < KEPT_ERRORS) this.#errors.push(error);
      this.#report(error, entry.context.name);
      throw error;
    });
    this.#pending.add(closing);
    closing.catch(() => {}).finally(() => this.#pending.delete(closing));
    return closing;
  }

  /** @param {Entry} entry */
  #forget(entry) {
    if (entry.group.get(entry.key) === entry) entry.group.delete(entry.key);
  }
}

/** @param {{ ttl?: number, maxEntries?: number }} bounds */
const groupOf = ({ ttl = Infinity, maxEntries = Infinity }) => `${ttl}/${maxEntries}`;

/**
 * A subclass may have its own close() and forget super.close(), or not expect to be called twice. Whatever it does, its
 * close() runs once and the client is ended.
 * @param {BaseConnection} connection
 */
function closeOnce(connection) {
  const own = connection.close;
  if (own === BaseConnection.prototype.close) return;
  /** @type {Promise<void> | undefined} */
  let closing;
  const both = async () => {
    try {
      await own.call(connection);
    } finally {
      await BaseConnection.prototype.close.call(connection);
    }
  };
  Object.defineProperty(connection, 'close', { value: () => (closing ??= both()) });
}
