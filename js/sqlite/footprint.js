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
const PROGRAM = `
  select opcode, iif(opcode = 'Function', 3, 2), null from bytecode(?1)
   where opcode in ('Clear', 'VOpen', 'VUpdate', 'SetCookie', 'ParseSchema', 'Destroy', 'Vacuum', 'SqlExec')
      or opcode = 'Function' and p4 in ('changes(0)', 'total_changes(0)', 'last_insert_rowid(0)')`;

const TABLES = `select lower(name), wr, type from tables_used(?1) union all ${PROGRAM}`;

/** With the tables of indexes, which takes twice the time. */
const TABLES_OF_INDEXES = `
  select distinct lower(coalesce(m.tbl_name, t.tbl_name, u.name)), u.wr, 'table'
    from tables_used(?1) u
    left join sqlite_schema m on m.name = u.name
    left join temp.sqlite_schema t on t.name = u.name
  union all ${PROGRAM}`;

/** What SQLite wants to be called with to take a statement itself instead of its text, by engine. @type {WeakMap<object, number>} */
const kinds = new WeakMap();

/**
 * The rows that a query about a statement gives.
 * @param {import('./database.js').Database} database
 * @param {import('./statement.js').Statement} statement
 * @param {string} sql
 */
function ask(database, statement, sql) {
  const query = database.prepare(sql);
  const { engine } = database;
  if (statement.epoch === database.epoch) {
    let kind = kinds.get(engine);
    if (kind === undefined) kinds.set(engine, (kind = engine.allocateText('stmt-pointer').pointer));
    engine.c.sqlite3_bind_pointer(query.pointer, 1, statement.pointer, kind, 0);
    const batches = query.all('number');
    engine.c.sqlite3_clear_bindings(query.pointer);
    return batches;
  }
  query.bind([statement.sql]); // Its program may be of another time.
  return query.all('number');
}

/**
 * @param {import('./database.js').Database} database
 * @param {import('./statement.js').Statement} statement
 * @returns {Footprint}
 */
export function readFootprint(database, statement) {
  let batches = ask(database, statement, TABLES);
  if (batches.some(({ vectors }) => Array.from(vectors[2].values()).includes('index'))) batches = ask(database, statement, TABLES_OF_INDEXES);
  /** @type {Set<string>} */
  const reads = new Set();
  /** @type {Set<string>} */
  const writes = new Set();
  let knowsReads = true;
  let knowsWrites = true;
  let stateful = false;
  for (const { length, vectors } of batches) {
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
