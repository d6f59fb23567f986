/**
 * A page's end of its Worker: numbers requests, matches answers, and decides what becomes of those that are not answered because
 * a leader is gone, or the Worker itself.
 */
import { HawserError } from '../../errors.js';
import { decodeError } from './codec.js';
import { fateOf } from './fate.js';
import { Flags } from './flags.js';
import { watchLifecycle } from './lifecycle.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').News} News */

/**
 * @typedef {object} Pending
 * @property {Request} request
 * @property {(reply: Reply) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {(() => void) | undefined} more
 */

/** Milliseconds that a Worker is given to let go of the file before it is ended. */
const GRACE = 10_000;

/** Browsers do not say why, nor what its address was. */
const NOT_LOADED =
  'its script sqlite_worker_main.js could not be loaded. If the files of the package are elsewhere, call locateFiles() with where they are (docs/bundlers.md)';

export class Link {
  #spawn;
  #options;
  /** @type {Worker | undefined} undefined while the page is frozen, and at the end. */
  #worker;
  #count = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** Losses of a leader that this Worker has told of. */
  #seen = 0;
  /** Told of losses: sessions that may have a transaction open. @type {Set<{ lose: () => void }>} */
  sessions = new Set();
  /** @type {Set<(tables: readonly string[] | undefined, session: string | undefined) => void>} */
  listeners = new Set();
  /** User functions, which a new leader has to be told. @type {import('../function_options.js').Definition[]} */
  #definitions = [];
  flags = new Flags();
  /** Why it is of no use any more. @type {unknown} */
  broken;
  leads = false;
  /** @type {{ resolve: () => void, reject: (error: unknown) => void } | undefined} */
  #opening;
  /** @type {(() => void) | undefined} */
  #onLeft;
  #unwatch;

  /**
   * @param {() => Worker} spawn
   * @param {object} options For the Worker: what to open.
   * @param {() => void} onBroken Called when nobody should be given this one any more.
   */
  constructor(spawn, options, onBroken) {
    this.#spawn = spawn;
    this.#options = options;
    this.onBroken = onBroken;
    /** When the database can be used. @type {Promise<void>} */
    this.opened = new Promise((resolve, reject) => (this.#opening = { resolve, reject }));
    this.opened.catch(() => {});
    this.#unwatch = watchLifecycle({ onFreeze: () => this.#suspend(), onResume: () => this.#start() });
    this.#start();
  }

  #start() {
    if (this.#worker || this.broken) return;
    this.#seen = 0;
    let worker;
    try {
      worker = this.#spawn();
    } catch (cause) {
      const reason = /** @type {any} */ (cause)?.message;
      return this.#break(new HawserError('ERR_CONNECTION_FAILED', `The Worker of the database could not be started: ${reason}`, { phase: 'connect', cause }));
    }
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#break(new HawserError('ERR_CONNECTION_FAILED', `The Worker of the database failed: ${event.message || NOT_LOADED}.`, { phase: 'connect' }));
    };
    worker.postMessage({ op: 'open', ...this.#options });
    for (const definition of this.#definitions) worker.postMessage({ op: 'define', id: this.newNumber(), definition });
    for (const [id, { request }] of this.#pending) worker.postMessage({ ...request, id, seen: 0 });
  }

  newNumber() {
    return ++this.#count;
  }

  /**
   * @param {Request} request
   * @param {{ more?: (id: number) => void, onSent?: (id: number) => void }} [how] more: called when rows are wanted.
   * @returns {Promise<Reply>}
   * @throws What postMessage() says when something cannot be sent.
   */
  request(request, { more, onSent } = {}) {
    if (this.broken) throw this.broken;
    const id = this.newNumber();
    this.#worker?.postMessage({ ...request, id, seen: this.#seen });
    onSent?.(id);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { request, resolve, reject, more: more && (() => more(id)) });
    });
  }

  /** @param {Request} request Something that is not answered. */
  tell(request) {
    this.#worker?.postMessage({ ...request, seen: this.#seen });
  }

  /**
   * Adds a user function, now and whenever there is a new leader.
   * @param {import('../function_options.js').Definition} definition
   */
  async define(definition) {
    const { error } = await this.request({ op: 'define', definition });
    if (error) throw decodeError(error);
    this.#definitions.push(definition); // All of them: a later one may stand for an earlier one.
  }

  /** Gives a request up: its caller has been answered otherwise. @param {number} id */
  forget(id) {
    this.#pending.delete(id);
  }

  /** @param {any} message A Reply or News. */
  #take(message) {
    switch (message.op) {
      case 'opened':
        this.leads = message.leads;
        this.#tell(undefined, undefined); // What was written while there was no leader, nobody has told.
        return this.#opening?.resolve();
      case 'refused':
        return this.#break(decodeError(message.error));
      case 'lost':
        return this.#lost(message);
      case 'unsent':
        return this.#decide([], message.unsent);
      case 'wrote':
        return this.#tell(message.tables, message.session);
      case 'left':
        return this.#onLeft?.();
    }
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.op === 'more') return pending.more?.();
    this.#pending.delete(message.id);
    pending.resolve(message);
  }

  /** @param {readonly string[] | undefined} tables That were written. @param {string | undefined} session By whom. */
  #tell(tables, session) {
    for (const listener of this.listeners) listener(tables, session);
  }

  /** @param {{ ids: number[], unsent: number[] }} what Of a leader that is gone. */
  #lost({ ids, unsent }) {
    this.#seen++;
    this.#loseSessions();
    for (const definition of this.#definitions) this.tell({ op: 'define', id: this.newNumber(), definition });
    this.#decide(ids, unsent);
  }

  #loseSessions() {
    this.#tell(undefined, undefined);
    for (const session of this.sessions) session.lose();
  }

  /**
   * @param {Iterable<number>} ids Requests that may have been begun.
   * @param {Iterable<number>} unsent Requests that have not.
   */
  #decide(ids, unsent) {
    for (const [list, begun] of /** @type {const} */ ([[ids, true], [unsent, false]])) {
      for (const id of list) {
        const pending = this.#pending.get(id);
        if (!pending) continue;
        const fate = fateOf(pending.request, begun);
        if (fate === 'again') {
          this.#worker?.postMessage({ ...pending.request, id, seen: this.#seen });
        } else {
          this.#pending.delete(id);
          pending.reject(fate);
        }
      }
    }
  }

  /** The page is about to be frozen, and must not keep others from the file. */
  #suspend() {
    if (!this.#worker) return;
    this.#worker.terminate();
    this.#worker = undefined;
    this.#loseSessions();
    this.#decide([...this.#pending.keys()], []);
  }

  /** @param {unknown} error */
  #break(error) {
    if (this.broken) return;
    this.broken = error;
    this.onBroken();
    this.#opening?.reject(error);
    this.#loseSessions();
    for (const [id, { request, reject }] of this.#pending) {
      this.#pending.delete(id);
      const fate = fateOf(request);
      reject(fate === 'again' ? error : fate);
    }
    this.#end();
  }

  #end() {
    this.#unwatch();
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Lets go of the database. */
  async close() {
    if (this.broken) return;
    const worker = this.#worker;
    if (worker) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, GRACE);
        this.#onLeft = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
        worker.postMessage({ op: 'bye' });
      });
    }
    await this.flags.close();
    this.#break(new HawserError('ERR_CLOSED', 'The database was closed.', { phase: 'query' }));
  }
}
