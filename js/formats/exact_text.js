/**
 * What JavaScript has no exact type for, as text.
 */

/** @typedef {'MILLIS' | 'MICROS' | 'NANOS'} Unit Of a second. */

/** @type {Record<Unit, number>} */
const DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 };
const DAY_MS = 86_400_000;

/** '12.50' of 1250 and 2. @param {bigint} digits @param {number} scale Of them after the point. */
export function decimal(digits, scale) {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  if (scale <= 0) return sign + text + '0'.repeat(digits === 0n ? 0 : -scale);
  const padded = text.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** '2024-02-29'. @param {number} days Since 1970. */
export function dateText(days) {
  const date = new Date(days * DAY_MS);
  // Beyond what Date holds, ± 270,000 years.
  return Number.isNaN(date.getTime()) ? `${days} days` : date.toISOString().split('T')[0];
}

/** '00' to '99'. */
const TWO = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

/** The day of the last stamp: mostly the next one has the same. */
let lastDay = NaN;
let lastDayText = '';

/** '2024-02-29T10:00:00.000000'. @param {bigint} value Since 1970. @param {Unit} unit */
export function stamp(value, unit) {
  const digits = DIGITS[unit];
  const perMs = 10 ** (digits - 3);
  const number = Number(value);
  const safe = Number.isSafeInteger(number);
  const factor = BigInt(perMs);
  const remainder = safe ? 0 : Number(((value % factor) + factor) % factor);
  const ms = safe ? Math.floor(number / perMs) : Number((value - BigInt(remainder)) / factor);
  const rest = safe ? number - ms * perMs : remainder;
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    const date = new Date(day * DAY_MS);
    if (Number.isNaN(date.getTime())) return `${value} ${unit.toLowerCase()}`; // Beyond what Date holds.
    lastDayText = /** @type {string} */ (date.toISOString().split('T')[0]);
    lastDay = day;
  }
  const time = ms - day * DAY_MS;
  const seconds = Math.floor(time / 1000);
  const minutes = Math.floor(seconds / 60);
  const milliseconds = time - seconds * 1000;
  const fraction = digits === 3 ? '' : String(rest).padStart(digits - 3, '0');
  const hours = Math.floor(minutes / 60);
  const clock = `${TWO[hours]}:${TWO[minutes - hours * 60]}:${TWO[seconds - minutes * 60]}`;
  return `${lastDayText}T${clock}.${String(milliseconds).padStart(3, '0')}${fraction}`;
}

/** The same as a Date, cut to milliseconds. @param {bigint} value Since 1970. @param {Unit} unit */
export function stampDate(value, unit) {
  const perMs = 10 ** (DIGITS[unit] - 3);
  const number = Number(value);
  if (Number.isSafeInteger(number)) return new Date(Math.floor(number / perMs));
  const factor = BigInt(perMs);
  return new Date(Number((value - (((value % factor) + factor) % factor)) / factor));
}

/** '10:00:00.000000'. @param {bigint} value Since midnight. @param {Unit} unit */
export function clock(value, unit) {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  const seconds = Number(value / perSecond);
  const two = (/** @type {number} */ number) => String(Math.floor(number)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(value % perSecond).padStart(DIGITS[unit], '0')}`;
}
