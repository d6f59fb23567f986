/**
 * Numbers in bytes of text: what they are, and of which kind.
 */

/** What a cell is, as bits. */
export const INTEGER = 1;
/** An integer that a number would round, of 64 bits. */
export const LONG = 2;
export const REAL = 4;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15;

const LITERAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The kind of the last number read; 0 when it was none. */
export let kind = 0;

/**
 * Reads a number as JSON writes it, or with a point at its beginning or end; spaces around it do not count. Integers with a zero
 * before them are none (they are codes), nor those of more than 64 bits.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @returns {number} Its {@link kind} tells whether it is one. Of LONG ones it is rounded.
 */
export function readNumber(bytes, start, end) {
  while (start < end && bytes[start] === 32) start++;
  while (start < end && bytes[end - 1] === 32) end--;
  const negative = bytes[start] === 45;
  const first = negative ? start + 1 : start;
  let at = first;
  let digits = 0;
  let digit = 0;
  while (at < end && (digit = /** @type {number} */ (bytes[at]) - 48) >= 0 && digit <= 9) {
    digits = 10 * digits + digit;
    at++;
  }
  const whole = at - first;
  kind = 0;
  if (at === first && bytes[at] !== 46) return 0;
  if (whole > 1 && bytes[first] === 48) return 0;
  if (at === end) {
    if (whole > EXACT_DIGITS) return longInteger(bytes, start, end);
    kind = negative && digits === 0 ? REAL : INTEGER;
    return negative ? -digits : digits;
  }
  if (bytes[at] === 46) {
    const point = at++;
    while (at < end && (digit = /** @type {number} */ (bytes[at]) - 48) >= 0 && digit <= 9) {
      digits = 10 * digits + digit;
      at++;
    }
    const fraction = at - point - 1;
    if (at === end && whole + fraction <= EXACT_DIGITS) {
      if (whole + fraction > 0) kind = REAL;
      const number = digits / /** @type {number} */ (POWERS[fraction]);
      return negative ? -number : number;
    }
  }
  const text = textOf(bytes, start, end);
  if (!LITERAL.test(text)) return 0;
  kind = REAL;
  return Number(text);
}

/** @param {Uint8Array} bytes @param {number} start @param {number} end */
function longInteger(bytes, start, end) {
  const text = textOf(bytes, start, end);
  const number = Number(text);
  if (Number.isSafeInteger(number)) kind = INTEGER;
  else if (text.length <= 20 && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) kind = LONG;
  return number;
}

/** @param {Uint8Array} bytes @param {number} start @param {number} end */
function textOf(bytes, start, end) {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(/** @type {number} */ (bytes[at]));
  return text;
}
