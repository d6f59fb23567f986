/**
 * Work on a connection's sessions: each is handed back without a transaction, and what was written is taken account of.
 */
import { HawserError } from '../errors.js';
import { retriesOf } from './base.js';
import { either } from '../signals.js';
import { leaseOf } from './calls.js';
import { inTurns } from './cursor.js';

/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./sql_options.js').WriteOptions} WriteOptions */

export class Sessions {
  #connection;
  #writes;
  /** The client whose news of others' writes come here. @type {Client | undefined} */
  #heard;

  /**
   * @param {import('./base.js').BaseConnection<Client>} connection
   * @param {import('./writes.js').Writes} writes
   */
  constructor(connection, writes) {
    this.#connection = connection;
    this.#writes = writes;
  }

  /**
   * Runs `work` on a session, with the client kept open until it has settled.
   * @template T
   * @param {(session: Session, closing: { readonly signal: AbortSignal }) => Promise<T> | T} work
   * @param {WriteOptions & { signal?: AbortSignal }} options signal: for the wait.
   * @param {() => boolean} [repeatable] Whether what `work` has done by now may be done again after a connection failure. Default: no,
   *   there are further attempts only to get a session.
   * @returns {Promise<T>}
   */
  use(work, options, repeatable = () => false) {
    let started = false;
    const attempt = () => this.#connection.use(
      (_client, closing) => {
        options.signal?.throwIfAborted();
        return this.turn(async (session) => {
          started = true;
          let succeeded = false;
          try {
            const value = await work(session, closing);
            succeeded = true;
            return value;
          } finally {
            this.#writes.take(session, options, succeeded);
          }
        }, options);
      },
      'query',
    );
    return retriesOf(this.#connection).run(attempt, { signal: options.signal, repeatable: () => !started || repeatable() });
  }

  /**
   * {@link use} in a transaction that has begun. Ending it is up to `work`.
   * @template T
   * @param {(session: Session, closing: { readonly signal: AbortSignal }) => Promise<T> | T} work
   * @param {WriteOptions & { signal?: AbortSignal }} options
   * @returns {Promise<T>}
   */
  begun(work, options) {
    let begun = false;
    const begin = async (/** @type {Session} */ session, /** @type {{ readonly signal: AbortSignal }} */ closing) => {
      await session.execute('begin', {});
      begun = true;
      try {
        return await work(session, closing);
      } catch (error) {
        if (session.inTransaction()) await undo(session);
        throw error;
      }
    };
    return this.use(begin, options, () => !begun);
  }

  /**
   * One statement, as it is; after a connection failure once more, if it only reads.
   * @param {string} text
   * @param {import('../drivers/driver.js').RunOptions & WriteOptions} options
   * @returns {Promise<Table>}
   */
  query(text, options) {
    let reads = false;
    const run = async (/** @type {Session} */ session) => {
      reads = (await session.footprint(text)).readOnly;
      return this.alone(session, () => session.query(text, options));
    };
    return this.use(run, options, () => reads);
  }

  /**
   * Runs `work` on a session of a client that somebody keeps open.
   * @template T
   * @param {(session: Session) => Promise<T> | T} work
   * @param {{ readonly signal?: AbortSignal }} how Its signal is for the wait, and read only if there is one.
   * @returns {Promise<T>}
   */
  async turn(work, how) {
    const client = await this.#connection.raw();
    if (client.lost) throw new HawserError('ERR_CONNECTION_FAILED', 'The connection to the server is lost.', { lost: true });
    if (client !== this.#heard) this.#hear(client);
    const session = await client.acquire(how);
    try {
      return await work(session);
    } catch (error) {
      this.crashed(error);
      throw error;
    } finally {
      await this.#handBack(session);
    }
  }

  /**
   * The batches of a stream, each read in a turn of its own.
   * @param {(session: Session, signal: AbortSignal) => AsyncGenerator<Table, void, void>} open
   * @param {AbortSignal | undefined} signal
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(open, signal) {
    try {
      const lease = await leaseOf(this.#connection, 'query');
      const both = either(signal, lease.signal);
      yield* inTurns({ ...lease, signal: both }, (session) => open(session, both), (session) => this.#handBack(session));
    } catch (error) {
      this.crashed(error);
      throw error;
    }
  }

  /**
   * Runs statements that must not leave a transaction open.
   * @param {Session} session
   * @param {() => Promise<Table> | Table} work
   */
  async alone(session, work) {
    const table = await work();
    if (!session.inTransaction()) return table;
    throw new HawserError('ERR_TRANSACTION', 'The statements left a transaction open; it was rolled back. Use transaction() or session().', {
      connection: this.#connection.name, phase: 'execute',
    });
  }

  /**
   * When the engine is gone, and the database with it, the next use begins with a new one.
   * @param {unknown} error
   */
  crashed(error) {
    const connection = this.#connection;
    if (error instanceof HawserError && error.code === 'ERR_CORE_CRASHED' && !connection.closed) void connection.reset().catch(() => {});
  }

  /** @param {Client} client */
  #hear(client) {
    this.#heard = client;
    client.onWrite?.((tables) => this.#writes.note(tables));
  }

  /** @param {Session} session */
  async #handBack(session) {
    try {
      // Whatever failed in a transaction has not happened.
      if (session.inTransaction()) await session.execute('rollback', {});
      this.#writes.take(session, {}, false);
    } finally {
      session.release();
    }
  }
}

/**
 * Nothing has changed then. What fails here fails again when the session is handed back.
 * @param {Session} session
 */
async function undo(session) {
  try {
    await session.execute('rollback', {});
  } catch {
    return;
  }
  session.takeWrites();
}
