/**
 * Reading and writing of binary records: little-endian, lengths before contents, every read checked against the end.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Thrown by {@link ByteReader} for anything malformed. */
export class MalformedError extends Error {}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** @param {number} more */
  #reserve(more) {
    const needed = this.#length + more;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    const at = this.#length;
    this.#length = needed;
    return at;
  }

  /** @param {number} value 0 to 255. */
  byte(value) {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  /** @param {number} value */
  float(value) {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** A whole number from 0 to 2^53, seven bits to the byte, lowest first. @param {number} value */
  count(value) {
    while (value >= 128) {
      this.byte((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    this.byte(value);
  }

  /** @param {Uint8Array} bytes */
  bytes(bytes) {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Any string, also with lone surrogates: its length in bytes times two, plus one when it is UTF-16. @param {string} text */
  text(text) {
    if (isWellFormed(text)) {
      const utf8 = encoder.encode(text);
      this.count(utf8.length * 2);
      this.bytes(utf8);
      return;
    }
    this.count(text.length * 4 + 1);
    const at = this.#reserve(2 * text.length);
    for (let i = 0; i < text.length; i++) this.#view.setUint16(at + 2 * i, text.charCodeAt(i), true);
  }

  /** What was written. @returns {Uint8Array<ArrayBuffer>} */
  finish() {
    return this.#bytes.slice(0, this.#length);
  }
}

export class ByteReader {
  #bytes;
  #view;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get left() {
    return this.#bytes.length - this.#at;
  }

  /** @param {number} length */
  #take(length) {
    if (!(length <= this.left)) throw new MalformedError('The record ends early.');
    const at = this.#at;
    this.#at += length;
    return at;
  }

  byte() {
    return this.#bytes[this.#take(1)];
  }

  float() {
    return this.#view.getFloat64(this.#take(8), true);
  }

  count() {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new MalformedError('A number is too large.');
  }

  /** A view, not a copy. @param {number} length */
  bytes(length) {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** @returns {string} */
  text() {
    const code = this.count();
    const length = Math.floor(code / 2);
    if (code % 2 === 0) {
      try {
        return decoder.decode(this.bytes(length));
      } catch {
        throw new MalformedError('A text is not valid.');
      }
    }
    const at = this.#take(length);
    let text = '';
    for (let i = 0; i + 1 < length; i += 2) text += String.fromCharCode(this.#view.getUint16(at + i, true));
    return text;
  }
}

/** @param {string} text */
function isWellFormed(text) {
  const { isWellFormed: native } = /** @type {{ isWellFormed?: () => boolean }} */ (/** @type {unknown} */ (String.prototype));
  return native ? native.call(text) : !/\p{Surrogate}/u.test(text);
}
