/**
 * SqlConnection, `type = "sql"`: cached queries, streams, writes and transactions on any database that has a driver.
 */
import { internText, statementKey } from '../cache/statements.js';
import { loadDriver } from '../drivers/index.js';
import { HawserError } from '../errors.js';
import { sql, textOf } from '../sql/template.js';
import { BaseConnection, contextOf } from './base.js';
import { describeError } from './errors.js';
import { rowsOf } from './rows.js';
import { Transaction } from './transaction.js';

/** @typedef {import('../cache/results.js').ReadOptions} ReadOptions */
/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('../drivers/driver.js').Int64} Int64 */
/** @typedef {import('../drivers/driver.js').Parameters} Parameters */
/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('../sql/template.js').SqlFragment} SqlFragment */
/** @typedef {import('../table/table.js').Table} Table */

/**
 * @typedef {object} StatementOptions
 * @property {Parameters} [params] An array for `?`, an object for `:name`.
 * @property {Int64} [int64] How integers come: 'number' (default; throws ERR_INT64_RANGE rather than round), 'bigint', 'string'.
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} WriteOptions
 * @property {false | readonly string[]} [invalidates] Tags whose cached results are forgotten too, besides those that read the tables
 *   written. `false`: nothing is forgotten.
 */

/** @typedef {StatementOptions & ReadOptions & { key?: unknown }} QueryOptions */

/** Tag of results whose tables cannot be told: every write forgets them. */
const ANY_TABLE = 'table:*';

/**
 * @extends {BaseConnection<Client>}
 */
export class SqlConnection extends BaseConnection {
  static connectionUrl = true;

  /** Statements that are known to be cacheable, by their interned number. @type {Set<number>} */
  #cacheable = new Set();

  /**
   * @override
   * @param {Record<string, any>} config
   */
  async connect(config) {
    const driver = await loadDriver(config.dialect, this.name);
    return driver.open(config, { name: this.name });
  }

  /**
   * Runs one statement and returns its rows, from the cache when it can. A statement that writes is run each time.
   * @param {string | SqlFragment} statement
   * @param {QueryOptions} [options]
   * @returns {Promise<Table>}
   * @throws {HawserError} ERR_QUERY, ERR_PARAMETER, ERR_INT64_RANGE, ERR_TIMEOUT, ERR_CLOSED
   */
  query(statement, options = {}) {
    try {
      const { text, params } = textOf(statement, options.params);
      if (options.cache === 'no-store') {
        const table = this.rawNow()?.queryNow?.(text, params === options.params ? options : { ...options, params });
        if (table) return Promise.resolve(table);
      }
      const number = internText(text);
      // A hit needs no promise of a load, no copy of the options and no look at the database.
      if (this.#cacheable.has(number) && canPeek(options)) {
        const hit = this.peekStatement(number, params, variantOf(options), options);
        if (hit) return Promise.resolve(hit.value.withCache({ state: hit.state, age: hit.age, key: hit.key }));
      }
      return this.#query(number, text, { ...options, params });
    } catch (error) {
      return Promise.reject(describeError(contextOf(this), error, 'query'));
    }
  }

  /**
   * @param {number} number
   * @param {string} text
   * @param {QueryOptions} options
   * @returns {Promise<Table>}
   */
  async #query(number, text, options) {
    const run = (/** @type {Session} */ session) => session.query(text, options);
    if (options.cache === 'no-store') return this.#session(run, options);
    if (!this.#cacheable.has(number)) {
      const { cacheable } = await this.#session((session) => session.footprint(text), options);
      if (!cacheable) return this.#session(run, options);
      this.#cacheable.add(number);
    }
    /** @type {readonly string[] | undefined} */
    let reads;
    const { value, state, age, key } = await this.readCached(
      keyOf(number, options.params, options),
      ({ signal }) =>
        this.#onSession(async (session) => {
          reads = (await session.footprint(text)).reads;
          return session.query(text, { ...options, signal });
        }, signal),
      { ...options, tags: (table) => [...tagsOf(options, table), ...tableTags(reads)] },
      'query',
    );
    return value.withCache({ state: /** @type {any} */ (state), age, key });
  }

  /**
   * Tags a template whose values are bound: conn.sql`select … where id = ${id}`. See js/sql/template.js for identifiers and lists.
   * @param {TemplateStringsArray} strings
   * @param {...unknown} values
   * @returns {Promise<Table>}
   */
  sql(strings, ...values) {
    return this.query(sql(strings, ...values));
  }

  /**
   * The same connection with options for its tagged queries: conn.with({ ttl: '1h' }).sql`select …`.
   * @param {QueryOptions} options
   */
  with(options) {
    return {
      sql: (/** @type {TemplateStringsArray} */ strings, /** @type {unknown[]} */ ...values) => this.query(sql(strings, ...values), options),
      query: (/** @type {string | SqlFragment} */ statement, /** @type {QueryOptions} */ more = {}) => this.query(statement, { ...options, ...more }),
    };
  }

  /**
   * The rows of one statement in batches, never cached. Leaving the loop closes the cursor.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & { batchSize?: number }} [options] batchSize: rows per batch at the most, default by width, up to 2,048
   * @returns {AsyncGenerator<Table, void, void>}
   */
  async *stream(statement, options = {}) {
    const { text, params } = textOf(statement, options.params);
    const client = await this.raw();
    const session = await client.acquire(options);
    let held = true;
    const batches = session.stream(text, { ...options, params });
    try {
      for (;;) {
        const next = await batches.next();
        session.release();
        held = false;
        if (next.done) return;
        yield next.value;
        // Others had their turn meanwhile; of a transaction it sees nothing before the end.
        await client.acquire(options);
        held = true;
      }
    } catch (error) {
      throw describeError(contextOf(this), error, 'query');
    } finally {
      await batches.return();
      if (held) session.release();
    }
  }

  /**
   * Runs one or several statements, e.g. DDL or writes. Cached results that read the tables written are forgotten.
   * @param {string | SqlFragment} statement
   * @param {StatementOptions & WriteOptions} [options] params only with one statement
   * @returns {Promise<Table>} The last statement's rows; `rowsAffected` of all.
   */
  async execute(statement, options = {}) {
    const { text, params } = textOf(statement, options.params);
    return this.#session(async (session) => {
      const table = await session.execute(text, { ...options, params });
      if (!session.inTransaction()) return table;
      throw new HawserError('ERR_TRANSACTION', 'The statements left a transaction open; it was rolled back. Use transaction() or session().', {
        connection: this.name, phase: 'execute',
      });
    }, options);
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
    const source = rowsOf(rows);
    return this.#session(async (session) => {
      await session.execute('begin', {});
      const table = await session.executeMany(statement, source, options);
      await session.execute('commit', {});
      return table;
    }, options);
  }

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. Others wait until it has ended.
   * @template T
   * @param {(tx: Transaction) => Promise<T> | T} work
   * @param {WriteOptions & { signal?: AbortSignal }} [options]
   * @returns {Promise<T>}
   */
  async transaction(work, options = {}) {
    /** @type {{ error: unknown } | undefined} */
    let failure; // The caller's own error: it passes as it is.
    const result = await this.#session(async (session) => {
      const tx = new Transaction(session);
      await session.execute('begin', {});
      try {
        const value = await work(tx);
        await tx.end('commit');
        return value;
      } catch (error) {
        failure = { error };
        await tx.end('rollback');
      }
    }, options);
    if (failure) throw contextOf(this).secrets.scrubError(failure.error);
    return /** @type {T} */ (result);
  }

  /**
   * A transaction without a callback: `commit()` it, or it is rolled back by `close()`, also by `await using`.
   * @param {WriteOptions & { signal?: AbortSignal }} [options]
   * @returns {Promise<Transaction>}
   */
  async session(options = {}) {
    return new Promise((resolve, reject) => {
      this.#session(async (session) => {
        await session.execute('begin', {});
        await new Promise((closed) => resolve(new Transaction(session, () => closed(undefined), () => this.#forget(session, options))));
      }, options).catch(reject);
    });
  }

  /**
   * Runs `work` on a session and forgets the cached results that it has made stale.
   * @template T
   * @param {(session: Session) => Promise<T> | T} work
   * @param {WriteOptions & { signal?: AbortSignal }} options
   * @returns {Promise<T>}
   */
  #session(work, options) {
    return this.use(async () => {
      return this.#onSession(async (session) => {
        try {
          return await work(session);
        } finally {
          this.#forget(session, options);
        }
      }, options.signal);
    }, 'query');
  }

  /**
   * @template T
   * @param {(session: Session) => Promise<T> | T} work
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<T>}
   */
  async #onSession(work, signal) {
    const client = await this.raw();
    const session = await client.acquire({ signal });
    try {
      return await work(session);
    } catch (error) {
      // The engine is gone and the database with it; the next use begins with a new one.
      if (error instanceof HawserError && error.code === 'ERR_CORE_CRASHED') void this.reset().catch(() => {});
      throw error;
    } finally {
      // Whatever failed in a transaction has not happened.
      if (session.inTransaction()) await session.execute('rollback', {});
      session.release();
    }
  }

  /**
   * @param {Session} session
   * @param {WriteOptions} options
   */
  #forget(session, { invalidates = /** @type {any} */ (contextOf(this).config.invalidates) }) {
    const written = session.takeWrites();
    if (invalidates === false) return;
    const tags = [...(invalidates ?? [])];
    if (written === undefined) this.cache.clear();
    else if (written.length) tags.push(...tableTags(written), ANY_TABLE);
    if (tags.length) this.cache.invalidate({ tags, hard: true });
  }
}

/** @param {QueryOptions} options @param {Table} table */
const tagsOf = ({ tags = [] }, table) => (typeof tags === 'function' ? tags(table) : tags);

/** @param {readonly string[] | undefined} tables */
const tableTags = (tables) => tables?.map((table) => `table:${table}`) ?? [ANY_TABLE];

/**
 * @param {number} number
 * @param {Parameters | undefined} params
 * @param {QueryOptions} options
 */
const keyOf = (number, params, options) => variantOf(options) + statementKey(number, params);

/** What tells the results of one statement apart beside its parameters. @param {QueryOptions} options */
const variantOf = ({ int64 }) => (int64 === undefined || int64 === 'number' ? '' : `${int64};`);

/** Whether a fresh result may be served without asking what the options say. @param {QueryOptions} options */
const canPeek = ({ ttl, cache, key, signal }) =>
  (cache === undefined || cache === 'default') && key === undefined && !signal?.aborted && (ttl === undefined || typeof ttl === 'string' || ttl > 0);
