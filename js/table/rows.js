/**
 * Row objects: plain objects with a property per column, made anew for each reader. Of columns with equal names the
 * last one wins.
 */
import { FewRows } from './few_rows.js';
import { own, setProperty } from './values.js';
import { TextVector } from './text_vector.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {Record<string, any>} Row */

/**
 * The row at `row` of one batch.
 * @param {import('./schema.js').Schema} schema
 * @param {import('./batches.js').Batch} batch
 * @param {number} row
 * @returns {Row}
 */
export function rowAt({ names, plain }, batch, row) {
  /** @type {Row} */
  const object = {};
  const width = names.length;
  if (!(batch instanceof FewRows)) {
    for (let c = 0; c < width; c++) setProperty(object, names[c], batch.vectors[c].get(row));
    return object;
  }
  const { values } = batch;
  const at = row * width;
  // By themselves for the same reason as in appendPlainRows().
  let c = 0;
  if (plain && width >= 4) {
    object[names[0]] = mine(values[at]);
    object[names[1]] = mine(values[at + 1]);
    object[names[2]] = mine(values[at + 2]);
    object[names[3]] = mine(values[at + 3]);
    c = 4;
  }
  for (; c < width; c++) setProperty(object, names[c], mine(values[at + c]));
  return object;
}

/** {@link own}, small enough to be inlined. @param {Value} value @returns {any} */
const mine = (value) => (typeof value === 'object' && value !== null ? own(value) : value);

/**
 * Appends all rows of one batch to `rows`.
 * @param {import('./schema.js').Schema} schema
 * @param {import('./batches.js').Batch} batch
 * @param {Row[]} rows
 * @param {number} at Index in `rows` of the first one.
 */
export function appendRows(schema, batch, rows, at) {
  const { names } = schema;
  const { length } = batch;
  if (batch instanceof FewRows) {
    for (let row = 0; row < length; row++) rows[at + row] = rowAt(schema, batch, row);
    return;
  }
  const columns = batch.vectors.map(ownValues);
  if (schema.plain) {
    appendPlainRows(names, columns, length, rows, at);
    return;
  }
  for (let row = 0; row < length; row++) {
    /** @type {Row} */
    const object = {};
    for (let c = 0; c < names.length; c++) setProperty(object, names[c], columns[c][row]);
    rows[at + row] = object;
  }
}

/**
 * Half of the time that reading objects takes is spent here. Measured against a plain loop over names (100 %): the first four
 * columns by themselves 55 %, and objects that begin as a copy of one with all properties, for tables wider than the
 * four properties that V8 makes room for in `{}`, 75 %. Code generated per schema gains nothing more, and CSP forbids it.
 * @param {readonly any[]} names
 * @param {readonly any[]} columns
 * @param {number} length
 * @param {Row[]} rows
 * @param {number} at
 */
function appendPlainRows(names, columns, length, rows, at) {
  const width = names.length;
  /** @type {Row} */
  const template = {};
  for (const name of names) template[name] = null;
  if (width < 4) {
    for (let row = 0; row < length; row++) {
      const object = { ...template };
      for (let c = 0; c < width; c++) object[names[c]] = columns[c][row];
      rows[at + row] = object;
    }
    return;
  }
  const [name0, name1, name2, name3] = names;
  const [column0, column1, column2, column3] = columns;
  for (let row = 0; row < length; row++) {
    const object = { ...template };
    object[name0] = column0[row];
    object[name1] = column1[row];
    object[name2] = column2[row];
    object[name3] = column3[row];
    for (let c = 4; c < width; c++) object[names[c]] = columns[c][row];
    rows[at + row] = object;
  }
}

/**
 * All values, with copies of those that can be changed.
 * @param {import('./vector.js').Vector} vector
 * @returns {ArrayLike<Value>}
 */
function ownValues(vector) {
  const values = vector.values();
  if (vector instanceof TextVector || !Array.isArray(values)) return values;
  return values.some((value) => typeof value === 'object' && value !== null) ? values.map(own) : values;
}
