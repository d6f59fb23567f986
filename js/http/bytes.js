/**
 * Bytes that come in chunks.
 */

/**
 * @param {Response} response
 * @param {number} most
 * @returns {Promise<Uint8Array<ArrayBuffer>>} The first bytes of a body; the others are not waited for.
 */
export async function firstBytes(response, most) {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
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
