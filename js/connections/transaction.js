/**
 * Transaction: statements that take effect together. Nothing in it is cached.
 */
import { HawserError } from '../errors.js';
import { sql, textOf } from '../sql/template.js';
import { rowsOf } from './rows.js';

/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./sql.js').StatementOptions} StatementOptions */
/** @typedef {import('../sql/template.js').SqlFragment} SqlFragment */

export class Transaction {
  #session;
  #onClose;
  #onCommit;
  /** How deep in savepoints. */
  #depth;
  #open = true;
  /** Whether a nested transaction is under way, which statements of this one would get into. */
  #nested = false;

  /**
   * @param {Session} session With a transaction begun.
   * @param {() => void} [onClose] When the session is not needed any more; given only for transactions without a callback.
   * @param {() => void} [onCommit]
   * @param {number} [depth]
   */
  constructor(session, onClose, onCommit, depth = 0) {
    this.#session = session;
    this.#onClose = onClose;
    this.#onCommit = onCommit;
    this.#depth = depth;
  }

  /**
   * Runs one statement and returns its rows.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  async query(statement, options = {}) {
    this.#check();
    const { text, params } = textOf(statement, options.params);
    return this.#session.query(text, { ...options, params });
  }

  /**
   * Tags a template whose values are bound.
   * @param {TemplateStringsArray} strings
   * @param {...unknown} values
   * @returns {Promise<Table>}
   */
  sql(strings, ...values) {
    return this.query(sql(strings, ...values));
  }

  /**
   * Runs one or several statements.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  async execute(statement, options = {}) {
    this.#check();
    const { text, params } = textOf(statement, options.params);
    return this.#session.execute(text, { ...options, params });
  }

  /**
   * Runs one statement once per row; all or nothing, also when the transaction goes on after a failure.
   * @param {string} statement
   * @param {import('./rows.js').RowSource} rows
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  async executeMany(statement, rows, options = {}) {
    this.#check();
    const source = rowsOf(rows);
    return this.transaction((tx) => tx.#session.executeMany(statement, source, options));
  }

  /**
   * The rows of one statement in batches.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & { batchSize?: number }} [options]
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(statement, options = {}) {
    this.#check();
    const { text, params } = textOf(statement, options.params);
    for await (const table of this.#session.stream(text, { ...options, params })) {
      yield table;
      this.#check();
    }
  }

  /**
   * A transaction within this one (a savepoint): rolled back by itself when `work` rejects.
   * @template T
   * @param {(tx: Transaction) => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async transaction(work) {
    this.#check();
    const name = `hawser_${this.#depth + 1}`;
    const inner = new Transaction(this.#session, undefined, undefined, this.#depth + 1);
    await this.#session.execute(`savepoint ${name}`, {});
    this.#nested = true;
    try {
      const value = await work(inner);
      inner.#open = false;
      await this.#session.execute(`release ${name}`, {});
      return value;
    } catch (error) {
      inner.#open = false;
      // A failure may have ended the whole transaction already.
      if (this.#session.inTransaction()) await this.#session.execute(`rollback to ${name}; release ${name}`, {});
      throw error;
    } finally {
      this.#nested = false;
    }
  }

  /** Makes everything so far permanent and begins anew. Only for those made by session(). */
  async commit() {
    await this.#restart('commit');
    this.#onCommit?.();
  }

  /** Undoes everything since the last commit and begins anew. Only for those made by session(). */
  async rollback() {
    await this.#restart('rollback');
  }

  /** @param {'commit' | 'rollback'} how */
  async #restart(how) {
    this.#check();
    if (!this.#onClose) {
      throw new HawserError('ERR_TRANSACTION', `${how}() is for transactions made by session(): this one ends when its callback does.`, {
        phase: how,
      });
    }
    await this.#session.execute(`${how}; begin`, {});
    if (how === 'rollback') this.#session.takeWrites();
  }

  /**
   * Ends the transaction; used by whoever began it.
   * @param {'commit' | 'rollback'} how
   */
  async end(how) {
    this.#open = false;
    if (this.#session.inTransaction()) {
      await this.#session.execute(how, {});
    } else if (how === 'commit') {
      throw new HawserError('ERR_TRANSACTION', 'The transaction had ended before its callback did: a statement in it said COMMIT or ROLLBACK, or failed for good.', {
        phase: 'commit',
      });
    }
    if (how === 'rollback') this.#session.takeWrites(); // Nothing has changed.
  }

  /** Rolls back what was not committed, and hands the connection back. Closing again does nothing. */
  async close() {
    if (!this.#open) return;
    await this.end('rollback');
    this.#onClose?.();
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.close();
  }

  #check() {
    if (!this.#open) throw new HawserError('ERR_CLOSED', 'The transaction has ended.', { phase: 'transaction' });
    if (this.#nested) {
      throw new HawserError('ERR_TRANSACTION', 'A nested transaction is under way: use the object that its callback was given.', {
        phase: 'transaction',
      });
    }
  }
}
