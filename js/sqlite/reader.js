/**
 * The reading side of the row packer (wasm/row_packer.cc): room in SQLite's memory for one batch of rows, and its way
 * out of it. Everything that leaves is a copy; the room is used again for the next batch.
 */
import { FewRows } from '../table/few_rows.js';
import { decodeText, TextVector } from '../table/text_vector.js';
import { Int64Vector, NumberVector, PackedVector, TAG, ValueVector } from '../table/vector.js';

/** @typedef {import('../table/vector.js').Vector} Vector */

// struct Column of row_packer.cc, as indexes of 32-bit words.
const WORDS = 8;
const TAGS = 0;
const CELLS = 1;
const HEAP = 2;
const HEAP_CAPACITY = 3;
const HEAP_USED = 4;
const KINDS = 5;
const HIGH_BITS = 6;
const NEEDED = 7;

const bit = (/** @type {number} */ tag) => 1 << tag;
const NULLS = bit(TAG.NULL);
const NUMBERS = bit(TAG.INTEGER) | bit(TAG.REAL);

/** Bytes of a column's heap that are kept between results, at the most, and of all of them. */
const KEPT_HEAP = 1024 * 1024;
const KEPT_HEAPS = 8 * KEPT_HEAP;

const SQLITE_ROW = 100;
const SQLITE_DONE = 101;
/** A status of the packer: the result has another number of columns than the reader. Go on with a reader for those. */
export const OTHER_WIDTH = 0xffffffff;

/** Bytes of text and blobs per column that there is room for at first; a longer value gets room when it comes. */
const FIRST_HEAP = 32 * 1024;
/** Likewise of all columns, as far as each has some. */
const FIRST_HEAPS = 1024 * 1024;
const LEAST_HEAP = 4096;
/** Batches of so few rows are decoded at once. */
const FEW_ROWS = 4;
/** Rows of a batch in a narrow result. */
const MAX_ROWS = 2048;
/** Cells of a batch: wide results come in batches of fewer rows, so that the room stays small. */
const MAX_CELLS = 16 * MAX_ROWS;

/**
 * @typedef {object} PackedBatch
 * @property {number} length
 * @property {readonly Vector[]} vectors
 * @property {readonly number[]} kinds For each column a bit 1 << tag for every tag in it, and maybe one more.
 */

export class Reader {
  #engine;
  /** Rows that there is room for. */
  #rows;
  /** Whether a heap is larger than what is kept. */
  #large = false;
  /** Whether the result has ended. */
  done = false;
  /** SQLite's result code, 0 when all went well; or OTHER_WIDTH. */
  status = 0;
  /** Index of a column with integers that only 64 bits hold although `exact` was not asked for, or -1. */
  beyond = -1;
  /** How often the statement was prepared anew since its beginning. */
  reprepared = 0;
  /** Whether batches of few rows are to tell kinds too, which costs a little; set before read(). */
  keepKinds = true;
  /** Rows that {@link Reader#readFew} has packed and not taken. */
  packed = 0;
  /** To be passed to the next read() of the same statement. */
  resume = 0;
  #block;
  #status;
  #descriptors;
  /** Bytes of each heap at first. */
  #first;
  /** Bytes of each heap that are kept. */
  #kept;

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {number} width Number of columns.
   * @param {number} [rows] Rows per batch at the most. Default: by width, up to 2,048.
   */
  constructor(engine, width, rows = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / Math.max(1, width))))) {
    this.#engine = engine;
    this.width = width;
    this.#rows = rows;
    this.#first = Math.max(LEAST_HEAP, Math.min(FIRST_HEAP, Math.floor(FIRST_HEAPS / width)));
    this.#kept = Math.max(this.#first, Math.min(KEPT_HEAP, Math.floor(KEPT_HEAPS / width)));
    const cells = 8 * rows * width;
    const descriptors = 4 * WORDS * width;
    this.#block = engine.allocate(cells + descriptors + 8 + rows * width);
    this.#descriptors = (this.#block + cells) >>> 2;
    this.#status = (this.#block + cells + descriptors) >>> 2;
    const tags = this.#block + cells + descriptors + 8;
    for (let c = 0; c < width; c++) {
      const at = this.#descriptors + WORDS * c;
      engine.u32.set([tags + rows * c, this.#block + 8 * rows * c, 0, 0, 0, 0, 0, 0], at);
    }
  }

  /**
   * Steps through up to `maxRows` rows. Afterwards `done`, `status`, `beyond`, `resume` and `reprepared` tell the rest; when it is
   * done and the status 0, the statement has been reset.
   * @param {number} statement sqlite3_stmt*
   * @param {number} resume What `resume` was after the last batch of this statement; 0 at first.
   * @param {boolean} exact Every integer as 64 bits.
   * @param {number} [maxRows]
   * @param {number} [packed] What `packed` is after a readFew() that gave undefined.
   * @returns {PackedBatch | undefined} undefined when there was no row
   */
  read(statement, resume, exact, maxRows = this.#rows, packed) {
    const engine = this.#engine;
    const rows = maxRows < this.#rows ? maxRows : this.#rows;
    this.beyond = -1;
    this.resume = resume;
    for (;;) {
      const length = packed ?? this.#pack(statement, rows, exact);
      packed = undefined;
      const status = engine.u32[this.#status];
      this.status = status;
      this.reprepared = engine.u32[this.#status + 1];
      this.done = status !== SQLITE_ROW && status !== OTHER_WIDTH;
      this.resume = status === OTHER_WIDTH ? 1 : 0;
      if (status === SQLITE_DONE) this.status = 0;
      if (status === OTHER_WIDTH) return undefined;
      const batch = length > 0 ? this.#take(length, exact) : undefined;
      if (this.done) {
        this.settle();
        return batch;
      }
      this.status = 0;
      this.resume = this.#makeRoom() ? 1 : 0;
      if (length > 0) return batch;
    }
  }

  /**
   * What the first read() of a statement does, in one go for the result of a lookup: few rows, and that was all. When it is
   * another one, read() goes on from what is `packed`.
   * @param {number} statement sqlite3_stmt*
   * @param {number} reprepared What `reprepared` was when the caller learnt the result's columns.
   * @returns {PackedBatch | undefined} undefined: call read() with what is `packed`
   */
  readFew(statement, reprepared) {
    this.resume = 0;
    const length = this.#pack(statement, this.#rows, false);
    const { u32 } = this.#engine;
    this.packed = length;
    if (u32[this.#status] !== SQLITE_DONE || u32[this.#status + 1] !== reprepared || length === 0 || length > FEW_ROWS) return undefined;
    const batch = this.#take(length, false);
    if (batch) this.settle();
    return batch;
  }

  /**
   * @param {number} statement
   * @param {number} rows
   * @param {boolean} exact
   * @returns {number} How many there are.
   */
  #pack(statement, rows, exact) {
    const { packer, valueSize } = this.#engine;
    return packer.pack(statement, this.width, rows, this.#descriptors << 2, this.#status << 2, this.resume, exact ? 1 : 0, valueSize);
  }

  /** Gives a column room for the value that did not fit, if there is one. */
  #makeRoom() {
    const engine = this.#engine;
    for (let c = 0; c < this.width; c++) {
      const at = this.#descriptors + WORDS * c;
      const needed = engine.u32[at + NEEDED];
      if (needed === 0) continue;
      if (needed > engine.u32[at + HEAP_CAPACITY]) {
        this.#resize(at, Math.max(this.#first, needed));
      }
      return true;
    }
    return false;
  }

  /** Gives back what large values took. To be called when a result is not read to its end. */
  settle() {
    if (!this.#large) return;
    this.#large = false;
    for (let c = 0; c < this.width; c++) {
      const at = this.#descriptors + WORDS * c;
      if (this.#engine.u32[at + HEAP_CAPACITY] > this.#kept) this.#resize(at, 0);
    }
  }

  /** @param {number} at @param {number} capacity */
  #resize(at, capacity) {
    const engine = this.#engine;
    engine.free(engine.u32[at + HEAP]);
    engine.u32[at + HEAP] = engine.u32[at + HEAP_CAPACITY] = 0;
    if (capacity === 0) return;
    if (capacity > this.#kept) this.#large = true;
    const heap = engine.allocate(capacity);
    engine.u32[at + HEAP] = heap;
    engine.u32[at + HEAP_CAPACITY] = capacity;
  }

  /**
   * @param {number} length
   * @param {boolean} exact
   * @returns {PackedBatch | undefined} undefined when there is something `beyond`
   */
  #take(length, exact) {
    const { u32 } = this.#engine;
    if (!exact) {
      for (let c = 0, at = this.#descriptors + KINDS; c < this.width; c++, at += WORDS) {
        if (!(u32[at] & bit(TAG.INT64))) continue;
        this.beyond = c;
        return undefined;
      }
    }
    if (length <= FEW_ROWS) return this.#decode(length);
    return { length, vectors: this.#copy(length), kinds: this.#kinds() };
  }

  #kinds() {
    return Array.from({ length: this.width }, (_, c) => this.#engine.u32[this.#descriptors + WORDS * c + KINDS]);
  }

  /**
   * @param {number} length
   * @returns {Vector[]}
   */
  #copy(length) {
    const vectors = new Array(this.width);
    for (let c = 0; c < this.width; c++) vectors[c] = this.#copyColumn(this.#descriptors + WORDS * c, length);
    return vectors;
  }

  /**
   * The values of a batch of few rows, row by row.
   * @param {number} length
   */
  #decode(length) {
    const width = this.width;
    const values = new Array(length * width);
    const { u8, u32, f64, i64 } = this.#engine;
    for (let c = 0, at = this.#descriptors; c < width; c++, at += WORDS) {
      const tags = u32[at + TAGS];
      const first = u32[at + CELLS] >>> 3;
      for (let row = 0; row < length; row++) {
        const cell = first + row;
        const tag = u8[tags + row];
        let value;
        if (tag === TAG.INTEGER || tag === TAG.REAL) {
          value = f64[cell];
        } else if (tag === TAG.NULL) {
          value = null;
        } else if (tag === TAG.INT64) {
          value = i64[cell];
        } else {
          const start = u32[at + HEAP] + u32[2 * cell];
          const end = start + u32[2 * cell + 1];
          value = tag === TAG.TEXT ? decodeText(u8, start, end, u32[at + HIGH_BITS] === 0) : u8.slice(start, end);
        }
        values[row * width + c] = value;
      }
    }
    return new FewRows(length, width, values, this.keepKinds ? this.#kinds() : undefined);
  }

  /**
   * @param {number} at Index of the column's descriptor.
   * @param {number} length
   * @returns {Vector}
   */
  #copyColumn(at, length) {
    const { u8, u32, f64, i64 } = this.#engine;
    const kinds = u32[at + KINDS];
    const cells = u32[at + CELLS];
    const first = cells >>> 3;
    if ((kinds & ~NUMBERS) === 0) return new NumberVector(f64.slice(first, first + length));
    if (kinds === bit(TAG.INT64)) return new Int64Vector(i64.slice(first, first + length));
    if (kinds === NULLS) return new ValueVector(new Array(length).fill(null), 0);
    const tagsAt = u32[at + TAGS];
    const heapAt = u32[at + HEAP];
    const heap = u8.slice(heapAt, heapAt + u32[at + HEAP_USED]);
    const tags = kinds === bit(TAG.TEXT) ? undefined : u8.slice(tagsAt, tagsAt + length);
    if ((kinds & ~(bit(TAG.TEXT) | NULLS)) === 0) {
      return new TextVector(heap, u32.slice(cells >>> 2, (cells >>> 2) + 2 * length), tags, u32[at + HIGH_BITS] === 0);
    }
    return new PackedVector(/** @type {Uint8Array} */ (tags), f64.slice(first, first + length), heap);
  }

  /** Gives the room back. */
  free() {
    const engine = this.#engine;
    if (!engine.alive) return;
    for (let c = 0; c < this.width; c++) engine.free(engine.u32[this.#descriptors + WORDS * c + HEAP]);
    engine.free(this.#block);
  }
}
