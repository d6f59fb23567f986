/**
 * What is written: any content as a body of known size that can be sent again, and its type by its name.
 */
import { HawserError } from '../errors.js';

/** By suffix, in lower case. */
const TYPES = /** @type {Record<string, string>} */ ({
  ...{ json: 'application/json', ndjson: 'application/x-ndjson', jsonl: 'application/x-ndjson', csv: 'text/csv', tsv: 'text/tab-separated-values' },
  ...{ parquet: 'application/vnd.apache.parquet', arrow: 'application/vnd.apache.arrow.file', arrows: 'application/vnd.apache.arrow.stream' },
  ...{ txt: 'text/plain; charset=utf-8', md: 'text/markdown; charset=utf-8', html: 'text/html; charset=utf-8', xml: 'application/xml' },
  ...{ gz: 'application/gzip', zip: 'application/zip', pdf: 'application/pdf', png: 'image/png', jpg: 'image/jpeg', svg: 'image/svg+xml' },
});

/**
 * @param {string} path @param {unknown} [content] A Blob may say it itself.
 * @returns {string} A media type.
 */
export function contentTypeOf(path, content) {
  const own = /** @type {any} */ (content)?.type;
  if (typeof own === 'string' && own !== '') return own;
  const suffix = /\.([^./]+)$/.exec(path)?.[1].toLowerCase() ?? '';
  return Object.hasOwn(TYPES, suffix) ? TYPES[suffix] : 'application/octet-stream';
}

/** @param {any} content @returns {number | undefined} Bytes, where they are known before reading. */
export function knownSize(content) {
  if (typeof content === 'string') return new TextEncoder().encode(content).length;
  return content?.byteLength ?? (typeof content?.stream === 'function' ? content.size : undefined);
}

/**
 * The content as a body. A stream is read to its end and kept in memory meanwhile: stores want to know the size before the first byte.
 * @param {import('./store.js').Content} content
 * @param {{ limit?: number, signal?: AbortSignal }} [options] `limit`: bytes.
 * @returns {Promise<{ data: Uint8Array<ArrayBuffer> | Blob, size: number }>}
 * @throws {TypeError | HawserError} ERR_LIMIT
 */
export async function contentBytes(content, { limit = Infinity, signal } = {}) {
  const data = await bytesOf(content, limit, signal);
  const size = 'size' in data ? data.size : data.byteLength;
  if (size > limit) throw tooLarge(limit);
  return { data, size };
}

/**
 * @param {any} content @param {number} limit @param {AbortSignal | undefined} signal
 * @returns {Promise<Uint8Array<ArrayBuffer> | Blob>}
 */
async function bytesOf(content, limit, signal) {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (ArrayBuffer.isView(content)) return new Uint8Array(/** @type {ArrayBuffer} */ (content.buffer), content.byteOffset, content.byteLength);
  const kind = Object.prototype.toString.call(content);
  if (kind === '[object ArrayBuffer]') return new Uint8Array(content);
  if (kind === '[object Blob]' || kind === '[object File]') return content;
  if (typeof content?.getReader !== 'function') throw new TypeError('content: must be text, bytes, a Blob or a ReadableStream of bytes.');
  const reader = content.getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  let size = 0;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return new Blob(chunks);
      if (!ArrayBuffer.isView(value)) throw new TypeError('content: a stream must give bytes (Uint8Array).');
      size += value.byteLength;
      if (size > limit) throw tooLarge(limit);
      chunks.push(/** @type {Uint8Array<ArrayBuffer>} */ (value));
    }
  } catch (error) {
    void reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** @param {number} limit */
const tooLarge = (limit) => new HawserError('ERR_LIMIT', `The content is larger than ${limit} bytes, which is the most that one request can write.`, { limit });
