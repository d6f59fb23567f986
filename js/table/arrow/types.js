/**
 * Which Arrow type a column becomes.
 *
 *   integer, bigint         Int64, so that one type fits every run
 *   number                  Float64
 *   string, array, object   Utf8; arrays and objects as JSON
 *   buffer                  Binary
 *   boolean                 Bool
 *   date                    Timestamp, milliseconds, UTC
 *   other                   by the values: the first type of {@link FITTING} that holds them all, Null when there are none
 *
 * A source may let a column hold what its declaration rules out (SQLite does). Nothing is rounded or dropped then: such a
 * column, too, becomes the first type that holds its values, in the end text.
 */
import { isDate, isInteger } from '../values.js';
import { TextVector } from '../text_vector.js';
import { Int64Vector, NumberVector } from '../vector.js';

/** @typedef {import('../values.js').Value} Value */
/** @typedef {import('../vector.js').Vector} Vector */
/** @typedef {'Null' | 'Int64' | 'Float64' | 'Binary' | 'Utf8' | 'Bool' | 'Timestamp'} ArrowType */

// Kinds of values, as bits.
/** An integer that a number holds exactly. */
const SAFE = 1;
/** An integer that only 64 bits hold. */
const LONG = 2;
const REAL = 4;
const TEXT = 8;
const BYTES = 16;
const BOOL = 32;
const DATE = 64;
const REST = 128;
const ANY = 255;

/**
 * What each type holds without loss, in order of preference.
 * @type {readonly (readonly [ArrowType, number])[]}
 */
const FITTING = [
  ['Int64', SAFE | LONG], ['Float64', SAFE | REAL], ['Bool', BOOL], ['Timestamp', DATE], ['Utf8', TEXT], ['Binary', TEXT | BYTES],
  ['Utf8', ANY],
];

/** @type {Record<import('../schema.js').ColumnType, ArrowType>} */
const DECLARED = {
  integer: 'Int64', bigint: 'Int64', number: 'Float64', string: 'Utf8', array: 'Utf8', object: 'Utf8',
  buffer: 'Binary', boolean: 'Bool', date: 'Timestamp', other: 'Null',
};

/**
 * @param {import('../schema.js').ColumnType} type
 * @param {readonly Vector[]} vectors
 * @returns {ArrowType}
 */
export function arrowType(type, vectors) {
  const declared = DECLARED[type] ?? 'Null';
  if (declared === 'Utf8') return declared;
  if (declared === 'Float64' && vectors.every((vector) => vector instanceof NumberVector)) return declared;
  const kinds = vectors.reduce((sum, vector) => sum | kindsOf(vector), 0);
  const fits = FITTING.filter(([, holds]) => (kinds & ~holds) === 0).map(([name]) => name);
  return kinds === 0 || fits.includes(declared) ? declared : /** @type {ArrowType} */ (fits[0]);
}

/** @param {Vector} vector */
function kindsOf(vector) {
  if (vector instanceof TextVector) return TEXT;
  if (vector instanceof Int64Vector) return LONG;
  const values = vector.values();
  let kinds = 0;
  for (let row = 0; row < values.length; row++) kinds |= kindOf(/** @type {Value} */ (values[row]));
  return kinds;
}

/** @param {Value} value */
function kindOf(value) {
  switch (typeof value) {
    case 'number':
      return isInteger(value) ? SAFE : REAL;
    case 'string':
      return TEXT;
    case 'boolean':
      return BOOL;
    case 'bigint':
      return BigInt.asIntN(64, value) !== value ? REST : Number.isSafeInteger(Number(value)) ? SAFE : LONG;
  }
  if (value === null) return 0;
  return ArrayBuffer.isView(value) ? BYTES : isDate(value) ? DATE : REST;
}
