/**
 * The columns of a Parquet file, and how what hyparquet makes of them becomes values.
 */
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';
import { parquetSchema } from 'hyparquet/src/metadata.js';
import { setProperty } from '../table/values.js';
import { exact } from './exact_integers.js';
import { leafType } from './parquet_types.js';

/** @typedef {import('hyparquet').FileMetaData} FileMetaData */
/** @typedef {import('hyparquet').SchemaTree} SchemaTree */
/** @typedef {import('../table/schema.js').ColumnType} ColumnType */
/** @typedef {import('./convert.js').Int64} Int64 */

/**
 * @typedef {object} ParquetColumn
 * @property {string} name
 * @property {ColumnType} type
 * @property {string} databaseType
 * @property {boolean} nullable
 * @property {boolean} flat Whether there is one value in each row.
 * @property {((value: any) => any) | undefined} convert What hyparquet gives for a row; of no null. undefined: nothing is to be done.
 * @property {(value: any) => Date} [toDate] Where it is a time.
 */

/**
 * @param {FileMetaData} metadata Changed: types that are converted here are taken away, so that hyparquet leaves the values alone.
 * @param {Int64} int64
 * @returns {ParquetColumn[]}
 */
export function columnsOf(metadata, int64) {
  for (const element of metadata.schema) {
    const kind = element.logical_type?.type;
    if (!element.converted_type && (kind === 'LIST' || kind === 'MAP')) element.converted_type = kind;
  }
  const { children } = parquetSchema(metadata);
  const columns = children.map((node) => columnOf(node, int64));
  for (const element of metadata.schema) {
    if (element.type && leafType(element, int64).raw) {
      element.converted_type = undefined;
      element.logical_type = undefined;
    }
  }
  return columns;
}

/** @param {SchemaTree} node @param {Int64} int64 @returns {ParquetColumn} */
function columnOf(node, int64) {
  const { element, children } = node;
  const { name } = element;
  const nullable = element.repetition_type !== 'REQUIRED';
  if (children.length === 0 && element.repetition_type !== 'REPEATED') {
    const { type, name: databaseType, convert, toDate } = leafType(element, int64);
    return { name, type, databaseType, nullable, flat: true, convert, toDate };
  }
  const array = isListLike(node) || element.repetition_type === 'REPEATED';
  const variant = element.logical_type?.type === 'VARIANT';
  const databaseType = variant ? 'VARIANT' : array ? 'LIST' : isMapLike(node) ? 'MAP' : 'STRUCT';
  return { name, type: variant ? 'other' : array ? 'array' : 'object', databaseType, nullable, flat: false, convert: converterOf(node, int64) };
}

/**
 * @param {SchemaTree} node
 * @param {Int64} int64
 * @returns {(value: any) => any} Of no null.
 */
function converterOf(node, int64) {
  const one = ofOne(node, int64);
  const orNull = (/** @type {any} */ value) => (value === null || value === undefined ? null : one(value));
  const repeated = node.element.repetition_type === 'REPEATED';
  return repeated ? (list) => list.map(orNull) : one;
}

/** @param {SchemaTree} node @param {Int64} int64 @returns {(value: any) => any} */
function ofOne(node, int64) {
  const { children, element } = node;
  if (children.length === 0) {
    const { convert = (value) => value } = leafType(element, int64);
    return (value) => exact(convert(value), int64);
  }
  if (element.logical_type?.type === 'VARIANT') return (value) => deepExact(value, int64);
  if (isListLike(node)) {
    // As hyparquet does: a repeated group of one member is only there for the sake of the list.
    const [repeated] = /** @type {[SchemaTree]} */ (children);
    const item = repeated.children.length === 1 ? /** @type {SchemaTree} */ (repeated.children[0]) : repeated;
    const convert = ofOne(item, int64);
    return (list) => list.map((/** @type {any} */ value) => (value === null || value === undefined ? null : convert(value)));
  }
  if (isMapLike(node)) {
    const convert = converterOf(/** @type {SchemaTree} */ (children[0]?.children[1]), int64);
    return (object) => mapped(object, () => convert);
  }
  const converters = new Map(children.map((child) => [child.element.name, converterOf(child, int64)]));
  return (object) => mapped(object, (name) => /** @type {(value: any) => any} */ (converters.get(name)));
}

/** @param {Record<string, any>} object @param {(name: string) => (value: any) => any} converter */
function mapped(object, converter) {
  /** @type {Record<string, any>} */
  const result = {};
  for (const [name, value] of Object.entries(object)) {
    setProperty(result, name, value === null || value === undefined ? null : converter(name)(value));
  }
  return result;
}

/** @param {any} value @param {Int64} int64 @returns {any} */
function deepExact(value, int64) {
  if (Array.isArray(value)) return value.map((item) => deepExact(item, int64));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return exact(value, int64);
  return mapped(value, () => (item) => deepExact(item, int64));
}
