/**
 * Columns with one value in each row, from the bytes of their chunk: pages are hyparquet's to decode, but values go into vectors
 * without a list in between, and texts stay bytes until somebody reads them.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { TAG } from '../table/vector.js';
import { formatError } from './errors.js';

/**
 * Texts of a page.
 * @typedef {object} TextPage
 * @property {number} length
 * @property {Uint8Array} bytes
 * @property {Uint32Array} places For each row its offset and length in `bytes`.
 * @property {Uint8Array | undefined} tags As in TextVector.
 */

/** @param {any} values @returns {values is TextPage} */
export const isTextPage = (values) => values.places instanceof Uint32Array;

/**
 * @param {ArrayBuffer} buffer Whole pages.
 * @param {{ selectStart: number, selectEnd: number }} rows Of the row group.
 * @param {any} decoder As hyparquet's readColumn() takes it.
 * @param {boolean} isText
 * @returns {{ skipped: number, data: any[] }} Rows before the pages, and their values, with null where there is none.
 */
export function readFlat(buffer, { selectStart, selectEnd }, decoder, isText) {
  const reader = { view: new DataView(buffer), offset: 0 };
  const { type, element, codec, compressors } = decoder;
  /** Without levels: those are read here. */
  const plain = { ...decoder, schemaPath: decoder.schemaPath.slice(0, 1) };
  const optional = element.repetition_type !== 'REQUIRED';
  /** @type {any} */
  let dictionary;
  let skipped = 0;
  let row = 0;
  const data = [];
  while (row < selectEnd && reader.offset < buffer.byteLength - 1) {
    const header = parquetHeader(reader);
    const body = new Uint8Array(buffer, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    const { dictionary_page_header: head, data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size } = header;
    if (head) {
      const page = decompressPage(body, size, codec, compressors);
      dictionary = convert(readPlain({ view: viewOf(page), offset: 0 }, type, head.num_values, element.type_length), decoder);
      continue;
    }
    const about = v2 ?? v1;
    if (!about) throw new Error(`parquet unsupported page type: ${header.type}`);
    const count = about.num_values;
    if (row + count <= selectStart && data.length === 0) {
      skipped += count;
      row += count;
      continue;
    }
    const { present, page } = v2 ? levelsV2(body, size, v2, decoder) : levelsV1(decompressPage(body, size, codec, compressors), count, optional);
    const values = present ? present.reduce((sum, flag) => sum + flag, 0) : count;
    if (isText && about.encoding === 'PLAIN') {
      data.push(textsOf(page, count, present));
    } else {
      const levels = /** @type {const} */ ({ definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' });
      const { dataPage } = readDataPage(page, { ...about, ...levels, num_values: values }, plain);
      const list = convertWithDictionary(dataPage, dictionary, about.encoding, decoder);
      data.push(present && values < count ? spread(list, present) : list);
    }
    row += count;
  }
  return { skipped, data };
}

/** @param {Uint8Array} bytes */
const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @typedef {{ present: Uint8Array | undefined, page: Uint8Array }} Leveled For each row 1 where there is a value; and the values. */

/** @param {Uint8Array} page @param {number} count @param {boolean} optional @returns {Leveled} */
function levelsV1(page, count, optional) {
  if (!optional) return { present: undefined, page };
  const present = new Uint8Array(count);
  const reader = { view: viewOf(page), offset: 0 };
  readRleBitPackedHybrid(reader, 1, present);
  return { present, page: page.subarray(reader.offset) };
}

/** @param {Uint8Array} body @param {number} size @param {any} v2 @param {any} decoder @returns {Leveled} */
function levelsV2(body, size, v2, { element, codec, compressors }) {
  const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = v2;
  let present;
  if (element.repetition_type !== 'REQUIRED') {
    present = new Uint8Array(v2.num_values);
    readRleBitPackedHybrid({ view: viewOf(body), offset: repetition }, 1, present, definition);
  }
  const values = body.subarray(repetition + definition);
  return { present, page: v2.is_compressed === false ? values : decompressPage(values, size - repetition - definition, codec, compressors) };
}

/** @param {any} list @param {Uint8Array} present */
function spread(list, present) {
  const values = new Array(present.length);
  for (let row = 0, at = 0; row < present.length; row++) values[row] = present[row] ? list[at++] : null;
  return values;
}

/**
 * Texts with their lengths before them, packed.
 * @param {Uint8Array} page @param {number} count @param {Uint8Array | undefined} present
 * @returns {TextPage}
 */
function textsOf(page, count, present) {
  const places = new Uint32Array(2 * count);
  /** @type {Uint8Array | undefined} */
  let tags;
  const bytes = new Uint8Array(page.length);
  const view = viewOf(page);
  let at = 0;
  let to = 0;
  for (let row = 0; row < count; row++) {
    if (present && !present[row]) {
      tags ??= new Uint8Array(count).fill(TAG.TEXT);
      tags[row] = TAG.NULL;
      continue;
    }
    if (at + 4 > page.length) throw formatError('Parquet: a page has fewer texts than it says');
    const length = view.getUint32(at, true);
    at += 4;
    const end = at + length;
    if (end > page.length) throw formatError('Parquet: a text is longer than its page');
    places[2 * row] = to;
    places[2 * row + 1] = length;
    if (length > 32) {
      bytes.set(page.subarray(at, end), to);
      to += length;
      at = end;
    } else {
      while (at < end) bytes[to++] = /** @type {number} */ (page[at++]);
    }
  }
  return { length: count, bytes: bytes.subarray(0, to), places, tags };
}
