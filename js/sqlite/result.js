/**
 * From packed batches to Tables.
 */
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { TextVector } from '../table/text_vector.js';
import { NumberVector, TAG, ValueVector } from '../table/vector.js';

/** @typedef {import('../table/schema.js').ColumnInfo} ColumnInfo */
/** @typedef {import('../table/vector.js').Vector} Vector */
/** @typedef {import('./reader.js').PackedBatch} PackedBatch */
/** @typedef {import('./statement.js').Int64} Int64 */

const bit = (/** @type {number} */ tag) => 1 << tag;
const INTEGERS = bit(TAG.INTEGER) | bit(TAG.INT64);

/**
 * @param {import('./statement.js').Statement} statement
 * @param {PackedBatch[]} batches
 * @param {Int64} int64
 * @returns {Table}
 */
export function toTable(statement, batches, int64) {
  const declared = statement.schema;
  const schema =
    int64 === 'number' && declared.complete
      ? declared
      : new Schema(declared.columns.map((column, c) => ({ ...column, type: typeOf(column, batches, c, int64) })));
  const shown = int64 === 'string' ? batches.map(({ length, vectors }) => ({ length, vectors: vectors.map(withoutBigints) })) : batches;
  return new Table({ schema, batches: new Batches(shown) });
}

/**
 * The type of a column: as declared, or, for expressions, which SQLite declares no type for, what the values have in common.
 * @param {ColumnInfo} column
 * @param {PackedBatch[]} batches
 * @param {number} index
 * @param {Int64} int64
 * @returns {ColumnInfo['type']}
 */
function typeOf({ type, databaseType }, batches, index, int64) {
  if (type === 'other' && databaseType === '') {
    let kinds = 0;
    for (const batch of batches) kinds |= batch.kinds[index];
    kinds &= ~bit(TAG.NULL);
    if (kinds !== 0 && (kinds & ~INTEGERS) === 0) type = 'integer';
    else if (kinds !== 0 && (kinds & ~(INTEGERS | bit(TAG.REAL))) === 0) type = 'number';
    else if (kinds === bit(TAG.TEXT)) type = 'string';
    else if (kinds === bit(TAG.BLOB)) type = 'buffer';
  }
  if (type === 'integer' && int64 !== 'number') return int64;
  return type;
}

/**
 * @param {Vector} vector
 * @returns {Vector}
 */
function withoutBigints(vector) {
  if (vector instanceof NumberVector || vector instanceof TextVector) return vector;
  return new ValueVector(Array.from(vector.values(), (value) => (typeof value === 'bigint' ? String(value) : /** @type {any} */ (value))));
}
