/**
 * What a SQL connection does with its database as a whole, statements aside.
 */
import { loadDriver } from '../drivers/index.js';
import { defineAggregate, defineFunction } from '../sqlite/function_options.js';
import { BaseConnection, contextOf } from './base.js';
import { backUp, exportFrom, importInto } from './content.js';
import { closedError, describeError } from './errors.js';
import { UserFunctions } from './functions.js';
import { listColumns, listTables } from './introspection.js';
import { Sessions } from './sessions.js';
import { Writes } from './writes.js';

/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('../errors.js').HawserError} HawserError */
/** @typedef {import('../sqlite/function_options.js').FunctionOptions} FunctionOptions */
/** @typedef {import('../sqlite/function_options.js').AggregateOptions} AggregateOptions */
/** @typedef {import('../sqlite/function_options.js').FunctionReference} FunctionReference */
/** @typedef {(...values: any[]) => unknown} UserFunction */

/** @type {(connection: SqlDatabase) => { writes: Writes, sessions: Sessions }} */
let readParts;

/**
 * What a connection's statements are run on, and who is told of what they write. Not for users.
 * @param {SqlDatabase} connection
 */
export const partsOf = (connection) => readParts(connection);

/**
 * @extends {BaseConnection<Client>}
 */
export class SqlDatabase extends BaseConnection {
  static {
    readParts = (connection) => ({ writes: connection.#writes, sessions: connection.#sessions });
  }

  #writes = new Writes(this);
  #sessions = new Sessions(this, this.#writes);
  #functions = new UserFunctions(this);

  /**
   * @override
   * @param {Record<string, any>} config
   */
  async connect(config) {
    const driver = await loadDriver(config.dialect, this.name);
    const client = await driver.open(config, { name: this.name, hooks: contextOf(this).hooks });
    try {
      await this.#functions.install(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    return client;
  }

  /** @override @param {string} [reason] */
  reset(reason) {
    const done = super.reset(reason);
    this.#writes.tell(undefined); // What was in memory is gone, and nobody tells of the writes of others before it is open again.
    return done;
  }

  /** @override */
  close() {
    const context = contextOf(this);
    const unexpected = context.closedBecause !== undefined && context.drain !== false;
    this.#writes.close(unexpected ? closedError(context) : undefined);
    return super.close();
  }

  /**
   * Whether what is written is kept when the program has ended: false for databases in memory, also where a file was asked for with
   * `persist: 'preferred'` and the browser keeps none. Undefined before the first use, and where the database does not say.
   * @returns {boolean | undefined}
   */
  get persistent() {
    return this.rawNow()?.persistent;
  }

  /**
   * The tables and views, asked of the database each time.
   * @param {{ schema?: string, system?: boolean }} [options] schema: of it alone. system: also those that the database keeps for itself.
   */
  async tables(options = {}) {
    return listTables(/** @type {any} */ (this), options);
  }

  /**
   * The columns of a table or view, asked of the database each time.
   * @param {string | readonly string[] | { schema?: string, name: string }} table 'pets', 'main.pets', '"my.table"', ['main', 'my.table'],
   *   or what {@link tables} has listed.
   * @throws {HawserError} ERR_QUERY when there is no such table
   */
  columns(table) {
    return this.#described('columns', () => listColumns(/** @type {any} */ (this), table));
  }

  /**
   * All that the database holds, as the bytes of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<Uint8Array>}
   */
  export(options = {}) {
    return exportFrom(this, options);
  }

  /**
   * Replaces all that the database holds. When it fails, nothing has changed.
   * @param {import('../sqlite/bytes.js').ByteSource | Promise<import('../sqlite/bytes.js').ByteSource>} source Of a database file.
   * @param {{ signal?: AbortSignal }} [options]
   * @throws {HawserError} ERR_DATABASE_INVALID when it is none, incomplete or damaged
   */
  import(source, options = {}) {
    return this.#described('import', async () => {
      await importInto(this, /** @type {any} */ (source), options);
      this.#writes.note(undefined);
    });
  }

  /**
   * Copies all that the database holds, as it is at one moment, while it may be in use.
   * @param {SqlDatabase | string} target Another connection, whose content is replaced, or, where the database is a file, the
   *   path of another one.
   * @param {{ signal?: AbortSignal }} [options]
   */
  backup(target, options = {}) {
    return this.#described('backup', () => backUp(this, target, options));
  }

  /**
   * Defines a function for SQL, or another one for the same name and number of arguments: function(name, fn) or function(name, options,
   * fn). It must not be async. In place of `fn`, { module, name } names an export, for databases that live in a Worker.
   * @param {string} name
   * @param {FunctionOptions | UserFunction | FunctionReference} options
   * @param {UserFunction | FunctionReference} [fn]
   * @returns {Promise<void>} When statements can call it.
   */
  function(name, options, fn) {
    return this.#described('define', async () => this.#functions.define(defineFunction(name, options, fn)));
  }

  /**
   * Defines an aggregate, which with `inverse` is a window function, too.
   * @param {string} name
   * @param {AggregateOptions | FunctionOptions | FunctionReference} options
   * @param {FunctionReference} [reference] Of an object with start, step, result and inverse.
   * @returns {Promise<void>} When statements can call it.
   */
  aggregate(name, options, reference) {
    return this.#described('define', async () => this.#functions.define(defineAggregate(name, options, reference)));
  }

  /** @template T @param {string} phase @param {() => Promise<T>} work @returns {Promise<T>} */
  async #described(phase, work) {
    try {
      return await work();
    } catch (error) {
      this.#sessions.crashed(error);
      throw describeError(contextOf(this), error, phase);
    }
  }
}
