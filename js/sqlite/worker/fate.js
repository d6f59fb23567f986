/**
 * What becomes of a statement whose leader is gone before it has answered: run again when that cannot hurt, otherwise the caller is told
 * what is known.
 */
import { afterComments } from '../lexer.js';
import { interrupted, rolledBack, unknown } from './failures.js';

/** @typedef {import('../../errors.js').HawserError} HawserError */

/** Pragmas that only tell something. */
const TELLING =
  /^pragma\s+(?:\w+\s*\.\s*)?(?:table_info|table_xinfo|table_list|index_list|index_info|index_xinfo|foreign_key_list|foreign_key_check|database_list|function_list|collation_list|pragma_list|compile_options|integrity_check|quick_check)\b[^;=]*;?\s*$/i;

/**
 * Whether a text is one statement that changes nothing, for sure.
 * @param {string} sql
 */
export function onlyReads(sql) {
  const text = afterComments(sql);
  if (TELLING.test(text)) return true;
  const [word] = /^[a-z]+/i.exec(text) ?? [''];
  if (/;\s*\S/.test(text)) return false;
  if (/^(?:select|values)$/i.test(word)) return true;
  return /^with$/i.test(word) && !/\b(?:insert|update|delete|replace)\b/i.test(text);
}

/**
 * Whether a text that is run in a transaction may have ended it for good.
 * @param {string} sql
 */
const mayCommit = (sql) => /(?:^|;)\s*(?:commit|end|release(?!\s+hawser_))\b/i.test(afterComments(sql));

/**
 * @param {import('./protocol.js').Request} request That was sent and not answered.
 * @param {boolean} [begun] Whether it may have been begun.
 * @returns {'again' | HawserError} Whether it is to be sent again, or what to tell the caller.
 */
export function fateOf({ op, sql = '', tx }, begun = true) {
  if (op === 'next') return interrupted();
  if (!begun) return tx ? rolledBack() : 'again';
  if (tx) return mayCommit(sql) ? unknown() : rolledBack();
  if (op === 'footprint' || op === 'define' || op === 'export') return 'again';
  if ((op === 'query' || op === 'execute' || op === 'cursor') && onlyReads(sql)) return 'again';
  if (op === 'execute' && /^begin(?:\s+(?:deferred|immediate|exclusive))?(?:\s+transaction)?\s*;?\s*$/i.test(afterComments(sql))) return 'again';
  return unknown();
}
