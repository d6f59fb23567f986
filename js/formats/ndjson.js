/**
 * NDJSON (JSON Lines): a JSON value in each line, as Tables.
 */
import { Schema } from '../table/schema.js';
import { Table, tableParts } from '../table/table.js';
import { checkRange, Declared } from './declared.js';
import { checkInt64, formatError } from './errors.js';
import { recordsAt, recordsTable } from './json_records.js';
import { parseJson } from './json_text.js';
import { joined } from './source.js';
import { textOf, utf8Pieces } from './text.js';

/** @typedef {import('./read.js').ReadOptions} ReadOptions */
/** @typedef {import('../table/schema.js').ColumnInfo} ColumnInfo */

const LF = 0x0a;

/** Bytes that are decoded at once. */
const BLOCK = 2 ** 16;

/** Bytes that a line may have. */
const MAX_LINE = 2 ** 28;

/**
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {ReadOptions} options
 * @returns {Promise<Table>}
 */
export async function ndjsonTable(pieces, options) {
  const { limit, offset } = checkRange(options);
  /** @type {any[]} */
  const records = [];
  let left = offset;
  for await (const list of recordsOf(pieces, options, () => limit - records.length + left)) {
    const from = Math.min(left, list.length);
    left -= from;
    const to = Math.min(list.length, from + limit - records.length);
    for (let i = from; i < to; i++) records.push(list[i]);
    if (records.length >= limit) break;
  }
  return recordsTable(records, { ...options, limit: undefined, offset: undefined }, offset);
}

/**
 * At least one table; columns and types are those of the first one.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {ReadOptions} options
 * @returns {AsyncGenerator<Table, void, undefined>}
 */
export async function* ndjsonTables(pieces, options) {
  const { limit, offset, batchSize } = checkRange(options);
  const shape = new StreamShape(options);
  /** @type {any[]} */
  let records = [];
  let left = offset;
  let row = offset;
  let room = limit;
  const wanted = () => Math.min(batchSize - records.length, room) + left;
  for await (const list of recordsOf(pieces, options, wanted)) {
    const first = Math.min(left, list.length);
    left -= first;
    for (let i = first; i < list.length && room > 0; i++) {
      records.push(list[i]);
      room--;
      if (records.length < batchSize) continue;
      yield shape.table(records, row);
      row += records.length;
      records = [];
    }
    if (room === 0) break;
  }
  if (records.length > 0 || row === offset) yield shape.table(records, row);
}

/**
 * The values in the lines, some together.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {ReadOptions} options
 * @param {() => number} wanted How many somebody waits for.
 * @returns {AsyncGenerator<any[], void, undefined>}
 */
async function* recordsOf(pieces, options, wanted) {
  const lines = new Lines(options);
  /** @type {Uint8Array[]} */
  let parts = [];
  let size = 0;
  for await (const piece of utf8Pieces(pieces, options.charset)) {
    parts.push(piece);
    size += piece.length;
    const last = piece.lastIndexOf(LF);
    if (last < 0) {
      if (size > MAX_LINE) throw formatError('NDJSON: a line is longer than 256 MiB', { line: lines.line });
      continue;
    }
    const bytes = joined(parts);
    const whole = bytes.length - piece.length + last + 1;
    for (let at = 0; at < whole && wanted() > 0; ) {
      // Many lines at once, because decoding costs by the call; not all, because the first ones may be enough.
      const found = bytes.indexOf(LF, Math.min(at + BLOCK, whole - 1));
      yield lines.parse(bytes.subarray(at, found));
      at = found + 1;
    }
    parts = [bytes.subarray(whole)];
    size = bytes.length - whole;
  }
  if (size > 0) yield lines.parse(joined(parts));
}

class Lines {
  #int64;
  #path;
  /** Number of the next one. */
  line = 1;

  /** @param {ReadOptions} options */
  constructor({ int64, records }) {
    this.#int64 = checkInt64(int64) === 'number' ? /** @type {'number'} */ ('number') : /** @type {'bigint'} */ ('bigint');
    this.#path = records;
  }

  /** @param {Uint8Array} bytes Whole lines. @returns {any[]} */
  parse(bytes) {
    const values = [];
    for (const text of decodedLines(bytes, this.line)) {
      if (!isBlank(text)) {
        const value = parseLine(text, this.#int64, this.line);
        values.push(this.#path === undefined ? value : recordsAt(value, this.#path));
      }
      this.line++;
    }
    return values;
  }
}

/** @param {Uint8Array} bytes @param {number} line */
function decodedLines(bytes, line) {
  try {
    return textOf(bytes, 'utf-8').split('\n');
  } catch (error) {
    throw Object.assign(/** @type {any} */ (error), { line });
  }
}

/** @param {string} text */
const isBlank = (text) => text === '' || text.trim() === '';

/** @param {string} text @param {'number' | 'bigint'} int64 @param {number} line */
function parseLine(text, int64, line) {
  try {
    return parseJson(text, { int64 });
  } catch (error) {
    const { code, column, offset } = /** @type {any} */ (error);
    if (code !== 'ERR_FORMAT') throw Object.assign(/** @type {any} */ (error), { line });
    throw formatError(/** @type {Error} */ (error).message.replace(/ \(.*$/s, ''), { line, column, offset });
  }
}

/** Gives all tables of a stream the same columns. */
class StreamShape {
  #options;
  #declared;
  /** @type {Schema | undefined} */
  #schema;

  /** @param {ReadOptions} options */
  constructor(options) {
    this.#options = { ...options, limit: undefined, offset: undefined };
    this.#declared = new Declared(options);
  }

  /** @param {any[]} records @param {number} row Number of the first one. @returns {Table} */
  table(records, row) {
    const schema = this.#schema;
    if (schema) this.#check(records, row, schema.names);
    const table = recordsTable(records, schema ? { ...this.#options, columns: schema.names } : this.#options, row);
    this.#schema ??= new Schema(table.columns.map((column) => ({ ...column, type: this.#kept(column) })));
    table.columns.forEach(({ name, type }, i) => {
      const kept = /** @type {ColumnInfo} */ (this.#schema?.columns[i]).type;
      const fits = type === kept || kept === 'other' || (kept === 'number' && type === 'integer');
      if (fits || (type === 'other' && [.../** @type {any} */ (table.columnAt(i))].every((value) => value === null))) return;
      throw formatError(`Column "${name}" is no ${kept} throughout, as the first rows had it seem: declare it with types`, { row });
    });
    return new Table({ schema: this.#schema, batches: tableParts(table).batches });
  }

  /**
   * The type that the column keeps: of a few rows it cannot be told whether there will be a fraction.
   * @param {ColumnInfo} column
   */
  #kept = ({ name, type }) => (type === 'integer' && !this.#declared.typeOf(name) ? 'number' : type);

  /** @param {any[]} records @param {number} row @param {readonly string[]} names */
  #check(records, row, names) {
    if (this.#declared.names) return;
    const known = new Set(names);
    records.forEach((record, i) => {
      if (typeof record !== 'object' || record === null || Array.isArray(record)) return;
      for (const name of Object.keys(record)) {
        if (known.has(name)) continue;
        throw formatError(`A record has "${name}", which the first rows have not: name the columns wanted with columns`, { row: row + i });
      }
    });
  }
}
