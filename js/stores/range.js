/**
 * Ranges of objects: what to ask for, and what to do about servers that send everything.
 */

/** @typedef {import('./store.js').Range} Range */

/**
 * A body cut to a range of itself, for servers that ignored the range they were asked for.
 * @param {ReadableStream<Uint8Array>} body All of the object.
 * @param {Range} range
 * @param {number | undefined} size Of the object. Without one, a suffix costs the whole in memory.
 * @returns {ReadableStream<Uint8Array>}
 */
export function cut(body, range, size) {
  if ('suffix' in range) return size === undefined ? lastOf(body, range.suffix) : window(body, Math.max(0, size - range.suffix), Infinity);
  return window(body, range.start, range.end ?? Infinity);
}

/** @param {ReadableStream<Uint8Array>} body @param {number} start @param {number} end */
function window(body, start, end) {
  const reader = body.getReader();
  let at = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        for (;;) {
          const value = at < end ? (await reader.read()).value : undefined;
          if (value === undefined) {
            if (at >= end) void reader.cancel().catch(() => {});
            return controller.close();
          }
          const from = Math.max(0, start - at);
          const to = Math.min(value.byteLength, end - at);
          at += value.byteLength;
          if (from < to) return controller.enqueue(value.subarray(from, to));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** @param {ReadableStream<Uint8Array>} body @param {number} count @returns {ReadableStream<Uint8Array>} */
function lastOf(body, count) {
  return new ReadableStream({
    async pull(controller) {
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      if (bytes.byteLength) controller.enqueue(bytes.subarray(Math.max(0, bytes.byteLength - count)));
      controller.close();
    },
  });
}
