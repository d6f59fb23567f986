/**
 * A session of a database that lives in a Worker, as the driver contract has it.
 */
import { decodeError, decodeTable } from './codec.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('../../table/table.js').Table} Table */

/** Rows of parameters that are sent at once. */
const CHUNK = 1000;

export class RemoteSession {
  #link;
  #patience;
  #id;
  #tx = false;
  /** @type {Set<string> | undefined} */
  #written = new Set();

  /**
   * @param {import('./link.js').Link} link
   * @param {number} patience Milliseconds.
   */
  constructor(link, patience) {
    this.#link = link;
    this.#patience = patience;
    this.#id = link.newNumber();
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
    if (this.#tx) this.#link.tell({ op: 'release', session: this.#id });
  }

  /**
   * @param {Request} request
   * @param {any} [how]
   */
  async #request(request, how) {
    const reply = await this.#link.request({ ...request, session: this.#id, patience: this.#patience }, how);
    this.#tx = reply.tx === true;
    if (!reply.writes) this.#written = undefined;
    else for (const table of reply.writes) this.#written?.add(table);
    if (reply.error) throw decodeError(reply.error);
    return reply;
  }

  /** @param {string} sql */
  async footprint(sql) {
    return /** @type {any} */ ((await this.#request({ op: 'footprint', sql })).value);
  }

  /** @param {string} sql @param {any} options */
  async query(sql, { params, int64, timeout }) {
    return decodeTable(/** @type {any} */ ((await this.#request({ op: 'query', sql, params, int64, timeout })).table));
  }

  /** @param {string} sql @param {any} options */
  async execute(sql, { params, int64, timeout }) {
    return decodeTable(/** @type {any} */ ((await this.#request({ op: 'execute', sql, params, int64, timeout })).table));
  }

  /** @param {string} sql @param {any} rows @param {any} options */
  async executeMany(sql, rows, { timeout }) {
    const iterator = rows[Symbol.asyncIterator]?.() ?? rows[Symbol.iterator]();
    const more = async (/** @type {number} */ id) => {
      const list = [];
      let end = false;
      while (list.length < CHUNK) {
        const { done, value } = await iterator.next();
        if (done) {
          end = true;
          break;
        }
        list.push(value);
      }
      this.#link.tell({ op: 'rows', id, rows: list, end });
    };
    const reply = await this.#request({ op: 'bulk', sql, timeout }, { more });
    return decodeTable(/** @type {any} */ (reply.table));
  }

  /**
   * @param {string} sql
   * @param {any} options
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(sql, { params, int64, timeout, batchSize }) {
    const cursor = this.#link.newNumber();
    let ended = false;
    try {
      let request = /** @type {Request} */ ({ op: 'cursor', cursor, sql, params, int64, timeout, batchSize });
      for (;;) {
        const { table, end } = await this.#request(request);
        if (end) {
          ended = true;
          return;
        }
        yield decodeTable(/** @type {any} */ (table));
        request = { op: 'next', cursor };
      }
    } finally {
      if (!ended) this.#link.tell({ op: 'drop', cursor });
    }
  }
}
