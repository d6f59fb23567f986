/**
 * The leader's desk: takes the requests of all tabs and runs them one after the other on the one database there is. Whoever has
 * begun a transaction has the desk for itself until it ends.
 */
import { HawserError } from '../../errors.js';
import { buffersOf, encodeError, encodeTable } from './codec.js';
import { rolledBack } from './failures.js';

/** @typedef {import('./clerk.js').Outcome} Outcome */
/** @typedef {import('./protocol.js').Answer} Answer */
/** @typedef {import('./protocol.js').Request} Request */

/**
 * @typedef {object} Job
 * @property {string} member Worker that it comes from.
 * @property {string} owner Session of that Worker.
 * @property {Request} request
 * @property {Answer} answer
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

/** Milliseconds of the longest timer there is, 25 days. */
const LONGEST = 0x7fffffff;

export class Desk {
  #clerk;
  #session;
  #publish;
  #explain;
  #verify;
  /** In the order of their coming. @type {Set<Job>} */
  #waiting = new Set();
  /** @type {Job | undefined} */
  #running;
  /** Whose transaction is open, and of which Worker. @type {{ owner: string, member: string } | undefined} */
  #holder;
  /** What the open transaction has written; undefined: something that cannot be told. @type {Set<string> | undefined} */
  #written = new Set();
  #closed = false;
  /** Called when nothing is running and no transaction is open. @type {(() => void) | undefined} */
  #onIdle;

  /**
   * @param {object} parts
   * @param {import('./clerk.js').Clerk} parts.clerk
   * @param {import('./protocol.js').LocalSession} parts.session Of the database.
   * @param {(tables: string[] | undefined, member: string, session: string | undefined) => void} parts.publish Called after each commit
   *   with the tables written.
   * @param {(error: any) => any} [parts.explain] What to say instead of an error.
   * @param {() => Promise<void> | undefined} [parts.verify] Whether what was written is going to stay; asked before commits are
   *   acknowledged, undefined: surely.
   */
  constructor({ clerk, session, publish, explain = (error) => error, verify = () => undefined }) {
    this.#clerk = clerk;
    this.#session = session;
    this.#publish = publish;
    this.#explain = explain;
    this.#verify = verify;
  }

  /**
   * @param {string} member
   * @param {Request} request
   * @param {Answer} answer
   */
  handle(member, request, answer) {
    switch (request.op) {
      case 'rows':
        return this.#clerk.add(member, request);
      case 'drop':
        return this.#clerk.drop(member, request.cursor);
      case 'cancel':
        return this.#cancel(member, request.id);
      case 'release':
        return this.#undo(ownerOf(member, request));
    }
    /** @type {Job} */
    const job = { member, owner: ownerOf(member, request), request, answer };
    if (this.#closed && this.#holder?.owner !== job.owner) return answer({ op: 'again', id: request.id });
    this.#clerk.expect(member, request, () => answer({ op: 'more', id: request.id }));
    const patience = Math.min(request.patience ?? Infinity, request.timeout ?? Infinity);
    if (patience <= LONGEST) job.timer = setTimeout(() => this.#refuse(job, tooLong(patience)), patience);
    this.#waiting.add(job);
    this.#pump();
  }

  /**
   * A Worker is gone, with all that it has open.
   * @param {string} member
   */
  leave(member) {
    for (const job of this.#waiting) if (job.member === member) this.#take(job);
    this.#clerk.forget(member);
    if (this.#holder?.member === member) this.#undo(this.#holder.owner);
  }

  /**
   * Begins nothing any more, but what belongs to the transaction that is open; all others are told to go elsewhere.
   * @param {number} patience Milliseconds that the transaction, or what is running, is given; then it is rolled back.
   * @param {Promise<unknown>} told When the others send no more but what belongs to the transaction.
   * @returns {Promise<Map<string, number[]>>} By Worker, what was begun and has not been answered.
   */
  async close(patience, told) {
    this.#closed = true;
    for (const job of this.#waiting) {
      if (this.#holder?.owner === job.owner) continue;
      this.#take(job);
      job.answer({ op: 'again', id: job.request.id });
    }
    await Promise.all([told, this.#idle(patience)]);
    this.#session.end();
    const { member, request } = this.#running ?? {};
    return new Map(member === undefined || request?.id === undefined ? [] : [[member, [request.id]]]);
  }

  /** @param {number} patience Milliseconds after which it resolves although something is running or open. */
  async #idle(patience) {
    if (!this.#running && !this.#holder) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** Runs what may be run. */
  #pump() {
    while (!this.#running) {
      const job = this.#next();
      if (!job) break;
      this.#take(job);
      this.#run(job);
    }
    if (!this.#running && !this.#holder) this.#onIdle?.();
  }

  #next() {
    for (const job of this.#waiting) if (this.#holder === undefined || this.#holder.owner === job.owner) return job;
    return undefined;
  }

  /** @param {Job} job Not to be waited for any more. */
  #take(job) {
    this.#waiting.delete(job);
    clearTimeout(job.timer);
  }

  /** @param {Job} job */
  #run(job) {
    if (job.request.tx && !this.#holder) return this.#answer(job, {}, rolledBack());
    this.#running = job;
    try {
      const outcome = this.#clerk.perform(job.member, job.request);
      if (!(outcome instanceof Promise)) return this.#finish(job, outcome);
      outcome.then(
        (value) => this.#finishLater(job, value),
        (error) => this.#finishLater(job, {}, error),
      );
    } catch (error) {
      this.#finish(job, {}, error);
    }
  }

  /** @param {Job} job @param {Outcome} outcome @param {unknown} [error] */
  #finishLater(job, outcome, error) {
    this.#finish(job, outcome, error);
    this.#pump();
  }

  /** @param {Job} job @param {Outcome} outcome @param {unknown} [error] */
  #finish(job, outcome, error) {
    const session = this.#session;
    const writes = session.takeWrites();
    if (!writes) this.#written = undefined;
    else for (const name of writes) this.#written?.add(name);
    const tx = session.inTransaction();
    const committed = !tx && this.#written?.size !== 0;
    const doubt = this.#verify();
    if (!committed || error !== undefined) doubt?.catch((reason) => this.#explain(reason));
    if (!doubt || !committed || error !== undefined) return this.#conclude(job, outcome, error, tx, writes);
    // Nothing else is run meanwhile.
    doubt.then(
      () => this.#conclude(job, outcome, undefined, tx, writes),
      (reason) => this.#conclude(job, {}, reason, tx, writes),
    ).finally(() => this.#pump());
  }

  /** @param {Job} job @param {Outcome} outcome @param {unknown} error @param {boolean} tx @param {readonly string[] | undefined} writes */
  #conclude(job, outcome, error, tx, writes) {
    const { member, owner, request } = job;
    this.#running = undefined;
    this.#holder = tx ? { owner, member } : undefined;
    if (!tx) {
      // Before the answer: whoever has it finds no cached result of before.
      const written = request.op === 'import' && error === undefined ? undefined : this.#written;
      this.#written = new Set();
      if (written?.size !== 0) this.#publish(written && [...written], member, request.session);
    }
    this.#answer(job, outcome, error, { tx, writes });
  }

  /** @param {Job} job @param {Outcome} outcome @param {unknown} error @param {{ tx: boolean, writes?: readonly string[] }} [state] */
  #answer({ member, request, answer }, { table, value, end }, error, { tx, writes } = { tx: false, writes: [] }) {
    this.#clerk.settle(member, request);
    const sent = table && encodeTable(table);
    const failure = error === undefined ? undefined : encodeError(this.#explain(error));
    const buffers = buffersOf(sent);
    if (ArrayBuffer.isView(value)) buffers.push(/** @type {ArrayBuffer} */ (value.buffer));
    answer({ op: 'done', id: request.id, table: sent, value, end, tx, writes, error: failure }, buffers);
  }

  /** @param {Job} job @param {unknown} error */
  #refuse(job, error) {
    if (!this.#waiting.has(job)) return;
    this.#take(job);
    this.#answer(job, {}, error);
  }

  /** @param {string} member @param {number | undefined} id */
  #cancel(member, id) {
    for (const job of this.#waiting) {
      if (job.member === member && job.request.id === id) return this.#refuse(job, new DOMException('It was not begun.', 'AbortError'));
    }
  }

  /**
   * Undoes what a session has left open.
   * @param {string} owner
   */
  #undo(owner) {
    if (this.#holder?.owner !== owner) return;
    if (this.#running) {
      // It runs on rows of somebody who is gone, and so is about to end.
      setTimeout(() => this.#undo(owner), 1);
      return;
    }
    const session = this.#session;
    if (session.inTransaction()) void session.execute('rollback', {});
    session.takeWrites();
    this.#written = new Set();
    this.#holder = undefined;
    this.#pump();
  }
}

/** @param {string} member @param {Request} request */
const ownerOf = (member, { session }) => `${member}/${session}`;

/** @param {number} patience */
const tooLong = (patience) =>
  new HawserError(
    'ERR_TIMEOUT',
    `A transaction, maybe of another tab, has held the database for ${patience / 1000} s. Inside a transaction use its own tx.query() ` +
      'and tx.execute(): those of the connection wait until it ends. The option busyTimeout sets how long.',
    { phase: 'acquire', sqliteCode: 'SQLITE_BUSY', errno: 5 },
  );
