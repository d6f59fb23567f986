/**
 * Bodies of answers as values and Tables.
 */
import { formatOf } from '../formats/formats.js';
import { parseJson } from '../formats/json_text.js';
import { readTable, readValue, streamTables } from '../formats/read.js';
import { sourceOf } from '../formats/source.js';
import { textOf } from '../formats/text.js';
import { allBytes, boundedBody } from '../http/body.js';

/**
 * The value of an answer: by `format`, else by content type, else (where that says nothing) by the suffix of the path.
 * @param {Response} response
 * @param {string} path
 * @param {{ format?: string, int64?: any, charset?: string }} options
 * @param {{ call: import('../http/call.js').Call, maxBytes?: number, onProgress?: any }} limits
 */
export async function decodeValue(response, path, { format, int64, charset }, limits) {
  const bytes = await allBytes(response, limits);
  const { status } = response;
  const nothing = status === 204 || status === 205;
  if (nothing && format === undefined) return null;
  const how = valueFormat(response, path, format);
  if (bytes.length === 0 && how.name === 'json' && (nothing || response.headers.get('content-length') === '0')) return null;
  try {
    // What nearly all is, without a detour.
    if (how.name === 'json' && !how.gzip) return parseJson(textOf(bytes, undefined, true), { int64 });
    return await readValue(sourceOf(bytes), how, { int64, charset });
  } catch (error) {
    // Node's fetch takes compressed bodies that were cut off for complete ones.
    if (how.name === 'json' && response.headers.has('content-encoding')) limits.call.suspect = error;
    throw error;
  }
}

/** @param {Response} response @param {string} path @param {string | undefined} format */
function valueFormat(response, path, format) {
  const contentType = response.headers.get('content-type');
  if (format !== undefined) return formatOf({ format, contentType });
  const known = attempt(() => formatOf({ contentType }));
  if (known && (known.name !== 'bytes' || contentType !== 'application/octet-stream')) return known;
  return (contentType === null && attempt(() => formatOf({ path }))) || { name: /** @type {const} */ ('bytes'), gzip: false };
}

/** @template T @param {() => T} work @returns {T | undefined} */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * @param {Response} response
 * @param {string} path
 * @param {any} options Of the formats.
 * @param {{ call: import('../http/call.js').Call, maxBytes?: number, onProgress?: any }} limits
 */
export function decodeTable(response, path, options, limits) {
  return readTable(answered(response, limits), tableFormat(response, path, options.format), options);
}

/**
 * @param {Response} response Guarded already.
 * @param {string} path
 * @param {any} options
 */
export function decodeStream(response, path, options) {
  const source = { stream: async () => response.body ?? NOTHING.stream(), bytes: async () => new Uint8Array(await response.arrayBuffer()) };
  return streamTables(source, tableFormat(response, path, options.format), options);
}

/** @param {Response} response @param {string} path @param {string | undefined} format */
const tableFormat = (response, path, format) => formatOf({ format, path, contentType: response.headers.get('content-type') });

/** @param {Response} response @param {any} limits @returns {import('../formats/source.js').Source} */
const answered = (response, limits) => ({ bytes: () => allBytes(response, limits), stream: async () => boundedBody(response, limits) ?? NOTHING.stream() });

const NOTHING = sourceOf(new Uint8Array());
