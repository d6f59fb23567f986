/**
 * The leader's desk: takes the requests of all tabs and runs them one after the other on the one database there is. Whoever has
 * begun a transaction has the desk for itself until it ends.
 */
import { HawserError } from '../../errors.js';
import { buffersOf, encodeError, encodeTable } from './codec.js';
import { Rows } from './rows.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').LocalSession} LocalSession */
/** @typedef {import('../../table/table.js').Table} Table */
/** @typedef {(reply: Reply, transfer?: ArrayBuffer[]) => void} Answer */
/** @typedef {{ table?: Table, value?: unknown, end?: boolean }} Outcome */

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
  #session;
  #publish;
  /** In the order of their coming. @type {Set<Job>} */
  #waiting = new Set();
  /** @type {Job | undefined} */
  #running;
  /** Whose transaction is open. @type {string | undefined} */
  #holder;
  /** Streams that are open. @type {Map<string, AsyncGenerator<Table, void, void>>} */
  #cursors = new Map();
  /** Rows on their way. @type {Map<string, Rows>} */
  #rows = new Map();
  /** What the open transaction has written; undefined: something that cannot be told. @type {Set<string> | undefined} */
  #written = new Set();

  /**
   * @param {LocalSession} session Of the database.
   * @param {(tables: string[] | undefined, owner: string) => void} publish Called after each commit with the tables written.
   */
  constructor(session, publish) {
    this.#session = session;
    this.#publish = publish;
  }

  /**
   * @param {string} member
   * @param {Request} request
   * @param {Answer} answer
   */
  handle(member, request, answer) {
    const key = `${member}/${request.id}`;
    switch (request.op) {
      case 'rows':
        return this.#rows.get(key)?.add(request);
      case 'drop':
        return this.#drop(`${member}/${request.cursor}`);
      case 'cancel':
        return this.#cancel(member, request.id);
      case 'release':
        return this.#release(`${member}/${request.session}`);
    }
    const owner = `${member}/${request.session}`;
    /** @type {Job} */
    const job = { member, owner, request, answer };
    if (request.op === 'bulk') this.#rows.set(key, new Rows(() => answer({ op: 'more', id: request.id })));
    const patience = Math.min(request.patience ?? Infinity, request.timeout ?? Infinity);
    if (patience <= LONGEST) job.timer = setTimeout(() => this.#refuse(job, tooLong(patience)), patience);
    this.#waiting.add(job);
    this.#pump();
  }

  /** Runs what may be run. */
  #pump() {
    while (!this.#running) {
      const job = this.#next();
      if (!job) return;
      this.#waiting.delete(job);
      clearTimeout(job.timer);
      this.#run(job);
    }
  }

  #next() {
    for (const job of this.#waiting) if (this.#holder === undefined || this.#holder === job.owner) return job;
    return undefined;
  }

  /** @param {Job} job */
  #run(job) {
    this.#running = job;
    /** @type {Outcome | Promise<Outcome>} */
    let outcome;
    try {
      outcome = this.#perform(job);
    } catch (error) {
      return this.#finish(job, {}, error);
    }
    if (!(outcome instanceof Promise)) return this.#finish(job, outcome);
    outcome.then(
      (value) => this.#finish(job, value),
      (error) => this.#finish(job, {}, error),
    ).finally(() => this.#pump());
  }

  /**
   * @param {Job} job
   * @returns {Outcome | Promise<Outcome>}
   */
  #perform({ member, request }) {
    const session = this.#session;
    const { sql = '', params, int64, timeout } = request;
    switch (request.op) {
      case 'query':
        return { table: session.query(sql, { params, int64, timeout }) };
      case 'execute':
        return { table: session.execute(sql, { params, int64, timeout }) };
      case 'footprint':
        return { value: session.footprint(sql) };
      case 'bulk': {
        const rows = /** @type {Rows} */ (this.#rows.get(`${member}/${request.id}`));
        return session.executeMany(sql, rows, { timeout }).then((table) => ({ table }));
      }
      case 'cursor':
        this.#cursors.set(`${member}/${request.cursor}`, session.stream(sql, { params, int64, timeout, batchSize: request.batchSize }));
        return this.#fetch(`${member}/${request.cursor}`);
      case 'next':
        return this.#fetch(`${member}/${request.cursor}`);
    }
    throw new HawserError('ERR_NOT_SUPPORTED', `The tab that holds the database does not know "${request.op}": it runs another version of this program.`);
  }

  /** @param {string} key @returns {Promise<Outcome>} */
  async #fetch(key) {
    const cursor = this.#cursors.get(key);
    if (!cursor) return { end: true };
    try {
      const { done, value } = await cursor.next();
      if (!done) return { table: value };
    } catch (error) {
      this.#cursors.delete(key);
      throw error;
    }
    this.#cursors.delete(key);
    return { end: true };
  }

  /** @param {string} key */
  #drop(key) {
    const cursor = this.#cursors.get(key);
    this.#cursors.delete(key);
    void cursor?.return().catch(() => {});
  }

  /**
   * @param {Job} job
   * @param {Outcome} outcome
   * @param {unknown} [error]
   */
  #finish(job, { table, value, end }, error) {
    const { request, owner, answer } = job;
    this.#running = undefined;
    if (request.op === 'bulk') this.#rows.delete(`${job.member}/${request.id}`);
    const session = this.#session;
    const tx = session.inTransaction();
    const writes = session.takeWrites();
    if (!writes) this.#written = undefined;
    else for (const name of writes) this.#written?.add(name);
    this.#holder = tx ? owner : undefined;
    const sent = table && encodeTable(table);
    answer(
      { op: 'done', id: request.id, table: sent, value, end, tx, writes, ...(error !== undefined && { error: encodeError(error) }) },
      buffersOf(sent),
    );
    if (!tx) this.#announce(owner);
  }

  /** @param {string} owner */
  #announce(owner) {
    const written = this.#written;
    this.#written = new Set();
    if (written?.size !== 0) this.#publish(written && [...written], owner);
  }

  /** @param {Job} job @param {unknown} error */
  #refuse(job, error) {
    if (!this.#waiting.delete(job)) return;
    clearTimeout(job.timer);
    this.#rows.delete(`${job.member}/${job.request.id}`);
    job.answer({ op: 'done', id: job.request.id, tx: false, writes: [], error: encodeError(error) });
  }

  /** @param {string} member @param {number | undefined} id */
  #cancel(member, id) {
    for (const job of this.#waiting) {
      if (job.member === member && job.request.id === id) return this.#refuse(job, new DOMException('The statement was not begun.', 'AbortError'));
    }
  }

  /**
   * A session is not used any more: what it has left open is undone.
   * @param {string} owner
   */
  #release(owner) {
    if (this.#holder !== owner) return;
    if (this.#running) return void this.#afterwards(() => this.#release(owner));
    if (this.#session.inTransaction()) this.#session.execute('rollback', {});
    this.#session.takeWrites();
    this.#written = new Set();
    this.#holder = undefined;
    this.#pump();
  }

  /** @param {() => void} action Done when nothing is running. */
  #afterwards(action) {
    setTimeout(() => (this.#running ? this.#afterwards(action) : action()), 1);
  }
}

/** @param {number} patience */
const tooLong = (patience) =>
  new HawserError(
    'ERR_TIMEOUT',
    `A transaction, maybe of another tab, has held the database for ${patience / 1000} s. Inside a transaction use its own tx.query() ` +
      'and tx.execute(): those of the connection wait until it ends. The option busyTimeout sets how long.',
    { phase: 'acquire' },
  );
