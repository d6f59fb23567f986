/**
 * One statement run once for each of many rows of parameters.
 */
import { HawserError } from '../errors.js';
import { Binder } from './binder.js';
import { sqliteError } from './errors.js';
import { eachAsync } from './each.js';
import { failed } from './parameters.js';

/** @typedef {import('./parameters.js').Parameters} Parameters */

/**
 * @param {import('./database.js').Database} database
 * @param {import('./statement.js').Statement} statement
 * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
 * @param {AbortSignal} [signal]
 * @param {() => void} [check] Called before each batch; what it throws ends it.
 * @returns {Promise<number>} rows of the database that were inserted, updated or deleted
 * @throws {HawserError} ERR_PARAMETER, ERR_QUERY with `row`, the number of the row that failed, from 0; what comes after the batch
 *   of that row was not run, and what comes before it in its batch may not have been
 */
export async function runMany(database, statement, rows, signal, check) {
  const { engine } = database;
  const { placeholders } = statement;
  if (placeholders.count === 0) throw new HawserError('ERR_PARAMETER', 'executeMany() needs a statement with parameters.', { phase: 'query' });
  const binder = new Binder(engine, placeholders);
  let done = 0;
  let affected = 0;
  const flush = () => {
    signal?.throwIfAborted();
    check?.();
    database.check();
    const result = engine.guard(() => binder.run(statement.pointer, database.pointer, done));
    if (!statement.readOnly) affected += result.affected;
    if (result.rows < result.added) {
      throw sqliteError(engine, database.pointer, result.status, { row: done + result.rows });
    }
    done += result.rows;
  };
  const add = (/** @type {unknown} */ value) => binder.add(value);
  const where = { row: 0 };
  const take = (/** @type {Parameters} */ values) => {
    if (values === null || typeof values !== 'object' || ArrayBuffer.isView(values)) {
      throw failed('it is neither an array nor an object.', where);
    }
    if (Array.isArray(values) && values.length === placeholders.count) binder.addAll(values, where);
    else placeholders.each(values, add, where);
    where.row++;
    if (binder.full) flush();
  };
  statement.busy = true;
  try {
    if (Symbol.asyncIterator in rows) await eachAsync(rows, signal, take);
    else if (Array.isArray(rows)) for (let i = 0; i < rows.length; i++) take(rows[i]);
    else for (const values of rows) take(values);
    if (where.row > done) flush();
    return affected;
  } finally {
    statement.busy = false;
    binder.free();
  }
}
