/**
 * Arrow IPC, stream or file (Feather 2), as Tables, by the user's apache-arrow.
 *
 * Types become what those of Parquet become (parquet_types.js); dictionaries are undone.
 */
import { HawserError } from '../errors.js';
import { loadArrow } from '../table/arrow/library.js';
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { arrowType } from './arrow_types.js';
import { columnOf } from './columns.js';
import { checkRange, Declared } from './declared.js';
import { checkInt64, formatError, int64Error } from './errors.js';
import { hasBigInt } from './exact_integers.js';

/** @typedef {import('./read.js').ReadOptions} ReadOptions */

/**
 * @param {Uint8Array} bytes
 * @param {ReadOptions} options
 * @returns {Promise<Table>}
 * @throws {import('../errors.js').HawserError} ERR_DRIVER_MISSING, ERR_FORMAT, ERR_INT64_RANGE
 */
export async function arrowTable(bytes, options) {
  const { limit, offset } = checkRange(options);
  const int64 = checkInt64(options.int64);
  const declared = new Declared(options);
  const table = decoded(options.arrow ?? (await library()), bytes);
  /** @type {any[]} */
  const fields = table.schema.fields;
  const picked = declared.pick(fields.map(({ name }) => name));
  const to = Math.min(table.numRows, offset + limit);
  const from = Math.min(offset, to);
  const columns = picked.map((index) => {
    const { name, type, nullable } = fields[index];
    const known = arrowType(type, int64);
    const values = valuesOf(table.getChildAt(index), known, from, to);
    if (int64 === 'number' && (known.type === 'array' || known.type === 'object')) {
      const row = values.findIndex(hasBigInt);
      if (row >= 0) throw int64Error(`Column "${name}", row ${from + row}:`, { row: from + row, path: name });
    }
    const column = columnOf(values, declared.typeOf(name) ?? known.type, { name, int64: isShort(type) ? 'number' : int64, row: from });
    return { name, nullable, databaseType: String(type), ...column };
  });
  const schema = new Schema(columns.map(({ name, type, nullable, databaseType }) => ({ name, type, nullable, databaseType })));
  return new Table({ schema, batches: new Batches([{ length: to - from, vectors: columns.map(({ vector }) => vector) }]) });
}

/**
 * @param {any} vector Of apache-arrow. @param {import('./arrow_types.js').ArrowType} type
 * @param {number} from @param {number} to
 */
function valuesOf(vector, { convert, stored }, from, to) {
  /** @type {any[]} */
  const values = [];
  let first = 0;
  for (const data of vector.data) {
    for (let i = Math.max(0, from - first); i < Math.min(data.length, to - first); i++) {
      if (stored) values.push(data.getValid(i) ? stored(data.values[i]) : null);
      else {
        const value = vector.get(first + i);
        values.push(value === null || value === undefined ? null : convert(value));
      }
    }
    first += data.length;
  }
  return values;
}

/** The library, where it can be imported. */
async function library() {
  try {
    return await loadArrow();
  } catch (cause) {
    throw new HawserError(
      'ERR_DRIVER_MISSING',
      'Arrow needs the package "apache-arrow", which could not be imported: npm install apache-arrow. ' +
        "In a bundle hand it in: import * as arrow from 'apache-arrow', and pass arrow.",
      { phase: 'load', cause },
    );
  }
}

/** Whether a number holds every integer of it. @param {any} type @returns {boolean} */
const isShort = (type) => (type.dictionary ?? type).bitWidth < 64;

/** @param {{ tableFromIPC: (bytes: Uint8Array) => any }} arrow @param {Uint8Array} bytes */
function decoded(arrow, bytes) {
  let table;
  try {
    table = arrow.tableFromIPC(bytes);
  } catch (cause) {
    throw formatError('Not Arrow IPC, or not all of it', { cause });
  }
  // The library takes anything else for a stream without a schema.
  if (!table.schema.fields.length && !isArrow(bytes)) throw formatError('Not Arrow IPC');
  return table;
}

/** @param {Uint8Array} bytes Whether they begin as a file, or as a message of a stream. */
const isArrow = (bytes) => String.fromCharCode(...bytes.subarray(0, 6)) === 'ARROW1' || (bytes[0] === 0xff && bytes[3] === 0xff);
