/**
 * The writing side of the row binder (wasm/row_binder.cc): collects rows of parameters in SQLite's memory, all texts
 * of a batch encoded in one go, and runs a statement once per row.
 */
import { HawserError } from '../errors.js';
import { TAG } from '../table/vector.js';

const encoder = new TextEncoder();

/** Rows of a batch at the most. */
const MAX_ROWS = 1024;
/** Cells of a batch: rows of many parameters come in batches of fewer rows. */
const MAX_CELLS = 16 * MAX_ROWS;
/** UTF-16 units of text, or bytes of blobs, after which a batch is run. */
const MAX_HEAP = 512 * 1024;
/** Bytes of the heap that are kept between batches. */
const KEPT_HEAP = 4 * MAX_HEAP;

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

export class Binder {
  #engine;
  #placeholders;
  #width;
  #rows;
  /** Cells that there is room for. */
  #cells;
  #block;
  #firstCell;
  #tags;
  #status;
  #heap = 0;
  #capacity = 0;
  /** Cells added so far. */
  #count = 0;
  /** All texts added so far, one behind the other. */
  #text = '';
  /** Whether there is a text among them, which may be empty. */
  #hasText = false;
  /** @type {{ cell: number, bytes: Uint8Array }[]} */
  #blobs = [];
  #blobBytes = 0;

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {import('./parameters.js').Placeholders} placeholders The parameters of a row.
   * @param {number} [rows] Rows per batch at the most. Default: by the number of parameters, up to 1,024.
   */
  constructor(engine, placeholders, rows = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / placeholders.count)))) {
    const width = placeholders.count;
    this.#engine = engine;
    this.#placeholders = placeholders;
    this.#width = width;
    this.#rows = rows;
    this.#cells = rows * width;
    const cells = 8 * rows * width;
    this.#block = engine.allocate(cells + 8 + rows * width);
    this.#firstCell = this.#block >>> 3;
    this.#status = (this.#block + cells) >>> 2;
    this.#tags = this.#block + cells + 8;
  }

  /** Whether the batch must be run before another row is added. */
  get full() {
    return this.#count >= this.#cells || this.#text.length >= MAX_HEAP || this.#blobBytes >= MAX_HEAP;
  }

  /**
   * Adds the next value; rows are added value by value, in the order of the parameters. Numbers without a fraction and
   * booleans become INTEGER, other numbers REAL, bigints INTEGER, dates ISO 8601 text, bytes BLOB.
   * @param {unknown} value
   * @throws {HawserError} ERR_PARAMETER without name and row, which the caller adds; nothing was added then.
   */
  add(value) {
    const { u8, f64 } = this.#engine;
    const cell = this.#firstCell + this.#count;
    switch (typeof value) {
      case 'number':
        if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
          u8[this.#tags + this.#count] = TAG.INTEGER;
        } else if (Number.isNaN(value)) {
          throw refused('NaN, which SQLite has no value for; pass null');
        } else {
          u8[this.#tags + this.#count] = TAG.REAL;
        }
        f64[cell] = value;
        break;
      case 'string':
        this.#addText(value, cell);
        break;
      case 'boolean':
        u8[this.#tags + this.#count] = TAG.INTEGER;
        f64[cell] = value ? 1 : 0;
        break;
      case 'bigint':
        if (value < MIN_INT64 || value > MAX_INT64) throw refused('a bigint of more than 64 bits; pass it as text');
        u8[this.#tags + this.#count] = TAG.INT64;
        this.#engine.i64[cell] = value;
        break;
      default:
        this.#addOther(value, cell);
    }
    this.#count++;
  }

  /**
   * Adds the values of one row.
   * @param {readonly unknown[]} values
   * @param {{ row?: number }} [where] For errors.
   * @throws {HawserError} ERR_PARAMETER
   */
  addAll(values, where = {}) {
    let index = 0;
    try {
      for (; index < values.length; index++) this.add(values[index]);
    } catch (error) {
      throw this.#placeholders.explain(error, index, where);
    }
  }

  /** @param {string} value @param {number} cell */
  #addText(value, cell) {
    const { u8, u32 } = this.#engine;
    u8[this.#tags + this.#count] = TAG.TEXT;
    this.#hasText = true;
    u32[2 * cell] = this.#text.length;
    u32[2 * cell + 1] = value.length;
    this.#text += value;
  }

  /** @param {unknown} value @param {number} cell */
  #addOther(value, cell) {
    const { u8 } = this.#engine;
    if (value === null) {
      u8[this.#tags + this.#count] = TAG.NULL;
      return;
    }
    const kind = Object.prototype.toString.call(value);
    if (kind === '[object Date]') {
      const date = /** @type {Date} */ (value);
      if (Number.isNaN(Date.prototype.getTime.call(date))) throw refused('an invalid Date');
      this.#addText(Date.prototype.toISOString.call(date), cell);
      return;
    }
    let bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : kind === '[object ArrayBuffer]' && new Uint8Array(/** @type {ArrayBuffer} */ (value));
    if (bytes && this.#rows > 1) bytes = bytes.slice(); // Whoever made the row may use its buffer for the next one.
    if (!bytes) throw refused(value === undefined ? 'undefined; pass null for a missing value' : `${describe(value)}, which cannot be bound`);
    u8[this.#tags + this.#count] = TAG.BLOB;
    this.#blobs.push({ cell, bytes });
    this.#blobBytes += bytes.length;
  }

  /**
   * Binds the one row that was added. Its texts and blobs stay until the next one.
   * @param {number} statement sqlite3_stmt*
   * @returns {number} SQLite's result code
   * @throws {HawserError} ERR_PARAMETER
   */
  bind(statement) {
    this.#place(undefined);
    const width = this.#count;
    this.#clear();
    return this.#engine.binder.bind(statement, width, this.#tags, this.#block, this.#heap);
  }

  /**
   * Binds one row without adding it first, when it is all integers: the parameters of most lookups.
   * @param {number} statement sqlite3_stmt*
   * @param {readonly unknown[]} values As many as there are parameters.
   * @returns {boolean} false: they were not bound, because there is something else among them or SQLite refuses.
   */
  bindIntegers(statement, values) {
    const { u8, f64, binder } = this.#engine;
    for (let i = 0; i < this.#width; i++) {
      const value = values[i];
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || Object.is(value, -0)) return false;
      u8[this.#tags + i] = TAG.INTEGER;
      f64[this.#firstCell + i] = value;
    }
    return binder.bind(statement, this.#width, this.#tags, this.#block, 0) === 0;
  }

  /**
   * Runs the statement once for each row that was added.
   * @param {number} statement sqlite3_stmt*
   * @param {number} database sqlite3*
   * @param {number} firstRow Number of the first row that was added, for errors.
   * @returns {{ rows: number, added: number, affected: number, status: number }} how many of the rows were run, how many rows
   *   of the database they changed, and, when not all were run, SQLite's result code of the next one
   * @throws {HawserError} ERR_PARAMETER; none of the rows was run then
   */
  run(statement, database, firstRow) {
    const engine = this.#engine;
    this.#place(firstRow);
    const added = this.#count / this.#width;
    this.#clear();
    const rows = engine.binder.run_many(
      database, statement, this.#width, added, this.#tags, this.#block, this.#heap, this.#status << 2,
    );
    const status = engine.u32[this.#status];
    const affected = engine.u32[this.#status + 1];
    engine.c.sqlite3_clear_bindings(statement); // They point into the heap.
    this.shrink(statement);
    return { rows, added, affected, status };
  }

  /** Forgets the rows that were added and not run. */
  discard() {
    this.#clear();
  }

  /**
   * Gives back what a large value took. To be called when a bound statement has been reset.
   * @param {number} statement
   */
  shrink(statement) {
    if (this.#capacity <= KEPT_HEAP) return;
    this.#engine.c.sqlite3_clear_bindings(statement);
    this.#reserve(0);
  }

  #clear() {
    this.#count = this.#blobBytes = 0;
    this.#hasText = false;
    this.#text = '';
    if (this.#blobs.length) this.#blobs = [];
  }

  /**
   * Writes texts and blobs into the heap and their places into the cells.
   * @param {number | undefined} firstRow
   */
  #place(firstRow) {
    if (!this.#hasText && this.#blobs.length === 0) return;
    // At least a byte: SQLite takes a null pointer for NULL, also where the text is empty.
    const engine = this.#engine;
    let blobBytes = 0; // Now: buffers may be resized, or taken away.
    for (const { bytes } of this.#blobs) blobBytes += bytes.length;
    const text = this.#text;
    let used;
    if (3 * text.length <= KEPT_HEAP) {
      this.#reserve(3 * text.length + blobBytes + 1);
      used = encoder.encodeInto(text, engine.u8.subarray(this.#heap, this.#heap + this.#capacity)).written;
    } else {
      const bytes = encoder.encode(text); // Three bytes for each unit would be a lot of room to reserve.
      used = bytes.length;
      this.#reserve(used + blobBytes + 1);
      engine.u8.set(bytes, this.#heap);
    }
    if (used !== text.length) {
      const odd = this.#findLoneSurrogate(text);
      if (odd >= 0) throw this.#explainText(odd, firstRow);
      engine.binder.locate_texts(this.#count, this.#tags, this.#block, this.#heap);
    }
    for (const { cell, bytes } of this.#blobs) {
      engine.u8.set(bytes, this.#heap + used);
      engine.u32[2 * cell] = used;
      engine.u32[2 * cell + 1] = bytes.length;
      used += bytes.length;
    }
  }

  /**
   * The first cell with a text that UTF-8 cannot hold, or -1. All of them together may be well-formed although one ends with
   * half of a character and the next begins with the other half.
   * @param {string} text
   */
  #findLoneSurrogate(text) {
    const { u8, u32 } = this.#engine;
    const together = isWellFormed(text);
    for (let index = 0; index < this.#count; index++) {
      if (u8[this.#tags + index] !== TAG.TEXT) continue;
      const start = u32[2 * (this.#firstCell + index)];
      const end = start + u32[2 * (this.#firstCell + index) + 1];
      const suspect = !together || isSurrogate(text.charCodeAt(start)) || isSurrogate(text.charCodeAt(end - 1));
      if (suspect && !isWellFormed(text.slice(start, end))) return index;
    }
    return -1;
  }

  /**
   * @param {number} index Of a cell with a text that UTF-8 cannot hold.
   * @param {number | undefined} firstRow
   */
  #explainText(index, firstRow) {
    const row = firstRow === undefined ? undefined : firstRow + Math.floor(index / this.#width);
    const error = refused('text with a lone surrogate, which UTF-8 cannot hold; pass bytes, or text.toWellFormed()');
    return this.#placeholders.explain(error, index % this.#width, { row });
  }

  /** @param {number} bytes */
  #reserve(bytes) {
    if (bytes <= this.#capacity && (bytes > 0 || this.#capacity <= KEPT_HEAP)) return;
    this.#engine.free(this.#heap);
    this.#heap = this.#capacity = 0;
    if (bytes === 0) return;
    const capacity = bytes <= KEPT_HEAP ? Math.max(bytes, 1024) : bytes;
    this.#heap = this.#engine.allocate(capacity);
    this.#capacity = capacity;
  }

  /** Gives the room back. No statement may be bound to it any more. */
  free() {
    if (!this.#engine.alive) return;
    this.#engine.free(this.#heap);
    this.#engine.free(this.#block);
  }
}

/** @param {string} what */
const refused = (what) => new HawserError('ERR_PARAMETER', what);

/** @param {unknown} value */
const describe = (value) => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  return Array.isArray(value) ? 'an array' : 'an object';
};

/** @param {number} unit NaN for the end of a text. */
const isSurrogate = (unit) => (unit & 0xf800) === 0xd800;

const surrogate = /\p{Surrogate}/u;

/** @type {(text: string) => boolean} String.prototype.isWellFormed is younger than Safari 16. */
export const isWellFormed = (text) => {
  const { isWellFormed: method } = /** @type {any} */ (String.prototype);
  return method ? method.call(text) : !surrogate.test(text);
};
