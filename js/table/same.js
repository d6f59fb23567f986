/**
 * Whether two results are the same: columns and values, in their order.
 */
import { tableParts } from './table.js';
import { TextVector } from './text_vector.js';
import { Int64Vector, NumberVector, PackedVector } from './vector.js';

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./vector.js').Vector} Vector */
/** @typedef {ArrayLike<number | bigint>} Numbers */

/**
 * @param {Table} one
 * @param {Table} other
 * @returns {boolean} false also for values that cannot be compared: objects other than bytes and dates
 */
export function sameRows(one, other) {
  const { schema, batches } = tableParts(one);
  const { schema: otherSchema, batches: otherBatches } = tableParts(other);
  if (batches.length !== otherBatches.length) return false;
  if (schema !== otherSchema && !sameColumns(schema.columns, otherSchema.columns)) return false;
  const aligned = batches.list.length === otherBatches.list.length && batches.list.every(({ length }, b) => length === otherBatches.list[b]?.length);
  return schema.columns.every((_, c) => {
    if (!aligned) return sameValues(gather(batches.list, c), gather(otherBatches.list, c));
    return batches.list.every(({ vectors }, b) => sameVectors(vectors[c], /** @type {Vector} */ (otherBatches.list[b]?.vectors[c])));
  });
}

/** @param {readonly any[]} one @param {readonly any[]} other */
const sameColumns = (one, other) =>
  one.length === other.length &&
  one.every((column, c) => ['name', 'type', 'nullable', 'databaseType'].every((key) => column[key] === other[c][key]));

/** @param {Vector} one @param {Vector} other */
function sameVectors(one, other) {
  if (one === other) return true;
  // Equal bytes are equal values; with nulls among them different bytes may be too. Texts need not be decoded.
  if (one instanceof TextVector && other instanceof TextVector) {
    if (sameNumbers(one.bytes, other.bytes) && sameNumbers(one.places, other.places) && sameNumbers(one.tags ?? [], other.tags ?? [])) return true;
    if (!one.tags && !other.tags) return false;
  } else if (one instanceof PackedVector && other instanceof PackedVector) {
    if (sameNumbers(one.tags, other.tags) && sameNumbers(one.cells, other.cells) && sameNumbers(one.heap, other.heap)) return true;
  } else if ((one instanceof NumberVector && other instanceof NumberVector) || (one instanceof Int64Vector && other instanceof Int64Vector)) {
    return sameNumbers(one.values(), other.values());
  }
  return sameValues(one.values(), other.values());
}

/** @param {Numbers} one @param {Numbers} other */
function sameNumbers(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
  return true;
}

/** @param {ArrayLike<unknown>} one @param {ArrayLike<unknown>} other Of the same length. */
function sameValues(one, other) {
  for (let i = 0; i < one.length; i++) {
    const value = one[i];
    if (!Object.is(value, other[i]) && !(typeof value === 'object' && sameObjects(value, other[i]))) return false;
  }
  return true;
}

/** @param {any} one @param {any} other */
function sameObjects(one, other) {
  if (one === null || typeof other !== 'object' || other === null) return false;
  const kind = Object.prototype.toString.call(one);
  if (kind !== Object.prototype.toString.call(other)) return false;
  if (kind === '[object Date]') return Object.is(Number(one), Number(other));
  return kind === '[object Uint8Array]' && sameNumbers(one, other);
}

/** @param {readonly import('./batches.js').Batch[]} list @param {number} column */
const gather = (list, column) => list.flatMap(({ vectors }) => Array.from(/** @type {ArrayLike<unknown>} */ (vectors[column]?.values())));
