/**
 * Runs scripts in the format of SQLite's sqllogictest (https://sqlite.org/sqllogictest) through query() and execute().
 */
import { createHash } from 'node:crypto';

/**
 * What a script needs of a connection; SqlConnection has it.
 * @typedef {object} Runnable
 * @property {(sql: string) => Promise<unknown>} execute
 * @property {(sql: string, options: { int64: 'bigint' }) => Promise<import('../../js/table/table.js').Table>} query
 */

/**
 * @typedef {object} Outcome
 * @property {number} statements How many were run.
 * @property {number} queries
 * @property {number} skipped
 * @property {string[]} failures What went otherwise than the script says, each with its line. At most {@link MAX_FAILURES}.
 */

const MAX_FAILURES = 20;
/** Results of more values are given as their hash, unless the script says otherwise. */
const HASH_THRESHOLD = 8;

/**
 * @param {Runnable} conn
 * @param {string} script
 * @param {{ engine?: string }} [options] Whose `skipif` and `onlyif` to follow.
 * @returns {Promise<Outcome>}
 */
export async function runScript(conn, script, { engine = 'sqlite' } = {}) {
  /** @type {Outcome} */
  const outcome = { statements: 0, queries: 0, skipped: 0, failures: [] };
  /** @type {Map<string, string>} Hashes of results by their label. */
  const labels = new Map();
  let threshold = HASH_THRESHOLD;
  for (const record of recordsOf(script)) {
    const { words, sql, expected, line } = record;
    const fail = (/** @type {string} */ what) => void outcome.failures.push(`line ${line}: ${what}\n${sql}`);
    if (outcome.failures.length >= MAX_FAILURES) break;
    if (record.skips.some(([how, name]) => (how === 'skipif') === (name?.toLowerCase() === engine))) {
      outcome.skipped++;
      continue;
    }
    if (words[0] === 'halt') break;
    if (words[0] === 'hash-threshold') {
      threshold = Number(words[1]);
    } else if (words[0] === 'statement' && /^(?:ok|error)$/.test(words[1] ?? '')) {
      outcome.statements++;
      const error = await conn.execute(sql).then(() => undefined, (reason) => reason);
      if (words[1] === 'ok' && error) fail(String(error));
      else if (words[1] === 'error' && error?.code !== 'ERR_QUERY') fail(`there should be an error, but there was ${error ?? 'none'}`);
    } else if (words[0] === 'query' && /^[TIR]+$/.test(words[1] ?? '')) {
      outcome.queries++;
      const [, types = '', sort = 'nosort', label] = words;
      try {
        const values = sorted(valuesOf(await conn.query(sql, { int64: 'bigint' }), types), sort, types.length);
        if (label !== undefined) {
          const hash = hashOf(values);
          if ((labels.get(label) ?? hash) !== hash) fail(`the result is not that of the others with the label ${label}`);
          labels.set(label, hash);
        }
        const hashed = threshold > 0 && values.length > threshold;
        const given = hashed ? [`${values.length} values hashing to ${hashOf(values)}`] : values;
        if (given.join('\n') !== expected.join('\n')) fail(`expected\n${expected.join('\n')}\ngot\n${given.join('\n')}`);
      } catch (error) {
        // For the original a result ends where it fails.
        if (/** @type {any} */ (error).code !== 'ERR_QUERY' || expected.length > 0) fail(String(error));
      }
    } else {
      fail(`there is no record of this kind: ${words.join(' ')}`);
    }
  }
  return outcome;
}

/**
 * @typedef {object} ScriptRecord
 * @property {string[][]} skips Its lines `skipif …` and `onlyif …`, in words.
 * @property {string[]} words The first line.
 * @property {string} sql
 * @property {string[]} expected Lines after `----`.
 * @property {number} line Of the script, from 1.
 */

/** @param {string} script @returns {Generator<ScriptRecord>} */
export function* recordsOf(script) {
  const lines = script.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    if (isBlank(lines[at]) || lines[at]?.startsWith('#')) continue;
    const line = at + 1;
    const skips = [];
    let words = wordsOf(lines[at]);
    while (words[0] === 'skipif' || words[0] === 'onlyif') {
      skips.push(words);
      words = wordsOf(lines[++at]);
    }
    let end = at + 1;
    while (end < lines.length && !isBlank(lines[end])) end++;
    const body = lines.slice(at + 1, end);
    const rule = words[0] === 'query' ? body.indexOf('----') : -1;
    at = end;
    yield {
      skips, words, line,
      sql: (rule < 0 ? body : body.slice(0, rule)).join('\n'),
      expected: rule < 0 ? [] : body.slice(rule + 1),
    };
  }
}

/** @param {string | undefined} line */
const isBlank = (line) => line === undefined || /^\s*$/.test(line);

/** @param {string | undefined} line */
const wordsOf = (line = '') => line.replace(/#.*$/, '').trim().split(/\s+/);

/**
 * The values as the format writes them, row by row.
 * @param {import('../../js/table/table.js').Table} table
 * @param {string} types
 */
function valuesOf(table, types) {
  const width = table.columns.length;
  if (width !== types.length) throw new Error(`there are ${width} columns instead of ${types.length}`);
  const columns = table.columns.map((_, c) => [...table.columnAt(c)]);
  /** @type {string[]} */
  const values = [];
  for (let row = 0; row < table.length; row++) {
    for (let c = 0; c < width; c++) values.push(formatted(columns[c]?.[row], types[c], table.columns[c]?.type === 'number'));
  }
  return values;
}

/**
 * @param {any} value
 * @param {string | undefined} type
 * @param {boolean} real Whether numbers without a fraction are reals too.
 */
function formatted(value, type, real) {
  if (value === null) return 'NULL';
  if (type === 'I') return String(integerOf(value));
  if (type === 'R') return fixed(typeof value === 'string' ? parseFloat(value) || 0 : Number(value));
  const text = ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : real && Number.isInteger(value) ? `${value}.0` : String(value);
  return text === '' ? '(empty)' : Array.from(new TextEncoder().encode(text), (byte) => (byte < 0x20 || byte > 0x7e ? '@' : String.fromCharCode(byte))).join('');
}

/** As sqlite3_column_int() does it. @param {any} value */
function integerOf(value) {
  if (typeof value === 'bigint') return BigInt.asIntN(32, value);
  const number = typeof value === 'string' ? parseInt(value, 10) || 0 : Math.trunc(value);
  const most = 2n ** 63n;
  const whole = BigInt(number);
  return BigInt.asIntN(32, whole >= most ? most - 1n : whole < -most ? -most : whole);
}

/**
 * %.3f of SQLite's own printf, which knows 16 digits.
 * @param {number} value
 */
function fixed(value) {
  if (Math.abs(value) < 1e15 || !Number.isFinite(value)) return value.toFixed(3);
  const [, sign, first, more, zeros] = /** @type {RegExpExecArray} */ (/^(-?)(\d)\.(\d+)e\+(\d+)$/.exec(value.toExponential(15)));
  return `${sign}${`${first}${more}`.padEnd(Number(zeros) + 1, '0')}.000`;
}

/** @param {string[]} values @param {string} sort @param {number} width */
function sorted(values, sort, width) {
  if (sort === 'nosort') return values;
  if (sort === 'valuesort') return [...values].sort(compare);
  if (sort !== 'rowsort') throw new Error(`there is no way to sort called ${sort}`);
  const rows = Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
  return rows.sort((a, b) => a.reduce((order, value, c) => order || compare(value, /** @type {string} */ (b[c])), 0)).flat();
}

/** By code units, which are ASCII here. @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {string[]} values */
function hashOf(values) {
  const hash = createHash('md5');
  for (const value of values) hash.update(`${value}\n`);
  return hash.digest('hex');
}
