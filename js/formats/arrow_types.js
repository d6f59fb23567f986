/**
 * Arrow's types, and what their values become: as those of Parquet (parquet_types.js).
 */
import { HawserError } from '../errors.js';
import { clock, dateText, decimal, stamp } from './exact_text.js';
import { exact } from './exact_integers.js';
import { setProperty } from '../table/values.js';

/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {import('./convert.js').Int64} Int64 */
/** @typedef {{ type: ColumnType, convert: (value: any) => any, stored?: (value: any) => any }} ArrowType How a value of the library becomes one
 *   of ours; `stored` does it from what is stored, where the library would round. None is given nulls. */

/** Numbers of the types, as `typeId` has them: `Type` in apache-arrow. */
const ID = {
  Dictionary: -1, Null: 1, Int: 2, Float: 3, Binary: 4, Utf8: 5, Bool: 6, Decimal: 7, Date: 8, Time: 9, Timestamp: 10, List: 12, Struct: 13,
  FixedSizeBinary: 15, FixedSizeList: 16, Map: 17, Duration: 18, LargeBinary: 19, LargeUtf8: 20, LargeList: 21, BinaryView: 23, Utf8View: 24,
};

/** By `unit`. Seconds are shown with three digits as well. */
const UNITS = /** @type {const} */ (['MILLIS', 'MILLIS', 'MICROS', 'NANOS']);
const DAY_MS = 86_400_000;

const same = (/** @type {any} */ value) => value;

/**
 * @param {any} type Of apache-arrow.
 * @param {Int64} int64
 * @returns {ArrowType}
 * @throws {HawserError} ERR_NOT_SUPPORTED
 */
export function arrowType(type, int64) {
  switch (type.typeId) {
    case ID.Dictionary:
      return { ...arrowType(type.dictionary, int64), stored: undefined };
    case ID.Null:
      return { type: 'other', convert: () => null };
    case ID.Int:
      return { type: 'integer', convert: same };
    case ID.Duration:
      return { type: 'integer', convert: same };
    case ID.Float:
      return { type: 'number', convert: same };
    case ID.Bool:
      return { type: 'boolean', convert: same };
    case ID.Utf8:
    case ID.LargeUtf8:
    case ID.Utf8View:
      return { type: 'string', convert: same };
    case ID.Binary:
    case ID.LargeBinary:
    case ID.BinaryView:
    case ID.FixedSizeBinary:
      return { type: 'buffer', convert: (bytes) => Uint8Array.from(bytes) };
    case ID.Decimal:
      return { type: 'string', convert: (words) => decimal(wordsOf(words), type.scale) };
    case ID.Date:
      return { type: 'string', convert: (ms) => dateText(Math.floor(Number(ms) / DAY_MS)) };
    case ID.Time:
      return timeType(type.unit);
    case ID.Timestamp:
      return timestampType(type);
  }
  return nestedType(type, int64);
}

/** @param {number} unit @returns {ArrowType} */
function timeType(unit) {
  return { type: 'string', convert: (value) => clock(BigInt(value) * (unit === 0 ? 1000n : 1n), /** @type {any} */ (UNITS[unit])) };
}

/** @param {{ unit: number, timezone?: string | null }} type @returns {ArrowType} */
function timestampType({ unit, timezone }) {
  if (timezone && unit < 2) return { type: 'date', convert: (ms) => new Date(Number(ms)) };
  const end = timezone ? 'Z' : '';
  const text = (/** @type {bigint} */ value) => stamp(value * (unit === 0 ? 1000n : 1n), /** @type {any} */ (UNITS[unit])) + end;
  // The library gives milliseconds, with a fraction of which microseconds can be told, but not nanoseconds.
  const convert = (/** @type {number} */ ms) => {
    if (unit === 3) {
      const what = 'timestamps of nanoseconds within lists, groups and dictionaries are not read: apache-arrow rounds them.';
      throw new HawserError('ERR_NOT_SUPPORTED', `Arrow: ${what}`);
    }
    return stamp(BigInt(Math.round(Number(ms) * (unit === 2 ? 1000 : 1))), unit === 2 ? 'MICROS' : 'MILLIS') + end;
  };
  return { type: 'string', convert, stored: text };
}

/** @param {any} type @param {Int64} int64 @returns {ArrowType} */
function nestedType(type, int64) {
  switch (type.typeId) {
    case ID.List:
    case ID.LargeList:
    case ID.FixedSizeList: {
      const convert = member(type.children[0].type, int64);
      return { type: 'array', convert: (vector) => Array.from(vector, convert) };
    }
    case ID.Struct: {
      /** @type {[string, (value: any) => any][]} */
      const members = type.children.map((/** @type {any} */ { name, type: inner }) => [name, member(inner, int64)]);
      return {
        type: 'object',
        convert(row) {
          const object = {};
          for (const [name, convert] of members) setProperty(object, name, convert(row[name]));
          return object;
        },
      };
    }
    case ID.Map: {
      const convert = member(type.children[0].type.children[1].type, int64);
      return {
        type: 'object',
        convert(map) {
          const object = {};
          for (const [key, value] of map) setProperty(object, String(key), convert(value));
          return object;
        },
      };
    }
  }
  const what = `columns of type ${String(type)} are not read. Leave them out: name the columns wanted with columns.`;
  throw new HawserError('ERR_NOT_SUPPORTED', `Arrow: ${what}`);
}

/** @param {any} type @param {Int64} int64 @returns {(value: any) => any} */
function member(type, int64) {
  const { convert } = arrowType(type, int64);
  return (value) => (value === null || value === undefined ? null : exact(convert(value), int64));
}

/** @param {ArrayLike<number>} words 32 bits each, lowest first. */
function wordsOf(words) {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(/** @type {number} */ (words[i]) >>> 0);
  return BigInt.asIntN(32 * words.length, value);
}
