/**
 * Which tables a statement reads and writes, read from its compiled program, so that views, triggers, cascades and indexes are
 * seen through.
 */

import { afterComments } from './lexer.js';

/**
 * @typedef {object} Footprint
 * @property {boolean} readOnly Whether it can change nothing.
 * @property {boolean} cacheable Whether its result depends on tables and parameters only: SELECT, VALUES and WITH … SELECT.
 * @property {readonly string[] | undefined} reads Tables in lower case; undefined when not all of them can be told.
 * @property {readonly string[] | undefined} writes Likewise.
 */

/**
 * Opcodes that touch tables without naming them in tables_used: Clear empties one (DELETE without WHERE), VOpen and
 * VUpdate are for virtual tables, the others change the schema. https://sqlite.org/opcode.html
 * And the functions that tell of the statements before, not of tables.
 */
const QUERY = `
  select distinct lower(coalesce(m.tbl_name, t.tbl_name, u.name)), u.wr
    from tables_used(?1) u
    left join sqlite_schema m on m.name = u.name
    left join temp.sqlite_schema t on t.name = u.name
  union all
  select opcode, iif(opcode = 'Function', 3, 2) from bytecode(?1)
   where opcode in ('Clear', 'VOpen', 'VUpdate', 'SetCookie', 'ParseSchema', 'Destroy', 'Vacuum', 'SqlExec')
      or opcode = 'Function' and p4 in ('changes(0)', 'total_changes(0)', 'last_insert_rowid(0)')`;

/**
 * @param {import('./database.js').Database} database
 * @param {import('./statement.js').Statement} statement
 * @returns {Footprint}
 */
export function readFootprint(database, statement) {
  const query = database.prepare(QUERY);
  query.bind([statement.sql]);
  /** @type {Set<string>} */
  const reads = new Set();
  /** @type {Set<string>} */
  const writes = new Set();
  let knowsReads = true;
  let knowsWrites = true;
  let stateful = false;
  for (const { length, vectors } of query.all('number')) {
    for (let row = 0; row < length; row++) {
      const name = /** @type {string | null} */ (vectors[0].get(row));
      const access = vectors[1].get(row);
      if (access === 3) stateful = true;
      else if (access === 0 && name !== null) reads.add(name);
      else if (access === 1 && name !== null) writes.add(name);
      else if (access === 0 || name === 'VOpen') knowsReads = false;
      else knowsWrites = false;
    }
  }
  return Object.freeze({
    readOnly: statement.readOnly,
    cacheable: statement.readOnly && !stateful && /^(select|values|with)\b/i.test(afterComments(statement.sql)),
    reads: knowsReads ? [...reads] : undefined,
    // A statement that may write but names no table does something else: unknown.
    writes: statement.readOnly ? [] : knowsWrites && writes.size ? [...writes] : undefined,
  });
}
