/**
 * A file that was looked at and can be read in parts: what open() gives.
 */
import { readBytes } from '../http/bytes.js';
import { FileSource } from './file_source.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('../stores/store.js').Entry} Entry */
/** @typedef {{ signal?: AbortSignal }} How */

export class OpenedFile {
  #use;
  #entry;
  #timeout;

  /**
   * @param {Entry} entry
   * @param {<T>(work: (store: Store, options: { signal: AbortSignal }) => Promise<T>, signal?: AbortSignal) => Promise<T>} use
   * @param {number | undefined} timeout Milliseconds, for each read.
   */
  constructor(entry, use, timeout) {
    this.#entry = entry;
    this.#use = use;
    this.#timeout = timeout;
  }

  get path() {
    return this.#entry.path;
  }

  /** Bytes. */
  get size() {
    return this.#entry.size;
  }

  get etag() {
    return this.#entry.etag;
  }

  get lastModified() {
    return this.#entry.lastModified && new Date(this.#entry.lastModified);
  }

  get contentType() {
    return this.#entry.contentType;
  }

  /**
   * Its bytes as they come. A stream outlives the connection.
   * @param {How} [options]
   * @returns {Promise<ReadableStream<Uint8Array>>}
   * @throws {import('../errors.js').HawserError} With `changed` when the file is another one by now.
   */
  async stream({ signal } = {}) {
    return this.#use((store) => this.#source(store, signal).stream(), signal);
  }

  /**
   * All of it.
   * @param {How} [options]
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async bytes({ signal } = {}) {
    return this.#use(async (store, how) => readBytes(await this.#source(store, how.signal).stream()), signal);
  }

  /** @param {How} [options] @returns {Promise<string>} As UTF-8. */
  async text(options) {
    return new TextDecoder().decode(await this.bytes(options));
  }

  /**
   * Bytes from `start` up to but without `end`, as of arrays: from the end when negative; beyond it there are none.
   * @param {number} [start] @param {number} [end] @param {How} [options]
   * @returns {Promise<Uint8Array>}
   * @throws {RangeError | import('../errors.js').HawserError}
   */
  async slice(start = 0, end = undefined, { signal } = {}) {
    const { size } = this;
    for (const [name, value] of Object.entries({ start, end })) {
      if (value !== undefined && !Number.isSafeInteger(value)) throw new RangeError(`${name}: must be a whole number of bytes.`);
      if (value !== undefined && value < 0 && size === undefined) throw new RangeError(`${name}: must not be negative, because the size of this file is not known.`);
    }
    const place = (/** @type {number} */ value) => Math.max(0, value < 0 ? value + /** @type {number} */ (size) : value);
    const [from, to] = [place(start), Math.min(end === undefined ? Infinity : place(end), size ?? Infinity)];
    if (from >= to) return new Uint8Array();
    return this.#use((store, how) => this.#source(store, how.signal).slice(from, to), signal);
  }

  toJSON() {
    return { ...this.#entry };
  }

  /** @param {Store} store @param {AbortSignal | undefined} signal */
  #source(store, signal) {
    return new FileSource(store, this.path, this.#entry, { signal, timeout: this.#timeout });
  }
}
