/**
 * The official oo1 API, and cells as SQLite has them: integers as bigint, texts decoded from all of their bytes (oo1
 * itself ends them at a NUL and drops a leading U+FEFF).
 */
import init from '@sqlite.org/sqlite-wasm';

/** @typedef {null | bigint | number | string | Uint8Array} Cell */
/** @typedef {{ rows: Cell[][] } | { error: string }} Answer */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @typedef {object} OracleDatabase
 * @property {(sql: string, params?: readonly unknown[]) => void} run
 * @property {(sql: string, params?: readonly unknown[]) => Answer}  query
 * @property {() => void} close
 */

/** @type {(() => Promise<{ open(): OracleDatabase }>) | undefined} */
let loadOther;

/**
 * From now on loadOracle() gives another one: for files that run the tests of another one again.
 * @param {() => Promise<{ open(): OracleDatabase }>} load
 */
export const oracleFrom = (load) => void (loadOther = load);

/** @returns {Promise<{ open(): OracleDatabase }>} */
export async function loadOracle() {
  if (loadOther) return loadOther();
  // init() reads this and takes it away. Without it every error in a query would be printed.
  /** @type {any} */ (globalThis).sqlite3ApiConfig = { warn() {}, error() {} };
  const sqlite = /** @type {any} */ (await init());
  const { capi, wasm, oo1 } = sqlite;

  /** @param {any} statement @param {readonly unknown[]} params */
  const bind = (statement, params) => {
    params.forEach((value, i) => {
      // oo1 binds -0 and numbers beyond 64 bits as the integer 0.
      if (typeof value === 'number' && (Object.is(value, -0) || !Number.isSafeInteger(value))) capi.sqlite3_bind_double(statement.pointer, i + 1, value);
      else statement.bind(i + 1, asBound(value));
    });
  };

  /** @param {any} statement @param {number} c @returns {Cell} */
  const cell = ({ pointer }, c) => {
    const { exports } = wasm;
    const bytes = () => {
      const at = exports.sqlite3_column_blob(pointer, c) >>> 0;
      return wasm.heap8u().slice(at, at + exports.sqlite3_column_bytes(pointer, c));
    };
    switch (exports.sqlite3_column_type(pointer, c)) {
      case capi.SQLITE_INTEGER:
        return exports.sqlite3_column_int64(pointer, c);
      case capi.SQLITE_FLOAT:
        return exports.sqlite3_column_double(pointer, c);
      case capi.SQLITE_TEXT:
        return decoder.decode(bytes());
      case capi.SQLITE_BLOB:
        return bytes();
      default:
        return null;
    }
  };

  return {
    open() {
      const database = new oo1.DB(':memory:');
      /** @param {string} sql @param {readonly unknown[]} params @param {(statement: any) => void} row */
      const each = (sql, params, row) => {
        const statement = database.prepare(sql);
        try {
          bind(statement, params);
          while (statement.step()) row(statement);
        } finally {
          statement.finalize();
        }
      };
      return {
        run: (sql, params = []) => each(sql, params, () => {}),
        query(sql, params = []) {
          /** @type {Cell[][]} */
          const rows = [];
          try {
            each(sql, params, (statement) => rows.push(Array.from({ length: statement.columnCount }, (_, c) => cell(statement, c))));
          } catch {
            return { error: capi.sqlite3_errmsg(database.pointer) };
          }
          return { rows };
        },
        close: () => database.close(),
      };
    },
  };
}

/**
 * Hawser's documented rules, where oo1 has others: whole numbers are INTEGER up to 2^53 and not up to 2^31, dates are text.
 * @param {unknown} value
 */
function asBound(value) {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (Object.prototype.toString.call(value) === '[object Date]') return /** @type {Date} */ (value).toISOString();
  return value;
}
