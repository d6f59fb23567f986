/**
 * Files of a web API that are read in part: a Parquet file of which some columns or rows are wanted. The end comes first, because such a
 * file begins there. A server that knows no ranges sends it as a whole, once.
 */
import { formatOf } from '../formats/formats.js';
import { readTable } from '../formats/read.js';
import { sourceOf } from '../formats/source.js';
import { allBytes } from '../http/body.js';
import { changedError } from '../http/changed.js';
import { IN_PAGE } from '../http/page.js';

/** Bytes at the end that are fetched first. */
const TAIL = 64 * 1024;

/**
 * Whether a read is best done in parts. In pages other origins would have to allow it.
 * @param {string} path @param {any} options Of read(). @param {URL} url
 */
export function isRanged(path, { format, columns, limit, offset }, url) {
  if (columns === undefined && limit === undefined && !offset) return false;
  if (IN_PAGE && url.origin !== globalThis.location?.origin) return false;
  try {
    const { name, gzip } = formatOf({ format, path });
    return name === 'parquet' && !gzip;
  } catch {
    return false;
  }
}

/**
 * The headers that ask for the end of a file.
 * @param {Headers} headers Changed in place.
 */
export function askForEnd(headers) {
  headers.set('range', `bytes=-${TAIL}`);
  headers.set('accept-encoding', 'identity'); // A part of what was packed cannot be unpacked.
}

/**
 * The table in a file whose end, or the whole, has come.
 * @param {Response} response
 * @param {object} how
 * @param {(headers: Record<string, string>) => Promise<Response>} how.ask The same request with other headers.
 * @param {string} how.path
 * @param {any} how.options Of read().
 * @param {any} how.limits
 */
export async function rangedTable(response, { ask, path, options, limits }) {
  const bytes = await allBytes(response, limits);
  const format = formatOf({ format: options.format, path });
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (response.status !== 206 || size === undefined) return readTable(sourceOf(bytes), format, options);
  const from = Number(start);
  const etag = response.headers.get('etag');
  const rangeOf = async (/** @type {number} */ first, /** @type {number} */ end) => {
    if (first >= from) return bytes.subarray(first - from, end - from);
    const part = await ask({ range: `bytes=${first}-${end - 1}`, ...(etag !== null && !etag.startsWith('W/') && { 'if-match': etag }) });
    const same = part.status === 206 && part.headers.get('etag') === etag && part.headers.get('content-range')?.endsWith(`/${size}`);
    if (same) return allBytes(part, limits);
    void part.body?.cancel().catch(() => {});
    throw changedError(path, 'the server');
  };
  const whole = () => rangeOf(0, Number(size));
  const stream = async () => sourceOf(await whole()).stream();
  return readTable({ size: Number(size), slice: rangeOf, bytes: whole, stream }, format, options);
}
