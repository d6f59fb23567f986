/**
 * One object of a store as a source of bytes: whole, as a stream, or in ranges that all belong to the same version of it.
 */
import { readBytes } from '../http/bytes.js';
import { changedError } from '../stores/store.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('../stores/store.js').ReadReply} ReadReply */
/** @typedef {Pick<import('../stores/store.js').ReadHow, 'signal' | 'timeout' | 'onProgress'>} How */

/** Bytes at the end of a file that are fetched first where its format begins there. */
const TAIL = 64 * 1024;

/** @typedef {import('../formats/source.js').Source} Source */

/** @implements {Source} */
export class FileSource {
  #store;
  #path;
  #how;
  /** @type {{ start: number, bytes: Uint8Array } | undefined} */
  #tail;

  /**
   * @param {Store} store @param {string} path
   * @param {{ size?: number, etag?: string, lastModified?: Date }} version That everything read must be of.
   * @param {How} how
   */
  constructor(store, path, { size, etag, lastModified }, how) {
    this.#store = store;
    this.#path = path;
    this.#how = how;
    this.size = size;
    this.etag = etag;
    this.lastModified = lastModified;
  }

  /**
   * What has been read of its end already.
   * @param {Uint8Array} bytes
   */
  keepTail(bytes) {
    if (this.size !== undefined) this.#tail = { start: this.size - bytes.byteLength, bytes };
  }

  async stream() {
    if (this.#tail?.start === 0) return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (this.#tail.bytes)]).stream();
    return /** @type {ReadableStream<Uint8Array>} */ ((await this.#read()).body);
  }

  async bytes() {
    return this.#tail?.start === 0 ? this.#tail.bytes : readBytes(await this.stream());
  }

  /** @param {number} start @param {number} [end] */
  async slice(start, end = this.size ?? Infinity) {
    if (end <= start) return new Uint8Array();
    const tail = this.#tail;
    if (tail && start >= tail.start) return tail.bytes.subarray(start - tail.start, end - tail.start);
    return readBytes((await this.#read({ range: end === Infinity ? { start } : { start, end } })).body);
  }

  /** @param {Pick<import('../stores/store.js').ReadHow, 'range'>} [what] */
  async #read(what) {
    const { etag } = this;
    // A weak etag is of no use to If-Match.
    const ifMatch = etag === undefined || etag.startsWith('W/') ? undefined : etag;
    const reply = await this.#store.read(this.#path, { ...this.#how, ...what, ...(ifMatch !== undefined && { ifMatch }) });
    if (this.#changed(reply)) {
      void reply.body?.cancel().catch(() => {});
      throw changedError(this.#path, this.#store.root);
    }
    return reply;
  }

  /** Whether it is another version. @param {ReadReply} reply */
  #changed(reply) {
    if (this.etag !== undefined && reply.etag !== undefined) return reply.etag !== this.etag;
    const moved = this.lastModified !== undefined && reply.lastModified !== undefined && Number(reply.lastModified) !== Number(this.lastModified);
    return moved || (this.size !== undefined && reply.size !== undefined && reply.size !== this.size);
  }
}

/**
 * A file whose format begins at its end, with that end already there. One request.
 * @param {Store} store @param {string} path @param {How & { ifNoneMatch?: string, ifModifiedSince?: Date }} how
 * @returns {Promise<{ reply: ReadReply, source: FileSource }>}
 */
export async function openAtEnd(store, path, { ifNoneMatch, ifModifiedSince, ...how }) {
  const reply = await store.read(path, { ...how, range: { suffix: TAIL }, ifNoneMatch, ifModifiedSince });
  const source = new FileSource(store, path, reply, how);
  if (reply.notModified) return { reply, source };
  const tail = await readBytes(reply.body);
  if (source.size !== undefined && tail.byteLength === Math.min(TAIL, source.size)) source.keepTail(tail);
  else if (tail.byteLength < TAIL) {
    // Less than was asked for is all there is, whatever the headers could be read of.
    source.size = tail.byteLength;
    source.keepTail(tail);
  }
  return { reply, source };
}
