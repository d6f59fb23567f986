/**
 * Which bytes of a Parquet file are needed, and reading them in few requests.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { readOffsetIndex } from 'hyparquet/src/indexes.js';
import { formatError } from './errors.js';
import { inflatePages, MOST } from './parquet_codecs.js';

/** @typedef {import('hyparquet').RowGroup} RowGroup */
/** @typedef {import('hyparquet/src/types.js').ColumnChunk} ColumnChunk */
/** @typedef {(start: number, end: number) => Promise<ArrayBuffer>} Slice */

/** Bytes that nobody wants between two wanted ones, for which it is worth while to make one request of them. */
const GAP = 2 ** 16;

/** Bytes that one request for several chunks has at the most. */
const RUN = 2 ** 23;

/** Bytes that are read of a chunk first when only its first rows are wanted. */
const HEAD = 2 ** 16;

/**
 * Some rows of a row group.
 * @typedef {object} Selection
 * @property {RowGroup} rowGroup
 * @property {number} groupRows
 * @property {number} start First row of the group.
 * @property {number} end Row after the last.
 */

/**
 * Reads what is needed of a row group, and serves it as hyparquet asks for it.
 * @param {Slice} slice
 * @param {Selection} selection
 * @param {readonly ColumnChunk[]} chunks Of the columns wanted.
 * @param {(chunk: ColumnChunk) => boolean} isFlat Whether there is a value in each row.
 * @param {boolean} inflate Whether pages in gzip are to be decompressed ahead.
 * @returns {Promise<{ chunks: any[], file: { byteLength: number, slice: (start: number, end?: number) => Promise<ArrayBuffer> } }>} A plan of
 *   hyparquet's readRowGroup(), and the file for it.
 */
export async function readChunks(slice, { groupRows, start, end }, chunks, isFlat, inflate) {
  const narrow = start > 0 || end < groupRows;
  /** @type {{ start: number, end: number }[]} */
  const whole = [];
  /** @type {Map<number, Promise<ArrayBuffer>>} */
  const ready = new Map();
  const indexes = narrow ? await pageLocations(slice, chunks) : new Map();
  const plan = chunks.map((chunk) => {
    const columnMetadata = /** @type {NonNullable<ColumnChunk['meta_data']>} */ (chunk.meta_data);
    const range = rangeOf(chunk);
    const pages = indexes.get(chunk);
    if (pages) return { columnMetadata, pageLocations: pages, range };
    if (end < groupRows && isFlat(chunk) && range.endByte - range.startByte > 2 * HEAD) {
      ready.set(range.startByte, head(slice, range, end));
    } else {
      whole.push({ start: range.startByte, end: range.endByte });
    }
    return { columnMetadata, range };
  });
  for (const [at, bytes] of runs(slice, whole)) ready.set(at, bytes);
  for (const chunk of chunks) {
    const { startByte } = rangeOf(chunk);
    const { codec, num_values: values } = /** @type {NonNullable<ColumnChunk['meta_data']>} */ (chunk.meta_data);
    if (isFlat(chunk) && Number(values) !== groupRows) throw formatError(`Parquet: a column has ${values} values, its row group ${groupRows}`);
    const checked = ready.get(startByte)?.then(async (buffer) => {
      checkPages(buffer, Number(values));
      if (codec === 'GZIP' && inflate) await inflatePages(buffer);
      return buffer;
    });
    checked?.catch(() => {}); // Whoever asks for it hears of it.
    if (checked) ready.set(startByte, checked);
  }
  return { chunks: plan, file: { byteLength: 0, slice: async (from, to = 0) => ready.get(from) ?? slice(from, to) } };
}

/** @param {ColumnChunk} chunk */
function rangeOf({ meta_data: meta }) {
  const known = /** @type {NonNullable<ColumnChunk['meta_data']>} */ (meta);
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = known;
  // A dictionary is before its data; where it says 0 there is none.
  const startByte = Number(dictionary && dictionary < data ? dictionary : data);
  return { startByte, endByte: startByte + Number(size) };
}

/**
 * Where the pages are, of the chunks for which the file tells. They lie together, so it is one request.
 * @param {Slice} slice
 * @param {readonly ColumnChunk[]} chunks
 */
async function pageLocations(slice, chunks) {
  /** @type {Map<ColumnChunk, any>} */
  const found = new Map();
  const indexed = chunks.filter((chunk) => chunk.offset_index_offset && chunk.offset_index_length && chunk.meta_data?.codec !== 'GZIP');
  const places = indexed.map(({ offset_index_offset: offset, offset_index_length: length }) => ({
    start: Number(offset), end: Number(offset) + Number(length),
  }));
  const buffers = runs(slice, places);
  await Promise.all(
    indexed.map(async (chunk) => {
      const buffer = /** @type {ArrayBuffer} */ (await buffers.get(Number(chunk.offset_index_offset)));
      found.set(chunk, readOffsetIndex({ view: new DataView(buffer), offset: 0 }).page_locations);
    }),
  );
  return found;
}

/**
 * @param {Slice} slice
 * @param {{ start: number, end: number }[]} ranges
 * @returns {Map<number, Promise<ArrayBuffer>>} By where they start.
 */
function runs(slice, ranges) {
  /** @type {Map<number, Promise<ArrayBuffer>>} */
  const found = new Map();
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  for (let i = 0; i < sorted.length; ) {
    const { start, end: first } = /** @type {{ start: number, end: number }} */ (sorted[i]);
    let end = first;
    let next = i + 1;
    for (; next < sorted.length; next++) {
      const { start: from, end: to } = /** @type {{ start: number, end: number }} */ (sorted[next]);
      if (from - end > GAP || to - start > RUN) break;
      end = Math.max(end, to);
    }
    const all = slice(start, end);
    const parts = sorted.slice(i, next);
    for (const part of parts) {
      const own = parts.length === 1 ? all : all.then((buffer) => buffer.slice(part.start - start, part.end - start));
      found.set(part.start, own);
    }
    i = next;
  }
  return found;
}

/**
 * The beginning of a chunk, as far as its pages have the rows up to `rows`.
 * @param {Slice} slice
 * @param {{ startByte: number, endByte: number }} range
 * @param {number} rows
 * @returns {Promise<ArrayBuffer>}
 */
async function head(slice, { startByte, endByte }, rows) {
  let bytes = new Uint8Array(0);
  for (let size = HEAD; ; size *= 2) {
    const end = Math.min(endByte, startByte + size);
    const more = new Uint8Array(await slice(startByte + bytes.length, end));
    const longer = new Uint8Array(bytes.length + more.length);
    longer.set(bytes);
    longer.set(more, bytes.length);
    bytes = longer;
    if (end === endByte) return bytes.buffer;
    const needed = lengthOfPages(bytes.buffer, rows);
    if (needed !== undefined && needed <= bytes.length) return bytes.buffer.slice(0, needed);
  }
}

/**
 * Pages are made room for by what their headers say, which in a damaged file may be anything.
 * @param {ArrayBuffer} buffer @param {number} values That there are in the chunk.
 */
function checkPages(buffer, values) {
  const reader = { view: new DataView(buffer), offset: 0 };
  while (reader.offset < buffer.byteLength - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: size } = header;
    values -= header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
    const large = Number(header.dictionary_page_header?.num_values) > size * MOST;
    if (!(size >= 0 && values >= 0) || large) throw formatError('Parquet: a page does not fit its column');
    reader.offset += size;
  }
}

/** @param {ArrayBuffer} buffer @param {number} rows @returns {number | undefined} undefined when the buffer ends before them. */
function lengthOfPages(buffer, rows) {
  const reader = { view: new DataView(buffer), offset: 0 };
  let values = 0;
  try {
    while (values < rows) {
      const header = parquetHeader(reader);
      reader.offset += header.compressed_page_size;
      values += header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows ?? 0;
    }
    return reader.offset;
  } catch {
    return undefined; // The header of a page is torn.
  }
}
