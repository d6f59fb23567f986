/**
 * DER, as much of it as private keys need (X.690): definite lengths, single-byte tags.
 */

export const TAG = Object.freeze({ integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 });

/**
 * @typedef {object} Element
 * @property {number} tag
 * @property {Uint8Array<ArrayBuffer>} value Its content, a view.
 * @property {number} end Where the next element begins.
 */

/**
 * The element at `at`.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} [at]
 * @returns {Element}
 * @throws {RangeError} when there is none, or it is cut off. Says nothing of the bytes.
 */
export function readElement(bytes, at = 0) {
  const tag = bytes[at];
  let length = bytes[at + 1];
  let start = at + 2;
  if (tag === undefined || length === undefined) throw new RangeError('the DER is cut off');
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || start + count > bytes.length) throw new RangeError('the DER has a length that is none');
    length = 0;
    for (let k = 0; k < count; k++) length = length * 256 + bytes[start + k];
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw new RangeError('the DER is cut off');
  return { tag, value: bytes.subarray(start, end), end };
}

/**
 * The elements that a constructed one holds.
 * @param {Uint8Array<ArrayBuffer>} content
 * @returns {Element[]}
 * @throws {RangeError} as {@link readElement}
 */
export function readElements(content) {
  const elements = [];
  for (let at = 0; at < content.length; ) {
    const element = readElement(content, at);
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/**
 * @param {number} tag
 * @param {...Uint8Array} parts Its content, in pieces.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeElement(tag, ...parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [tag, length] : [tag, 0, ...bigEndian(length)];
  if (length >= 0x80) head[1] = 0x80 | (head.length - 2);
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @param {Uint8Array} bytes Content of an object identifier. @returns {string} As in "1.2.840.113549". */
export function oidText(bytes) {
  const numbers = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join('.');
}

/** @param {Uint8Array} bytes Content of an integer that is not negative. @returns {number} Rounded beyond 2^53. */
export const integerOf = (bytes) => bytes.reduce((value, byte) => value * 256 + byte, 0);

/** @param {number} value @returns {number[]} */
function bigEndian(value) {
  const bytes = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
