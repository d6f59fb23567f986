/**
 * SQLite's errors as Hawser's.
 */
import { HawserError } from '../errors.js';

/** Primary result codes, https://sqlite.org/rescode.html; index = code. */
const PRIMARY = (
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA ' +
  'TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING'
).split(' ');

/** Extended codes that programs tell apart. */
const EXTENDED = new Map(
  Object.entries({
    CONSTRAINT_CHECK: 275, CONSTRAINT_COMMITHOOK: 531, CONSTRAINT_FOREIGNKEY: 787, CONSTRAINT_FUNCTION: 1043,
    CONSTRAINT_NOTNULL: 1299, CONSTRAINT_PRIMARYKEY: 1555, CONSTRAINT_TRIGGER: 1811, CONSTRAINT_UNIQUE: 2067,
    CONSTRAINT_VTAB: 2323, CONSTRAINT_ROWID: 2579, CONSTRAINT_PINNED: 2835, CONSTRAINT_DATATYPE: 3091,
    BUSY_SNAPSHOT: 517, READONLY_DBMOVED: 1032,
  }).map(([name, code]) => [code, name]),
);
const CODES = new Map([...PRIMARY.map((name, code) => /** @type {const} */ ([name, code])), ...[...EXTENDED].map(([code, name]) => /** @type {const} */ ([name, code]))]);

/**
 * The result code of a name; of an extended one that is not known here its primary code.
 * @param {string} name e.g. 'SQLITE_CONSTRAINT_UNIQUE'.
 * @returns {number | undefined}
 */
export const errnoOfName = (name) => CODES.get(name.slice(7)) ?? CODES.get(name.split('_')[1] ?? '');

/**
 * The name of a result code, e.g. 'SQLITE_CONSTRAINT_UNIQUE'.
 * @param {number} errno Extended result code.
 */
export const sqliteCode = (errno) => `SQLITE_${EXTENDED.get(errno) ?? PRIMARY[errno & 0xff] ?? errno}`;

const LOCKED = 6;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The error of the call that has just failed on `database`.
 * @param {import('./engine.js').Engine} engine
 * @param {number} database sqlite3*
 * @param {number} status What the call returned.
 * @param {object} [where]
 * @param {string} [where.sql] The text, to tell where in it.
 * @param {number} [where.base] Bytes of the text before the statement.
 * @param {number} [where.row] Of a batch, from 0.
 * @returns {HawserError} ERR_QUERY with `sqliteCode`, `errno` and, where SQLite tells, `offset` (UTF-16 units from the start of
 *   the text), `line` and `column` (from 1)
 */
export function sqliteError(engine, database, status, { sql = '', base = 0, row } = {}) {
  const extended = database ? engine.c.sqlite3_extended_errcode(database) : status;
  // The database tells of its last call, which may not be the one that gave this status.
  const same = (extended & 0xff) === (status & 0xff);
  const errno = same ? extended : status;
  const reason = engine.readText(same && database ? engine.c.sqlite3_errmsg(database) : engine.c.sqlite3_errstr(status));
  const bytes = same && database ? engine.c.sqlite3_error_offset(database) : -1;
  const before = bytes < 0 || sql === '' ? undefined : decoder.decode(encoder.encode(sql).subarray(0, base + bytes));
  return queryError({ reason, errno, row, before, cause: engine.callbacks?.takeCause(reason) });
}

/**
 * @param {object} what
 * @param {string} what.reason SQLite's words.
 * @param {number} what.errno Extended result code.
 * @param {string} [what.before] The SQL text before the place that is wrong, where that is known.
 * @param {number} [what.row] Of a batch, from 0.
 * @param {unknown} [what.cause] What a function of the user's has thrown.
 * @returns {HawserError} As {@link sqliteError}.
 */
export function queryError({ reason, errno, before, row, cause }) {
  const code = sqliteCode(errno);
  const who = row === undefined ? '' : `Row ${row}: `;
  const details = { phase: 'query', sqliteCode: code, errno, ...(row !== undefined && { row }), ...(cause !== undefined && { cause }) };
  const advice = (errno & 0xff) === LOCKED ? ' A stream that has not ended keeps tables from being dropped: finish its loop first, or leave it.' : '';
  if (before === undefined) return new HawserError('ERR_QUERY', `${who}SQLite: ${reason} (${code}).${advice}`, details);
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return new HawserError('ERR_QUERY', `${who}SQLite: ${reason} (${code}) at line ${line}, column ${column} of the SQL text.`, {
    ...details, offset: before.length, line, column,
  });
}
