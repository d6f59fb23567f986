/**
 * SQL over worksheets: those that a statement names become tables of a database in memory, for that statement.
 */
import { openMemory } from '../drivers/sqlite.js';
import { HawserError } from '../errors.js';

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('../drivers/driver.js').Session} Session */

/** Column types of SQLite. @type {Readonly<Record<string, string>>} */
const AFFINITY = Object.freeze({ integer: 'INTEGER', number: 'REAL', boolean: 'BOOLEAN', string: 'TEXT', date: 'TEXT' });

const ONLY_READS = 'query() only reads: worksheets are written with update(), append() and clear().';

/** More tables than SQLite joins. */
const MOST_TABLES = 64;

/**
 * @param {string} sql One statement that reads.
 * @param {import('../drivers/driver.js').RunOptions} options
 * @param {(table: string) => Promise<Table>} load The worksheet that is called so; asked for at the same time where the statement allows.
 * @returns {Promise<Table>}
 */
export async function queryTables(sql, options, load) {
  const client = await openMemory({});
  const session = await client.acquire();
  try {
    const loaded = new Set();
    for (;;) {
      const wanted = await missingTables(session, sql);
      const names = wanted.names.filter((name) => !loaded.has(name));
      if (names.length === 0) {
        if (wanted.error) throw wanted.error;
        if (!wanted.readOnly) throw new HawserError('ERR_QUERY', ONLY_READS, { phase: 'query' });
        return await session.query(sql, options);
      }
      const tables = await Promise.all(names.map(load));
      for (const [at, name] of names.entries()) {
        loaded.add(name);
        await fill(session, name, /** @type {Table} */ (tables[at]));
      }
    }
  } finally {
    session.release();
    await client.close();
  }
}

/**
 * The tables that SQLite misses to understand a statement. An empty one is put in place of each, so that it tells of the next; what it
 * then complains of may be due to these.
 * @param {Session} session @param {string} sql
 * @returns {Promise<{ names: string[], readOnly?: boolean, error?: unknown }>}
 */
async function missingTables(session, sql) {
  /** @type {string[]} */
  const names = [];
  while (names.length < MOST_TABLES) {
    try {
      const { readOnly } = await session.footprint(sql);
      return { names, readOnly };
    } catch (error) {
      const name = /no such table: (?:main\.)?(.+) \(SQLITE_ERROR\)/s.exec(String(/** @type {any} */ (error).message))?.[1];
      if (name === undefined || names.includes(name)) return { names, error };
      names.push(name);
      await session.execute(`create table ${quoted(name)} ("")`, {});
    }
  }
  return { names };
}

/** @param {Session} session @param {string} name @param {Table} table */
async function fill(session, name, table) {
  const names = distinctIgnoringCase(table.columns.map(({ name: column }) => column));
  const columns = table.columns.map(({ type }, c) => `${quoted(/** @type {string} */ (names[c]))} ${AFFINITY[type] ?? ''}`);
  await session.execute(`drop table ${quoted(name)}; create table ${quoted(name)} (${columns.join(', ') || '""'})`, {});
  if (columns.length === 0 || table.length === 0) return;
  const places = columns.map(() => '?').join(', ');
  await session.executeMany(`insert into ${quoted(name)} values (${places})`, rowsOf(table), {});
}

/** @param {Table} table */
function* rowsOf(table) {
  const columns = table.columns.map((_, c) => table.columnAt(c));
  for (let row = 0; row < table.length; row++) {
    yield columns.map((column) => ('get' in column ? column.get(row) : column[row]));
  }
}

/** @param {string} name */
const quoted = (name) => `"${name.replace(/"/g, '""')}"`;

/** SQLite takes "Name" and "name" for the same column. @param {string[]} names */
function distinctIgnoringCase(names) {
  const used = new Set();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; used.has(unique.toLowerCase()); n++) unique = `${name}_${n}`;
    used.add(unique.toLowerCase());
    return unique;
  });
}
