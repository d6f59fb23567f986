/**
 * What an SQLite database tells of its tables and their columns.
 */
import { typeOfDeclared } from './schema.js';

/** @typedef {import('../connections/introspection.js').ColumnDescription} ColumnDescription */
/** @typedef {import('../connections/introspection.js').TableDescription} TableDescription */

/** Its answer is looked up while the statement is prepared: pragmas are tables here so that they take parameters. */
export const TABLES = `
  select schema, name, type, ncol, wr, strict from pragma_table_list
   where (:schema is null or schema = :schema collate nocase)
     and (:system or (type <> 'shadow' and name not like 'sqlite\\_%' escape '\\'))
   order by schema <> 'main', schema, name collate nocase`;

/**
 * A column that is INTEGER PRIMARY KEY of a table with row ids is the row id, and needs no index.
 */
export const COLUMNS = `
  select x.name, x.type, x."notnull" as required, x.dflt_value as "default", x.pk, x.hidden, l.type as kind,
         x.pk = 1 and l.type = 'table' and l.wr = 0 and upper(x.type) = 'INTEGER'
           and not exists (select 1 from pragma_index_list(l.name, l.schema) where origin = 'pk') as rowid
    from pragma_table_list l join pragma_table_xinfo(l.name, l.schema) x
   where l.name = :table collate nocase and x.hidden <> 1
     and l.schema = coalesce(
       (select schema from pragma_table_list where name = :table collate nocase and (:schema is null or schema = :schema collate nocase)
         order by schema <> 'temp', schema <> 'main', (select seq from pragma_database_list d where d.name = schema) limit 1), '')
   order by x.cid`;

/** @param {any} row @returns {TableDescription} */
export const tableOf = ({ schema, name, type, wr, strict }) => ({ schema, name, type, strict: strict === 1, withoutRowid: wr === 1 });

/** @param {any} row @returns {ColumnDescription} */
export const columnOf = ({ name, type, required, default: value, pk, hidden, rowid }) => ({
  name,
  type: type ? typeOfDeclared(type) : 'other',
  databaseType: type,
  nullable: !required && !rowid,
  default: value,
  primaryKey: pk,
  generated: hidden === 2 ? 'virtual' : hidden === 3 ? 'stored' : false,
});
