/**
 * The client of a database that a Worker keeps, as the driver contract has it.
 */
import { HawserError } from '../errors.js';
import { collect } from '../sqlite/bytes.js';
import { RemoteSession } from '../sqlite/worker/remote_session.js';

/** @typedef {import('./driver.js').Client} Client */
/** @typedef {import('../sqlite/worker/link.js').Link} Link */

/** Bytes that are sent at once. */
const PIECE = 4 * 1024 * 1024;

let clients = 0;

/** @implements {Client} */
export class WorkerClient {
  dialect = 'sqlite';
  persistent = true;
  #link;
  #patience;
  #release;
  /** Of its sessions, what no other's begin with. */
  #prefix = `${++clients}:`;
  #sessions = 0;
  #footprints = new Map();
  /** Its own among those of the link. @type {Set<(tables: any, session: any) => void>} */
  #listeners = new Set();

  /**
   * @param {Link} link
   * @param {number} patience Milliseconds that a statement waits for others.
   * @param {() => Promise<void>} release Called when it does not need the link any more.
   */
  constructor(link, patience, release) {
    this.#link = link;
    this.#patience = patience;
    this.#release = release;
    this.onWrite((tables) => {
      if (!tables) this.#footprints.clear();
    });
  }

  /** Whether it has to be opened again. */
  get lost() {
    return this.#link.broken !== undefined;
  }

  /** Whether this page's Worker is the one that has the file open. For those who look what goes on. */
  get leads() {
    return this.#link.leads;
  }

  /** @param {{ readonly signal?: AbortSignal }} [_how] Statements wait, not sessions. */
  async acquire(_how) {
    return this.#session();
  }

  #session() {
    const id = this.#prefix + ++this.#sessions;
    return new RemoteSession(this.#link, { id, patience: this.#patience, footprints: this.#footprints });
  }

  /**
   * @param {(tables: readonly string[] | undefined) => void} listener
   * @returns {() => void}
   */
  onWrite(listener) {
    const { listeners } = this.#link;
    const hear = (/** @type {readonly string[] | undefined} */ tables, /** @type {string | undefined} */ session) => {
      if (!session?.startsWith(this.#prefix)) listener(tables);
    };
    listeners.add(hear);
    this.#listeners.add(hear);
    return () => {
      listeners.delete(hear);
      this.#listeners.delete(hear);
    };
  }

  /**
   * What the database holds when it is its turn, as the bytes of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<Uint8Array>}
   */
  async export({ signal } = {}) {
    return (await this.#session().demand({ op: 'export' }, { signal }, true)).value;
  }

  /**
   * Replaces what it holds, or fails and changes nothing.
   * @param {Uint8Array | AsyncIterable<Uint8Array>} bytes Of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   * @throws {HawserError} ERR_DATABASE_INVALID, ERR_QUERY
   */
  async import(bytes, { signal } = {}) {
    const pieces = await collect(bytes, signal);
    await this.#session().demand({ op: 'import' }, { signal, rows: slices(pieces) }, false);
    this.#footprints.clear();
  }

  /**
   * Defines a user function or aggregate. It runs in the Worker, and so has to be an export of a module.
   * @param {import('../sqlite/function_options.js').Definition} definition
   */
  async define(definition) {
    const { name, reference } = definition;
    if (!reference) {
      throw new HawserError(
        'ERR_NOT_SUPPORTED',
        `The function "${name}" cannot be sent to the Worker that keeps the database. Export it from a module, and pass { module: new URL('./functions.js', import.meta.url), name: '${name}' }.`,
        { phase: 'define' },
      );
    }
    const base = globalThis.document?.baseURI ?? globalThis.location.href;
    const module = /^\.{0,2}\//.test(reference.module) ? new URL(reference.module, base).href : reference.module;
    await this.#link.define({ ...definition, reference: { ...reference, module } });
  }

  async close() {
    for (const hear of this.#listeners) this.#link.listeners.delete(hear);
    await this.#release();
  }
}

/** @param {Uint8Array[]} pieces */
function* slices(pieces) {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) yield piece.slice(at, at + PIECE);
  }
}
