/**
 * A table in Arrow's IPC streaming format: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
 */
import { buffersOf } from './buffers.js';
import { byte, finish, int, long, pairs, short, string, table, vector } from './flatbuffer.js';
import { arrowType } from './types.js';

/** @typedef {import('../batches.js').Batch} Batch */
/** @typedef {import('../vector.js').Vector} Vector */
/** @typedef {import('./buffers.js').Bytes} Bytes */
/** @typedef {import('./types.js').ArrowType} ArrowType */
/** @typedef {import('./flatbuffer.js').Node} Node */

/** MetadataVersion.V5 */
const VERSION = 4;
/** MessageHeader */
const SCHEMA = 1;
const RECORD_BATCH = 3;

/** Bytes held by the rows of one record batch, at the most: offsets of text have 31 bits, and decoding can triple it. */
const BATCH_BYTES = 2 ** 29;

/**
 * Number in the union `Type`, and the fields of that type.
 * @type {Record<ArrowType, readonly [number, Parameters<typeof table>[0]]>}
 */
const TYPES = {
  Null: [1, []],
  Int64: [2, [int(64), byte(true)]],
  Float64: [3, [short(2)]],
  Binary: [4, []],
  Utf8: [5, []],
  Bool: [6, []],
  Timestamp: [10, [short(1), string('UTC')]],
};

/**
 * @param {import('../schema.js').Schema} schema
 * @param {readonly Batch[]} batches
 * @param {number} [batchBytes] Where to begin a new record batch.
 * @returns {Uint8Array<ArrayBuffer>} Schema, one record batch (more only where one has no room for everything, none without
 *   rows), end of stream.
 * @throws {RangeError} when one column of one batch takes more than 2 GiB.
 */
export function encodeStream({ columns }, batches, batchBytes = BATCH_BYTES) {
  const types = columns.map(({ type }, c) => arrowType(type, vectorsOf(batches, c)));
  const groups = group(batches, batchBytes).map((list) => {
    const length = list.reduce((sum, batch) => sum + batch.length, 0);
    return { length, columns: types.map((type, c) => buffersOf(type, vectorsOf(list, c), length, columns[c]?.name ?? '')) };
  });
  const fields = columns.map(({ name, nullable }, c) => {
    const type = /** @type {ArrowType} */ (types[c]);
    const [number, parameters] = TYPES[type];
    const hasNulls = groups.some(({ columns: list }) => list[c]?.nulls);
    return table([string(name), byte(nullable || hasNulls), byte(number), table(parameters), undefined, vector([])]);
  });
  const stream = new Stream();
  stream.message(SCHEMA, table([short(0), vector(fields)]), []);
  for (const { length, columns: list } of groups) {
    const buffers = list.flatMap((column) => column.buffers);
    let end = 0;
    const places = buffers.map(({ byteLength }) => {
      const start = end;
      end = padded(start + byteLength);
      return /** @type {const} */ ([start, byteLength]);
    });
    const nodes = list.map(({ nulls }) => /** @type {const} */ ([length, nulls]));
    stream.message(RECORD_BATCH, table([long(length), pairs(nodes), pairs(places)]), buffers);
  }
  return stream.end();
}

/** @param {readonly Batch[]} batches @param {number} column @returns {Vector[]} */
const vectorsOf = (batches, column) => batches.map(({ vectors }) => /** @type {Vector} */ (vectors[column]));

/** @param {number} size */
const padded = (size) => Math.ceil(size / 8) * 8;

/**
 * Batches that become one record batch each.
 * @param {readonly Batch[]} batches
 * @param {number} limit Bytes held.
 */
function group(batches, limit) {
  /** @type {Batch[][]} */
  const groups = [];
  let room = 0;
  for (const batch of batches) {
    const bytes = batch.vectors.reduce((sum, { byteLength }) => sum + byteLength, 0);
    room -= bytes;
    if (room < 0 || groups.length === 0) {
      groups.push([]);
      room = limit - bytes;
    }
    groups.at(-1)?.push(batch);
  }
  return groups;
}

class Stream {
  /** @type {[at: number, bytes: Bytes][]} */
  #parts = [];
  #length = 0;

  /** @param {Bytes} bytes */
  #add(bytes) {
    this.#parts.push([this.#length, bytes]);
    this.#length += padded(bytes.byteLength);
  }

  /**
   * @param {number} kind
   * @param {Node} header
   * @param {readonly Bytes[]} body
   */
  message(kind, header, body) {
    const bodyLength = body.reduce((sum, { byteLength }) => sum + padded(byteLength), 0);
    const metadata = finish(table([short(VERSION), byte(kind), header, long(bodyLength)]));
    this.#add(Int32Array.of(-1, metadata.length));
    this.#add(metadata);
    for (const buffer of body) this.#add(buffer);
  }

  end() {
    this.#add(Int32Array.of(-1, 0));
    const all = new Uint8Array(this.#length);
    for (const [at, part] of this.#parts) all.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    return all;
  }
}
