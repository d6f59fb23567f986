/**
 * A column of CSV on its way from cells to vectors.
 *
 * Without a declared type a column is the narrowest of integer, number, boolean and text that all its cells are. Which one, is known
 * only when all have been seen: cells are read as what those before them were, and where that turns out wrong, the column becomes
 * text and is read again.
 */
import { decodeText, TextVector } from '../table/text_vector.js';
import { NumberVector, PackedVector, TAG, ValueVector } from '../table/vector.js';
import { bigintVector, converterTo, MISFIT, TOO_LONG } from './convert.js';
import { decode } from './csv_cells.js';
import { INTEGER, kind, LONG, readNumber, REAL } from './csv_numbers.js';
import { formatError, int64Error } from './errors.js';

/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {import('../table/vector.js').Vector} Vector */
/** @typedef {import('./csv_cut.js').Cells} Cells */
/** @typedef {'numbers' | 'bigints' | 'digits' | 'booleans' | 'texts' | 'converted'} Reading How cells are read. */
/** @typedef {{ vector: Vector, reading: Reading | undefined }} Part undefined: there are only nulls. */

const NO_BYTES = new Uint8Array(0);

/** Whether cells are null. */
export class Nulls {
  #texts;

  /** @param {readonly string[]} texts */
  constructor(texts) {
    const encoder = new TextEncoder();
    this.#texts = texts.filter((text) => text !== '').map((text) => encoder.encode(text));
    this.empty = texts.includes('');
  }

  /** @param {Uint8Array} bytes @param {number} start @param {number} end */
  has(bytes, start, end) {
    if (end <= start) return end < start || this.empty;
    for (const text of this.#texts) {
      if (text.length !== end - start) continue;
      let i = 0;
      while (i < text.length && text[i] === bytes[start + i]) i++;
      if (i === text.length) return true;
    }
    return false;
  }
}

export class CsvColumn {
  /** @type {Reading | undefined} */
  reading;
  /** What the numbers were, as bits. */
  kinds = 0;
  /** Row with an integer that a number would round. */
  longRow = -1;
  /** The type, once it cannot change any more. @type {ColumnType | undefined} */
  fixed;

  /**
   * @param {string} name
   * @param {number} index In the cells.
   * @param {ColumnType | undefined} declared
   * @param {import('./convert.js').Int64} int64
   * @param {Nulls} nulls
   */
  constructor(name, index, declared, int64, nulls) {
    this.name = name;
    this.index = index;
    this.declared = declared === 'other' ? undefined : declared;
    this.int64 = int64;
    this.nulls = nulls;
    if (this.declared) this.reading = this.declared === 'string' ? 'texts' : 'converted';
  }

  /**
   * @param {Cells} cells
   * @param {number} from First row.
   * @param {number} to Row after the last.
   * @param {number} row Number of the first one in the data, for errors.
   * @returns {Part}
   */
  read(cells, from, to, row) {
    for (;;) {
      this.reading ??= this.#guess(cells, from, to);
      if (this.reading === undefined) return { vector: nullsOf(to - from), reading: undefined };
      const vector = this.readAs(this.reading, cells, from, to, row);
      if (vector) return { vector, reading: this.reading };
      if (this.fixed && this.fixed !== 'other') {
        throw formatError(`Column "${this.name}" is no ${this.fixed} throughout, as the first rows had it seem: declare it with types`, { row });
      }
      // Among integers that come exactly there is another number.
      this.reading = (this.reading === 'bigints' || this.reading === 'digits') && this.kinds & REAL ? 'numbers' : 'texts';
    }
  }

  /** The type of all that has been read. @returns {ColumnType} */
  get type() {
    if (this.fixed) return this.fixed;
    if (this.declared) return this.declared === 'integer' && this.int64 !== 'number' ? this.int64 : this.declared;
    switch (this.reading) {
      case 'numbers':
        return this.kinds & REAL ? 'number' : 'integer';
      case 'bigints':
        return 'bigint';
      case 'booleans':
        return 'boolean';
      case 'texts':
      case 'digits':
        return 'string';
    }
    return 'other';
  }

  /** To be called when all has been read that belongs together. @throws {import('../errors.js').HawserError} ERR_INT64_RANGE */
  check() {
    if (this.longRow < 0 || this.reading !== 'numbers' || this.declared) return;
    throw int64Error(`Column "${this.name}", row ${this.longRow}:`, { row: this.longRow, path: this.name });
  }

  /** From now on the type stays. */
  fix() {
    // Of a few rows it cannot be told whether there will be a fraction.
    this.fixed ??= this.reading === 'numbers' && !this.declared ? 'number' : this.type;
    if (this.fixed === 'other') this.reading = undefined;
  }

  /** By the first cell that is not null. @param {Cells} cells @param {number} from @param {number} to @returns {Reading | undefined} */
  #guess({ bytes, places, width }, from, to) {
    for (let row = from; row < to; row++) {
      const place = 2 * (row * width + this.index);
      const start = /** @type {number} */ (places[place]);
      const end = /** @type {number} */ (places[place + 1]);
      if (this.nulls.has(bytes, start, end)) continue;
      readNumber(bytes, start, end);
      if (kind !== 0) return kind === REAL || this.int64 === 'number' ? 'numbers' : this.int64 === 'bigint' ? 'bigints' : 'digits';
      return booleanOf(bytes, start, end) === undefined ? 'texts' : 'booleans';
    }
    return undefined;
  }

  /**
   * @param {Reading} reading @param {Cells} cells @param {number} from @param {number} to @param {number} row
   * @returns {Vector | undefined} undefined when a cell is something else.
   */
  readAs(reading, cells, from, to, row) {
    switch (reading) {
      case 'numbers':
        return this.#numbers(cells, from, to, row);
      case 'texts':
        return this.#texts(cells, from, to);
      case 'converted':
        return this.#converted(cells, from, to, row);
    }
    return this.#others(reading, cells, from, to);
  }

  /** @param {Cells} cells @param {number} from @param {number} to @param {number} row */
  #numbers({ bytes, places, width }, from, to, row) {
    const { nulls } = this;
    const numbers = new Float64Array(to - from);
    /** @type {Uint8Array | undefined} */
    let tags;
    let kinds = 0;
    let place = 2 * (from * width + this.index);
    for (let i = 0; i < numbers.length; i++, place += 2 * width) {
      const start = /** @type {number} */ (places[place]);
      const end = /** @type {number} */ (places[place + 1]);
      const number = readNumber(bytes, start, end);
      if (kind === 0) {
        if (!nulls.has(bytes, start, end)) return undefined;
        tags ??= new Uint8Array(numbers.length).fill(TAG.REAL);
        tags[i] = TAG.NULL;
        continue;
      }
      if (kind === LONG && this.longRow < 0) this.longRow = row + i;
      kinds |= kind;
      numbers[i] = number;
    }
    this.kinds |= kinds;
    return tags ? new PackedVector(tags, numbers, NO_BYTES) : new NumberVector(numbers);
  }

  /** @param {Cells} cells @param {number} from @param {number} to */
  #texts({ bytes, places, width }, from, to) {
    const { nulls } = this;
    const length = to - from;
    const first = 2 * (from * width + this.index);
    const own = new Uint32Array(2 * length);
    /** @type {Uint8Array | undefined} */
    let tags;
    let size = 0;
    for (let i = 0, place = first; i < length; i++, place += 2 * width) {
      const start = /** @type {number} */ (places[place]);
      const end = /** @type {number} */ (places[place + 1]);
      if (nulls.has(bytes, start, end)) {
        tags ??= new Uint8Array(length).fill(TAG.TEXT);
        tags[i] = TAG.NULL;
        continue;
      }
      own[2 * i] = size;
      own[2 * i + 1] = end - start;
      size += end - start;
    }
    const heap = new Uint8Array(size);
    let all = 0;
    for (let i = 0, place = first; i < length; i++, place += 2 * width) {
      let to = /** @type {number} */ (own[2 * i]);
      let at = /** @type {number} */ (places[place]);
      for (const end = at + /** @type {number} */ (own[2 * i + 1]); at < end; at++) {
        const byte = /** @type {number} */ (bytes[at]);
        all |= byte;
        heap[to++] = byte;
      }
    }
    if (all >= 0x80) decode(heap); // To know at once whether it is UTF-8.
    return new TextVector(heap, own, tags, all < 0x80);
  }

  /** @param {Cells} cells @param {number} from @param {number} to @param {number} row */
  #converted({ bytes, places, width }, from, to, row) {
    const type = /** @type {ColumnType} */ (this.declared);
    const numeric = type === 'number' || (type === 'integer' && this.int64 === 'number');
    const convert = converterTo(type, this.int64);
    /** @type {any[]} */
    const values = new Array(to - from);
    let plain = numeric;
    for (let i = 0, place = 2 * (from * width + this.index); i < values.length; i++, place += 2 * width) {
      const start = /** @type {number} */ (places[place]);
      const end = /** @type {number} */ (places[place + 1]);
      if (this.nulls.has(bytes, start, end)) {
        values[i] = null;
        plain = false;
        continue;
      }
      const number = numeric ? readNumber(bytes, start, end) : 0;
      const known = numeric && (kind === INTEGER || (kind === REAL && type === 'number'));
      const value = known ? number : convert(decode(bytes.subarray(start, end)));
      if (value === MISFIT) throw formatError(`Column "${this.name}" has a cell that is no ${type}`, { row: row + i });
      if (value === TOO_LONG) throw int64Error(`Column "${this.name}", row ${row + i}:`, { row: row + i, path: this.name });
      values[i] = value;
    }
    if (plain) return new NumberVector(new Float64Array(values));
    return type === 'bigint' || this.type === 'bigint' ? bigintVector(values) : new ValueVector(values);
  }

  /** @param {Reading} reading @param {Cells} cells @param {number} from @param {number} to */
  #others(reading, { bytes, places, width }, from, to) {
    /** @type {any[]} */
    const values = new Array(to - from);
    for (let i = 0, place = 2 * (from * width + this.index); i < values.length; i++, place += 2 * width) {
      const start = /** @type {number} */ (places[place]);
      const end = /** @type {number} */ (places[place + 1]);
      if (this.nulls.has(bytes, start, end)) {
        values[i] = null;
      } else if (reading === 'booleans') {
        values[i] = booleanOf(bytes, start, end);
        if (values[i] === undefined) return undefined;
      } else {
        readNumber(bytes, start, end);
        this.kinds |= kind;
        if (kind !== INTEGER && kind !== LONG) return undefined;
        const digits = decodeText(bytes, start, end, true).trim();
        values[i] = reading === 'bigints' ? BigInt(digits) : digits;
      }
    }
    return reading === 'bigints' ? bigintVector(values) : new ValueVector(values);
  }
}

/** @param {number} length */
const nullsOf = (length) => new PackedVector(new Uint8Array(length).fill(TAG.NULL), new Float64Array(length), NO_BYTES);

/** `true` or `false`, in any case. @param {Uint8Array} bytes @param {number} start @param {number} end */
function booleanOf(bytes, start, end) {
  if (end - start !== 4 && end - start !== 5) return undefined;
  const text = decodeText(bytes, start, end, true).toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
