/**
 * Which tables a statement reads and writes, read from its compiled program as EXPLAIN shows it: what js/sqlite/footprint.js
 * does with tables that these builds of SQLite lack.
 */
import { afterComments, traitsOf } from '../../sqlite/lexer.js';

/** @typedef {import('../driver.js').Footprint} Footprint */
/** @typedef {import('./database.js').NativeDatabase} NativeDatabase */

/** Opcodes that touch tables without saying which. https://sqlite.org/opcode.html */
const UNKNOWN_WRITES = new Set(['Clear', 'VUpdate', 'SetCookie', 'ParseSchema', 'Destroy', 'Vacuum', 'SqlExec', 'JournalMode', 'Checkpoint']);
const STATEFUL = new Set(['changes(0)', 'total_changes(0)', 'last_insert_rowid(0)']);
/** The root page is in a register: a table that the statement has just made. */
const IN_REGISTER = 0x10;

const NOTHING_KNOWN = Object.freeze({ readOnly: false, cacheable: false, reads: undefined, writes: undefined });

/** Pragmas that may be given an argument and change nothing all the same. */
const ASKING = /^pragma\s+(?:\w+\s*\.\s*)?(?:\w+\s*;?\s*$|(?:table_x?info|table_list|index_list|index_x?info|foreign_key_list|foreign_key_check|integrity_check|quick_check)\b)/i;

/**
 * @param {NativeDatabase} database
 * @param {import('./statement.js').NativeStatement} statement
 * @returns {Footprint}
 */
export function readFootprint(database, statement) {
  const text = afterComments(statement.sql);
  const { settings, control } = traitsOf(text);
  const asking = /^explain\b/i.test(text) || control || (settings && ASKING.test(text));
  if (asking) return Object.freeze({ readOnly: true, cacheable: false, reads: undefined, writes: Object.freeze([]) });
  if (settings) return NOTHING_KNOWN; // To compile them is to run them.
  return fromProgram(database, text, statement);
}

/**
 * @param {NativeDatabase} database
 * @param {string} text
 * @param {import('./statement.js').NativeStatement} statement
 * @returns {Footprint}
 */
function fromProgram(database, text, { names }) {
  const explain = database.handle.prepare(`explain ${text}`, names);
  /** @type {Set<string>} */
  const reads = new Set();
  /** @type {Set<string>} */
  const writes = new Set();
  let knowsReads = true;
  let knowsWrites = true;
  let stateful = false;
  let readOnly = true;
  try {
    for (const [, opcode, p1, p2, p3, p4, p5] of explain.all(names.map(() => null))) {
      const name = String(opcode);
      if (name === 'OpenRead' || name === 'OpenWrite' || name === 'ReopenIdx') {
        const table = Number(p5) & IN_REGISTER && name === 'OpenWrite' ? undefined : database.tableAt(Number(p3), Number(p2));
        const set = name === 'OpenWrite' ? writes : reads;
        if (table !== undefined) set.add(table);
        else if (set === writes) knowsWrites = false;
        else knowsReads = false;
      } else if (name === 'Transaction') {
        if (Number(p2) !== 0) readOnly = false;
      } else if (name === 'VOpen') {
        knowsReads = false;
      } else if (UNKNOWN_WRITES.has(name)) {
        knowsWrites = readOnly = false;
      } else if (name === 'Function' && STATEFUL.has(String(p4))) {
        stateful = true;
      }
      void p1;
    }
  } finally {
    explain.finalize();
  }
  return Object.freeze({
    readOnly,
    cacheable: readOnly && !stateful && /^(select|values|with)\b/i.test(text),
    reads: knowsReads ? Object.freeze([...reads]) : undefined,
    writes: readOnly ? Object.freeze([]) : knowsWrites && writes.size ? Object.freeze([...writes]) : undefined,
  });
}
