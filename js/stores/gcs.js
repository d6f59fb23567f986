/**
 * Google Cloud Storage: by its JSON API with tokens (of a service account, of a user, of one's own, or none for public buckets), and by its
 * XML API, which is S3's, with HMAC keys. The version of an object is its generation, which is what etags are here.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';
import { checkExposure } from '../http/exposure.js';
import { UNCACHED } from '../http/page.js';
import { NO_SIGNER } from '../http/signer.js';
import { bearerSigner } from '../http/signers/bearer.js';
import { Bucket } from './bucket.js';
import { contentBytes } from './content.js';
import { gcsError } from './gcs_errors.js';
import { accountOf, signedUrl } from './gcs_account.js';
import { acceptedOf, dateOf, directoryEntry, encodePath, encodeStrictly, notSupported, rangeHeader, readReply } from './store.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').Entry} Entry */
/** @typedef {import('./store.js').StoreContext} StoreContext */
/** @typedef {{ signal?: AbortSignal, timeout?: number }} How */

const HOME = 'https://storage.googleapis.com';

/** The most that one simple upload can write, in bytes. */
const MAX_PUT = 5 * 1024 ** 4;

/**
 * @typedef {object} GcsConfig
 * @property {string} [url] gs://bucket/prefix
 * @property {string} [bucket]
 * @property {string} [prefix]
 * @property {string} [endpoint] Default https://storage.googleapis.com
 * @property {unknown} [credentials] The JSON of a service account or of a user, as text or as an object.
 * @property {string} [client_email] And `private_key`: a service account whose keys stand in the section itself.
 * @property {string} [private_key]
 * @property {string | (() => string | Promise<string>)} [token] An access token.
 * @property {string} [access_key_id] And `secret_access_key`: HMAC keys.
 * @property {string} [secret_access_key]
 * @property {boolean} [anonymous]
 * @property {string} [user_project] The project that pays.
 */

/**
 * @param {GcsConfig & Record<string, any>} config @param {StoreContext} context
 * @returns {Promise<import('./store.js').Store>}
 * @throws {HawserError} ERR_AUTH, ERR_CONNECTION_CONFIG, ERR_EXPOSED_SECRET
 */
export async function createStore(config, context) {
  if (config.access_key_id !== undefined && config.anonymous !== true) {
    const { S3Store } = await import('./s3.js');
    const { endpoint = HOME, region = 'auto' } = config;
    return new S3Store({ ...config, credentials: undefined, endpoint, region, force_path_style: true }, context, { scheme: 'gs', corsKind: 'gcs' });
  }
  const how = await signing(config, context);
  checkExposure({ connection: context.connection, type: context.type, signer: how.signer, config });
  return new GcsStore(config, how, context);
}

/**
 * @param {GcsConfig & Record<string, any>} config @param {StoreContext} context
 * @returns {Promise<{ signer: import('../http/signer.js').Signer, account?: any }>}
 */
async function signing({ anonymous, token, credentials, client_email: email, private_key: key, native, ...rest }, context) {
  if (anonymous === true) return { signer: NO_SIGNER };
  if (token !== undefined) return { signer: bearerSigner(/** @type {any} */ ({ token }), 'token') };
  if (credentials !== undefined) return accountOf(credentials, context);
  if (email !== undefined || key !== undefined) return accountOf({ ...rest, type: 'service_account', client_email: email, private_key: key }, context);
  const file = native?.credentials_file;
  if (file !== undefined) {
    const text = fileText(file);
    if (text === undefined) {
      const why = 'GOOGLE_APPLICATION_CREDENTIALS names a file that is not there, or cannot be read in this runtime.';
      throw new HawserError('ERR_AUTH', why, { connection: context.connection, phase: 'configure' });
    }
    return accountOf(text, context, 'GOOGLE_APPLICATION_CREDENTIALS');
  }
  throw new HawserError(
    'ERR_AUTH',
    `Connection "${context.connection}" needs credentials: the JSON of a service account as credentials, a token, HMAC keys ` +
      '(access_key_id and secret_access_key), GOOGLE_APPLICATION_CREDENTIALS, or anonymous = true for buckets that are public.',
    { connection: context.connection, phase: 'configure' },
  );
}

/** @param {string} file @returns {string | undefined} */
function fileText(file) {
  const bytes = runtime.fileSystem?.read(file);
  return bytes && new TextDecoder().decode(bytes);
}

/** @implements {Store} */
class GcsStore {
  capabilities;
  #context;
  #bucket;
  #home;
  #signer;
  #account;
  #project;

  /** @param {GcsConfig} config @param {{ signer: import('../http/signer.js').Signer, account?: any }} how @param {StoreContext} context */
  constructor(config, { signer, account }, context) {
    const { endpoint = HOME, user_project: project } = config;
    this.#bucket = new Bucket('gs', config);
    if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) throw new HawserError('ERR_CONNECTION_CONFIG', 'endpoint must be an http: or https: address.');
    this.#home = endpoint.replace(/\/+$/, '');
    this.#context = context;
    this.#signer = signer;
    this.#account = account;
    this.#project = project;
    this.capabilities = Object.freeze({ write: true, list: true, presign: account !== undefined || signer.kind === 'none' });
  }

  get root() {
    return this.#bucket.root;
  }

  /** @param {string} path */
  normalized(path) {
    return this.#bucket.normalized(path);
  }

  /** @param {string} path @param {import('./store.js').ReadHow} [how] */
  async read(path, { range, ifMatch, ifNoneMatch, ifModifiedSince, ...how } = {}) {
    const headers = new Headers();
    if (range) headers.set('range', rangeHeader(range));
    /** @type {Record<string, string>} */
    const query = { alt: 'media', ...condition('ifGenerationMatch', ifMatch), ...condition('ifGenerationNotMatch', ifNoneMatch) };
    // Where a page cannot see the generation, the etag has to do.
    if (ifMatch && !query.ifGenerationMatch) headers.set('if-match', ifMatch);
    if (ifNoneMatch && !query.ifGenerationNotMatch) headers.set('if-none-match', ifNoneMatch);
    if (!ifNoneMatch && ifModifiedSince) headers.set('if-modified-since', ifModifiedSince.toUTCString());
    const accept = acceptedOf({ range, ifNoneMatch, ifModifiedSince });
    const response = await this.#object('GET', path, { query, headers, accept, ...how });
    const reply = readReply(response, { range, ifNoneMatch });
    const generation = response.headers.get('x-goog-generation');
    if (generation !== null) return { ...reply, etag: `"${generation}"` };
    return reply.notModified ? { ...reply, etag: ifNoneMatch } : reply;
  }

  /**
   * @param {string} prefix @param {How & { recursive?: boolean }} [how]
   * @returns {AsyncGenerator<Entry>}
   */
  async *list(prefix, { recursive = true, ...how } = {}) {
    const place = this.#bucket.locate(prefix, { partial: true });
    const path = `/storage/v1/b/${encodeStrictly(place.bucket)}/o`;
    /** @type {string | undefined} */
    let pageToken;
    do {
      const query = { prefix: place.key, ...(!recursive && { delimiter: '/' }), ...(pageToken && { pageToken }) };
      const page = await jsonOf(await this.#send('GET', path, { query, path: prefix, phase: 'list', ...how }));
      const entries = (page.items ?? []).map((/** @type {any} */ item) => entryOf(item, this.#bucket.pathOf({ ...place, key: item.name })));
      for (const name of page.prefixes ?? []) entries.push(directoryEntry(this.#bucket.pathOf({ ...place, key: name })));
      yield* page.prefixes ? entries.sort((/** @type {Entry} */ a, /** @type {Entry} */ b) => (a.path < b.path ? -1 : 1)) : entries;
      pageToken = page.nextPageToken;
    } while (pageToken);
  }

  /** @param {string} path @param {How} [how] @returns {Promise<Entry>} */
  async stat(path, how = {}) {
    return entryOf(await jsonOf(await this.#object('GET', path, { ...how, phase: 'stat' })), this.normalized(path));
  }

  /**
   * @param {string} path @param {import('./store.js').Content} content @param {import('./store.js').WriteHow} [how]
   * @returns {Promise<Entry>}
   */
  async write(path, content, { contentType = 'application/octet-stream', ifMatch, ifNoneMatch, onProgress, ...how } = {}) {
    const { bucket, key } = this.#bucket.locate(path);
    const { data, size } = await contentBytes(content, { limit: MAX_PUT, signal: how.signal });
    /** @type {Record<string, string>} */
    const query = { uploadType: 'media', name: key, ...(ifNoneMatch ? { ifGenerationMatch: '0' } : condition('ifGenerationMatch', ifMatch)) };
    if (ifMatch && !query.ifGenerationMatch) throw new RangeError('ifMatch: must be an etag that this connection gave, e.g. of stat().');
    onProgress?.({ loaded: 0, total: size });
    const headers = new Headers({ 'content-type': contentType });
    // The whole object is written, so that a second time does no harm; with a condition the second time would be refused for the first.
    const request = { query, headers, body: data, path, phase: 'write', repeatable: !ifMatch && !ifNoneMatch, ...how };
    const written = await jsonOf(await this.#send('POST', `/upload/storage/v1/b/${encodeStrictly(bucket)}/o`, request));
    onProgress?.({ loaded: size, total: size });
    return entryOf(written, this.normalized(path));
  }

  /** @param {string} path @param {How} [how] */
  async delete(path, how = {}) {
    const response = await this.#object('DELETE', path, { ...how, accept: [404], phase: 'delete' });
    void response.body?.cancel().catch(() => {});
  }

  /** @param {string} path @param {{ expires: number, method?: string }} how */
  async url(path, { expires, method = 'GET' }) {
    const { bucket, key } = this.#bucket.locate(path);
    const url = `${this.#home}/${bucket}/${encodePath(key)}`;
    if (this.#signer.kind === 'none') return url;
    if (!this.#account) throw notSupported('url()', this.root, 'signed addresses need the key of a service account, or HMAC keys');
    return signedUrl(this.#account, url, { method, expires, now: this.#context.clock.now() });
  }

  /** @param {string} method @param {string} path @param {any} how */
  #object(method, path, how) {
    const { bucket, key } = this.#bucket.locate(path);
    return this.#send(method, `/storage/v1/b/${encodeStrictly(bucket)}/o/${encodeStrictly(key)}`, { ...how, path });
  }

  /**
   * @param {string} method @param {string} address @param {any} how
   * @returns {Promise<Response>}
   */
  #send(method, address, { query = {}, headers, body, path, phase = 'read', ...how }) {
    const all = { ...query, ...(this.#project && { userProject: this.#project }) };
    const written = Object.entries(all).map(([name, value]) => `${name}=${encodeStrictly(String(value))}`).join('&');
    return this.#context.exchange.send({ method, url: `${this.#home}${address}${written && `?${written}`}`, headers, body }, {
      ...how,
      phase,
      signer: this.#signer,
      diagnose: ({ response }) => response && gcsError({ response, method, path, root: this.root, reading: phase === 'read' }),
      init: UNCACHED,
      corsKind: 'gcs',
    });
  }
}

/** @param {string} name @param {string | undefined} etag Only those that are generations. @returns {Record<string, string>} */
function condition(name, etag) {
  const generation = /^"(\d+)"$/.exec(etag ?? '')?.[1];
  return generation === undefined ? {} : { [name]: generation };
}

/** @param {Response} response @returns {Promise<any>} */
async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof HawserError) throw error;
    throw new HawserError('ERR_FORMAT', 'Google Cloud Storage answered with something that is not JSON.', { cause: error });
  }
}

/** @param {any} item @param {string} path @returns {Entry} */
const entryOf = ({ size, updated, generation, contentType }, path) => ({
  ...{ path, type: 'file', size: size === undefined ? undefined : Number(size), lastModified: dateOf(updated ?? null) },
  ...{ etag: generation === undefined ? undefined : `"${generation}"`, contentType },
});
