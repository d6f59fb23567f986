/**
 * Rows of parameters that come from another thread, chunk by chunk, each asked for when the one before is used up.
 */

/** @typedef {import('../parameters.js').Parameters} Parameters */
/** @typedef {{ rows?: Parameters[], end?: boolean, failed?: boolean }} Chunk */

/**
 * @implements {AsyncIterable<Parameters>}
 */
export class Rows {
  #more;
  /** @type {Chunk[]} */
  #chunks = [];
  /** @type {(() => void) | undefined} */
  #wake;

  /** @param {() => void} more Asks for another chunk. */
  constructor(more) {
    this.#more = more;
  }

  /** @param {Chunk} chunk */
  add(chunk) {
    this.#chunks.push(chunk);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator]() {
    this.#more();
    for (;;) {
      if (this.#chunks.length === 0) await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
      const { rows = [], end, failed } = /** @type {Chunk} */ (this.#chunks.shift());
      if (failed) throw new DOMException('The rows could not be read.', 'AbortError');
      if (!end) this.#more(); // The next one is made while these are used.
      yield* rows;
      if (end) return;
    }
  }
}
