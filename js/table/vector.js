/**
 * Vectors: the immutable storage of one column in one batch of rows.
 *
 * All have the same members, so that Table and Column need not know which one they hold:
 *   length      number of rows
 *   byteLength  bytes held, for the cache's budget
 *   get(i)      the value of row i; a fresh copy where values can be changed (values.js)
 *   values()    all values, array-like and shared: for reading only, never handed out
 *
 * @typedef {import('./values.js').Value} Value
 * @typedef {object} Vector
 * @property {number} length
 * @property {number} byteLength
 * @property {(row: number) => Value} get
 * @property {() => ArrayLike<Value>} values
 */
import { own } from './values.js';

/** What a packed cell holds; the same codes as `Tag` in wasm/sqlite_api.h. */
export const TAG = Object.freeze({ INTEGER: 1, REAL: 2, TEXT: 3, BLOB: 4, NULL: 5, INT64: 6 });

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Numbers without nulls. */
export class NumberVector {
  /** @param {ArrayLike<number>} numbers */
  constructor(numbers) {
    this.numbers = numbers;
    this.length = numbers.length;
    this.byteLength = 8 * numbers.length;
  }

  /** @param {number} row */
  get(row) {
    return this.numbers[row];
  }

  values() {
    return this.numbers;
  }
}

/** 64-bit integers without nulls. */
export class Int64Vector {
  /** @param {ArrayLike<bigint>} integers */
  constructor(integers) {
    this.integers = integers;
    this.length = integers.length;
    this.byteLength = 8 * integers.length;
  }

  /** @param {number} row */
  get(row) {
    return /** @type {bigint} */ (this.integers[row]);
  }

  values() {
    return this.integers;
  }
}

/** Values of any kind that JavaScript already holds. Mutable ones must not be shared with anybody. */
export class ValueVector {
  #byteLength;

  /**
   * @param {ArrayLike<Value>} list
   * @param {number} [byteLength] Default: 16 per value and what texts and bytes hold.
   */
  constructor(list, byteLength) {
    this.list = list;
    this.length = list.length;
    this.#byteLength = byteLength;
  }

  get byteLength() {
    return (this.#byteLength ??= estimate(this.list));
  }

  /** @param {number} row */
  get(row) {
    return own(this.list[row]);
  }

  values() {
    return this.list;
  }
}

/**
 * UTF-8 texts and nulls. Decoded when first read: all texts of the vector together, then cut by offset.
 */
export class TextVector {
  /** @type {(string | null)[] | undefined} */
  #strings;

  /**
   * @param {Uint8Array} bytes All texts, back to back in row order.
   * @param {Uint32Array} places For each row its byte offset and byte length; of nulls anything.
   * @param {Uint8Array | undefined} tags A tag for each row, undefined when none is null.
   * @param {boolean} ascii
   */
  constructor(bytes, places, tags, ascii) {
    this.bytes = bytes;
    this.places = places;
    this.tags = tags;
    this.ascii = ascii;
    this.length = places.length >> 1;
    this.byteLength = bytes.byteLength + places.byteLength + (tags?.byteLength ?? 0);
  }

  /** @param {number} row */
  get(row) {
    return this.values()[row] ?? null;
  }

  values() {
    return (this.#strings ??= this.#decode());
  }

  /** Whether each text by itself is valid UTF-8. */
  isUtf8() {
    const { bytes, places, tags } = this;
    if (this.ascii) return true;
    try {
      strictDecoder.decode(bytes);
    } catch {
      return false;
    }
    for (let row = 0; row < this.length; row++) {
      if (!(tags && tags[row] !== TAG.TEXT) && places[2 * row + 1] > 0 && (bytes[places[2 * row]] & 0xc0) === 0x80) return false;
    }
    return true;
  }

  #decode() {
    return this.ascii ? this.#cut(decoder.decode(this.bytes)) : this.#decodeUnicode();
  }

  /** @param {string} text Holds a UTF-16 unit for each byte. */
  #cut(text) {
    const { places, tags, length } = this;
    /** @type {(string | null)[]} */
    const strings = new Array(length);
    for (let row = 0; row < length; row++) {
      if (tags && tags[row] !== TAG.TEXT) {
        strings[row] = null;
        continue;
      }
      const start = places[2 * row];
      strings[row] = text.slice(start, start + places[2 * row + 1]);
    }
    return strings;
  }

  /** Decodes everything at once and counts UTF-16 units; what is not valid UTF-8 is decoded text by text. */
  #decodeUnicode() {
    const { bytes, places, tags, length } = this;
    /** @type {(string | null)[]} */
    const strings = new Array(length);
    let text;
    try {
      text = strictDecoder.decode(bytes);
    } catch {
      text = undefined;
    }
    let unit = 0;
    for (let row = 0; row < length; row++) {
      if (tags && tags[row] !== TAG.TEXT) {
        strings[row] = null;
        continue;
      }
      const start = places[2 * row];
      const end = start + places[2 * row + 1];
      // All together may be valid although a character is torn between two texts: then one begins inside it.
      if (text === undefined || (start < end && (bytes[start] & 0xc0) === 0x80)) {
        return this.#decodeOneByOne();
      }
      const from = unit;
      for (let at = start; at < end; at++) {
        const byte = bytes[at];
        if ((byte & 0xc0) !== 0x80) unit += byte < 0xf0 ? 1 : 2;
      }
      strings[row] = text.slice(from, unit);
    }
    return strings;
  }

  #decodeOneByOne() {
    return Array.from({ length: this.length }, (_, row) => {
      if (this.tags && this.tags[row] !== TAG.TEXT) return null;
      const start = this.places[2 * row];
      return decoder.decode(this.bytes.subarray(start, start + this.places[2 * row + 1]));
    });
  }
}

/** Cells of any mixture of kinds, as the row packer wrote them. */
export class PackedVector {
  /** @type {Value[] | undefined} */
  #values;

  /**
   * @param {Uint8Array} tags
   * @param {Float64Array} cells
   * @param {Uint8Array} heap Texts and blobs.
   */
  constructor(tags, cells, heap) {
    this.tags = tags;
    this.cells = cells;
    this.heap = heap;
    this.length = tags.length;
    this.byteLength = tags.byteLength + cells.byteLength + heap.byteLength;
  }

  /** @param {number} row */
  get(row) {
    return own(/** @type {Value} */ (this.values()[row]));
  }

  values() {
    return (this.#values ??= this.#decode());
  }

  #decode() {
    const { tags, cells, heap } = this;
    const places = new Uint32Array(cells.buffer, cells.byteOffset, 2 * cells.length);
    const integers = new BigInt64Array(cells.buffer, cells.byteOffset, cells.length);
    return Array.from(tags, (tag, row) => {
      switch (tag) {
        case TAG.INTEGER:
        case TAG.REAL:
          return cells[row];
        case TAG.INT64:
          return /** @type {bigint} */ (integers[row]);
        case TAG.NULL:
          return null;
      }
      const start = places[2 * row];
      const bytes = heap.subarray(start, start + places[2 * row + 1]);
      return tag === TAG.TEXT ? decoder.decode(bytes) : bytes;
    });
  }
}

/**
 * One text. Short ASCII is put together here, eight characters at a time: a call of TextDecoder costs as much as 60.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @param {boolean} ascii
 */
export function decodeText(bytes, start, end, ascii) {
  if (!ascii || end - start > 64) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  let at = start;
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(
      bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4], bytes[at + 5], bytes[at + 6], bytes[at + 7],
    );
  }
  for (; at + 2 <= end; at += 2) text += String.fromCharCode(bytes[at], bytes[at + 1]);
  return at < end ? text + String.fromCharCode(bytes[at]) : text;
}

/** @param {ArrayLike<Value>} list */
function estimate(list) {
  let bytes = 16 * list.length;
  for (let row = 0; row < list.length; row++) {
    const value = list[row];
    if (typeof value === 'string') bytes += 2 * value.length;
    else if (typeof value === 'object' && value !== null) bytes += estimateObject(value);
  }
  return bytes;
}

/** @param {object} value */
function estimateObject(value) {
  return ArrayBuffer.isView(value) ? value.byteLength : estimate(Object.values(value));
}
