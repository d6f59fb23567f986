/**
 * Decompresses snappy (https://github.com/google/snappy/blob/main/format_description.txt). That of hyparquet runs on for ever when it is
 * given damaged data; this one reads and writes nothing outside of what it was given.
 */

/** What is wrong with the data. */
class SnappyError extends Error {}

/**
 * @param {Uint8Array} input
 * @param {number} length Bytes that come out.
 * @returns {Uint8Array}
 * @throws {Error} when it is not snappy, or another length comes out.
 */
export function unsnappy(input, length) {
  const end = input.length;
  const [said, first] = varint(input);
  // One element of three bytes makes 64 at the most.
  if (said !== length || length > 32 * (end + 32)) {
    throw new SnappyError(`parquet snappy: there are to be ${length} bytes, the data says ${said}`);
  }
  const output = new Uint8Array(length);
  let at = first;
  let to = 0;
  while (at < end) {
    const tag = /** @type {number} */ (input[at++]);
    if ((tag & 3) === 0) {
      let size = tag >>> 2;
      if (size >= 60) {
        const bytes = size - 59;
        size = little(input, at, bytes);
        at += bytes;
      }
      size++;
      if (at + size > end || to + size > length) throw new SnappyError('parquet snappy: a literal is too long');
      if (size <= 16) for (let i = 0; i < size; i++) output[to + i] = /** @type {number} */ (input[at + i]);
      else output.set(input.subarray(at, at + size), to);
      at += size;
      to += size;
      continue;
    }
    let size = (tag >>> 2) + 1;
    let offset = 0;
    if ((tag & 3) === 1) {
      size = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | /** @type {number} */ (input[at]);
      at += 1;
    } else if ((tag & 3) === 2) {
      offset = /** @type {number} */ (input[at]) | (/** @type {number} */ (input[at + 1]) << 8);
      at += 2;
    } else {
      offset = little(input, at, 4);
      at += 4;
    }
    // Of bytes that are not there the offset is 0, or it is of fewer bytes; then this is the end, and something is missing.
    if (offset === 0 || offset > to || to + size > length) throw new SnappyError('parquet snappy: a copy is of what is not there');
    // Byte by byte: it may repeat what it has just written.
    for (let i = 0; i < size; i++) output[to + i] = /** @type {number} */ (output[to - offset + i]);
    to += size;
  }
  if (to !== length) throw new SnappyError('parquet snappy: the data ends early');
  return output;
}

/** @param {Uint8Array} input @returns {[value: number, length: number]} */
function varint(input) {
  let value = 0;
  for (let i = 0; i < Math.min(5, input.length); i++) {
    const byte = /** @type {number} */ (input[i]);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return [value, i + 1];
  }
  throw new SnappyError('parquet snappy: there is no length');
}

/** @param {Uint8Array} input @param {number} at @param {number} bytes */
function little(input, at, bytes) {
  if (at + bytes > input.length) throw new SnappyError('parquet snappy: the data ends early');
  let value = 0;
  for (let i = 0; i < bytes; i++) value += /** @type {number} */ (input[at + i]) * 2 ** (8 * i);
  return value;
}
