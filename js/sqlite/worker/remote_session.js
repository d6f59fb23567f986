/**
 * A session of a database that lives in a Worker, as the driver contract has it.
 */
import { afterComments } from '../lexer.js';
import { Chunks, sendMarked } from './chunks.js';
import { decodeError, decodeTable } from './codec.js';
import { rolledBack } from './failures.js';
import { onlyReads } from './fate.js';
import { sendable } from './marks.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('../../table/table.js').Table} Table */
/** @typedef {{ params?: import('../parameters.js').Parameters, int64?: any, signal?: AbortSignal, abortable?: boolean, timeout?: number }} RunOptions */

export class RemoteSession {
  #link;
  #patience;
  #footprints;
  #id;
  #tx = false;
  /** Whether its transaction is gone together with the leader. */
  #lost = false;
  /** Tables written since takeWrites(). @type {Set<string> | undefined} */
  #written = new Set();
  /** What is to be sent before anything else. @type {Promise<unknown> | undefined} */
  #sending;

  /**
   * @param {import('./link.js').Link} link
   * @param {object} options
   * @param {string} options.id Of the session, unique in the page.
   * @param {number} options.patience Milliseconds that a statement waits for others.
   * @param {Map<string, any>} options.footprints Shared by the sessions of a client, which clears it when tables may be others.
   */
  constructor(link, { id, patience, footprints }) {
    this.#link = link;
    this.#id = id;
    this.#patience = patience;
    this.#footprints = footprints;
  }

  inTransaction() {
    return this.#tx;
  }

  takeWrites() {
    const written = this.#written && [...this.#written];
    this.#written = new Set();
    return written;
  }

  release() {
    this.#link.sessions.delete(this);
    if (this.#tx && !this.#lost) this.#link.tell({ op: 'release', session: this.#id });
    this.#tx = false;
  }

  /** The leader is gone, and an open transaction with it. */
  lose() {
    if (this.#tx) this.#lost = true;
  }

  /** @param {string} sql */
  async footprint(sql) {
    const known = this.#footprints.get(sql);
    if (known) return known;
    const { value } = await this.#request({ op: 'footprint', sql }, {}, true);
    if (this.#footprints.size >= 1000) this.#footprints.clear();
    this.#footprints.set(sql, value);
    return value;
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   */
  async query(sql, { params, int64, timeout, ...how }) {
    const { table } = await this.#request({ op: 'query', sql, params: sendable(params), int64, timeout }, how, onlyReads(sql));
    return decodeTable(/** @type {any} */ (table));
  }

  /**
   * @param {string} sql
   * @param {RunOptions} options
   * @returns {Promise<Table>}
   */
  async execute(sql, { params, int64, timeout, ...how }) {
    const text = this.#lost ? this.#giveUp(sql) : sql;
    if (text === '') return decodeTable({ columns: [], batches: [] });
    const { table } = await this.#request({ op: 'execute', sql: text, params: sendable(params), int64, timeout }, how, onlyReads(sql));
    return decodeTable(/** @type {any} */ (table));
  }

  /**
   * A transaction that is gone has been rolled back already.
   * @param {string} sql
   * @returns {string} What is left to do; it does not need the transaction.
   */
  #giveUp(sql) {
    const [rollback] = /^rollback(?:\s+transaction)?\s*(?:;|$)/i.exec(afterComments(sql)) ?? [];
    if (rollback === undefined) throw rolledBack();
    this.#tx = this.#lost = false;
    return afterComments(sql).slice(rollback.length).trim();
  }

  /**
   * @param {string} sql
   * @param {any} rows
   * @param {RunOptions} options
   */
  async executeMany(sql, rows, { timeout, ...how }) {
    const { table } = await this.demand({ op: 'bulk', sql, timeout }, { ...how, rows }, false);
    return decodeTable(/** @type {any} */ (table));
  }

  /**
   * A request of any kind.
   * @param {Request} request
   * @param {{ signal?: AbortSignal, abortable?: boolean, rows?: any }} how rows: what it asks for bit by bit.
   * @param {boolean} harmless Whether a caller who aborts may leave before it has ended.
   */
  async demand(request, { rows = [], ...how }, harmless) {
    const chunks = new Chunks(rows);
    const send = (/** @type {Request} */ message) => this.#link.tell(message);
    const more = async (/** @type {number} */ id) => sendMarked({ op: 'rows', id, ...(await chunks.next()) }, send);
    const stop = (/** @type {number} */ id) => send({ op: 'rows', id, failed: true });
    try {
      return await this.#request(request, { ...how, more, stop }, harmless);
    } catch (error) {
      throw chunks.failure ? chunks.failure.error : error;
    } finally {
      chunks.leave();
    }
  }

  /**
   * @param {string} sql
   * @param {RunOptions & { batchSize?: number }} options
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(sql, { params, int64, timeout, batchSize, ...how }) {
    const cursor = this.#link.newNumber();
    let ended = false;
    try {
      /** @type {Request} */
      let request = { op: 'cursor', cursor, sql, params: sendable(params), int64, timeout, batchSize };
      for (;;) {
        const { table, end } = await this.#request(request, how, onlyReads(sql));
        ended = end === true;
        if (ended) return;
        yield decodeTable(/** @type {any} */ (table));
        request = { op: 'next', cursor };
      }
    } finally {
      if (!ended) this.#link.tell({ op: 'drop', cursor, session: this.#id });
    }
  }

  /**
   * @param {Request} request
   * @param {{ signal?: AbortSignal, abortable?: boolean, more?: (id: number) => void, stop?: (id: number) => void }} how
   * @param {boolean} harmless Whether a caller who aborts may leave before it has ended.
   * @returns {Promise<Reply>}
   */
  async #request(request, { signal, abortable, more, stop }, harmless) {
    signal?.throwIfAborted();
    const wanted = signal && abortable !== false ? this.#link.flags.raise(this.#link.leads) : undefined;
    const flag = wanted || this.#sending ? await this.#inTurn(wanted) : undefined;
    signal?.throwIfAborted();
    if (this.#lost) throw rolledBack();
    const message = { ...request, session: this.#id, patience: this.#patience, tx: this.#tx, flag: flag?.file };
    /** @type {number | undefined} */
    let sent;
    let struck = false;
    /** @type {(reason: unknown) => void} */
    let leave = () => {};
    const onSent = (/** @type {number} */ id) => void (sent = id);
    const onAbort = () => {
      const id = /** @type {number} */ (sent);
      struck = true;
      this.#link.tell({ op: 'cancel', id });
      stop?.(id);
      if (flag) void this.#link.flags.strike(flag);
      if (!harmless) return;
      this.#link.forget(id);
      leave(signal?.reason);
    };
    try {
      /** @type {Promise<Reply> | undefined} */
      let answer;
      sendMarked(message, (marked) => (answer = this.#link.request(marked, { more, onSent })));
      signal?.addEventListener('abort', onAbort, { once: true });
      const reply = await (signal && harmless ? Promise.race([answer, new Promise((_, reject) => (leave = reject))]) : answer);
      return this.#take(/** @type {Reply} */ (reply), signal);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (flag && !struck) this.#link.flags.keep(flag);
    }
  }

  /**
   * Statements are sent in the order in which they are begun, although one of them needs a flag.
   * @template T
   * @param {Promise<T> | undefined} value
   */
  async #inTurn(value) {
    const before = this.#sending;
    const own = (async () => {
      await before;
      return value;
    })();
    this.#sending = own;
    try {
      return await own;
    } finally {
      if (this.#sending === own) this.#sending = undefined;
    }
  }

  /**
   * @param {Reply} reply
   * @param {AbortSignal | undefined} signal
   */
  #take(reply, signal) {
    this.#tx = reply.tx === true;
    if (this.#tx) this.#link.sessions.add(this);
    if (!reply.writes) {
      this.#written = undefined;
      this.#footprints.clear();
    } else {
      for (const table of reply.writes) this.#written?.add(table);
    }
    if (!reply.error) return reply;
    const error = decodeError(reply.error);
    const stopped = signal?.aborted && (error.name === 'AbortError' || error.sqliteCode === 'SQLITE_INTERRUPT');
    throw stopped ? signal.reason : error;
  }
}
