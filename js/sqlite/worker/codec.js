/**
 * Tables and errors as messages between threads. The buffers of a table's batches travel as they are: nothing is decoded before
 * somebody reads it.
 */
import { HawserError } from '../../errors.js';
import { Batches } from '../../table/batches.js';
import { FewRows } from '../../table/few_rows.js';
import { Schema } from '../../table/schema.js';
import { Table, tableParts } from '../../table/table.js';
import { TextVector } from '../../table/text_vector.js';
import { Int64Vector, NumberVector, PackedVector, ValueVector } from '../../table/vector.js';

/** @typedef {import('../../table/vector.js').Vector} Vector */
/** @typedef {{ kind: string, [part: string]: any }} SentVector */
/** @typedef {{ length: number, vectors?: SentVector[], width?: number, values?: readonly any[], kinds?: readonly number[] }} SentBatch */

/**
 * @typedef {object} SentTable
 * @property {readonly import('../../table/schema.js').ColumnInfo[]} columns
 * @property {SentBatch[]} batches
 * @property {number} [rowsAffected]
 * @property {number | bigint} [lastInsertId]
 */

/**
 * @param {Table} table Not to be used afterwards when its buffers are transferred.
 * @returns {SentTable}
 */
export function encodeTable(table) {
  const { schema, batches, rowsAffected, lastInsertId } = tableParts(table);
  return { columns: schema.columns, batches: batches.list.map(encodeBatch), rowsAffected, lastInsertId };
}

/** @param {import('../../table/batches.js').Batch} batch @returns {SentBatch} */
function encodeBatch(batch) {
  if (batch instanceof FewRows && batch.made === undefined) {
    const { length, width, values, knownKinds: kinds } = batch;
    return { length, width, values, kinds };
  }
  return { length: batch.length, vectors: batch.vectors.map(encodeVector) };
}

/** @param {Vector} vector @returns {SentVector} */
function encodeVector(vector) {
  if (vector instanceof NumberVector) return { kind: 'number', numbers: vector.numbers };
  if (vector instanceof Int64Vector) return { kind: 'int64', integers: vector.integers };
  if (vector instanceof TextVector) {
    const { bytes, places, tags, ascii } = vector;
    return { kind: 'text', bytes, places, tags, ascii };
  }
  if (vector instanceof PackedVector) {
    const { tags, cells, heap } = vector;
    return { kind: 'packed', tags, cells, heap };
  }
  return { kind: 'values', list: Array.from(vector.values()) };
}

/**
 * The buffers of a table that are nobody else's, to be transferred.
 * @param {SentTable | undefined} table
 * @returns {ArrayBuffer[]}
 */
export function buffersOf(table) {
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set();
  for (const { vectors = [] } of table?.batches ?? []) {
    for (const vector of vectors) {
      for (const part of Object.values(vector)) if (ArrayBuffer.isView(part)) buffers.add(/** @type {ArrayBuffer} */ (part.buffer));
    }
  }
  return [...buffers];
}

/** @param {SentTable} sent */
export function decodeTable({ columns, batches, rowsAffected, lastInsertId }) {
  return new Table({ schema: new Schema(columns), batches: new Batches(batches.map(decodeBatch)), rowsAffected, lastInsertId });
}

/** @param {SentBatch} batch */
function decodeBatch({ length, vectors, width, values, kinds }) {
  if (values) return new FewRows(length, /** @type {number} */ (width), values, kinds);
  return { length, vectors: /** @type {SentVector[]} */ (vectors).map(decodeVector) };
}

/** @param {SentVector} vector @returns {Vector} */
function decodeVector(vector) {
  switch (vector.kind) {
    case 'number':
      return new NumberVector(vector.numbers);
    case 'int64':
      return new Int64Vector(vector.integers);
    case 'text':
      return new TextVector(vector.bytes, vector.places, vector.tags, vector.ascii);
    case 'packed':
      return new PackedVector(vector.tags, vector.cells, vector.heap);
  }
  return new ValueVector(vector.list);
}

/** @typedef {{ name: string, message: string, code?: string, details?: Record<string, unknown>, cause?: SentError }} SentError */

/**
 * @param {any} error
 * @returns {SentError}
 */
export function encodeError(error) {
  const { name = 'Error', message = String(error), code, cause } = error ?? {};
  /** @type {Record<string, unknown>} */
  const details = {};
  for (const [key, value] of Object.entries(error ?? {})) {
    if (key !== 'code' && (value === null || /^(string|number|boolean|bigint)$/.test(typeof value))) details[key] = value;
  }
  const hawsers = error instanceof HawserError;
  return { name, message, ...(hawsers && { code, details }), ...(cause !== undefined && { cause: encodeError(cause) }) };
}

/** @type {Record<string, ErrorConstructor>} */
const CLASSES = { TypeError, RangeError, SyntaxError };

/** @param {SentError} sent @returns {any} */
export function decodeError({ name, message, code, details, cause: inner }) {
  const cause = inner && decodeError(inner);
  if (code !== undefined && name === 'HawserError') return new HawserError(/** @type {any} */ (code), message, { ...details, cause });
  const Class = CLASSES[name];
  if (Class) return new Class(message, cause && { cause });
  if (/(Error|Exception)$/.test(name) && name !== 'Error') return new DOMException(message, name);
  return new Error(message, cause && { cause });
}
