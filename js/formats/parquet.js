/**
 * Parquet as Tables, by hyparquet: a row group at a time, and of it the columns and pages that are wanted.
 */
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetMetadataAsync, parquetSchema } from 'hyparquet/src/metadata.js';
import { assembleAsync, readRowGroup } from 'hyparquet/src/rowgroup.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { Batches } from '../table/batches.js';
import { Schema } from '../table/schema.js';
import { Table } from '../table/table.js';
import { HawserError } from '../errors.js';
import { checkRange, Declared } from './declared.js';
import { checkInt64, formatError } from './errors.js';
import { readChunks } from './parquet_chunks.js';
import { compressorsFor, gunzipped } from './parquet_codecs.js';
import { readFlat } from './parquet_flat.js';
import { columnsOf } from './parquet_schema.js';
import { utf8 } from './parquet_types.js';
import { ParquetVectors } from './parquet_vectors.js';
import { unsnappy } from './snappy.js';
import { bytesOf } from './source.js';

/** @typedef {import('./read.js').ReadOptions} ReadOptions */
/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('../table/batches.js').Batch} Batch */
/** @typedef {import('./parquet_schema.js').ParquetColumn} ParquetColumn */

/** Bytes at the end of the file that are read first: mostly the footer is shorter. */
const FOOTER = 2 ** 16;

/** 'PAR1', the last four bytes. */
const MAGIC = 0x31524150;

/** Files up to this size are read in one go. */
const SMALL = 2 ** 18;

/** What hyparquet is told to make of values: as little as possible. */
const PARSERS = {
  timestampFromNanoseconds: (/** @type {bigint} */ nanos) => nanos,
  stringFromBytes: (/** @type {Uint8Array | undefined} */ bytes) => bytes && utf8(bytes),
};

/**
 * @param {Source} source
 * @param {boolean} gzip Whether the file as a whole is compressed; then all of it is read.
 * @param {ReadOptions} options
 * @returns {Promise<Table>}
 */
export async function parquetTable(source, gzip, options) {
  const { columns, limit, offset } = options;
  const all = columns === undefined && limit === undefined && !offset;
  const file = await ParquetFile.open(source, gzip || all, gzip, options);
  /** @type {Batch[]} */
  const batches = [];
  for await (const batch of file.batches()) batches.push(batch);
  return new Table({ schema: file.schema, batches: new Batches(batches) });
}

/**
 * At least one table. What is in memory at the same time is a row group: its size is the writer's choice.
 * @param {Source} source
 * @param {boolean} gzip
 * @param {ReadOptions} options
 * @returns {AsyncGenerator<Table, void, undefined>}
 */
export async function* parquetTables(source, gzip, options) {
  const { batchSize } = checkRange(options);
  const file = await ParquetFile.open(source, gzip, gzip, options);
  let empty = true;
  for await (const batch of file.batches(batchSize)) {
    empty = false;
    yield new Table({ schema: file.schema, batches: new Batches([batch]) });
  }
  if (empty) yield new Table({ schema: file.schema, batches: new Batches([]) });
}

/**
 * How many rows there are, by the end of the file.
 * @param {Source} source @param {ReadOptions} options
 */
export const parquetRows = async (source, { signal }) => Number((await ParquetFile.open(source, false, false, { signal })).metadata.num_rows);

class ParquetFile {
  #texts;

  /**
   * @param {(start: number, end: number) => Promise<ArrayBuffer>} slice
   * @param {import('hyparquet').FileMetaData} metadata
   * @param {ReadOptions} options
   */
  constructor(slice, metadata, options) {
    this.slice = slice;
    this.metadata = metadata;
    this.options = options;
    const int64 = checkInt64(options.int64);
    const declared = new Declared(options);
    const present = columnsOf(metadata, int64);
    this.columns = declared.pick(present.map(({ name }) => name)).map((i) => /** @type {ParquetColumn} */ (present[i]));
    this.vectors = this.columns.map((column) => new ParquetVectors(column, declared.typeOf(column.name), int64));
    // Columns that stay texts as they are.
    const texts = this.columns.filter(({ databaseType }, i) => databaseType === 'STRING' && this.vectors[i]?.type === 'string');
    this.#texts = new Set(texts.map(({ name }) => name));
    const types = this.vectors.map(({ type }) => type);
    this.schema = new Schema(
      this.columns.map(({ name, databaseType, nullable }, i) => ({ name, databaseType, nullable, type: types[i] ?? 'other' })),
    );
  }

  /**
   * @param {Source} source @param {boolean} whole Whether to read all of it at once. @param {boolean} gzip @param {ReadOptions} options
   */
  static async open(source, whole, gzip, options) {
    const { signal } = options;
    checkRange(options);
    let { size } = source;
    const ranged = !whole && source.slice !== undefined && size !== undefined && size > SMALL;
    const bytes = ranged ? undefined : await bytesOf(source, gzip, signal);
    size = bytes?.length ?? size ?? 0;
    if (size < 12) throw formatError(`Not Parquet: a file of ${size} bytes`);
    /** @param {number} start @param {number} end */
    const slice = async (start, end) => {
      const part = bytes
        ? bytes.subarray(start, end)
        : await noted(() => {
            signal?.throwIfAborted();
            return /** @type {NonNullable<Source['slice']>} */ (source.slice)(start, end);
          });
      return bufferOf(part, end - start);
    };
    const length = size;
    const tail = await slice(Math.max(0, length - FOOTER), length);
    if (new DataView(tail).getUint32(tail.byteLength - 4, true) !== MAGIC) throw formatError('Not Parquet: it does not end as such a file does');
    const tailed = async (start = 0, end = length) => (start === length - tail.byteLength && end === length ? tail : slice(start, end));
    const file = { byteLength: length, slice: tailed };
    const metadata = await decoded(() => parquetMetadataAsync(file, { initialFetchSize: tail.byteLength }));
    return decoded(() => new ParquetFile(slice, metadata, options));
  }

  /**
   * @param {number} [batchSize] Rows of a batch at the most. Default: those of the row group.
   * @returns {AsyncGenerator<Batch, void, undefined>}
   */
  async *batches(batchSize = Infinity) {
    const { limit, offset } = checkRange(this.options);
    const names = new Set(this.columns.map(({ name }) => name));
    const flat = new Set(this.columns.filter((column) => column.flat).map(({ name }) => name));
    let first = 0;
    for (const rowGroup of this.metadata.row_groups) {
      const groupRows = Number(rowGroup.num_rows);
      const start = Math.max(0, offset - first);
      const end = Math.min(groupRows, offset + limit - first);
      first += groupRows;
      if (start >= end) {
        if (first >= offset + limit) return;
        continue;
      }
      const chunks = rowGroup.columns.filter((chunk) => names.has(String(chunk.meta_data?.path_in_schema[0])));
      const isFlat = (/** @type {any} */ chunk) => flat.has(String(chunk.meta_data?.path_in_schema[0]));
      const pages = await this.#pages(rowGroup, first - groupRows, { start, end }, chunks, isFlat);
      for (let from = start; from < end; from += batchSize) {
        const to = Math.min(end, from + batchSize);
        const row = first - groupRows + from;
        const made = () => this.vectors.map((vectors, i) => vectors.make(/** @type {any} */ (pages[i]), from, to, row));
        yield { length: to - from, vectors: await decoded(made) };
      }
    }
  }

  /**
   * @param {import('hyparquet').RowGroup} rowGroup
   * @param {number} groupStart
   * @param {{ start: number, end: number }} range Rows of the group.
   * @param {any[]} chunks
   * @param {(chunk: any) => boolean} isFlat
   * @returns {Promise<{ skipped: number, data: any[] }[]>} For each column its pages, and how many rows of the group come before.
   */
  async #pages(rowGroup, groupStart, { start, end }, chunks, isFlat) {
    const { metadata } = this;
    const groupRows = Number(rowGroup.num_rows);
    const codecs = chunks.map(({ meta_data: meta }) => meta.codec);
    this.options.signal?.throwIfAborted();
    const given = this.options.compressors;
    const compressors = { SNAPPY: unsnappy, ...(await compressorsFor(codecs, given)), GZIP: given?.GZIP ?? gunzipped };
    return decoded(async () => {
      const { chunks: plan, file } = await readChunks(this.slice, { rowGroup, groupRows, start, end }, chunks, isFlat, !given?.GZIP);
      const options = { file, metadata, compressors, parsers: PARSERS, utf8: false };
      const group = { rowGroup, groupStart, groupRows, selectStart: start, selectEnd: end };
      const tree = parquetSchema(metadata);
      // By hyparquet altogether: what is nested, and what an index tells single pages of.
      const rest = plan.filter((chunk) => chunk.pageLocations || !isFlat({ meta_data: chunk.columnMetadata }));
      const files = readRowGroup(options, { metadata, rowStart: 0, fetches: [], groups: [] }, { ...group, chunks: rest });
      const read = assembleAsync(files, tree, PARSERS);
      const results = await Promise.allSettled(read.asyncColumns.map(({ data }) => data));
      const failed = results.find(({ status }) => status === 'rejected');
      if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
      const byName = new Map(read.asyncColumns.map(({ pathInSchema }, i) => [pathInSchema[0], /** @type {any} */ (results[i]).value]));
      for (const chunk of plan) {
        if (rest.includes(chunk)) continue;
        const { columnMetadata, range } = chunk;
        const schemaPath = getTreePath(tree, columnMetadata.path_in_schema);
        const element = /** @type {import('hyparquet').SchemaTree} */ (schemaPath.at(-1)).element;
        const about = { pathInSchema: columnMetadata.path_in_schema, schemaPath, element, parsers: { ...DEFAULT_PARSERS, ...PARSERS } };
        const decoder = { ...options, ...columnMetadata, ...about };
        const buffer = await file.slice(range.startByte, range.endByte);
        byName.set(columnMetadata.path_in_schema[0], readFlat(buffer, group, decoder, this.#texts.has(columnMetadata.path_in_schema[0])));
      }
      return this.columns.map(({ name }) => {
        const pages = byName.get(name);
        if (!pages) throw formatError(`Parquet: column "${name}" is not in every row group`);
        return pages;
      });
    });
  }
}

/**
 * The bytes as a buffer of their own.
 * @param {Uint8Array} bytes @param {number} length
 */
function bufferOf(bytes, length) {
  if (bytes.length < length) {
    throw formatError(`Parquet: ${length} bytes were asked for, there are ${bytes.length}; the file may have been cut or changed`);
  }
  // hyparquet knows buffers by their class.
  const own = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return /** @type {ArrayBuffer} */ (own ? bytes.buffer : new Uint8Array(bytes).buffer);
}

/** What a source threw, which is not to be taken for an error of decoding. @type {WeakSet<object>} */
const ofSources = new WeakSet();

/**
 * @template T
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
async function noted(run) {
  try {
    return await run();
  } catch (error) {
    if (typeof error === 'object' && error !== null) ofSources.add(error);
    throw error;
  }
}

/**
 * Anything that hyparquet throws, as an error of ours: of damaged files that may be all kinds of errors.
 * @template T
 * @param {() => T | Promise<T>} run
 * @returns {Promise<T>}
 */
async function decoded(run) {
  try {
    return await run();
  } catch (error) {
    if (error instanceof HawserError || typeof error !== 'object' || error === null || ofSources.has(error)) throw error;
    const { message = '' } = /** @type {Error} */ (error);
    const why = message.replace(/^parquet /, '');
    throw formatError(`Parquet: the file is damaged, or is one that hyparquet cannot read: ${why}`, { cause: error });
  }
}
