/**
 * SqlConnection, `type = "sql"`: cached queries, streams, writes and transactions on any database that has a driver.
 */
import { internText } from '../cache/statements.js';
import { sql, textOf } from '../sql/template.js';
import { checkSignal, either } from '../signals.js';
import { parseTimeout, withTimeout } from '../timeout.js';
import { contextOf } from './base.js';
import { commit } from './commit.js';
import { describeError } from './errors.js';
import { canPeek, variantOf } from './freshness.js';
import { keptParams, keptStatement } from './kept_params.js';
import { runQuery } from './queries.js';
import { rowsOf } from './rows.js';
import { runOptions } from './run_options.js';
import { partsOf, SqlDatabase } from './sql_database.js';
import { TaggedOptions, Templates } from './templates.js';
import { inTransaction, openTransaction } from './transactions.js';
import { watchStatement } from './watch.js';

/** @typedef {import('../errors.js').HawserError} HawserError */
/** @typedef {import('../drivers/driver.js').Parameters} Parameters */
/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('../sql/template.js').SqlFragment} SqlFragment */
/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./transaction.js').Transaction} Transaction */

/** @typedef {import('./sql_options.js').QueryOptions} QueryOptions */
/** @typedef {import('./watch.js').WatchOptions} WatchOptions */
/** @typedef {import('./sql_options.js').StatementOptions} StatementOptions */
/** @typedef {import('./sql_options.js').WriteOptions} WriteOptions */

export class SqlConnection extends SqlDatabase {
  static connectionUrl = true;

  /** Statements that are known to be cacheable, by their interned number. @type {Set<number>} */
  #cacheable = new Set();
  #templates = new Templates();
  #writes = partsOf(this).writes;
  #sessions = partsOf(this).sessions;
  /** Of calls that say nothing else, in milliseconds. */
  #timeout = parseTimeout(contextOf(this).config.timeout);

  /**
   * Runs one statement and returns its rows, from the cache when it can. A statement that writes is run each time.
   * @param {string | SqlFragment} statement
   * @param {QueryOptions} [options]
   * @returns {Promise<Table>}
   * @throws {HawserError} ERR_QUERY, ERR_PARAMETER, ERR_INT64_RANGE, ERR_TIMEOUT, ERR_CLOSED
   */
  query(statement, options = {}) {
    try {
      if (options.signal !== undefined) checkSignal(options.signal);
      if (options.cache === 'no-store' && typeof statement === 'string' && (options.timeout ?? this.#timeout) === undefined) {
        const table = this.rawNow()?.queryNow?.(statement, /** @type {any} */ (options));
        if (table) return Promise.resolve(table);
      }
      const { text, params } = textOf(statement, options.params);
      const number = internText(text);
      // A hit needs no promise of a load, no copy of the options and no look at the database.
      if (this.#cacheable.has(number) && canPeek(options)) {
        const hit = this.peekStatement(number, params, variantOf(options), options);
        if (hit) return Promise.resolve(hit);
      }
      const surroundings = { connection: this, sessions: this.#sessions, cacheable: this.#cacheable, timeout: this.#timeout };
      return runQuery(surroundings, number, text, { ...options, params: keptParams(params) }).catch((error) => this.#unread(error, statement, options));
    } catch (error) {
      this.#sessions.crashed(error);
      return this.#unread(error, statement, options);
    }
  }

  /**
   * What has no key has no cached result: it is run, and either SQLite takes these parameters or its error names the wrong one.
   * @param {any} error @param {string | SqlFragment} statement @param {QueryOptions} options
   * @returns {Promise<Table>}
   */
  async #unread(error, statement, options) {
    const { cache = 'default', key } = options;
    if (error?.code === 'ERR_CACHE_KEY' && key === undefined && (cache === 'default' || cache === 'reload')) {
      return this.query(statement, { ...options, cache: 'no-store' });
    }
    throw describeError(contextOf(this), error, 'query');
  }

  /**
   * Tags a template whose values are bound: conn.sql`select … where id = ${id}`. See js/sql/template.js for identifiers and lists.
   * @param {TemplateStringsArray} strings
   * @param {...unknown} values
   * @returns {Promise<Table>}
   */
  sql(strings, ...values) {
    return this.#tagged(strings, values);
  }

  /** @param {TemplateStringsArray} strings @param {unknown[]} values @param {TaggedOptions} [how] @returns {Promise<Table>} */
  #tagged(strings, values, how) {
    try {
      const table = this.#templates.peek(contextOf(this), strings, values, how);
      if (table) return Promise.resolve(table);
      const fragment = sql(strings, ...values);
      this.#templates.learn(fragment);
      return this.query(fragment, how?.options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The same connection with options for its tagged queries: conn.with({ ttl: '1h' }).sql`select …`.
   * @param {QueryOptions} options
   */
  with(options) {
    const tagged = new TaggedOptions(options, contextOf(this).space);
    return {
      sql: (/** @type {TemplateStringsArray} */ strings, /** @type {unknown[]} */ ...values) => this.#tagged(strings, values, tagged),
      query: (/** @type {string | SqlFragment} */ statement, /** @type {QueryOptions} */ more = {}) => this.query(statement, { ...options, ...more }),
      watch: (/** @type {string | SqlFragment} */ statement, /** @type {WatchOptions} */ more = {}) => this.watch(statement, { ...options, ...more }),
    };
  }

  /**
   * The rows of one statement in batches, never cached. Leaving the loop closes the cursor.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & { batchSize?: number }} [options] batchSize: rows per batch at the most, default by width, up to 2,048.
   *   timeout: for the time in the database, not for what the reader takes.
   * @returns {AsyncGenerator<Table, void, void>}
   */
  stream(statement, options = {}) {
    return this.#stream(keptStatement(statement, options.params), { ...options });
  }

  /** @param {ReturnType<typeof keptStatement>} statement @param {StatementOptions & { batchSize?: number }} options */
  async *#stream(statement, options) {
    try {
      const { text, params } = statement();
      const { batchSize, signal: own } = options;
      checkSignal(own);
      const bounds = { ...runOptions(options, params, { timeout: this.#timeout }), abortable: own !== undefined };
      yield* this.#sessions.stream((session, signal) => session.stream(text, { ...bounds, batchSize, signal }), own);
    } catch (error) {
      throw describeError(contextOf(this), error, 'query');
    }
  }

  /**
   * The result of a statement that only reads, and its next one whenever a table that it reads was written by a commit, in any tab
   * or process that the driver hears of. Never cached.
   * @param {string | SqlFragment} statement
   * @param {WatchOptions} [options]
   * @returns {import('./watch.js').Watch} To be iterated once, with `for await`.
   */
  watch(statement, options = {}) {
    const surroundings = { describe: (/** @type {unknown} */ error) => describeError(contextOf(this), error, 'watch'), timeout: this.#timeout };
    return watchStatement(this.#sessions, this.#writes, statement, options, surroundings);
  }

  /**
   * Runs one or several statements, e.g. DDL or writes. Cached results that read the tables written are forgotten.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & WriteOptions} [options] params only with one statement
   * @returns {Promise<Table>} The last statement's rows; `rowsAffected` of all.
   */
  async execute(statement, options = {}) {
    const { text, params } = textOf(statement, options.params);
    return withTimeout({ ...options, params: keptParams(params) }, this.#timeout, (bounded) =>
      this.#sessions.use((session) => this.#sessions.alone(session, () => session.execute(text, bounded)), bounded),
    );
  }

  /**
   * Runs one statement once per row; all or nothing.
   * @param {string} statement
   * @param {import('./rows.js').RowSource} rows Rows (arrays for `?`, objects for `:name`), columns of equal length by name, or a Table.
   * @param {StatementOptions & WriteOptions} [options]
   * @returns {Promise<Table>} No rows; `rowsAffected` of all.
   * @throws {HawserError} with `row`, the index of the row that failed
   */
  async executeMany(statement, rows, options = {}) {
    const source = rowsOf(rows, statement);
    const run = (/** @type {import('../timeout.js').Bounded<StatementOptions & WriteOptions>} */ bounded) =>
      this.#sessions.begun(async (session, closing) => {
        const { timeout, abortable = options.signal !== undefined } = bounded;
        const table = await session.executeMany(statement, source, { signal: either(bounded.signal, closing.signal), timeout, abortable });
        await commit(session);
        return table;
      }, bounded);
    return withTimeout(options, this.#timeout, run);
  }

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. Others wait until it has ended.
   * @template T
   * @param {(tx: Transaction) => Promise<T> | T} work What it throws is thrown here, the same object.
   * @param {WriteOptions & { signal?: AbortSignal, timeout?: number | string }} [options] signal: once it is aborted, the transaction is not
   *   committed. timeout: when it is over, the transaction is rolled back and this rejects with ERR_TIMEOUT, whatever `work` does.
   * @returns {Promise<T>}
   */
  transaction(work, options = {}) {
    return inTransaction(this.#sessions, work, options, { describe: this.#describe, timeout: this.#timeout });
  }

  /**
   * A transaction without a callback: `commit()` it, or it is rolled back by `close()`, also by `await using`.
   * @param {WriteOptions & { signal?: AbortSignal }} [options]
   * @returns {Promise<Transaction>}
   */
  session(options = {}) {
    const onCommit = (/** @type {Session} */ session) => this.#writes.take(session, options, true);
    return openTransaction(this.#sessions, options, { describe: this.#describe, timeout: this.#timeout }, onCommit);
  }

  #describe = (/** @type {unknown} */ error) => describeError(contextOf(this), error, 'transaction');
}
