/**
 * What writes make stale: cached results are forgotten, and whoever watches tables is told.
 */
import { contextOf } from './base.js';
import { staleTags } from './freshness.js';

/** @typedef {readonly string[] | undefined} Tables In lower case; undefined: any of them. */

export class Writes {
  #connection;
  /** @type {Set<{ listener: (tables: Tables) => void, onClose: (error?: unknown) => void }>} */
  #listeners = new Set();

  /** @param {import('./base.js').BaseConnection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * Takes account of what a session has written and committed.
   * @param {import('../drivers/driver.js').Session} session
   * @param {import('./sql_options.js').WriteOptions} options
   * @param {boolean} succeeded Whether the caller's tags count although no table was written.
   */
  take(session, { invalidates }, succeeded) {
    const tables = session.takeWrites();
    if (tables === undefined || tables.length) session.tellOthers?.(tables);
    this.#forget(tables, invalidates, succeeded);
  }

  /**
   * Takes account of what somebody else has written, in another tab, say, or of a whole new content.
   * @param {Tables} tables
   */
  note(tables) {
    this.#forget(tables, undefined, false);
  }

  /**
   * @param {(tables: Tables) => void} listener Called after every commit that may have changed tables, whatever `invalidates` says.
   * @param {(error?: unknown) => void} onClose Called when there will be none any more.
   * @returns {() => void} Ends it.
   */
  listen(listener, onClose) {
    const entry = { listener, onClose };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Tells those who listen, and nobody else, that tables may have changed.
   * @param {Tables} tables
   */
  tell(tables) {
    for (const { listener } of this.#listeners) listener(tables);
  }

  /** @param {unknown} [error] For those who listen; none when they know. */
  close(error) {
    for (const { onClose } of [...this.#listeners]) onClose(error);
    this.#listeners.clear();
  }

  /**
   * @param {Tables} tables
   * @param {import('./sql_options.js').WriteOptions['invalidates']} invalidates
   * @param {boolean} succeeded
   */
  #forget(tables, invalidates, succeeded) {
    const { cache } = this.#connection;
    const stale = staleTags(tables, invalidates, contextOf(this.#connection).config.invalidates, succeeded);
    if (stale === 'all') cache.clear();
    else if (stale.length) cache.invalidate({ tags: [...stale], hard: true });
    if (tables === undefined || tables.length) this.tell(tables);
  }
}
