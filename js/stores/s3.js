/**
 * Amazon S3, and what speaks its protocol: R2, MinIO, Ceph, and Google's XML API.
 */
import { HawserError } from '../errors.js';
import { checkExposure } from '../http/exposure.js';
import { IN_PAGE, UNCACHED } from '../http/page.js';
import { EMPTY_HASH, compactDate } from '../http/signers/sigv4_signature.js';
import { NO_SIGNER } from '../http/signer.js';
import { contentBytes } from './content.js';
import { Bucket } from './bucket.js';
import { hostsOf, signerOf } from './s3_config.js';
import { hiddenRefusal, s3Error } from './s3_errors.js';
import { acceptedOf, dateOf, directoryEntry, encodePath, encodeStrictly, rangeHeader, readReply, sizeOf } from './store.js';
import { childrenOf, parseXml, textOf } from './xml.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').Entry} Entry */
/** @typedef {import('./store.js').StoreContext} StoreContext */
/** @typedef {import('./s3_config.js').S3Config} S3Config */
/** @typedef {{ signal?: AbortSignal, timeout?: number }} How */

/** Whatever it answers. */
const ANY_STATUS = [301, 307, 308, 400, 401, 403, 404, 405, 412, 416];

/** The largest object that one PUT can write, in bytes. */
export const MAX_PUT = 5 * 1024 ** 3;

/**
 * @param {S3Config} config @param {StoreContext} context
 * @returns {S3Store}
 * @throws {HawserError} ERR_AUTH, ERR_CONNECTION_CONFIG
 */
export const createStore = (config, context) => new S3Store(config, context);

/** @implements {Store} */
export class S3Store {
  capabilities = Object.freeze({ write: true, list: true, presign: true });
  #context;
  #bucket;
  #hosts;
  #signer;
  #corsKind;

  /**
   * @param {S3Config & Record<string, any>} config @param {StoreContext} context
   * @param {{ scheme?: string, corsKind?: 's3' | 'gcs' }} [dialect] Scheme of its addresses, and whose rule for CORS it has.
   */
  constructor(config, context, { scheme = 's3', corsKind = 's3' } = {}) {
    this.#corsKind = corsKind;
    this.#context = context;
    this.#bucket = new Bucket(scheme, config);
    this.#hosts = hostsOf(config);
    this.#signer = signerOf(config, context);
    checkExposure({ connection: context.connection, type: context.type, signer: this.signer, config });
  }

  get root() {
    return this.#bucket.root;
  }

  /** For what is checked before anything is sent. @returns {import('../http/signer.js').Signer} */
  get signer() {
    return /** @type {any} */ (this.#signer) ?? NO_SIGNER;
  }

  /** @param {string} path */
  normalized(path) {
    return this.#bucket.normalized(path);
  }

  /** @param {string} path @param {import('./store.js').ReadHow} [how] */
  async read(path, { range, ifMatch, ifNoneMatch, ifModifiedSince, ...how } = {}) {
    const headers = new Headers();
    if (range) headers.set('range', rangeHeader(range));
    if (ifMatch) headers.set('if-match', ifMatch);
    if (ifNoneMatch) headers.set('if-none-match', ifNoneMatch);
    else if (ifModifiedSince) headers.set('if-modified-since', ifModifiedSince.toUTCString());
    const accept = acceptedOf({ range, ifNoneMatch, ifModifiedSince });
    const reply = readReply(await this.#object('GET', path, { headers, accept, ...how }), { range, ifNoneMatch });
    // Not every server says how long it is when a range begins behind its end.
    if (reply.size !== undefined || !range || reply.notModified) return reply;
    return { ...reply, size: (await this.stat(path, { signal: how.signal, timeout: how.timeout })).size };
  }

  /**
   * @param {string} prefix @param {How & { recursive?: boolean }} [how]
   * @returns {AsyncGenerator<Entry>}
   */
  async *list(prefix, { recursive = true, ...how } = {}) {
    const place = this.#bucket.locate(prefix, { partial: true });
    /** @type {string | undefined} */
    let token;
    do {
      const query = { 'list-type': '2', 'encoding-type': 'url', prefix: place.key, ...(!recursive && { delimiter: '/' }), ...(token && { 'continuation-token': token }) };
      const written = Object.entries(query).map(([name, value]) => `${name}=${encodeStrictly(value)}`).sort().join('&');
      const response = await this.#send('GET', `${this.#hosts(place.bucket)}/?${written}`, place, prefix, { ...how, phase: 'list' });
      const page = parseXml(await response.text());
      const decode = textOf(page, 'EncodingType') === 'url' ? decodeListed : (/** @type {string} */ text) => text;
      yield* entriesOf(page, (key) => this.#bucket.pathOf({ ...place, key: decode(key) }));
      const next = textOf(page, 'NextContinuationToken');
      if (textOf(page, 'IsTruncated') === 'true' && (!next || next === token)) {
        throw new HawserError('ERR_FORMAT', `The list of ${this.root} goes on, but its server does not say where.`);
      }
      token = next;
    } while (token);
  }

  /** @param {string} path @param {How} [how] @returns {Promise<Entry>} */
  async stat(path, how = {}) {
    const response = await this.#object('HEAD', path, { ...how, phase: 'stat' });
    const { headers } = response;
    return {
      ...{ path: this.normalized(path), type: 'file', size: sizeOf(response), lastModified: dateOf(headers.get('last-modified')) },
      ...{ etag: headers.get('etag') ?? undefined, contentType: headers.get('content-type') ?? undefined },
    };
  }

  /**
   * @param {string} path @param {import('./store.js').Content} content @param {import('./store.js').WriteHow} [how]
   * @returns {Promise<Entry>}
   */
  async write(path, content, { contentType = 'application/octet-stream', ifMatch, ifNoneMatch, onProgress, ...how } = {}) {
    this.normalized(path);
    const body = await contentBytes(content, { limit: MAX_PUT, signal: how.signal });
    const headers = new Headers({ 'content-type': contentType });
    if (ifMatch) headers.set('if-match', ifMatch);
    if (ifNoneMatch) headers.set('if-none-match', ifNoneMatch);
    onProgress?.({ loaded: 0, total: body.size });
    // With a condition, a second attempt would be refused for the first.
    const repeatable = ifMatch || ifNoneMatch ? false : undefined;
    const response = await this.#object('PUT', path, { headers, body: body.data, repeatable, ...how, phase: 'write' });
    onProgress?.({ loaded: body.size, total: body.size });
    return { path: this.normalized(path), type: 'file', size: body.size, lastModified: undefined, etag: response.headers.get('etag') ?? undefined, contentType };
  }

  /** @param {string} path @param {How} [how] */
  async delete(path, how = {}) {
    await this.#object('DELETE', path, { ...how, phase: 'delete' });
  }

  /** @param {string} path @param {{ expires: number, method?: string }} how */
  async url(path, { expires, method = 'GET' }) {
    const url = this.#address(this.#bucket.locate(path));
    return this.#signer ? this.#signer.presign(url, { method, expires, now: this.#context.clock.now() }) : url;
  }

  /** @param {import('./bucket.js').Place} place */
  #address({ bucket, key }) {
    const url = `${this.#hosts(bucket)}/${encodePath(key)}`;
    // Whatever the URL standard would change would reach another object.
    if (new URL(url).href !== url) throw new RangeError(`path: ${JSON.stringify(key.slice(0, 80))} cannot be written in a URL as it is.`);
    return url;
  }

  /** @param {string} method @param {string} path @param {any} how */
  async #object(method, path, how) {
    const place = this.#bucket.locate(path);
    return this.#send(method, this.#address(place), place, path, how);
  }

  /**
   * @param {string} method @param {string} url @param {import('./bucket.js').Place} place @param {string} path
   * @param {How & { headers?: Headers, body?: any, accept?: number[], phase?: string, onProgress?: any }} how
   * @returns {Promise<Response>}
   */
  async #send(method, url, place, path, { headers, body, accept = [], phase = 'read', ...how }) {
    const { exchange, clock } = this.#context;
    const signer = this.#signer;
    for (let again = true; ; again = false) {
      /** @type {string | undefined} */
      let canonicalRequest;
      try {
        const response = await exchange.send({ method, url, headers, body }, {
          ...how,
          phase,
          accept: [...accept, 301, 307, 308],
          signer: signer && { kind: signer.kind, renewable: true, sign: async (request, now) => void (canonicalRequest = await signer.sign(request, now)) },
          diagnose: ({ response }) => (response ? this.#refused({ response, method, url, place, path, canonicalRequest }) : this.#hidden(method, url, how.signal)),
          init: UNCACHED,
          corsKind: this.#corsKind,
        });
        if (![301, 307, 308].includes(response.status)) return response;
        throw await this.#refused({ response, method, url, place, path, canonicalRequest });
      } catch (error) {
        if (!again || !signer || !this.#remedied(error, clock.now())) throw error;
      }
    }
  }

  /** Whether another attempt may do better. @param {any} error @param {number} now */
  #remedied(error, now) {
    if (!(error instanceof HawserError) || !this.#signer) return false;
    const { serverCode, serverTime } = /** @type {any} */ (error);
    if (serverCode === 'RequestTimeTooSkewed') return this.#signer.adjust(serverTime, now);
    if (serverCode === 'RequestTimeout') return true; // A body that came too slowly, as a 400.
    return /^(ExpiredToken|TokenRefreshRequired|InvalidToken)/.test(serverCode) && this.#signer.expire();
  }

  /**
   * In a page, what a server refuses for its signature may look like a missing rule of CORS: some refuse before they look at their rules.
   * Then the same without credentials can be read.
   * @param {string} method @param {string} url @param {AbortSignal} [signal]
   */
  async #hidden(method, url, signal) {
    if (!IN_PAGE || !this.#signer) return undefined;
    const headers = { 'x-amz-content-sha256': EMPTY_HASH, 'x-amz-date': compactDate(this.#context.clock.now()), range: 'bytes=0-0' };
    const how = { signal, accept: ANY_STATUS, retry: { attempts: 1 }, init: UNCACHED };
    const readable = await this.#context.exchange.send({ url, headers }, how).then((response) => (void response.body?.cancel().catch(() => {}), true), () => false);
    return readable ? hiddenRefusal(method, this.root) : undefined;
  }

  /** @param {{ response: Response, method: string, url: string, place: import('./bucket.js').Place, path: string, canonicalRequest: string | undefined }} what */
  async #refused({ response, method, url, ...what }) {
    const { clock } = this.#context;
    let told = response;
    // A HEAD is refused without a word; the same as a GET says why.
    if (method === 'HEAD' && response.status !== 404) {
      const how = { signer: this.signer, accept: ANY_STATUS, retry: { attempts: 1 } };
      told = await this.#context.exchange.send({ url, headers: { range: 'bytes=0-0' } }, how).catch(() => response);
      if (told.ok) told = response;
    }
    const request = { method, url: url.replace(/\?.*/s, '') };
    return s3Error({ response: told, request, root: this.root, region: this.#signer?.region ?? '', now: clock.now(), ...what });
  }
}

/** S3 writes a space as '+' there. @param {string} text */
const decodeListed = (text) => decodeURIComponent(text.replaceAll('+', ' '));

/**
 * @param {import('./xml.js').Element} page @param {(key: string) => string} pathOf
 * @returns {Entry[]} In the order of their paths.
 */
function entriesOf(page, pathOf) {
  /** @type {Entry[]} */
  const files = childrenOf(page, 'Contents').map((item) => ({
    ...{ path: pathOf(textOf(item, 'Key') ?? ''), type: 'file', size: Number(textOf(item, 'Size')), contentType: undefined },
    ...{ lastModified: wholeSeconds(dateOf(textOf(item, 'LastModified') ?? null)), etag: textOf(item, 'ETag') },
  }));
  const folders = childrenOf(page, 'CommonPrefixes').map((item) => directoryEntry(pathOf(textOf(item, 'Prefix') ?? '')));
  return folders.length ? [...files, ...folders].sort((a, b) => (a.path < b.path ? -1 : 1)) : files;
}

/** As headers have them, so that an entry is the same wherever it comes from. @param {Date | undefined} date */
const wholeSeconds = (date) => date && new Date(Math.floor(Number(date) / 1000) * 1000);
