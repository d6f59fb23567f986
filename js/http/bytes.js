/**
 * Bodies as bytes.
 */

/** Statuses of answers without a body (fetch standard). */
export const BODILESS = new Set([101, 103, 204, 205, 304]);

/**
 * @param {ReadableStream<Uint8Array> | null | undefined} body Without one there are no bytes.
 * @param {number} [most] Of the first bytes; the others are not waited for. Default: all.
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readBytes(body, most = Infinity) {
  if (!body) return new Uint8Array();
  const reader = body.getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  while (size < most) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    chunks.push(value);
    size += value.byteLength;
  }
  void reader.cancel().catch(() => {});
  return joined(chunks, size).subarray(0, most);
}

/**
 * @param {readonly Uint8Array[]} chunks
 * @param {number} size Of them all.
 */
export function joined(chunks, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/**
 * The same response with another body. A Response that programs make has no URL of its own.
 * @param {Response} response
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {Response}
 */
export function withBody({ status, statusText, headers, url, redirected }, body) {
  const same = new Response(body, { status, statusText, headers });
  return Object.defineProperties(same, { url: { value: url }, redirected: { value: redirected } });
}
