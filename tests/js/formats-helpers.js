/**
 * Sources and random data for the tests of formats.
 */

/**
 * @param {string | Uint8Array} content
 * @param {number | readonly number[]} [cut] Bytes of a piece of the stream, or where to cut. Default: 64 KiB.
 */
export function sourceOf(content, cut = 65536) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  const seen = { moved: 0, requests: 0, pulled: 0, cancelled: 0 };
  const ends = typeof cut === 'number' ? undefined : [...cut, bytes.length];
  return {
    seen,
    size: bytes.length,
    bytes: async () => {
      seen.moved += bytes.length;
      seen.requests++;
      return bytes;
    },
    stream: async () => {
      let at = 0;
      return new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          const end = ends ? /** @type {number} */ (ends.find((place) => place > at)) : at + /** @type {number} */ (cut);
          seen.pulled++;
          controller.enqueue(bytes.slice(at, end));
          at = end;
        },
        cancel() {
          seen.cancelled++;
        },
      }, { highWaterMark: 0 });
    },
    slice: async (/** @type {number} */ start, /** @type {number} */ end) => {
      seen.moved += end - start;
      seen.requests++;
      return bytes.slice(start, end);
    },
  };
}

/** The same numbers each time, in [0, 1). @param {number} seed */
export function randomOf(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {() => number} random @param {ArrayLike<T>} list @returns {T} */
export const oneOf = (random, list) => list[Math.floor(random() * list.length)];

/** @param {AsyncIterable<import('../../js/table/table.js').Table>} tables */
export async function gathered(tables) {
  const list = [];
  for await (const table of tables) list.push(table);
  return list;
}

/** @param {import('../../js/table/table.js').Table} table */
export const typesOf = (table) => Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
