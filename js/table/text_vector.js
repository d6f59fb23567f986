/**
 * Vectors of texts: the bytes of all of them together, decoded when one is first read.
 */
import { TAG } from './vector.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

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
    const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2) : undefined;
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
      unit += unitsIn(bytes, words, start, end);
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

/**
 * UTF-16 units of valid UTF-8: one for each byte that begins a character, two where it takes four bytes.
 * @param {Uint8Array} bytes
 * @param {Uint32Array | undefined} words The same, four at a time, where they lie so.
 * @param {number} start
 * @param {number} end
 */
function unitsIn(bytes, words, start, end) {
  let units = 0;
  let at = start;
  if (words !== undefined) {
    for (; at < end && (at & 3) !== 0; at++) units += unitsOf(bytes[at]);
    for (; at + 4 <= end; at += 4) {
      const word = words[at >> 2];
      const high = word >>> 7;
      const continued = high & ~(word >>> 6) & 0x01010101;
      const long = high & (word >>> 6) & (word >>> 5) & (word >>> 4) & 0x01010101;
      units += 4 - (Math.imul(continued, 0x01010101) >>> 24) + (Math.imul(long, 0x01010101) >>> 24);
    }
  }
  for (; at < end; at++) units += unitsOf(bytes[at]);
  return units;
}

/** @param {number} byte */
const unitsOf = (byte) => ((byte & 0xc0) === 0x80 ? 0 : byte < 0xf0 ? 1 : 2);

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
