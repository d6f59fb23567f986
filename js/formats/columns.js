/**
 * Columns of a Table from values that JavaScript holds already: those of JSON.
 */
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { NumberVector, ValueVector } from '../table/vector.js';
import { bigintVector, converterTo, MISFIT, TOO_LONG } from './convert.js';
import { formatError, int64Error } from './errors.js';

/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {import('../table/vector.js').Vector} Vector */
/** @typedef {import('./convert.js').Int64} Int64 */
/** @typedef {{ type: ColumnType, vector: Vector }} TypedVector */

// What there is in a column, as bits.
const NULL = 1;
const INTEGER = 2;
const LONG = 4;
const REAL = 8;
const TEXT = 16;
const BOOLEAN = 32;
const ARRAY = 64;
const OBJECT = 128;

/**
 * @param {readonly { name: string, type: ColumnType, databaseType?: string, nullable?: boolean }[]} columns
 * @param {readonly import('../table/batches.js').Batch[]} batches
 */
export const tableOf = (columns, batches) =>
  new Table({
    schema: new Schema(columns.map((column) => ({ nullable: true, databaseType: '', ...column }))),
    batches: new Batches(batches),
  });

/**
 * @param {any[]} values undefined is null. The vector's own afterwards, objects in it, too.
 * @param {ColumnType | undefined} type As declared.
 * @param {{ name: string, int64: Int64, row: number }} about Name of the column, and number of the first row, for errors.
 * @returns {TypedVector}
 */
export const columnOf = (values, type, about) => (type === undefined ? foundColumn(values, about) : declaredColumn(values, type, about));

/** @param {any[]} values @param {ColumnType} type @param {{ name: string, int64: Int64, row: number }} about */
function declaredColumn(values, type, { name, int64, row }) {
  const convert = converterTo(type, int64);
  let kinds = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    const converted = value === null ? null : convert(value);
    if (converted === MISFIT) throw formatError(`Column "${name}" has a value that is no ${type}`, { row: row + i });
    if (converted === TOO_LONG) throw int64Error(`Column "${name}", row ${row + i}:`, { row: row + i, path: name });
    values[i] = converted;
    kinds |= kindOf(converted);
  }
  const shown = type === 'integer' && int64 !== 'number' ? int64 : type;
  return { type: shown, vector: vectorOf(values, kinds) };
}

/** @param {any[]} values @param {{ int64: Int64 }} about @returns {TypedVector} */
function foundColumn(values, { int64 }) {
  let kinds = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined) values[i] = null;
    kinds |= kindOf(value);
  }
  const present = kinds & ~NULL;
  if (present !== 0 && (present & ~(INTEGER | LONG)) === 0) {
    return { type: int64 === 'number' ? 'integer' : int64, vector: integers(values, kinds, int64) };
  }
  if (int64 === 'string' && kinds & (LONG | ARRAY | OBJECT)) values.forEach((value, i) => (values[i] = withoutBigInts(value)));
  return { type: typeOf(present), vector: vectorOf(values, kinds) };
}

/** @param {number} present @returns {ColumnType} */
function typeOf(present) {
  switch (present) {
    case REAL:
    case REAL | INTEGER:
      return 'number';
    case TEXT:
      return 'string';
    case BOOLEAN:
      return 'boolean';
    case ARRAY:
      return 'array';
    case OBJECT:
      return 'object';
  }
  return 'other';
}

/** @param {any} value */
function kindOf(value) {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? INTEGER : REAL;
    case 'string':
      return TEXT;
    case 'boolean':
      return BOOLEAN;
    case 'bigint':
      return LONG;
  }
  return value === null || value === undefined ? NULL : Array.isArray(value) ? ARRAY : OBJECT;
}

/** @param {any[]} values @param {number} kinds @param {Int64} int64 */
function integers(values, kinds, int64) {
  if (int64 === 'number') return vectorOf(values, kinds);
  const as = int64 === 'bigint' ? BigInt : String;
  for (let i = 0; i < values.length; i++) if (values[i] !== null) values[i] = as(values[i]);
  return vectorOf(values, int64 === 'bigint' ? LONG | (kinds & NULL) : TEXT);
}

/** @param {any[]} values @param {number} kinds What is in there now. @returns {Vector} */
function vectorOf(values, kinds) {
  if ((kinds & ~(INTEGER | REAL)) === 0) return new NumberVector(new Float64Array(values));
  return kinds === LONG ? bigintVector(values) : new ValueVector(values);
}

/** Integers beyond 2^53 as texts, also within. Changes what it is given. @param {any} value @returns {any} */
function withoutBigInts(value) {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const key of Object.keys(value)) {
    const part = value[key];
    if (typeof part === 'bigint') value[key] = String(part);
    else if (typeof part === 'object') withoutBigInts(part);
  }
  return value;
}
