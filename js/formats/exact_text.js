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

/** '2024-02-29T10:00:00.000000'. @param {bigint} value Since 1970. @param {Unit} unit */
export function stamp(value, unit) {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  let seconds = value / perSecond;
  let rest = value % perSecond;
  if (rest < 0n) {
    rest += perSecond;
    seconds -= 1n;
  }
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}.${String(rest).padStart(DIGITS[unit], '0')} s`;
  return `${date.toISOString().slice(0, -5)}.${String(rest).padStart(DIGITS[unit], '0')}`;
}

/** '10:00:00.000000'. @param {bigint} value Since midnight. @param {Unit} unit */
export function clock(value, unit) {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  const seconds = Number(value / perSecond);
  const two = (/** @type {number} */ number) => String(Math.floor(number)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(value % perSecond).padStart(DIGITS[unit], '0')}`;
}
