/**
 * What SQLite tells about the columns of a result.
 */

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
 * @returns {ColumnInfo[]} type 'other' for expressions: SQLite declares none for them
 */
export function describeColumns(engine, database, statement) {
  const { c } = engine;
  return Array.from({ length: c.sqlite3_column_count(statement) }, (_, i) => {
    const databaseType = engine.readText(c.sqlite3_column_decltype(statement, i));
    return {
      name: engine.readText(c.sqlite3_column_name(statement, i)),
      type: databaseType ? typeOfDeclared(databaseType) : 'other',
      nullable: !isNotNull(engine, database, statement, i),
      databaseType,
    };
  });
}

/**
 * Whether a result column comes straight from a table column that is NOT NULL. An outer join can make it null all the same,
 * so this is only asked where the statement has none.
 * @param {import('./engine.js').Engine} engine
 * @param {number} database
 * @param {number} statement
 * @param {number} column
 */
function isNotNull(engine, database, statement, column) {
  const { c, out } = engine;
  const origin = c.sqlite3_column_origin_name(statement, column);
  if (!origin || /\b(left|right|full)\b/i.test(engine.readText(c.sqlite3_sql(statement)))) return false;
  const status = c.sqlite3_table_column_metadata(
    database, c.sqlite3_column_database_name(statement, column), c.sqlite3_column_table_name(statement, column), origin, 0, 0, out, out + 4, 0,
  );
  return status === 0 && engine.u32[out >>> 2] !== 0;
}
