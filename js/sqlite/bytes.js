/**
 * Bytes from whatever has them: buffers, blobs, responses, streams, iterables.
 */
import { HawserError } from '../errors.js';
import { eachAsync } from './each.js';

/** @typedef {ArrayBuffer | ArrayBufferView | Blob | Response | ReadableStream<Uint8Array> | Iterable<Uint8Array> | AsyncIterable<Uint8Array>} ByteSource */

const WHAT = 'bytes, a Blob, a Response, a ReadableStream or an (async) iterable of bytes';

/**
 * One way to read them all.
 * @param {ByteSource} source
 * @param {string} name Of the argument, for errors.
 * @returns {Uint8Array | AsyncIterable<Uint8Array>} Bytes are shared with the source.
 * @throws {TypeError}
 * @throws {HawserError} ERR_DATABASE_INVALID for a response that tells of a failure
 */
export function bytesOf(source, name) {
  const given = /** @type {any} */ (source);
  if (typeof given !== 'object' || given === null) throw new TypeError(`${name} must be ${WHAT}.`);
  const whole = viewOf(given);
  if (whole) return whole;
  if (typeof given.getReader === 'function') return readStream(given);
  if (typeof given.ok === 'boolean' && 'body' in given) {
    if (!given.ok) throw new HawserError('ERR_DATABASE_INVALID', `${name} is a response with the status ${given.status}, not a database.`, { phase: 'import', status: given.status });
    return given.body ? readStream(given.body) : new Uint8Array();
  }
  if (typeof given.stream === 'function' && typeof given.size === 'number') return readStream(given.stream());
  if (Symbol.asyncIterator in given || Symbol.iterator in given) return checked(given, name);
  throw new TypeError(`${name} must be ${WHAT}.`);
}

/**
 * All bytes, in the pieces that they come in.
 * @param {Uint8Array | AsyncIterable<Uint8Array>} bytes
 * @param {AbortSignal} [signal] Ends the wait for more.
 * @returns {Promise<Uint8Array[]>}
 */
export async function collect(bytes, signal) {
  signal?.throwIfAborted();
  if (ArrayBuffer.isView(bytes)) return [/** @type {Uint8Array} */ (bytes)];
  /** @type {Uint8Array[]} */
  const pieces = [];
  await eachAsync(bytes, signal, (piece) => pieces.push(piece));
  return pieces;
}

/** @param {any} value @returns {Uint8Array | undefined} */
function viewOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const kind = Object.prototype.toString.call(value);
  return kind === '[object ArrayBuffer]' || kind === '[object SharedArrayBuffer]' ? new Uint8Array(value) : undefined;
}

/**
 * Not all browsers can iterate over streams.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncIterable<Uint8Array>}
 */
function readStream(stream) {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream.getReader();
      return {
        next: async () => {
          const { done, value } = await reader.read();
          if (done) return { done: true, value: undefined };
          return { done: false, value: pieceOf(value, 'A chunk of the stream') };
        },
        async return() {
          await reader.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** @param {Iterable<unknown> | AsyncIterable<unknown>} source @param {string} name */
async function* checked(source, name) {
  // A copy: whoever made it may use its buffer for the next one.
  for await (const piece of source) yield pieceOf(piece, `A part of ${name}`).slice();
}

/** @param {unknown} value @param {string} name */
function pieceOf(value, name) {
  const piece = viewOf(value);
  if (piece) return piece;
  throw new TypeError(`${name} is not bytes.`);
}
