/**
 * Reads data of any format: as a Table, as a value, or as Tables one after another. What a format needs is loaded when it is used.
 */
import { bytesOf, piecesOf } from './source.js';

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {import('./formats.js').Format} Format */
/** @typedef {import('./formats.js').FormatName} FormatName */
/** @typedef {import('./source.js').Source} Source */

/**
 * @typedef {object} ReadOptions docs/formats.md tells which format takes which.
 * @property {string | readonly (string | number)[]} [records] JSON: where the records are, as 'data.items'. Default: the value itself.
 * @property {readonly (string | import('./declared.js').DeclaredColumn)[]} [columns] The columns wanted, in this order. Default: all. Of data
 *   without names of its own: the names.
 * @property {Readonly<Record<string, import('../table/schema.js').ColumnType>>} [types] Types by name of column. Default: by the data.
 * @property {'number' | 'bigint' | 'string'} [int64] How integers come: 'number' (default) refuses those beyond 2^53, 'bigint' and 'string'
 *   are exact.
 * @property {number} [limit] Rows at the most. Default: all.
 * @property {number} [offset] Rows to leave out first. Default 0.
 * @property {number} [batchSize] Rows of a table of a stream. Default 10,000.
 * @property {string} [delimiter] CSV: one character. Default ',', of TSV a tab.
 * @property {boolean} [header] CSV: whether the first record has the names of the columns, default true. JSON arrays: default false.
 * @property {readonly string[]} [nulls] CSV: cells that are null. Default: [''].
 * @property {string} [charset] Of CSV and text. Default: that of the content type, otherwise UTF-8.
 * @property {Record<string, (input: Uint8Array, length: number) => Uint8Array>} [compressors] Parquet: for other codecs than snappy and gzip.
 * @property {{ tableFromIPC: (bytes: Uint8Array) => any }} [arrow] Arrow: the library, where it cannot be imported.
 * @property {AbortSignal} [signal] Rejects with its reason, and gives up the rest.
 */

/**
 * @param {Source} source
 * @param {Format | FormatName} format
 * @param {ReadOptions} [options]
 * @returns {Promise<Table>}
 * @throws {import('../errors.js').HawserError} ERR_FORMAT with the place, ERR_INT64_RANGE, ERR_DRIVER_MISSING. What the source threw, as
 *   it is.
 */
export async function readTable(source, format, options = {}) {
  const how = formatFrom(format);
  switch (how.name) {
    case 'json': {
      const { jsonTable } = await import('./json_records.js');
      const text = await wholeText(source, how, options, true);
      return jsonTable(text, options);
    }
    case 'ndjson': {
      const { ndjsonTable } = await import('./ndjson.js');
      return ndjsonTable(piecesFor(source, how, options), options);
    }
    case 'csv':
    case 'tsv': {
      const { csvTable } = await import('./csv.js');
      return csvTable(piecesFor(source, how, options), how.name === 'csv' ? ',' : '\t', withCharset(options, how));
    }
    case 'parquet': {
      const { parquetTable } = await import('./parquet.js');
      return parquetTable(source, how.gzip, options);
    }
    case 'arrow': {
      const { arrowTable } = await import('./arrow.js');
      return arrowTable(await bytesOf(source, how.gzip, options.signal), options);
    }
  }
  throw noTable(how.name);
}

/**
 * Tables of at most `batchSize` rows, one after another: no more than one is in memory. Leaving the loop gives up the rest.
 * @param {Source} source
 * @param {Format | FormatName} format ndjson, csv, tsv, parquet
 * @param {ReadOptions} [options]
 * @returns {AsyncGenerator<Table, void, undefined>}
 * @throws {import('../errors.js').HawserError} as {@link readTable}
 */
export async function* streamTables(source, format, options = {}) {
  const how = formatFrom(format);
  switch (how.name) {
    case 'ndjson': {
      const { ndjsonTables } = await import('./ndjson.js');
      yield* ndjsonTables(piecesOf(source, how.gzip, options.signal), options);
      return;
    }
    case 'csv':
    case 'tsv': {
      const { csvTables } = await import('./csv.js');
      yield* csvTables(piecesOf(source, how.gzip, options.signal), how.name === 'csv' ? ',' : '\t', withCharset(options, how));
      return;
    }
    case 'parquet': {
      const { parquetTables } = await import('./parquet.js');
      yield* parquetTables(source, how.gzip, options);
      return;
    }
  }
  throw noParts(how.name);
}

/**
 * In pieces where not all may be needed, otherwise in one.
 * @param {Source} source @param {Format} format @param {ReadOptions} options
 */
async function* piecesFor(source, { gzip }, { limit, signal }) {
  if (limit === undefined) yield await bytesOf(source, gzip, signal);
  else yield* piecesOf(source, gzip, signal);
}

/** @param {ReadOptions} options @param {Format} format */
const withCharset = (options, { charset }) => ({ ...options, charset: options.charset ?? charset });

/**
 * The value itself: of JSON what it says, of CSV, TSV, NDJSON and text the text, otherwise the bytes.
 * @param {Source} source
 * @param {Format | FormatName} format
 * @param {ReadOptions} [options] int64, charset, signal
 * @returns {Promise<any>}
 * @throws {import('../errors.js').HawserError} ERR_FORMAT, ERR_INT64_RANGE
 */
export async function readValue(source, format, options = {}) {
  const how = formatFrom(format);
  switch (how.name) {
    case 'json': {
      const { parseJson } = await import('./json_text.js');
      return parseJson(await wholeText(source, how, options, true), options);
    }
    case 'ndjson':
    case 'csv':
    case 'tsv':
    case 'text':
      return wholeText(source, how, options, false);
  }
  return bytesOf(source, how.gzip, options.signal);
}

/** @param {Format | FormatName} format @returns {Format} */
const formatFrom = (format) => (typeof format === 'string' ? { name: format, gzip: false } : format);

/** @param {string} name */
const noParts = (name) => new TypeError(`format: '${name}' does not come in parts; ndjson, csv, tsv and parquet do. read() takes it as a whole.`);

/** @param {string} name */
const noTable = (name) => new TypeError(`format: '${name}' holds no table; one is in json, ndjson, csv, tsv, parquet and arrow.`);

/**
 * @param {Source} source
 * @param {Format} format
 * @param {ReadOptions} options
 * @param {boolean} fatal Whether what is no text in its charset is an error; otherwise it is replaced by U+FFFD.
 */
async function wholeText(source, { name, gzip, charset }, options, fatal) {
  const { textOf } = await import('./text.js');
  const bytes = await bytesOf(source, gzip, options.signal);
  return textOf(bytes, name === 'json' ? undefined : (options.charset ?? charset), fatal);
}
