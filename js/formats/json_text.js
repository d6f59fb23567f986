/**
 * JSON with exact integers. The runtime's own parser does the work; it would round integers beyond 2^53, so these are looked for
 * first, which takes 1/50 of the time, and are kept from it.
 */
import { HawserError } from '../errors.js';
import { checkInt64, formatError, int64Error } from './errors.js';
import { locate } from './json_place.js';
import { setProperty } from '../table/values.js';

const MAX_SAFE = '9007199254740991';
const BACKSLASH = 0x5c;

/**
 * The value of a JSON text (RFC 8259). Of equal names in one object the last one wins; "__proto__" is a name like others.
 * Integers are literals without fraction and exponent: `1e20` and `1.0` are floating point.
 * @param {string} text A byte order mark before it is left out.
 * @param {object} [options]
 * @param {'number' | 'bigint' | 'string'} [options.int64] How integers beyond 2^53 come: 'number' (default) refuses them, 'bigint' and
 *   'string' (their digits) are exact. All others are numbers.
 * @returns {any}
 * @throws {HawserError} ERR_FORMAT with line, column and offset; ERR_INT64_RANGE with path and offset; ERR_LIMIT.
 */
export function parseJson(text, { int64 } = {}) {
  const how = checkInt64(int64);
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  const first = longInteger(text, 0);
  if (!first) return parse(text);
  const found = outsideStrings(text, first);
  if (found.length === 0) return parse(text);
  const [{ start, end }] = found;
  if (how === 'number') {
    parse(text);
    const { path } = locate(text, start);
    throw int64Error(`JSON: ${text.slice(start, end)} at ${path || 'the top'}`, { path, offset: start });
  }
  if (how === 'string') return parse(rewritten(text, found, ''), text);
  const mark = `${crypto.randomUUID()}:`;
  return withBigInts(parse(rewritten(text, found, mark), text), mark);
}

/**
 * @param {string} text
 * @param {string} [original] What to find the mistake in.
 */
function parse(text, original = text) {
  try {
    return JSON.parse(text);
  } catch {
    const { offset, problem, valid } = locate(original);
    if (valid) throw new HawserError('ERR_LIMIT', 'JSON: the text is nested deeper than this runtime can read.', { phase: 'decode' });
    throw notJson(original, offset, problem);
  }
}

/**
 * @param {string} text @param {number} offset @param {string} problem
 */
function notJson(text, offset, problem) {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return formatError(`Not JSON: ${problem}`, { line, column: offset - before.lastIndexOf('\n'), offset });
}

/** @param {number} unit */
const isDigit = (unit) => unit >= 48 && unit <= 57;

/**
 * The next run of digits that may be an integer beyond 2^53: those have 16 digits or more, and one of 16 in a row is at an index
 * that 16 divides.
 * @param {string} text
 * @param {number} from
 * @returns {{ start: number, end: number } | undefined} With its sign.
 */
function longInteger(text, from) {
  const { length } = text;
  for (let i = (from + 15) & ~15; i < length; i += 16) {
    if (!isDigit(text.charCodeAt(i))) continue;
    let start = i;
    let end = i + 1;
    while (start > from && isDigit(text.charCodeAt(start - 1))) start--;
    while (end < length && isDigit(text.charCodeAt(end))) end++;
    const digits = end - start;
    if (digits >= 16 && !(digits === 16 && text.slice(start, end) <= MAX_SAFE)) {
      if (text[start - 1] === '-') start--;
      if (isAlone(text[start - 1], text[end])) return { start, end };
    }
    i = ((end + 15) & ~15) - 16;
  }
  return undefined;
}

/**
 * Whether digits between these are a literal, or in a string.
 * @param {string | undefined} before
 * @param {string | undefined} after
 */
const isAlone = (before, after) =>
  (before === undefined || '[,: \t\n\r'.includes(before)) && (after === undefined || ',]} \t\n\r'.includes(after));

/**
 * @param {string} text
 * @param {{ start: number, end: number }} first
 */
function outsideStrings(text, first) {
  /** @type {{ start: number, end: number }[]} */
  const found = [];
  /** A quote that opens a string. */
  let open = text.indexOf('"');
  let close = 0;
  for (let next = /** @type {typeof first | undefined} */ (first); next; next = longInteger(text, next.end)) {
    while (open >= 0 && open < next.start) {
      if (close <= open) close = closingQuote(text, open);
      if (close > next.start) break;
      open = text.indexOf('"', close + 1);
    }
    if (!(open >= 0 && open < next.start)) found.push(next);
  }
  return found;
}

/** @param {string} text @param {number} open @returns {number} Infinity when there is none. */
function closingQuote(text, open) {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((close - before) % 2 === 0) return close;
  }
  return Infinity;
}

/**
 * Integers as strings.
 * @param {string} text
 * @param {{ start: number, end: number }[]} found
 * @param {string} mark What to tell them from others by.
 */
function rewritten(text, found, mark) {
  /** @type {string[]} */
  const parts = [];
  let at = 0;
  for (const { start, end } of found) {
    parts.push(text.slice(at, start), '"', mark, text.slice(start, end), '"');
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/**
 * @param {any} root
 * @param {string} mark
 */
function withBigInts(root, mark) {
  const isMarked = (/** @type {unknown} */ value) => typeof value === 'string' && value.startsWith(mark);
  const exact = (/** @type {string} */ value) => BigInt(value.slice(mark.length));
  if (isMarked(root)) return exact(root);
  // Not a function that calls itself: texts may be nested deeper than the stack.
  const open = typeof root === 'object' && root !== null ? [root] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    const keys = Array.isArray(node) ? undefined : Object.keys(node);
    const length = keys ? keys.length : node.length;
    for (let i = 0; i < length; i++) {
      const key = keys ? keys[i] : i;
      const value = node[key];
      if (typeof value === 'object' && value !== null) open.push(value);
      else if (isMarked(value)) setProperty(node, /** @type {string} */ (key), exact(value));
    }
  }
  return root;
}
