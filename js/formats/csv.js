/**
 * CSV and TSV (RFC 4180) as Tables.
 */
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { CellReader } from './csv_cells.js';
import { CsvColumn, Nulls } from './csv_column.js';
import { checkRange, Declared, distinctNames } from './declared.js';
import { checkInt64, formatError } from './errors.js';
import { utf8Pieces } from './text.js';

/** @typedef {import('./read.js').ReadOptions} ReadOptions */
/** @typedef {import('./csv_cells.js').Block} Block */
/** @typedef {import('./csv_column.js').Part} Part */
/** @typedef {{ block: Block, from: number, to: number, row: number, parts: Part[] }} Piece Some rows of a block, as read. */

/**
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {string} delimiter Unless the options say another.
 * @param {ReadOptions} options
 * @returns {Promise<Table>}
 */
export async function csvTable(pieces, delimiter, options) {
  for await (const table of csvTables(pieces, delimiter, { ...options, batchSize: Number.MAX_SAFE_INTEGER })) return table;
  throw formatError('CSV: there is nothing in it');
}

/**
 * At least one table, the last one may have fewer rows.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {string} delimiter
 * @param {ReadOptions} options
 * @returns {AsyncGenerator<Table, void, undefined>}
 */
export async function* csvTables(pieces, delimiter, options) {
  const { limit, offset, batchSize } = checkRange(options);
  const reader = new CellReader(checkDelimiter(options.delimiter ?? delimiter), options.header ?? true);
  const rows = new Rows(options, batchSize === Number.MAX_SAFE_INTEGER);
  /** Rows of data that have gone by. */
  let row = 0;
  const wanted = () => Math.min(batchSize, limit) - rows.length + Math.max(0, offset - row);
  for await (const block of reader.blocks(utf8Pieces(pieces, options.charset), wanted)) {
    const header = rows.begin(block);
    const cells = block.cells();
    const skipped = header + Math.max(0, offset - row);
    const last = Math.min(cells.rows, header + offset + limit - row);
    for (let from = skipped; from < last; ) {
      const to = Math.min(last, from + batchSize - rows.length);
      rows.read(block, cells, from, to, row + from - header);
      from = to;
      if (rows.length === batchSize) yield rows.table();
    }
    row += cells.rows - header;
    if (row >= offset + limit) break;
  }
  if (rows.length > 0 || !rows.given) yield rows.table();
}

/** @param {unknown} delimiter */
function checkDelimiter(delimiter) {
  if (typeof delimiter !== 'string' || !/^[\x01-\x7f]$/.test(delimiter) || '\r\n"'.includes(delimiter)) {
    throw new RangeError('delimiter: one ASCII character, no quote and no line end.');
  }
  return delimiter;
}

/** Rows read so far, which become a table. */
class Rows {
  #options;
  #declared;
  #once;
  #nulls;
  /** @type {CsvColumn[] | undefined} */
  #columns;
  /** @type {Piece[]} */
  #pieces = [];
  /** Number of rows. */
  length = 0;
  /** Whether a table has been made. */
  given = false;

  /** @param {ReadOptions} options @param {boolean} once Whether there will be one table only. */
  constructor(options, once) {
    this.#options = options;
    this.#declared = new Declared(options);
    this.#once = once;
    const { nulls = [''] } = options;
    if (!Array.isArray(nulls) || nulls.some((text) => typeof text !== 'string')) throw new TypeError('nulls: an array of texts.');
    this.#nulls = new Nulls(nulls);
  }

  /** @param {Block} block @returns {number} Records before the first row in it: 1 for a header. */
  begin(block) {
    if (this.#columns) return 0;
    const header = this.#options.header ?? true;
    const first = block.first();
    const { names } = this.#declared;
    if (!header && names && first.length !== names.length) {
      throw formatError(`CSV: the first record has ${first.length} cells, "columns" names ${names.length}`, { line: 1 });
    }
    const present = distinctNames(header ? first : (names ?? first.map(() => '')));
    const int64 = checkInt64(this.#options.int64);
    this.#columns = this.#declared.pick(present).map((index) => {
      const name = /** @type {string} */ (present[index]);
      return new CsvColumn(name, index, this.#declared.typeOf(name), int64, this.#nulls);
    });
    return header ? 1 : 0;
  }

  /**
   * @param {Block} block @param {import('./csv_cut.js').Cells} cells @param {number} from @param {number} to
   * @param {number} row Number of the first one in the data.
   */
  read(block, cells, from, to, row) {
    try {
      const parts = (this.#columns ?? []).map((column) => column.read(cells, from, to, row));
      this.#pieces.push({ block, from, to, row, parts });
    } catch (error) {
      throw placed(error, block, from - row);
    }
    this.length += to - from;
  }

  /** @returns {Table} Of all rows read since the last one. */
  table() {
    const columns = this.#columns ?? [];
    for (const column of columns) column.check();
    for (const { block, from, to, row, parts } of this.#pieces) {
      /** @type {import('./csv_cut.js').Cells | undefined} */
      let cells;
      columns.forEach((column, i) => {
        const { reading } = /** @type {Part} */ (parts[i]);
        if (reading === undefined || reading === column.reading || column.reading === undefined) return;
        cells ??= block.cells();
        const vector = /** @type {import('../table/vector.js').Vector} */ (column.readAs(column.reading, cells, from, to, row));
        parts[i] = { reading: column.reading, vector };
      });
    }
    const batches = this.#pieces.map(({ from, to, parts }) => ({ length: to - from, vectors: parts.map(({ vector }) => vector) }));
    if (!this.#once) for (const column of columns) column.fix();
    const schema = new Schema(columns.map(({ name, type }) => ({ name, type, nullable: true, databaseType: '' })));
    this.#pieces = [];
    this.length = 0;
    this.given = true;
    return new Table({ schema, batches: new Batches(batches) });
  }
}

/**
 * Tells in which line the row is that an error names.
 * @param {any} error @param {Block} block @param {number} ahead How many records of the block come before row 0.
 */
function placed(error, block, ahead) {
  if (error?.row !== undefined && error.line === undefined) error.line = block.lineOf(error.row + ahead);
  return error;
}
