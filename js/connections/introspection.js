/**
 * Which tables a database has, and which columns they have. Asked anew each time.
 */
import { HawserError } from '../errors.js';
import { parseName } from '../sql/names.js';

/**
 * @typedef {object} TableDescription
 * @property {string} schema e.g. 'main'.
 * @property {string} name
 * @property {'table' | 'view' | 'virtual' | 'shadow'} type Shadow tables are those that virtual ones keep their data in.
 * @property {boolean} strict Whether it enforces the types of its columns.
 * @property {boolean} withoutRowid
 */

/**
 * @typedef {object} ColumnDescription
 * @property {string} name
 * @property {import('../table/schema.js').ColumnType} type As in the columns of a Table.
 * @property {string} databaseType As declared; '' when nothing is.
 * @property {boolean} nullable
 * @property {string | null} default The expression in SQL, e.g. `'none'` with its quotes; null when there is none.
 * @property {number} primaryKey Its place in the primary key, from 1; 0: it is not part of it.
 * @property {false | 'virtual' | 'stored'} generated
 */

/**
 * @typedef {object} Catalog What a dialect brings: statements with the parameters :schema (null: any), :system and :table.
 * @property {string} TABLES
 * @property {string} COLUMNS
 * @property {(row: any) => TableDescription} tableOf
 * @property {(row: any) => ColumnDescription} columnOf
 */

/** By dialect. @type {Record<string, () => Promise<Catalog>>} */
const CATALOGS = {
  sqlite: () => import('../sqlite/catalog.js'),
};

/**
 * @param {import('./sql.js').SqlConnection} connection
 * @param {{ schema?: string, system?: boolean }} options
 * @returns {Promise<readonly Readonly<TableDescription>[]>}
 */
export async function listTables(connection, { schema = undefined, system = false }) {
  if (schema !== undefined && typeof schema !== 'string') throw new TypeError('tables({ schema }) must be text.');
  const catalog = await catalogOf(connection, 'tables');
  return listed(connection, catalog.TABLES, { schema: schema ?? null, system: Boolean(system) }, catalog.tableOf);
}

/**
 * @param {import('./sql.js').SqlConnection} connection
 * @param {string | readonly string[] | { schema?: string, name: string }} table
 * @returns {Promise<readonly Readonly<ColumnDescription>[]>}
 */
export async function listColumns(connection, table) {
  const names = namesOf(table);
  const catalog = await catalogOf(connection, 'columns');
  const [name, schema = null] = [...names].reverse();
  const columns = await listed(connection, catalog.COLUMNS, { table: name, schema }, catalog.columnOf);
  if (columns.length > 0) return columns;
  throw new HawserError('ERR_QUERY', `There is no table or view ${names.map((part) => JSON.stringify(part)).join('.')}.`, { phase: 'columns' });
}

/** @param {any} table @returns {readonly string[]} Schema, if one is said, and name. */
function namesOf(table) {
  const given = typeof table === 'string' ? parseName(table) : Array.isArray(table) ? table : [table?.schema, table?.name].filter((part) => part !== undefined);
  if (given.length >= 1 && given.length <= 2 && given.every((part) => typeof part === 'string' && part !== '')) return given;
  throw new TypeError('columns(table): table must be a name, "schema.name", [schema, name], or what tables() has listed.');
}

/**
 * @template T
 * @param {import('./sql.js').SqlConnection} connection
 * @param {string} text
 * @param {Record<string, unknown>} params
 * @param {(row: any) => T} make
 * @returns {Promise<readonly Readonly<T>[]>}
 */
async function listed(connection, text, params, make) {
  const rows = await connection.query(text, { params, cache: 'no-store' });
  return Object.freeze(rows.toArray().map((row) => Object.freeze(make(row))));
}

/** @param {import('./sql.js').SqlConnection} connection @param {string} verb */
async function catalogOf(connection, verb) {
  const { dialect } = await connection.raw();
  const load = Object.hasOwn(CATALOGS, dialect) ? CATALOGS[dialect] : undefined;
  if (load) return load();
  throw new HawserError('ERR_NOT_SUPPORTED', `Connection "${connection.name}" (${dialect}) does not do ${verb}(). Query the database's own tables about it.`, {
    connection: connection.name, phase: verb,
  });
}
