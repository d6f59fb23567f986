/**
 * Responses for clients, made of stored ones, and bodies that are kept while clients read them.
 */

import { BODILESS, joined, withBody } from './bytes.js';

/** @typedef {import('./cache_store.js').StoredResponse} StoredResponse */

/** Of a 304 they would be about another body. */
const OF_BODY = new Set(['content-length', 'content-encoding', 'content-type', 'content-range']);

/**
 * @param {StoredResponse} stored
 * @param {object} how
 * @param {number} how.age Milliseconds.
 * @param {string} [how.method]
 * @param {number} [how.status] 304, 206 or 416 instead of its own.
 * @param {number} [how.start] Of a 206: first byte.
 * @param {number} [how.end] Of a 206: after its last byte.
 * @returns {Response}
 */
export function responseFrom(stored, { age, method = 'GET', status = stored.status, start = 0, end = 0 }) {
  const headers = new Headers(stored.responseHeaders);
  headers.set('age', String(Math.floor(age / 1000)));
  let { statusText, body } = stored;
  if (status === 304) {
    statusText = 'Not Modified';
    for (const name of OF_BODY) headers.delete(name);
  } else if (status === 206) {
    statusText = 'Partial Content';
    body = body.subarray(start, end);
    headers.set('content-range', `bytes ${start}-${end - 1}/${stored.size}`);
    headers.set('content-length', String(body.byteLength));
  } else if (status === 416) {
    statusText = 'Range Not Satisfiable';
    body = new Uint8Array();
    headers.set('content-range', `bytes */${stored.size}`);
    headers.set('content-length', '0');
  }
  const content = method === 'HEAD' || BODILESS.has(status) ? null : /** @type {Uint8Array<ArrayBuffer>} */ (body);
  return Object.defineProperty(new Response(content, { status, statusText, headers }), 'url', { value: stored.url });
}

/**
 * The same response. When its body has been read to the end, `keep` gets a copy; never when it breaks off, or is larger than `most`.
 * @param {Response} response
 * @param {number} most Bytes.
 * @param {(body: Uint8Array) => void} keep
 * @returns {Response}
 */
export function keepingBody(response, most, keep) {
  if (response.body === null || response.body === undefined) {
    keep(new Uint8Array());
    return response;
  }
  if (BODILESS.has(response.status) || Number(response.headers.get('content-length')) > most) return response;
  const reader = response.body.getReader();
  /** @type {Uint8Array[] | undefined} */
  let chunks = [];
  let size = 0;
  const body = new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          if (chunks) keep(joined(chunks, size));
          controller.close();
          return;
        }
        size += value.byteLength;
        if (size > most) chunks = undefined;
        chunks?.push(value.slice()); // The client may do with its own what it likes.
        controller.enqueue(value);
      },
      cancel(reason) {
        chunks = undefined;
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return withBody(response, body);
}
