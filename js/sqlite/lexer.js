/**
 * What can be told of SQL text without preparing it.
 */
import { HawserError } from '../errors.js';

/**
 * The text from its first word on: without leading space, comments and semicolons. '' when there is nothing else.
 * @param {string} sql
 */
export const afterComments = (sql) => sql.replace(/^(?:[\s;\uFEFF]+|--[^\n]*(?:\n|$)|\/\*[^]*?(?:\*\/|$))+/, '');

/**
 * What the first word of a statement tells.
 * @typedef {object} Traits
 * @property {string} word The word, in lower case.
 * @property {boolean} control Whether it only begins or ends a transaction or savepoint.
 * @property {boolean} rollback Whether it may take changes of the schema back.
 * @property {boolean} settings Whether it may change what other statements mean, although it changes no table: PRAGMA, ATTACH, DETACH.
 * @property {boolean} sets Whether it does so for sure.
 * @property {boolean} plain Neither control nor settings.
 * @property {boolean} inserts
 * @property {boolean} keepable Whether it may be run again without being prepared anew. PRAGMA does its work, and looks up
 *   what it answers, while it is prepared.
 */

/**
 * @param {string} sql One statement.
 * @returns {Traits}
 */
export function traitsOf(sql) {
  const text = afterComments(sql);
  const word = /^[a-z]*/i.exec(text)?.[0].toLowerCase() ?? '';
  const settings = word === 'pragma' || word === 'attach' || word === 'detach';
  return {
    word,
    control: CONTROL.has(word),
    plain: !CONTROL.has(word) && !settings,
    rollback: word === 'rollback',
    settings,
    sets: settings && (word !== 'pragma' || text.includes('=') || (text.includes('(') && !ASKING.test(text))),
    inserts: word === 'insert' || word === 'replace' || (word === 'with' && /\b(?:insert|replace)\b/i.test(text)),
    keepable: word !== 'pragma',
  };
}

/** Pragmas whose argument is what they are asked about; of all others it is the value that they set. */
const ASKING = /^pragma\s[^(]*\b(?:(?:table|index)_(?:x?info|list)|foreign_key_(?:list|check)|(?:integrity|quick)_check)\s*\(/i;

const CONTROL = new Set(['begin', 'commit', 'end', 'rollback', 'savepoint', 'release']);

/**
 * Refuses text that SQLite would read otherwise than it is meant.
 * @param {string} sql
 * @throws {HawserError} ERR_QUERY
 */
export function checkText(sql) {
  if (sql.includes('\0')) throw new HawserError('ERR_QUERY', 'The SQL text holds a NUL character; pass such text as a parameter.', { phase: 'query' });
  if (/\p{Surrogate}/u.test(sql)) {
    throw new HawserError('ERR_QUERY', 'The SQL text holds a lone surrogate, which UTF-8 cannot hold.', { phase: 'query' });
  }
}
