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
 */
const TOUCHING = new Set(['Clear', 'VOpen', 'VUpdate', 'SetCookie', 'ParseSchema', 'Destroy', 'Vacuum', 'SqlExec']);

/** Those whose tables tables_used names: without one of them it has no rows, and SQLite need not be asked. */
const OPENING = new Set(['OpenRead', 'OpenWrite', 'ReopenIdx']);

/** Functions that tell of the statements before, not of tables, as the opcode Function names them. */
const STATEFUL = new Set(['changes(0)', 'total_changes(0)', 'last_insert_rowid(0)']);

// Both as simple as can be: what SQLite needs for more is compiled first, which takes longer than to look at some rows too many.
const PROGRAM = 'select opcode, p4 from bytecode(?1)';
const TABLES = 'select name, wr, type from tables_used(?1)';

/** With the tables of indexes. */
const TABLES_OF_INDEXES = `
  select distinct coalesce(m.tbl_name, t.tbl_name, u.name), u.wr, 'table'
    from tables_used(?1) u
    left join sqlite_schema m on m.name = u.name
    left join temp.sqlite_schema t on t.name = u.name`;

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
  let opens = false;
  let knowsReads = true;
  let knowsWrites = true;
  let stateful = false;
  for (const [opcode, p4] of rowsOf(ask(database, statement, PROGRAM))) {
    if (OPENING.has(opcode)) opens = true;
    else if (opcode === 'Function') stateful ||= STATEFUL.has(p4);
    else if (opcode === 'VOpen') knowsReads = false;
    else if (TOUCHING.has(opcode)) knowsWrites = false;
  }
  /** @type {Set<string>} */
  const reads = new Set();
  /** @type {Set<string>} */
  const writes = new Set();
  for (const [name, write] of opens ? tablesOf(database, statement) : []) {
    if (name !== null) (write ? writes : reads).add(lower(name));
    else if (write) knowsWrites = false;
    else knowsReads = false;
  }
  return Object.freeze({
    readOnly: statement.readOnly,
    cacheable: statement.readOnly && !stateful && /^(select|values|with)\b/i.test(afterComments(statement.sql)),
    reads: knowsReads ? [...reads] : undefined,
    // A statement that may write but names no table does something else: unknown.
    writes: statement.readOnly ? [] : knowsWrites && writes.size ? [...writes] : undefined,
  });
}

/**
 * The tables that a statement opens, and whether to write.
 * @param {import('./database.js').Database} database
 * @param {import('./statement.js').Statement} statement
 */
function tablesOf(database, statement) {
  const tables = [...rowsOf(ask(database, statement, TABLES))];
  return tables.some(([, , type]) => type === 'index') ? rowsOf(ask(database, statement, TABLES_OF_INDEXES)) : tables;
}

/** @param {ReturnType<typeof ask>} batches */
function* rowsOf(batches) {
  for (const { length, vectors } of batches) {
    for (let row = 0; row < length; row++) yield vectors.map((vector) => /** @type {any} */ (vector.get(row)));
  }
}

/** As SQLite does it: ASCII only. @param {string} name */
const lower = (name) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
