/**
 * Rows of parameters on their way to another thread: taken from whoever has them as they are wanted.
 */
import { mark, sendable } from './marks.js';

/** @typedef {import('../parameters.js').Parameters} Parameters */

/** Rows that are sent at once, at the most. */
const MAX_ROWS = 2000;
/** UTF-16 units of text and bytes of blobs after which a chunk is sent. */
const MAX_SIZE = 512 * 1024;

export class Chunks {
  #next;
  #return;
  #ended = false;
  /** What those who have the rows have thrown. @type {{ error: unknown } | undefined} */
  failure;

  /** @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows */
  constructor(rows) {
    const given = /** @type {any} */ (rows);
    const iterator = given[Symbol.asyncIterator] ? given[Symbol.asyncIterator]() : given[Symbol.iterator]();
    this.#next = () => iterator.next();
    this.#return = () => iterator.return?.();
  }

  /**
   * @returns {Promise<{ rows?: unknown[], end?: boolean, failed?: boolean }>} Never rejects.
   */
  async next() {
    /** @type {unknown[]} */
    const rows = [];
    let size = 0;
    try {
      while (rows.length < MAX_ROWS && size < MAX_SIZE) {
        let step = this.#next();
        if (typeof step?.then === 'function') step = await step;
        if (step.done) {
          this.#ended = true;
          return { rows, end: true };
        }
        rows.push(sendable(step.value));
        size += sizeOf(step.value);
      }
    } catch (error) {
      this.#ended = true;
      this.failure = { error };
      return { failed: true };
    }
    return { rows };
  }

  /** No more are wanted. */
  leave() {
    if (this.#ended) return;
    this.#ended = true;
    try {
      void Promise.resolve(this.#return()).catch(() => {});
    } catch {
      // Whoever is left has nothing to say.
    }
  }
}

/**
 * Sends a message that holds what users have passed.
 * @param {any} message With `params` or `rows`.
 * @param {(message: any) => void} send
 */
export function sendMarked(message, send) {
  try {
    send(message);
  } catch (error) {
    if (/** @type {any} */ (error)?.name !== 'DataCloneError') throw error;
    const { params, rows } = message;
    send({ ...message, marked: true, ...(params !== undefined && { params: mark(params) }), ...(rows && { rows: rows.map(mark) }) });
  }
}

/** @param {any} row */
function sizeOf(row) {
  if (row === null || typeof row !== 'object') return 0;
  if (ArrayBuffer.isView(row)) return row.byteLength;
  let size = 0;
  if (Array.isArray(row)) for (let i = 0; i < row.length; i++) size += sizeOfValue(row[i]);
  else for (const name in row) size += sizeOfValue(row[name]);
  return size;
}

/** @param {any} value */
const sizeOfValue = (value) => (typeof value === 'string' ? value.length : ArrayBuffer.isView(value) ? value.byteLength : 0);
