/**
 * Transaction: statements that take effect together. Nothing in it is cached.
 */
import { asyncDispose } from '../dispose.js';
import { sql } from '../sql/template.js';
import { withTimeout } from '../timeout.js';
import { commit } from './commit.js';
import { keptStatement } from './kept_params.js';
import { askedFor, rowsOf } from './rows.js';
import { boundedOptions, runOptions } from './run_options.js';
import { endedEarly, endsByItself, nestedUnderWay, rowsUseIt, transactionEnded } from './transaction_errors.js';

/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./sql_options.js').StatementOptions} StatementOptions */
/** @typedef {import('../sql/template.js').SqlFragment} SqlFragment */

/**
 * What a transaction has from whoever began it.
 * @typedef {object} Surroundings
 * @property {(error: unknown) => unknown} [describe] Completes errors on their way out.
 * @property {AbortSignal} [signal] No statement is run once it is aborted.
 * @property {number} [timeout] Of statements that say nothing else, in milliseconds.
 * @property {() => number} [left] Milliseconds that are left for all of it.
 * @property {() => void} [onClose] When the session is not needed any more; given only for transactions without a callback.
 * @property {() => void} [onCommit]
 */

export class Transaction {
  #session;
  #surroundings;
  /** @type {Transaction | undefined} */
  #parent;
  /** How deep in savepoints. @type {number} */
  #depth;
  #open = true;
  /** Whether a nested transaction is under way, which statements of this one would get into. */
  #nested = false;
  /** The end of an executeMany() that others wait for. @type {Promise<void> | undefined} */
  #bulk;
  /** Whether an executeMany() is in the code that makes its rows. */
  #asking = false;
  /** Streams that have not ended: they keep tables from being changed. @type {Set<AsyncGenerator<Table, void, void>>} */
  #streams = new Set();

  /**
   * @param {Session} session With a transaction begun.
   * @param {Surroundings} [surroundings]
   * @param {Transaction} [parent] Of a nested one.
   */
  constructor(session, surroundings = {}, parent) {
    this.#session = session;
    this.#surroundings = surroundings;
    this.#parent = parent;
    this.#depth = parent ? parent.#depth + 1 : 0;
  }

  /**
   * Runs one statement and returns its rows.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  query(statement, options = {}) {
    const kept = keptStatement(statement, options.params);
    return this.#run(() => {
      const { text, params } = kept();
      if (!this.#session.inTransaction()) return this.#lost();
      return this.#session.query(text, runOptions(options, params, this.#surroundings));
    });
  }

  /**
   * Tags a template whose values are bound.
   * @param {TemplateStringsArray} strings
   * @param {...unknown} values
   * @returns {Promise<Table>}
   */
  async sql(strings, ...values) {
    return this.query(sql(strings, ...values));
  }

  /**
   * Runs one or several statements.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  execute(statement, options = {}) {
    const kept = keptStatement(statement, options.params);
    return this.#run(() => {
      const { text, params } = kept();
      if (!this.#session.inTransaction()) return this.#lost();
      return this.#session.execute(text, runOptions(options, params, this.#surroundings));
    });
  }

  /**
   * Runs one statement once per row; all or nothing, also when the transaction goes on after a failure. Statements that are
   * begun meanwhile wait for it.
   * @param {string} statement
   * @param {import('./rows.js').RowSource} rows
   * @param {StatementOptions} [options]
   * @returns {Promise<Table>}
   */
  executeMany(statement, rows, options = {}) {
    return this.#run(async () => {
      const source = askedFor(rowsOf(rows, statement), (asking) => (this.#asking = asking));
      if (!this.#session.inTransaction()) await this.#lost();
      const work = withTimeout(options, this.#surroundings.timeout, (bounded) =>
        this.#savepoint(() => this.#session.executeMany(statement, source, boundedOptions(bounded, this.#surroundings))),
      );
      const bulk = (this.#bulk = work.then(() => {}, () => {}));
      try {
        return await work;
      } finally {
        if (this.#bulk === bulk) this.#bulk = undefined;
      }
    });
  }

  /**
   * The rows of one statement in batches.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & { batchSize?: number }} [options]
   * @returns {AsyncGenerator<Table, void, void>}
   */
  stream(statement, options = {}) {
    return this.#stream(keptStatement(statement, options.params), { ...options });
  }

  /** @param {ReturnType<typeof keptStatement>} statement @param {StatementOptions & { batchSize?: number }} options */
  async *#stream(statement, options) {
    await this.#run(() => {});
    /** @type {AsyncGenerator<Table, void, void> | undefined} */
    let batches;
    try {
      const { text, params } = statement();
      if (!this.#session.inTransaction()) await this.#lost();
      const how = { batchSize: options.batchSize, ...runOptions(options, params, this.#surroundings) };
      batches = this.#session.stream(text, how);
      this.#streams.add(batches);
      for await (const table of batches) {
        yield table;
        this.#check();
      }
    } catch (error) {
      throw this.#describe(error);
    } finally {
      if (batches) this.#streams.delete(batches);
    }
  }

  /**
   * A transaction within this one (a savepoint): rolled back by itself when `work` rejects.
   * @template T
   * @param {(tx: Transaction) => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  transaction(work) {
    return this.#run(async () => {
      if (!this.#session.inTransaction()) await this.#lost();
      this.#nested = true;
      const inner = new Transaction(this.#session, { ...this.#surroundings, onClose: undefined, onCommit: undefined }, this);
      try {
        return await this.#savepoint(async () => {
          try {
            return await work(inner);
          } finally {
            await inner.#finish();
          }
        });
      } finally {
        this.#nested = false;
      }
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #savepoint(work) {
    const session = this.#session;
    const name = `hawser_${this.#depth + 1}`;
    await session.execute(`savepoint ${name}`, {});
    try {
      const value = await work();
      this.#checkOpen();
      await session.execute(`release ${name}`, {});
      return value;
    } catch (error) {
      // A failure may have ended the whole transaction already; then the session may be somebody else's.
      if (this.#alive && session.inTransaction()) await session.execute(`rollback to ${name}; release ${name}`, {});
      throw error;
    }
  }

  /** Makes everything so far permanent and begins anew. Only for those made by session(). */
  commit() {
    return this.#run(async () => {
      this.#checkOwn('commit');
      if (!this.#session.inTransaction()) throw endedEarly();
      await commit(this.#session, 'commit; begin');
      this.#surroundings.onCommit?.();
    });
  }

  /** Undoes everything since the last commit and begins anew. Only for those made by session(). */
  rollback() {
    return this.#run(async () => {
      this.#checkOwn('rollback');
      const undone = this.#session.inTransaction();
      await this.#session.execute(undone ? 'rollback; begin' : 'begin', {});
      if (undone) this.#session.takeWrites();
    });
  }

  /**
   * A statement that failed for good, for lack of time, say, has ended it all; the next one would be for itself.
   * @returns {Promise<never>}
   */
  async #lost() {
    await this.#session.footprint('select 1'); // Fails when it has ended with the whole database.
    throw endedEarly();
  }

  /** @param {string} how */
  #checkOwn(how) {
    if (!this.#surroundings.onClose) throw endsByItself(how);
  }

  /**
   * Ends the transaction; used by whoever began it.
   * @param {'commit' | 'rollback'} how
   */
  async end(how) {
    await this.#finish();
    if (this.#session.inTransaction()) {
      if (how === 'commit') return commit(this.#session);
      await this.#session.execute(how, {});
      this.#session.takeWrites(); // Nothing has changed.
    } else if (how === 'commit') {
      throw endedEarly();
    }
  }

  /** Lets nothing begin any more, and ends what is under way. */
  async #finish() {
    while (this.#bulk) await this.#bulk;
    this.#open = false;
    for (const batches of this.#streams) await batches.return();
  }

  /** Rolls back what was not committed, and hands the connection back. Closing again does nothing. */
  async close() {
    if (!this.#open) return;
    try {
      await this.end('rollback');
    } finally {
      this.#surroundings.onClose?.();
    }
  }

  [asyncDispose]() {
    return this.close();
  }

  /**
   * Runs `work` when nothing is under way that must not be mixed with it.
   * @template T
   * @param {() => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async #run(work) {
    this.#check();
    for (; this.#bulk; this.#check()) await this.#bulk;
    try {
      return await work();
    } catch (error) {
      throw this.#describe(error);
    }
  }

  #check() {
    this.#checkOpen();
    if (this.#nested) throw this.#describe(nestedUnderWay());
    if (this.#asking) throw this.#describe(rowsUseIt());
    this.#surroundings.signal?.throwIfAborted();
  }

  #checkOpen() {
    if (!this.#alive) throw this.#describe(transactionEnded());
  }

  /** Whether neither it nor one around it has ended. @returns {boolean} */
  get #alive() {
    return this.#open && (this.#parent === undefined || this.#parent.#alive);
  }

  /** @param {unknown} error */
  #describe(error) {
    return this.#surroundings.describe?.(error) ?? error;
  }
}
