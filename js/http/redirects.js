/**
 * Redirects: where a request goes next, and what goes with it.
 */

/** Followed by one call at the most. */
export const MOST_REDIRECTS = 10;

/** Headers that go on to another origin: they describe what is wanted, and are no credentials. */
const HARMLESS = new Set([
  ...['accept', 'accept-language', 'accept-encoding', 'content-type', 'content-language', 'content-encoding', 'content-disposition'],
  ...['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'cache-control', 'pragma', 'user-agent', 'prefer'],
]);

/** What a body was described by, which goes when the body goes. */
const OF_BODIES = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

/**
 * @typedef {object} Hop
 * @property {string} method
 * @property {URL} url
 * @property {Headers} headers Unsigned.
 * @property {any} body
 * @property {boolean} home Whether credentials may go with it.
 */

/**
 * @param {Hop} hop @param {Response} response @param {URL} from Where it was sent, signed.
 * @returns {Hop | 'stream' | 'scheme' | 'credentials' | 'location' | undefined} Undefined: it is no redirect. A text: it cannot be followed.
 */
export function nextHop(hop, response, from) {
  const { status } = response;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const location = response.headers.get('location');
  if (location === null) return undefined;
  let url;
  try {
    url = new URL(location, from);
  } catch {
    return 'location';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'scheme';
  if (url.username || url.password) return 'credentials';
  const headers = new Headers(hop.headers);
  let { method, body } = hop;
  // As the fetch standard says.
  if ((status === 303 && method !== 'GET' && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')) {
    method = 'GET';
    body = undefined;
    for (const name of OF_BODIES) headers.delete(name);
  }
  if (!isReplayable(body)) return 'stream';
  const home = hop.home && url.origin === from.origin;
  if (!home) for (const name of [...headers.keys()]) if (!HARMLESS.has(name)) headers.delete(name);
  return { method, url, headers, body, home };
}

/**
 * Whether a body can be sent again.
 * @param {any} body
 */
export const isReplayable = (body) => typeof body?.getReader !== 'function' && typeof body?.[Symbol.asyncIterator] !== 'function';

/**
 * Whether following redirects can be left to a browser, which takes nothing but Authorization away: other headers that may be
 * credentials would go along.
 * @param {Headers} headers Of the caller. @param {Headers} signed
 */
export const leftToBrowser = (headers, signed) =>
  [...signed.keys()].every((name) => HARMLESS.has(name) || name === 'authorization') && !headers.has('cookie');
