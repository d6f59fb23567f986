/**
 * From plain values to the parts of a Table.
 */
import { Batches } from './batches.js';
import { Schema, typeOf } from './schema.js';
import { take } from './values.js';
import { Int64Vector, NumberVector, ValueVector } from './vector.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./schema.js').ColumnInfo} ColumnInfo */
/** @typedef {import('./vector.js').Vector} Vector */
/** @typedef {Iterable<Record<string, any>> | Record<string, ArrayLike<unknown> | Iterable<unknown>>} PlainData */

const INT64 = 64;

/**
 * @param {PlainData} data Rows, or columns by name.
 * @param {readonly (Pick<ColumnInfo, 'name'> & Partial<ColumnInfo>)[]} [columns]
 * @throws {TypeError}
 */
export function partsOf(data, columns) {
  if (data === null || typeof data !== 'object') {
    throw new TypeError('Table.from() takes an array of rows, or an object of columns.');
  }
  const rows = Symbol.iterator in data ? [.../** @type {Iterable<any>} */ (data)] : undefined;
  rows?.forEach((row, i) => {
    if (row === null || typeof row !== 'object') throw new TypeError(`Table.from(): row ${i} is not an object.`);
  });
  const names = columns?.map(({ name }) => name) ?? Object.keys((rows ? rows[0] : data) ?? {});
  const lists = names.map((name) => (rows ? cellsOf(rows, name) : valuesOf(data, name)));
  const length = rows?.length ?? lists[0]?.length ?? 0;
  const odd = lists.findIndex((list) => list.length !== length);
  if (odd >= 0) {
    throw new TypeError(`Column "${names[odd]}" has ${lists[odd]?.length} values, column "${names[0]}" has ${length}.`);
  }
  const described = names.map((name, c) => ({
    nullable: true, databaseType: '', ...columns?.[c], name, type: columns?.[c]?.type ?? typeOf(lists[c] ?? []),
  }));
  return { schema: new Schema(described), batches: new Batches([{ length, vectors: lists.map(vectorOf) }]) };
}

/** @param {Record<string, unknown>[]} rows @param {string} name */
const cellsOf = (rows, name) => rows.map((row) => (Object.hasOwn(row, name) ? take(row[name]) : null));

/** @param {any} columns @param {string} name */
function valuesOf(columns, name) {
  const list = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (list === null || typeof list !== 'object' || !(typeof list.length === 'number' || Symbol.iterator in list)) {
    throw new TypeError(`Table.from(): column "${name}" is not a list of values.`);
  }
  return Array.from(list, take);
}

/**
 * @param {Value[]} list Becomes the vector's own.
 * @returns {Vector}
 */
function vectorOf(list) {
  if (list.every((value) => typeof value === 'number')) return new NumberVector(Float64Array.from(list));
  if (list.every((value) => typeof value === 'bigint' && BigInt.asIntN(INT64, value) === value)) {
    return new Int64Vector(BigInt64Array.from(/** @type {bigint[]} */ (list)));
  }
  return new ValueVector(list);
}
