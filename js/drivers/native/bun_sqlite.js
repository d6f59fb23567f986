/**
 * bun:sqlite, of Bun.
 */
import { errnoOf } from './errors.js';

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('./handle.js').NativeClient} NativeClient */

/** @type {NativeClient} */
export const bunSqlite = {
  module: 'bun:sqlite',

  fits: (module) => typeof module.Database === 'function',

  advice: () => 'bun:sqlite is only in Bun',

  open({ Database }, path, { readOnly, create }) {
    const database = new Database(path, { safeIntegers: true, ...(readOnly ? { readonly: true } : { readwrite: true, create }) });
    return {
      client: 'bun',
      prepare: (text) => prepare(database, text),
      inTransaction: () => database.inTransaction,
      reason(error) {
        if (error?.name !== 'SQLiteError') return undefined;
        const { errno = errnoOf(error.code, error.message), message, byteOffset } = error;
        return { errno, message, ...(byteOffset >= 0 && { bytes: byteOffset }) };
      },
      serialize: () => new Uint8Array(database.serialize()),
      close: () => database.close(),
    };
  },
};

/**
 * @param {any} database @param {string} text
 * @returns {import('./handle.js').Prepared}
 */
function prepare(database, text) {
  const statement = database.prepare(text);
  const { length } = statement.columnNames;
  return {
    width: length,
    columns: () => columnsOf(statement),
    ...(typeof statement.safeIntegers === 'function' && { setExact: (/** @type {boolean} */ exact) => void statement.safeIntegers(exact) }),
    all: (values) => statement.values(...values),
    iterate: (values) => each(database, text, statement, values),
    run: (values) => statement.run(...values).changes,
    finalize: () => statement.finalize(),
  };
}

/** @param {any} statement @returns {import('./handle.js').Origin[]} */
function columnsOf(statement) {
  /** @type {string[]} */
  const names = statement.columnNames;
  const types = statement.declaredTypes; // Of a statement that has run.
  return names.map((name, c) => ({ name, type: types?.[c] ?? null }));
}

/**
 * Its iterator gives objects, so each column gets a name of its own.
 * @param {any} database @param {string} text
 * @param {any} statement @param {readonly Cell[]} values
 * @returns {Generator<Cell[], void, void>}
 */
function* each(database, text, statement, values) {
  const { length } = statement.columnNames;
  const columns = Array.from({ length }, (_, c) => `c${c}`);
  let cursor;
  try {
    cursor = database.prepare(`with hawser_rows(${columns.join(', ')}) as (${text}\n) select * from hawser_rows`);
  } catch {
    // EXPLAIN, PRAGMA.
  }
  if (typeof cursor?.iterate !== 'function') {
    yield* statement.values(...values); // Or a Bun before 1.1.31.
    return;
  }
  try {
    for (const row of cursor.iterate(...values)) yield columns.map((name) => row[name]);
  } finally {
    cursor.finalize();
  }
}
