/**
 * Texts: of a charset, UTF-8 unless said otherwise.
 */
import { formatError } from './errors.js';
import { joined } from './source.js';

/**
 * @param {string | undefined} charset A label of the Encoding Standard. Default 'utf-8'.
 * @param {boolean} fatal Whether bytes that are no text in it are an error.
 * @throws {RangeError} naming the option
 */
function decoderOf(charset = 'utf-8', fatal = true) {
  try {
    return new TextDecoder(charset, { fatal });
  } catch {
    throw new RangeError(`charset: this runtime knows no '${String(charset)}'.`);
  }
}

/**
 * The text of all bytes, without a byte order mark.
 * @param {Uint8Array} bytes
 * @param {string} [charset] Default: UTF-8, or UTF-16 where it begins with the mark of that.
 * @param {boolean} [fatal] Default true.
 * @throws {import('../errors.js').HawserError} ERR_FORMAT when it is not text in that charset.
 */
export function textOf(bytes, charset, fatal = true) {
  const decoder = decoderOf(charset ?? markedCharset(bytes), fatal);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw notText(decoder.encoding, cause);
  }
}

/** @param {string} encoding @param {unknown} [cause] */
export const notText = (encoding, cause) =>
  formatError(`The text is not ${encoding.toUpperCase()}: say which one it is with charset, e.g. charset: 'windows-1252'`, { cause });

/** @param {Uint8Array} bytes The first ones. @returns {string | undefined} */
function markedCharset(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/**
 * The same text in UTF-8, without a byte order mark.
 * @param {AsyncIterable<Uint8Array>} pieces Cut anywhere.
 * @param {string} [charset] As in {@link textOf}. What is said to be UTF-8 is not looked at.
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
export async function* utf8Pieces(pieces, charset) {
  /** @type {TextDecoder | undefined} */
  let decoder;
  const encoder = new TextEncoder();
  const decode = (/** @type {Uint8Array} */ piece, stream = true) => {
    try {
      return encoder.encode(decoder?.decode(piece, { stream }));
    } catch (cause) {
      throw notText(decoder?.encoding ?? '', cause);
    }
  };
  let first = /** @type {Uint8Array | undefined} */ (new Uint8Array(0));
  for await (let piece of pieces) {
    if (first) {
      piece = joined([first, piece]);
      first = piece.length < 3 ? piece : undefined;
      if (first) continue;
      decoder = otherThanUtf8(charset ?? markedCharset(piece));
      if (!decoder && isMarked(piece)) piece = piece.subarray(3);
    }
    yield decoder ? decode(piece) : piece;
  }
  if (first?.length) {
    decoder = otherThanUtf8(charset ?? markedCharset(first));
    yield decoder ? decode(first) : first;
  }
  if (decoder) yield decode(new Uint8Array(0), false);
}

/** @param {string | undefined} charset */
function otherThanUtf8(charset) {
  const decoder = charset === undefined ? undefined : decoderOf(charset);
  return decoder?.encoding === 'utf-8' ? undefined : decoder;
}

/** @param {Uint8Array} bytes */
const isMarked = (bytes) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
