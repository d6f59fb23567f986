/**
 * From the pages of a column, as hyparquet decodes them, to vectors.
 */
import { TextVector } from '../table/text_vector.js';
import { NumberVector, PackedVector, TAG, ValueVector } from '../table/vector.js';
import { bigintVector, converterTo, MISFIT, TOO_LONG } from './convert.js';
import { formatError, int64Error } from './errors.js';
import { exact, hasBigInt } from './exact_integers.js';
import { isTextPage } from './parquet_flat.js';
import { utf8 } from './parquet_types.js';
import { joined } from './source.js';

/** @typedef {import('../table/vector.js').Vector} Vector */
/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {{ skipped: number, data: any[] }} Pages How many rows come before them, and their values. */

const NO_BYTES = new Uint8Array(0);
const strict = new TextDecoder('utf-8', { fatal: true });

export class ParquetVectors {
  #column;
  #int64;
  #convert;

  /**
   * @param {import('./parquet_schema.js').ParquetColumn} column
   * @param {ColumnType | undefined} declared
   * @param {import('./convert.js').Int64} int64
   */
  constructor(column, declared, int64) {
    this.#column = column;
    this.#int64 = declared === 'bigint' ? 'bigint' : int64;
    const { convert, toDate } = column;
    const own = declared === undefined || declared === 'other' || declared === column.type ? undefined : converterTo(declared, int64);
    const bytesAsText = declared === 'string' && column.type === 'buffer';
    const both = own && ((/** @type {any} */ value) => own(convert ? convert(value) : value));
    this.#convert = bytesAsText ? utf8 : own && declared === 'date' && toDate ? toDate : (both ?? convert);
    /** @type {ColumnType} */
    this.type = own && declared !== undefined ? (declared === 'integer' ? (int64 === 'number' ? 'integer' : int64) : declared) : column.type;
  }

  /**
   * @param {Pages} pages
   * @param {number} from First row of the group.
   * @param {number} to Row after the last.
   * @param {number} row Number of the first one in the file, for errors.
   * @returns {Vector}
   */
  make(pages, from, to, row) {
    const length = to - from;
    if (pages.data.length > 0 && pages.data.every(isTextPage)) return textVector(pages, from, length);
    if (this.type === 'integer' || this.type === 'number') return this.#numbers(pages, from, length, row);
    if (this.type === 'bigint' && this.#column.flat) return bigintVector(this.#values(pages, from, length, row));
    return new ValueVector(this.#values(pages, from, length, row));
  }

  /** @param {Pages} pages @param {number} from @param {number} length @param {number} row */
  #numbers(pages, from, length, row) {
    const numbers = new Float64Array(length);
    const convert = this.#convert;
    /** @type {Uint8Array | undefined} */
    let tags;
    let at = 0;
    for (const { values, start, end } of partsOf(pages, from, length)) {
      if (!convert && isFloats(values)) {
        numbers.set(values.subarray(start, end), at);
        at += end - start;
        continue;
      }
      if (!convert && values instanceof BigInt64Array) {
        for (let i = start; i < end; i++, at++) {
          numbers[at] = Number(values[i]);
          if (!Number.isSafeInteger(numbers[at])) throw this.#tooLong(row + at);
        }
        continue;
      }
      for (let i = start; i < end; i++, at++) {
        const value = values[i];
        if (value === null || value === undefined) {
          tags ??= new Uint8Array(length).fill(TAG.REAL);
          tags[at] = TAG.NULL;
          continue;
        }
        const converted = convert ? this.#checked(convert(value), row + at) : value;
        numbers[at] = Number(converted);
        if (typeof converted === 'bigint' && !Number.isSafeInteger(numbers[at])) throw this.#tooLong(row + at);
      }
    }
    return tags ? new PackedVector(tags, numbers, NO_BYTES) : new NumberVector(numbers);
  }

  /** @param {Pages} pages @param {number} from @param {number} length @param {number} row */
  #values(pages, from, length, row) {
    const convert = this.#convert;
    const list = new Array(length);
    const int64 = this.#int64;
    const loose = int64 !== 'bigint' && this.type !== 'bigint';
    const nested = !this.#column.flat || this.type === 'other';
    // Values come again and again, those of dictionaries and those that are sorted.
    /** @type {any} */
    let lastValue;
    /** @type {any} */
    let lastConverted;
    let at = 0;
    for (const { values, start, end } of partsOf(pages, from, length)) {
      for (let i = start; i < end; i++, at++) {
        const value = values[i] ?? null;
        if (value === null || !convert) {
          list[at] = loose ? exact(value, int64) : value;
          continue;
        }
        const converted = value === lastValue ? lastConverted : this.#checked(convert(value), row + at);
        if (typeof converted !== 'object') {
          lastValue = value;
          lastConverted = converted;
        }
        list[at] = converted;
        if (loose && int64 === 'number' && nested && hasBigInt(converted)) throw this.#tooLong(row + at);
      }
    }
    return list;
  }

  /** @param {any} value @param {number} row */
  #checked(value, row) {
    if (value === MISFIT) throw formatError(`Column "${this.#column.name}" has a value that is no ${this.type}`, { row });
    if (value === TOO_LONG) throw this.#tooLong(row);
    return value;
  }

  /** @param {number} row */
  #tooLong(row) {
    const { name } = this.#column;
    return int64Error(`Column "${name}", row ${row}:`, { row, path: name });
  }
}

/**
 * The parts of pages that have the rows.
 * @param {Pages} pages @param {number} from @param {number} length
 */
function* partsOf({ skipped, data }, from, length) {
  const to = from + length;
  let first = skipped;
  for (const values of data) {
    const start = Math.max(0, from - first);
    const end = Math.min(values.length, to - first);
    first += values.length;
    if (start < end) yield { values: isTextPage(values) ? textsOf(values) : values, start, end };
  }
  if (first < to) throw formatError(`Parquet: a column ends at row ${first}`);
}

/** Texts of pages, as they are: bytes. @param {Pages} pages @param {number} from @param {number} length */
function textVector({ skipped, data }, from, length) {
  const places = new Uint32Array(2 * length);
  /** @type {Uint8Array | undefined} */
  let tags;
  /** @type {Uint8Array[]} */
  const parts = [];
  let size = 0;
  let first = skipped;
  let to = 0;
  for (const page of /** @type {import('./parquet_flat.js').TextPage[]} */ (data)) {
    const start = Math.max(0, from - first);
    const end = Math.min(page.length, from + length - first);
    first += page.length;
    if (start >= end) continue;
    if (page.tags) {
      tags ??= new Uint8Array(length).fill(TAG.TEXT);
      tags.set(page.tags.subarray(start, end), to);
    }
    // Texts are back to back, nulls have no place.
    let low = Infinity;
    let high = 0;
    for (let row = start; row < end; row++, to++) {
      if (page.tags && page.tags[row] !== TAG.TEXT) continue;
      const at = /** @type {number} */ (page.places[2 * row]);
      if (low === Infinity) low = at;
      high = at + /** @type {number} */ (page.places[2 * row + 1]);
      places[2 * to] = at - low + size;
      places[2 * to + 1] = high - at;
    }
    if (low === Infinity) continue;
    parts.push(page.bytes.subarray(low, high));
    size += high - low;
  }
  if (to < length) throw formatError(`Parquet: a column ends at row ${first}`);
  const bytes = parts.length ? joined(parts) : NO_BYTES;
  return new TextVector(bytes, places, tags, isAscii(bytes));
}

/** @param {Uint8Array} bytes Valid UTF-8. */
function isAscii(bytes) {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= /** @type {number} */ (bytes[i]);
  if (all < 0x80) return true;
  strict.decode(bytes);
  return false;
}

/** @param {import('./parquet_flat.js').TextPage} page */
const textsOf = ({ bytes, places, tags }) => new TextVector(bytes, places, tags, isAscii(bytes)).values();

/** @param {any} values */
const isFloats = (values) =>
  values instanceof Float64Array || values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint32Array;
