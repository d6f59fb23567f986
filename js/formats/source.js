/**
 * Bytes on their way to a reader: whole or in pieces, decompressed, given up when nobody wants more.
 */
import { HawserError } from '../errors.js';
import { formatError } from './errors.js';

/** @typedef {import('./formats.js').Format} Format */

/**
 * Where the bytes come from. Each of its functions may be called once or not at all, slice() any number of times.
 * @typedef {object} Source
 * @property {() => Promise<ReadableStream<Uint8Array>>} stream
 * @property {() => Promise<Uint8Array>} bytes All of them.
 * @property {(start: number, end: number) => Promise<Uint8Array>} [slice] Those from `start` up to but without `end`.
 * @property {number} [size] Of all of them, where it is known.
 */

/**
 * Bytes that are there already.
 * @param {Uint8Array} bytes
 * @returns {Source}
 */
export const sourceOf = (bytes) => ({ bytes: async () => bytes, stream: async () => streamOf(bytes) });

/** @param {Uint8Array} bytes @returns {ReadableStream<Uint8Array>} */
function streamOf(bytes) {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/**
 * @param {Source} source
 * @param {boolean} gzip Whether they are compressed. If they are not after all, because fetch has undone it already, they come as they are.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array>}
 */
export async function bytesOf(source, gzip, signal) {
  signal?.throwIfAborted();
  const bytes = await source.bytes();
  if (!gzip || !isGzip(bytes)) return bytes;
  return joined(await gathered(inflated([bytes], signal)));
}

/**
 * The same in pieces as they come. Leaving the loop gives up the rest: the stream is cancelled.
 * @param {Source} source
 * @param {boolean} gzip
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
export async function* piecesOf(source, gzip, signal) {
  signal?.throwIfAborted();
  const pieces = reading(await source.stream(), signal);
  if (!gzip) {
    yield* pieces;
    return;
  }
  try {
    let first = /** @type {Uint8Array} */ (new Uint8Array(0));
    while (first.length < 2) {
      const { done, value } = await pieces.next();
      if (done) break;
      first = joined([first, value]);
    }
    const all = followedBy(first, pieces);
    yield* isGzip(first) ? inflated(all, signal) : all;
  } finally {
    await pieces.return();
  }
}

/** @throws {HawserError} ERR_NOT_SUPPORTED */
export function gunzip() {
  if (typeof DecompressionStream === 'function') return new DecompressionStream('gzip');
  throw new HawserError('ERR_NOT_SUPPORTED', 'This runtime cannot undo gzip: it has no DecompressionStream.');
}

/** @param {Uint8Array} bytes */
const isGzip = (bytes) => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/** @param {Uint8Array} first @param {AsyncIterable<Uint8Array>} rest */
async function* followedBy(first, rest) {
  if (first.length) yield first;
  yield* rest;
}

/** @param {AsyncIterable<Uint8Array>} pieces */
async function gathered(pieces) {
  /** @type {Uint8Array[]} */
  const list = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

/** @param {readonly Uint8Array[]} list */
export function joined(list) {
  if (list.length === 1) return /** @type {Uint8Array} */ (list[0]);
  const all = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of list) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
async function* reading(stream, signal) {
  const reader = stream.getReader();
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', stop);
  let done = false;
  try {
    while (true) {
      const next = await reader.read();
      signal?.throwIfAborted();
      done = next.done;
      if (done) return;
      if (next.value?.length) yield next.value;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    if (!done) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/**
 * Decompresses piece by piece, and takes the next one only when the last one has been used up and somebody waits: pipeThrough() of
 * Node.js 20 takes them all at once.
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} pieces
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 * @throws {import('../errors.js').HawserError} ERR_FORMAT when they are not gzip, or not all of it. What reading them threw, as it is.
 */
async function* inflated(pieces, signal) {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const { readable, writable } = gunzip();
  const reader = readable.getReader();
  const writer = writable.getWriter();
  writer.closed.catch(() => {}); // The reader hears of it.
  /** @type {Promise<unknown>} */
  let writing = Promise.resolve();
  let ended = false;
  try {
    while (true) {
      const read = reader.read();
      let settled = false;
      const settle = () => void (settled = true);
      const waiting = read.then(settle, settle);
      while (!ended) {
        await undefined; // Time for what is there already.
        await undefined;
        if (!settled) await Promise.race([waiting, writing]);
        if (settled) break;
        const next = await iterator.next();
        ended = next.done === true;
        writing = (next.done ? writer.close() : writer.write(/** @type {Uint8Array<ArrayBuffer>} */ (next.value))).catch(() => {});
      }
      const { done, value } = await read.catch((cause) => {
        throw formatError('The gzip data is damaged or incomplete', { cause });
      });
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => {});
    void writer.abort().catch(() => {});
    await iterator.return?.();
  }
}
