/**
 * Writing a blob: in one request when it is small, else block by block and then the list of them, so that readers see the old blob or
 * the new one.
 */
import { hex } from '../http/signers/web_crypto.js';
import { knownSize } from './content.js';

/** Bytes of a block; one block of them is in memory at a time. */
const BLOCK = 8 * 1024 * 1024;

/** The most blocks that a blob can have. */
const MOST_BLOCKS = 50_000;

/**
 * @typedef {object} Upload
 * @property {(request: { parameters?: Record<string, string>, headers?: Record<string, string>, body: Uint8Array, final: boolean }) => Promise<Response>} put
 *   Sends a PUT to the blob; `final` ones make it visible.
 * @property {string} contentType
 * @property {number} [block] Bytes. Default 8 MiB.
 * @property {(progress: { loaded: number, total: number | undefined }) => void} [onProgress]
 */

/**
 * @param {import('./store.js').Content} content
 * @param {Upload} upload
 * @returns {Promise<{ response: Response, size: number }>} The answer to the last request.
 */
export async function uploadBlob(content, { put, contentType, block = BLOCK, onProgress }) {
  if (typeof content === 'string') content = new TextEncoder().encode(content);
  const total = knownSize(content);
  const most = Math.max(block, Math.ceil((total ?? 0) / MOST_BLOCKS));
  const type = { 'x-ms-blob-content-type': contentType };
  /** @type {string[]} */
  const blocks = [];
  const upload = hex(crypto.getRandomValues(new Uint8Array(8)));
  let loaded = 0;
  const count = (/** @type {number} */ bytes) => {
    loaded += bytes;
    onProgress?.({ loaded, total });
  };
  for await (const { bytes, last } of pieces(content, most)) {
    if (last && blocks.length === 0) {
      const response = await put({ headers: { 'x-ms-blob-type': 'BlockBlob', ...type }, body: bytes, final: true });
      count(bytes.length);
      return { response, size: loaded };
    }
    if (bytes.length === 0) continue;
    // Of one length all, and of this upload: another one to the same blob at the same time keeps its own.
    const id = btoa(`${upload}-${String(blocks.length).padStart(6, '0')}`);
    await put({ parameters: { comp: 'block', blockid: id }, body: bytes, final: false });
    blocks.push(id);
    count(bytes.length);
  }
  const list = blocks.map((id) => `<Latest>${id}</Latest>`).join('');
  const body = new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`);
  return { response: await put({ parameters: { comp: 'blocklist' }, headers: { 'content-type': 'application/xml', ...type }, body, final: true }), size: loaded };
}

/**
 * Pieces of `most` bytes each, the last one shorter. There is always a last one.
 * @param {any} content No text. @param {number} most
 * @returns {AsyncGenerator<{ bytes: Uint8Array, last: boolean }>}
 */
async function* pieces(content, most) {
  if (ArrayBuffer.isView(content)) content = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  else if (Object.prototype.toString.call(content) === '[object ArrayBuffer]') content = new Uint8Array(content);
  if (ArrayBuffer.isView(content)) {
    const bytes = /** @type {Uint8Array} */ (content);
    let at = 0;
    for (; bytes.length - at > most; at += most) yield { bytes: bytes.subarray(at, at + most), last: false };
    yield { bytes: bytes.subarray(at), last: true };
    return;
  }
  const stream = typeof content?.stream === 'function' ? content.stream() : content;
  if (typeof stream?.getReader !== 'function') throw new TypeError('body: must be text, bytes, a Blob or a stream of bytes.');
  yield* streamed(stream, most);
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} most @returns {AsyncGenerator<{ bytes: Uint8Array, last: boolean }>} */
async function* streamed(stream, most) {
  const reader = stream.getReader();
  let piece = new Uint8Array(0);
  let filled = 0;
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (let at = 0; at < value.length; ) {
        if (filled === most) {
          yield { bytes: piece, last: false };
          filled = 0;
          piece = new Uint8Array(most);
        }
        const part = value.subarray(at, at + most - filled);
        if (filled + part.length > piece.length) piece = grown(piece, filled, Math.min(most, Math.max(2 * piece.length, filled + part.length)));
        piece.set(part, filled);
        filled += part.length;
        at += part.length;
      }
    }
    finished = true;
    yield { bytes: piece.subarray(0, filled), last: true };
  } finally {
    if (!finished) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/** @param {Uint8Array} bytes @param {number} filled @param {number} size */
function grown(bytes, filled, size) {
  const larger = new Uint8Array(size);
  larger.set(bytes.subarray(0, filled));
  return larger;
}
