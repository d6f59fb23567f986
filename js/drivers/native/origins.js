/**
 * Which columns of a table the columns of a simple result come from, read from the statement, for clients that do not tell.
 */
import { afterComments } from '../../sqlite/lexer.js';

/** @typedef {import('./handle.js').Origin} Origin */

/** A column's name, with or without its table's, and maybe another name for the result. */
const PLAIN = /^(?:"?\w+"?\s*\.\s*)?(?:"(\w+)"|(\w+))(?:\s+as\s+"?\w+"?|\s+"?\w+"?)?$/i;

/**
 * @param {readonly Origin[]} columns
 * @param {string} sql A statement of one table and its rows as they are.
 * @param {string} table In lower case.
 * @param {import('./database.js').NativeDatabase} database
 * @returns {readonly Origin[]}
 */
export function withOrigins(columns, sql, table, database) {
  const list = /^select\s+(?:all\s+|distinct\s+)?([^]*?)\sfrom\s/i.exec(afterComments(sql))?.[1] ?? '';
  const names = list.split(',').flatMap((item) => {
    const text = item.trim();
    if (text === '*' || text.toLowerCase() === `${table}.*`) return database.columnsOf(table);
    const match = PLAIN.exec(text);
    return [match?.[1] ?? match?.[2]];
  });
  if (names.length !== columns.length) return columns;
  return columns.map((column, c) => ({ ...column, column: names[c] ?? null, table, database: null }));
}
