/**
 * One file of a web server, by its address. There is nothing but GET: signed addresses are for one method, and not every server answers
 * HEAD or knows ranges. What a server ignores is done here: ranges are cut out of the whole, etags compared.
 */
import { IN_PAGE, UNCACHED } from '../http/page.js';
import { acceptedOf, changedError, dateOf, rangeHeader, readReply, sizeOf } from './store.js';

/**
 * @typedef {object} WebFile
 * @property {import('../http/exchange.js').Exchange} exchange
 * @property {string} url
 * @property {Record<string, string>} [headers] Of every request; in pages, others than the harmless ones have to be allowed by the server.
 * @property {import('../http/signer.js').Signer} signer
 * @property {string} path
 * @property {string} shown The path, without signatures.
 * @property {string} root For errors.
 * @property {import('../http/exchange.js').ExchangeOptions['diagnose']} diagnose
 */

/**
 * @param {WebFile} file @param {import('./store.js').ReadHow} [how]
 * @returns {Promise<import('./store.js').ReadReply>}
 */
export async function readUrl(file, { range, ifMatch, ifNoneMatch, ifModifiedSince, ...how } = {}) {
  const headers = new Headers(file.headers);
  if (range) {
    headers.set('range', rangeHeader(range));
    headers.set('accept-encoding', 'identity'); // A part of what was packed cannot be unpacked.
  }
  if (IN_PAGE && range && 'suffix' in range) {
    // Ranges that are counted from the end have to be allowed by the server, others need no question.
    const { size, etag, ...known } = await statUrl(file, how);
    if (ifNoneMatch !== undefined && ifNoneMatch === etag) return { ...known, etag, body: null, size: undefined, contentEncoding: undefined, notModified: true };
    if (size !== undefined) return readUrl(file, { ...how, range: { start: Math.max(0, size - range.suffix) }, ifMatch: ifMatch ?? etag });
  }
  // Pages would have to ask whether they may send these; a browser revalidates by itself, and the etags tell.
  if (ifNoneMatch !== undefined && !IN_PAGE) headers.set('if-none-match', ifNoneMatch);
  else if (ifModifiedSince && !IN_PAGE) headers.set('if-modified-since', ifModifiedSince.toUTCString());
  const accept = acceptedOf({ range, ifNoneMatch, ifModifiedSince });
  // Whole files are revalidated, not trusted.
  const init = IN_PAGE && !range ? { cache: 'no-cache' } : UNCACHED;
  const response = await get(file, { headers, accept, init, ...how });
  const etag = response.headers.get('etag') ?? undefined;
  const lastModified = dateOf(response.headers.get('last-modified'));
  if (ifMatch !== undefined && etag !== undefined && etag !== ifMatch) {
    void response.body?.cancel().catch(() => {});
    throw changedError(file.shown, file.root);
  }
  const same = response.ok && (ifNoneMatch !== undefined ? etag === ifNoneMatch : ifModifiedSince !== undefined && lastModified !== undefined && lastModified <= ifModifiedSince);
  if (same) void response.body?.cancel().catch(() => {});
  return readReply(same ? new Response(null, { status: 304, headers: response.headers }) : response, { range, ifNoneMatch });
}

/**
 * By a GET of the first byte, which tells the size of the whole; a server that sends everything is not listened to.
 * @param {WebFile} file @param {{ signal?: AbortSignal, timeout?: number }} [how]
 * @returns {Promise<import('./store.js').Entry>}
 */
export async function statUrl(file, how = {}) {
  const headers = new Headers(file.headers);
  headers.set('range', 'bytes=0-0');
  headers.set('accept-encoding', 'identity');
  const response = await get(file, { headers, accept: [416], init: UNCACHED, phase: 'stat', ...how });
  void response.body?.cancel().catch(() => {});
  let size = sizeOf(response);
  // Pages see the size of the whole only where the server exposes Content-Range.
  if (size === undefined && response.status === 206) size = await sizeByHead(file, how);
  const type = response.status === 416 ? null : response.headers.get('content-type');
  const lastModified = dateOf(response.headers.get('last-modified'));
  return { path: file.path, type: 'file', size, lastModified, etag: response.headers.get('etag') ?? undefined, contentType: type ?? undefined };
}

/** @param {WebFile} file @param {{ signal?: AbortSignal, timeout?: number }} how */
async function sizeByHead(file, how) {
  try {
    return sizeOf(await get(file, { method: 'HEAD', headers: new Headers(file.headers), phase: 'stat', ...how }));
  } catch (error) {
    how.signal?.throwIfAborted();
    if (/** @type {any} */ (error)?.code === 'ERR_TIMEOUT') throw error;
    return undefined;
  }
}

/**
 * @param {WebFile} file
 * @param {{ method?: string, headers: Headers, [option: string]: any }} request
 */
const get = ({ exchange, url, signer, diagnose }, { method = 'GET', headers, ...options }) =>
  exchange.send({ method, url, headers }, { phase: 'read', signer, diagnose, ...options });
