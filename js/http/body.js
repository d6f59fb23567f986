/**
 * Bodies of responses: bounded, counted, and failing with errors of Hawser.
 */
import { HawserError } from '../errors.js';
import { BODILESS, readBytes, withBody } from './bytes.js';
import { lostError, tooLarge } from './failures.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {{ maxBytes?: number, onProgress?: (progress: { loaded: number, total: number | undefined }) => void }} Bounds */

/**
 * The bytes that a response says it has; undefined when it does not, or counts them in another encoding.
 * @param {Response} response
 */
function declaredSize(response) {
  const length = response.headers.get('content-length');
  const encoding = response.headers.get('content-encoding');
  if (length === null || !/^\d+$/.test(length) || (encoding !== null && encoding !== 'identity')) return undefined;
  return Number(length);
}

/**
 * The same response, whose body keeps to the bounds, tells of its end, and fails with a HawserError.
 * @param {Response} response
 * @param {Bounds & { call: Call, onEnd: () => void }} options
 * @returns {Response}
 */
export function guarded(response, { call, onEnd, ...bounds }) {
  const describe = (/** @type {any} */ error) => (isOwn(error) ? error : lostError(call, error));
  const body = boundedBody(response, { call, onEnd, describe, ...bounds });
  return body ? withBody(response, body) : response;
}

/**
 * The body of a response within its bounds.
 * @param {Response} response
 * @param {Bounds & { call: Call, onEnd?: () => void, describe?: (error: unknown) => unknown }} options
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>> | undefined} Undefined when it has none.
 */
export function boundedBody(response, { call, maxBytes = Infinity, onProgress, onEnd = () => {}, describe = (error) => error }) {
  // Chromium gives answers that have no body an empty one, with which no other could be made.
  if (response.body === null || BODILESS.has(response.status)) {
    onEnd();
    return undefined;
  }
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  const total = declaredSize(response);
  let loaded = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (loaded === 0 && total !== undefined && total > maxBytes) throw tooLarge(call, maxBytes);
        const { done, value } = await reader.read();
        if (done) {
          onEnd();
          controller.close();
          return;
        }
        loaded += value.byteLength;
        if (loaded > maxBytes) throw tooLarge(call, maxBytes);
        onProgress?.({ loaded, total });
        controller.enqueue(value);
      } catch (error) {
        onEnd();
        void reader.cancel(error).catch(() => {});
        throw describe(error);
      }
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** Errors that mean something to the caller as they are. @param {any} error */
const isOwn = (error) => error instanceof HawserError || error?.name === 'AbortError' || error?.name === 'TimeoutError';

/**
 * All bytes of a body.
 * @param {Response} response
 * @param {Bounds & { call: Call }} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {HawserError} ERR_LIMIT; errors of the network as they come.
 */
export async function allBytes(response, { call, maxBytes = Infinity, onProgress }) {
  const total = declaredSize(response);
  if (total !== undefined && total > maxBytes) {
    void response.body?.cancel().catch(() => {});
    throw tooLarge(call, maxBytes);
  }
  if (!onProgress && (total !== undefined || maxBytes === Infinity)) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength > maxBytes) throw tooLarge(call, maxBytes);
    return bytes;
  }
  return readBytes(boundedBody(response, { call, maxBytes, onProgress }));
}
