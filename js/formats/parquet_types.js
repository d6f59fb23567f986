/**
 * Parquet's types, and what their values become. Nothing is rounded: what JavaScript has no exact type for is text.
 *
 *   BOOLEAN, FLOAT16, FLOAT, DOUBLE        boolean, number
 *   integers of up to 32 bits              integer
 *   integers of 64 bits                    integer, by `int64`
 *   DECIMAL                                string, '12.50'
 *   DATE                                   string, '2024-02-29'
 *   TIME                                   string, '10:00:00.000', with 3, 6 or 9 digits
 *   TIMESTAMP of milliseconds, UTC         date
 *   TIMESTAMP of other units, UTC; INT96   string, '2024-02-29T10:00:00.000000Z', with 3, 6 or 9 digits
 *   TIMESTAMP, local                       string, the same without Z
 *   STRING, ENUM, UUID                     string
 *   INTERVAL                               string, 'P1M2DT0.003S'
 *   JSON, VARIANT                          the value
 *   other bytes, BSON                      buffer
 *   LIST; MAP, groups                      array; object
 */
import { decodeText } from '../table/text_vector.js';
import { clock, dateText, decimal, stamp, stampDate } from './exact_text.js';
import { parseJson } from './json_text.js';

/** @typedef {import('hyparquet').SchemaTree} SchemaTree */
/** @typedef {import('hyparquet').SchemaElement} SchemaElement */
/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {import('./convert.js').Int64} Int64 */

/**
 * @typedef {object} LeafType
 * @property {ColumnType} type
 * @property {string} name The type as Parquet has it.
 * @property {(value: any) => any} [convert] Of no null. Default: as it is.
 * @property {(value: any) => Date} [toDate] Where it is a time: of no null.
 * @property {boolean} [raw] Whether hyparquet is to leave the values as they are stored.
 */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {Uint8Array} bytes */
export function utf8(bytes) {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= /** @type {number} */ (bytes[i]);
  return all < 0x80 ? decodeText(bytes, 0, bytes.length, true) : decoder.decode(bytes);
}

/**
 * @param {SchemaElement} element Of a leaf.
 * @param {Int64} int64
 * @returns {LeafType}
 */
export function leafType(element, int64) {
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type;
  if (converted === 'DECIMAL' || kind === 'DECIMAL') {
    const { precision, scale = 0 } = element;
    return { type: 'string', name: `DECIMAL(${precision},${scale})`, raw: true, convert: (value) => decimal(unscaled(value), scale) };
  }
  if (converted === 'DATE' || kind === 'DATE') return { type: 'string', name: 'DATE', raw: true, convert: dateText };
  const time = timeOf(element);
  if (time) return time;
  switch (type) {
    case 'BOOLEAN':
      return { type: 'boolean', name: 'BOOLEAN' };
    case 'FLOAT':
    case 'DOUBLE':
      return { type: 'number', name: type };
    case 'INT32':
      return { type: 'integer', name: converted ?? 'INT32' };
    case 'INT64':
      return { type: int64 === 'number' ? 'integer' : int64, name: converted ?? 'INT64' };
  }
  return ofBytes(element, int64);
}

/** @param {SchemaElement} element @param {Int64} int64 @returns {LeafType} */
function ofBytes({ type, converted_type: converted, logical_type: logical }, int64) {
  const kind = logical?.type;
  if (converted === 'UTF8' || kind === 'STRING') return { type: 'string', name: 'STRING' };
  if (converted === 'ENUM' || kind === 'ENUM') return { type: 'string', name: 'ENUM', convert: utf8 };
  if (converted === 'JSON' || kind === 'JSON') {
    return { type: 'other', name: 'JSON', raw: true, convert: (bytes) => parseJson(utf8(bytes), { int64 }) };
  }
  if (kind === 'UUID') return { type: 'string', name: 'UUID' };
  if (kind === 'FLOAT16') return { type: 'number', name: 'FLOAT16' };
  if (kind === 'GEOMETRY' || kind === 'GEOGRAPHY') return { type: 'object', name: kind };
  if (converted === 'INTERVAL' || kind === 'INTERVAL') return { type: 'string', name: 'INTERVAL', raw: true, convert: intervalText };
  return { type: 'buffer', name: converted === 'BSON' ? 'BSON' : (type ?? ''), raw: true, convert: (bytes) => Uint8Array.from(bytes) };
}

/** @param {SchemaElement} element @returns {LeafType | undefined} */
function timeOf({ type, converted_type: converted, logical_type: logical }) {
  if (type === 'INT96') {
    return { type: 'string', name: 'INT96', convert: (nanos) => `${stamp(nanos, 'NANOS')}Z`, toDate: (nanos) => stampDate(nanos, 'NANOS') };
  }
  const declared = logical?.type === 'TIMESTAMP' || logical?.type === 'TIME' ? logical : undefined;
  const old = /^(TIMESTAMP|TIME)_(MILLIS|MICROS)$/.exec(converted ?? '');
  const unit = declared?.unit ?? /** @type {import('./exact_text.js').Unit | undefined} */ (old?.[2]);
  if (!unit) return undefined;
  if ((declared?.type ?? old?.[1]) === 'TIME') {
    return { type: 'string', name: `TIME(${unit})`, raw: true, convert: (value) => clock(BigInt(value), unit) };
  }
  const utc = declared?.isAdjustedToUTC ?? true;
  const name = `TIMESTAMP(${unit}${utc ? ',UTC' : ''})`;
  if (utc && unit === 'MILLIS') return { type: 'date', name, raw: true, convert: (value) => new Date(Number(value)) };
  const end = utc ? 'Z' : '';
  return { type: 'string', name, raw: true, convert: (value) => stamp(value, unit) + end, toDate: (value) => stampDate(value, unit) };
}

/** @param {any} value An integer, or the bytes of one, highest first. @returns {bigint} */
function unscaled(value) {
  if (!ArrayBuffer.isView(value)) return BigInt(value);
  let hex = '';
  for (const byte of /** @type {Uint8Array} */ (value)) hex += byte.toString(16).padStart(2, '0');
  return hex === '' ? 0n : BigInt.asIntN(4 * hex.length, BigInt(`0x${hex}`));
}

/** @param {Uint8Array} bytes Months, days and milliseconds. */
function intervalText(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const [months, days, millis] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return `P${months}M${days}DT${Math.floor(millis / 1000)}.${String(millis % 1000).padStart(3, '0')}S`;
}
