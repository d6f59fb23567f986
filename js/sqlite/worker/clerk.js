/**
 * What the requests of pages mean, on the session of the database.
 */
import { HawserError } from '../../errors.js';
import { interrupted } from './failures.js';
import { watcherOf } from './flags.js';
import { unmark } from './marks.js';
import { Rows } from './rows.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Table} Table */
/** @typedef {{ table?: Table, value?: unknown, end?: boolean }} Outcome */

/**
 * @typedef {object} Tools
 * @property {import('./protocol.js').LocalSession} session
 * @property {(definition: import('../function_options.js').Definition) => Promise<void>} define Adds a user function.
 * @property {() => Uint8Array} exportBytes All that the database holds.
 * @property {(pieces: Uint8Array[]) => void} importBytes Replaces it.
 */

export class Clerk {
  #tools;
  /** Streams that are open, by Worker and number. @type {Map<string, AsyncGenerator<Table, void, void>>} */
  #cursors = new Map();
  /** Rows on their way, by Worker and number of the request. @type {Map<string, Rows>} */
  #rows = new Map();
  /** Functions that are defined, so that each tab need not do it again. @type {Set<string>} */
  #defined = new Set();

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
  }

  /**
   * To be called when a request comes, before it is its turn.
   * @param {string} member @param {Request} request @param {() => void} more Asks for more rows.
   */
  expect(member, request, more) {
    if (request.op === 'bulk' || request.op === 'import') this.#rows.set(`${member}/${request.id}`, new Rows(more));
  }

  /**
   * Rows that have come.
   * @param {string} member @param {Request} chunk
   */
  add(member, chunk) {
    if (chunk.marked) chunk.rows = chunk.rows?.map(unmark);
    this.#rows.get(`${member}/${chunk.id}`)?.add(chunk);
  }

  /**
   * To be called when a request is over, or will not be.
   * @param {string} member @param {Request} request
   */
  settle(member, { id }) {
    this.#rows.delete(`${member}/${id}`);
  }

  /**
   * @param {string} member
   * @param {Request} request
   * @returns {Outcome | Promise<Outcome>}
   */
  perform(member, request) {
    const { session } = this.#tools;
    const { op, sql = '', int64, timeout, batchSize, flag } = request;
    const params = request.marked ? unmark(request.params) : request.params;
    const options = { params, int64, timeout, batchSize, stop: flag && watcherOf(flag) };
    const cursor = `${member}/${request.cursor}`;
    switch (op) {
      case 'query':
        return asOutcome(session.query(sql, options));
      case 'execute':
        return asOutcome(session.execute(sql, options));
      case 'footprint':
        return { value: session.footprint(sql) };
      case 'bulk':
        return asOutcome(session.executeMany(sql, this.#rows.get(`${member}/${request.id}`), options));
      case 'cursor':
        this.#cursors.set(cursor, session.stream(sql, options));
        return this.#fetch(cursor);
      case 'next':
        return this.#fetch(cursor);
      case 'define':
        return this.#define(/** @type {any} */ (request.definition));
      case 'export':
        return { value: this.#tools.exportBytes() };
      case 'import':
        return this.#import(/** @type {Rows} */ (this.#rows.get(`${member}/${request.id}`)));
    }
    throw new HawserError('ERR_NOT_SUPPORTED', `The tab that holds the database does not know "${op}": it runs another version of the program.`);
  }

  /** @param {string} key @returns {Promise<Outcome>} */
  async #fetch(key) {
    const cursor = this.#cursors.get(key);
    if (!cursor) throw interrupted();
    let result;
    try {
      result = await cursor.next();
    } finally {
      if (!result || result.done) this.#cursors.delete(key);
    }
    return result.done ? { end: true } : { table: result.value };
  }

  /** @param {import('../function_options.js').Definition} definition @returns {Promise<Outcome>} */
  async #define(definition) {
    const text = JSON.stringify(definition);
    if (!this.#defined.has(text)) await this.#tools.define(definition);
    this.#defined.add(text);
    return {};
  }

  /** @param {Rows} rows Pieces of bytes. @returns {Promise<Outcome>} */
  async #import(rows) {
    /** @type {any[]} */
    const pieces = [];
    for await (const piece of rows) pieces.push(piece);
    this.#tools.importBytes(pieces);
    this.#tools.session.forgetFootprints();
    return {};
  }

  /**
   * Closes a stream.
   * @param {string} member @param {number | undefined} cursor
   */
  drop(member, cursor) {
    this.#close(`${member}/${cursor}`);
  }

  /**
   * Closes all that a Worker has open, which is gone.
   * @param {string} member
   */
  forget(member) {
    for (const key of this.#cursors.keys()) if (key.startsWith(`${member}/`)) this.#close(key);
    for (const [key, rows] of this.#rows) {
      if (!key.startsWith(`${member}/`)) continue;
      this.#rows.delete(key);
      rows.add({ failed: true });
    }
  }

  /** @param {string} key */
  #close(key) {
    const cursor = this.#cursors.get(key);
    this.#cursors.delete(key);
    void cursor?.return().catch(() => {});
  }
}

/** @param {Table | Promise<Table>} table @returns {Outcome | Promise<Outcome>} */
const asOutcome = (table) => (table instanceof Promise ? table.then((value) => ({ table: value })) : { table });
