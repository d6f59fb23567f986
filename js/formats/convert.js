/**
 * From a value as the data has it to one of the declared type.
 */
import { isDate, jsonValue } from '../table/values.js';
import { Int64Vector, ValueVector } from '../table/vector.js';
import { parseJson } from './json_text.js';

/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {'number' | 'bigint' | 'string'} Int64 */

/** The value is none of that type. */
export const MISFIT = Symbol('misfit');
/** It is an integer that a number would round. */
export const TOO_LONG = Symbol('too long');

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = new Map([['nan', NaN], ['inf', Infinity], ['infinity', Infinity], ['-inf', -Infinity], ['-infinity', -Infinity]]);
const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * @param {ColumnType} type
 * @param {Int64} int64 How the values of an 'integer' column come.
 * @returns {(value: any) => any} Of no null; may answer {@link MISFIT} or {@link TOO_LONG}.
 */
export function converterTo(type, int64) {
  switch (type) {
    case 'integer':
      return (value) => ofInteger(integerOf(value), int64);
    case 'bigint':
      return (value) => ofInteger(integerOf(value), 'bigint');
    case 'number':
      return numberOf;
    case 'boolean':
      return booleanOf;
    case 'string':
      return textOf;
    case 'date':
      return dateOf;
    case 'buffer':
      return bufferOf;
    case 'array':
      return (value) => nested(value, Array.isArray, int64);
    case 'object':
      return (value) => nested(value, (found) => typeof found === 'object' && found !== null && !Array.isArray(found), int64);
  }
  return (value) => value;
}

/** @param {any} value @returns {number | bigint | typeof MISFIT} Safe integers as numbers. */
function integerOf(value) {
  if (typeof value === 'string') {
    const text = value.trim();
    if (!INTEGER.test(text)) return MISFIT;
    const number = Number(text);
    if (Number.isSafeInteger(number)) return number;
    return BigInt(text[0] === '+' ? text.slice(1) : text);
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return Number.isSafeInteger(value) ? value : MISFIT;
}

/**
 * An integer as it is to come.
 * @param {number | bigint | typeof MISFIT} value
 * @param {Int64} int64
 */
function ofInteger(value, int64) {
  if (value === MISFIT) return MISFIT;
  if (int64 === 'bigint') return BigInt(value);
  if (int64 === 'string') return String(value);
  return typeof value === 'number' ? value : TOO_LONG;
}

/** @param {any} value */
function numberOf(value) {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return MISFIT;
  const text = value.trim();
  return NUMBER.test(text) ? Number(text) : (SPECIAL.get(text.toLowerCase()) ?? MISFIT);
}

/** @param {any} value */
function booleanOf(value) {
  if (typeof value === 'boolean') return value;
  const text = String(value).trim().toLowerCase();
  return TRUE.has(text) ? true : FALSE.has(text) ? false : MISFIT;
}

/** @param {any} value */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (isDate(value)) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(jsonValue(value)) : String(value);
}

/**
 * Numbers are milliseconds since 1970; texts ISO 8601, in UTC where they name no offset, cut to milliseconds.
 * @param {any} value
 */
function dateOf(value) {
  if (isDate(value)) return value;
  if (typeof value === 'number') return new Date(value);
  const match = typeof value === 'string' ? DATE.exec(value.trim()) : null;
  if (!match) return MISFIT;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  const exists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return Number.isNaN(time) || !exists ? MISFIT : new Date(time);
}

/** @param {any} value Bytes, or Base64 as Table.toJSON() writes it. */
function bufferOf(value) {
  if (ArrayBuffer.isView(value)) return value;
  if (typeof value !== 'string') return MISFIT;
  try {
    return Uint8Array.from(atob(value), (unit) => unit.charCodeAt(0));
  } catch {
    return MISFIT;
  }
}

/**
 * @param {any} value Also as JSON.
 * @param {(value: unknown) => boolean} fits
 * @param {Int64} int64
 */
function nested(value, fits, int64) {
  if (typeof value !== 'string') return fits(value) ? value : MISFIT;
  try {
    const parsed = parseJson(value, { int64 });
    return fits(parsed) ? parsed : MISFIT;
  } catch (error) {
    return /** @type {any} */ (error).code === 'ERR_INT64_RANGE' ? TOO_LONG : MISFIT;
  }
}

/** @param {any[]} values Bigints and nulls. The vector's own afterwards. */
export const bigintVector = (values) =>
  values.every((value) => value !== null && BigInt.asIntN(64, value) === value)
    ? new Int64Vector(new BigInt64Array(values))
    : new ValueVector(values);
