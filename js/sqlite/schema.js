/**
 * What SQLite tells about the columns of a result.
 */

import { afterComments } from './lexer.js';

/** @typedef {import('../table/schema.js').ColumnInfo} ColumnInfo */

/**
 * Type of a column from its declared type, by SQLite's rules of affinity (https://sqlite.org/datatype3.html#determination_of_column_affinity)
 * and, where those know only NUMERIC, by name.
 * @param {string} declared
 * @returns {import('../table/schema.js').ColumnType}
 */
export function typeOfDeclared(declared) {
  const name = declared.toUpperCase();
  if (name.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(name)) return 'string';
  if (name.includes('BLOB')) return 'buffer';
  if (/REAL|FLOA|DOUB/.test(name)) return 'number';
  if (/^BOOL/.test(name)) return 'integer'; // SQLite stores booleans as 0 and 1.
  if (/^(DATE|TIME)/.test(name)) return 'string';
  return /^(NUMERIC|DECIMAL|NUMBER)/.test(name) ? 'number' : 'other';
}

/**
 * @param {import('./engine.js').Engine} engine
 * @param {number} database sqlite3*
 * @param {number} statement sqlite3_stmt*
 * @param {string} sql
 * @returns {ColumnInfo[]} type 'other' for expressions: SQLite declares none for them
 */
export function describeColumns(engine, database, statement, sql) {
  const { c } = engine;
  const table = simpleTable(sql);
  return Array.from({ length: c.sqlite3_column_count(statement) }, (_, i) => {
    const databaseType = engine.readText(c.sqlite3_column_decltype(statement, i));
    return {
      name: engine.readText(c.sqlite3_column_name(statement, i)),
      type: databaseType ? typeOfDeclared(databaseType) : 'other',
      nullable: table === undefined || !isNotNull(engine, database, statement, i, table),
      databaseType,
    };
  });
}

/**
 * One table and its rows as they are: no join, view, aggregate, subquery or compound, any of which may put nulls where a
 * table has none.
 */
const SIMPLE = /^select\s[^()]*?\sfrom\s+("?)(\w+)\1(?:\s+as\s+\w+)?\s*(?:$|;|\s(?:where|order|limit)\s[^()]*$)/i;
const COMPOUND = /\b(?:join|union|except|intersect|having|group|over|from\s[^]*\sfrom)\b/i;

/**
 * Whether a result column comes straight from a table column that is NOT NULL. Only asked of simple statements.
 * @param {import('./engine.js').Engine} engine
 * @param {number} database
 * @param {number} statement
 * @param {number} column
 * @param {string} table In lower case.
 */
function isNotNull(engine, database, statement, column, table) {
  const { c, out } = engine;
  const origin = c.sqlite3_column_origin_name(statement, column);
  if (!origin) return false;
  const name = c.sqlite3_column_table_name(statement, column);
  if (engine.readText(name).toLowerCase() !== table) return false; // Of a view: what it reads.
  const status = c.sqlite3_table_column_metadata(
    database, c.sqlite3_column_database_name(statement, column), name, origin, 0, 0, out, out + 4, 0,
  );
  return status === 0 && engine.u32[out >>> 2] !== 0;
}

/**
 * The one table that a simple statement reads, in lower case.
 * @param {string} sql
 * @returns {string | undefined}
 */
export function simpleTable(sql) {
  const text = afterComments(sql);
  return COMPOUND.test(text) ? undefined : SIMPLE.exec(text)?.[2].toLowerCase();
}
