/**
 * Dates and times as spreadsheets hold them: days since 30 December 1899, with the time of day as the fraction, in no time zone.
 *
 * They become text in ISO 8601 without an offset, as local dates and times do everywhere in Hawser: a spreadsheet does not say
 * where on earth its noon is.
 */

/** @typedef {'date' | 'datetime' | 'time' | 'duration'} TimeKind */

const DAY = 86_400_000;
const EPOCH = Date.UTC(1899, 11, 30);

/** @param {number} value @param {number} [length] */
const digits = (value, length = 2) => String(value).padStart(length, '0');

/**
 * @param {number} serial
 * @param {TimeKind} kind `date`: `2024-02-29`, whatever its time. `datetime`: `2024-02-29T13:45:00`. `time`: `13:45:00`. `duration`, and
 *   a time that is not of one day: hours without end, `-1:30:00` is `-01:30:00`. Fractions of a second only when there are any, to the
 *   millisecond.
 * @returns {string}
 */
export function serialText(serial, kind) {
  if (kind === 'date') return dateText(Math.floor(serial));
  const ms = Math.round(serial * DAY);
  if (kind === 'datetime') {
    const days = Math.floor(ms / DAY);
    return `${dateText(days)}T${clockText(ms - days * DAY)}`;
  }
  return ms < 0 ? `-${clockText(-ms)}` : clockText(ms);
}

/** @param {number} serial @returns {Date} The same date and time in UTC. */
export const serialDate = (serial) => new Date(EPOCH + Math.round(serial * DAY));

/** @param {number} days */
const dateText = (days) => {
  const date = new Date(EPOCH + days * DAY);
  return `${digits(date.getUTCFullYear(), 4)}-${digits(date.getUTCMonth() + 1)}-${digits(date.getUTCDate())}`;
};

/** @param {number} ms From 0. */
function clockText(ms) {
  const seconds = Math.floor(ms / 1000);
  const fraction = ms % 1000;
  const clock = `${digits(Math.floor(seconds / 3600))}:${digits(Math.floor(seconds / 60) % 60)}:${digits(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${digits(fraction, 3)}`;
}
