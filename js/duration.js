/**
 * Durations as people write them: a number is seconds, as in Streamlit, HTTP and key-value stores; a string says
 * its units.
 */

/** @type {ReadonlyMap<string, number>} */
const UNITS = new Map(
  Object.entries({
    ms: 1, millisecond: 1, milliseconds: 1,
    s: 1e3, sec: 1e3, secs: 1e3, second: 1e3, seconds: 1e3,
    m: 6e4, min: 6e4, mins: 6e4, minute: 6e4, minutes: 6e4,
    h: 36e5, hr: 36e5, hrs: 36e5, hour: 36e5, hours: 36e5,
    d: 864e5, day: 864e5, days: 864e5,
    w: 6048e5, week: 6048e5, weeks: 6048e5,
  })
);

const PART = /\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)\s*/y;
const ISO = /^P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?=\d)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const ISO_UNITS = [6048e5, 864e5, 36e5, 6e4, 1e3];

const HOW = "Give seconds as a number, or a string with units such as '500ms', '10m', '1d12h' or 'PT10M'.";

/** Strings that were parsed before: options are mostly literals. @type {Map<string, number>} */
const known = new Map();
const KNOWN_LIMIT = 500;
let lastText = '0s';
let lastMs = 0;

/**
 * A duration in milliseconds.
 * @param {unknown} value Seconds as a number (`Infinity` is allowed; 0 or less means no time at all and gives 0), a
 *   string with units (`'500ms'`, `'10m'`, `'1d12h'`, `'1 day 2 hours'`, `'PT10M'`), or undefined.
 * @param {string} option Name of the option, for the error.
 * @returns {number | undefined} Undefined for undefined.
 * @throws {TypeError} When it is neither a number nor a string.
 * @throws {RangeError} For NaN, a string without a unit or otherwise malformed, and what exceeds 2^53 ms.
 */
export function parseDuration(value, option) {
  if (value === undefined) return undefined;
  if (value === lastText) return lastMs; // Mostly the same literal comes again.
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw new RangeError(`${option}: NaN is not a duration. ${HOW}`);
    if (value === Infinity) return Infinity;
    return value <= 0 ? 0 : inRange(value * 1000, option);
  }
  if (typeof value !== 'string') {
    const given = value === null ? 'null' : `a value of type ${typeof value}`;
    throw new TypeError(`${option}: ${given} is not a duration. ${HOW}`);
  }
  let ms = known.get(value);
  if (ms === undefined) {
    ms = inRange(parseText(value, option), option);
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.set(value, ms);
  }
  lastText = value;
  lastMs = ms;
  return ms;
}

/**
 * @param {string} text
 * @param {string} option
 */
function parseText(text, option) {
  const iso = ISO.exec(text);
  if (iso && text.length > 2) {
    let ms = 0;
    ISO_UNITS.forEach((unit, i) => {
      if (iso[i + 1] !== undefined) ms += Number(iso[i + 1].replace(',', '.')) * unit;
    });
    return ms;
  }
  if (text.length > 100) throw new RangeError(`${option}: the text is too long for a duration. ${HOW}`);
  let ms = 0;
  PART.lastIndex = 0;
  do {
    const at = PART.lastIndex;
    const part = PART.exec(text);
    const unit = part ? UNITS.get(part[2]) : undefined;
    if (!part || unit === undefined) {
      const bare = /^\s*[+-]?[\d.]+\s*$/.test(text);
      const why = bare ? 'has no unit' : `is not a duration (at offset ${at})`;
      throw new RangeError(`${option}: ${JSON.stringify(text)} ${why}. ${HOW}`);
    }
    ms += Number(part[1]) * unit;
  } while (PART.lastIndex < text.length);
  return ms;
}

/**
 * @param {number} ms
 * @param {string} option
 */
function inRange(ms, option) {
  if (ms > Number.MAX_SAFE_INTEGER) throw new RangeError(`${option}: the duration is too long; use Infinity for no limit.`);
  return ms;
}
