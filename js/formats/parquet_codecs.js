/**
 * How pages are compressed: snappy.js is ours, gzip the runtime's, others are handed in or come from an optional package.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { HawserError } from '../errors.js';
import { formatError } from './errors.js';
import { gunzip } from './source.js';

/** @typedef {import('hyparquet').Compressors} Compressors */
/** @typedef {import('hyparquet').CompressionCodec} Codec */

/** Not a literal in import(): bundlers would insist on finding a package that most programs do not use. */
const PACKAGE = 'hyparquet-compressors';

/**
 * What decompresses pages of these codecs.
 * @param {Iterable<Codec>} codecs
 * @param {Compressors} [given]
 * @param {() => Promise<{ compressors: Compressors }>} [load] For tests.
 * @returns {Promise<Compressors>}
 * @throws {HawserError} ERR_DRIVER_MISSING
 */
export async function compressorsFor(codecs, given, load = () => import(/* webpackIgnore: true */ /* @vite-ignore */ PACKAGE)) {
  const missing = [...new Set(codecs)].filter((codec) => codec !== 'UNCOMPRESSED' && codec !== 'SNAPPY' && codec !== 'GZIP' && !given?.[codec]);
  if (missing.length === 0) return { ...given };
  try {
    const { compressors } = await load();
    return { ...compressors, ...given };
  } catch (cause) {
    throw new HawserError(
      'ERR_DRIVER_MISSING',
      `Parquet: pages are compressed with ${missing.join(', ')}, which needs the package "${PACKAGE}", ` +
        `which could not be imported: npm install ${PACKAGE}. ` +
        `In a bundle hand it in: import { compressors } from '${PACKAGE}', and pass compressors.`,
      { phase: 'load', cause },
    );
  }
}

/** How many values a byte of a dictionary can be, compressed. Pages that tell of more are damaged. */
export const MOST = 1100;

/** Pages that are decompressed already, by the buffer that they are in and where. @type {WeakMap<ArrayBufferLike, Map<number, Uint8Array>>} */
const inflated = new WeakMap();

/** For hyparquet, which wants its pages at once, of {@link inflatePages}. @param {Uint8Array} input */
export const gunzipped = (input) => inflated.get(input.buffer)?.get(input.byteOffset) ?? new Uint8Array(0);

/**
 * Decompresses the pages of a column's chunk.
 * @param {ArrayBuffer} chunk
 */
export async function inflatePages(chunk) {
  /** @type {Map<number, Uint8Array>} */
  const pages = new Map();
  inflated.set(chunk, pages);
  const reader = { view: new DataView(chunk), offset: 0 };
  const tasks = [];
  while (reader.offset < chunk.byteLength - 1) {
    const { compressed_page_size: size, data_page_header_v2: v2 } = parquetHeader(reader);
    const start = reader.offset + (v2 ? v2.definition_levels_byte_length + v2.repetition_levels_byte_length : 0);
    reader.offset += size;
    if (v2?.is_compressed === false || start >= reader.offset) continue;
    tasks.push(inflate(new Uint8Array(chunk, start, reader.offset - start)).then((bytes) => pages.set(start, bytes)));
  }
  await Promise.all(tasks);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function inflate(bytes) {
  const decompression = gunzip();
  try {
    const stream = new Response(bytes).body?.pipeThrough(decompression);
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw formatError('Parquet: a page is not gzip, or not all of it', { cause });
  }
}
