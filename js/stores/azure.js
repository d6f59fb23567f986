/**
 * Azure Blob Storage: a container of block blobs, by its REST interface.
 *
 * - Credentials: `account_key` (Shared Key), `sas_token`, `token` (Microsoft Entra, a text or a function that gives one), or none for
 *   containers that are public. AZURE_STORAGE_* of the environment stands below all.
 * - Without `container` the first segment of each path is the container.
 * - Presigned URLs are service SAS, signed here with the account key, or with a key that a token is given for that.
 */
import { HawserError } from '../errors.js';
import { checkExposure } from '../http/exposure.js';
import { UNCACHED } from '../http/page.js';
import { NO_SIGNER } from '../http/signer.js';
import { azureSharedKeySigner, importAccountKey } from '../http/signers/azure_shared_key.js';
import { bearerSigner } from '../http/signers/bearer.js';
import { azureTarget, nativeConfig } from './azure_config.js';
import { DelegationKeys } from './azure_delegation.js';
import { diagnosis } from './azure_errors.js';
import { parseBlobList } from './azure_list.js';
import { AZURE_VERSION, blobSas } from './azure_sas.js';
import { uploadBlob } from './azure_upload.js';
import { acceptedOf, checkKey, dateOf, encodePath, encodeStrictly, notSupported, rangeHeader, readReply } from './store.js';

export { nativeConfig };

/** @typedef {import('./azure_config.js').AzureTarget} AzureTarget */
/** @typedef {import('./store.js').Store} Store */

/** Worth another attempt, as Azure documents it. */
const RETRY = Object.freeze({ statuses: Object.freeze([408, 429, 500, 502, 503, 504]) });

/**
 * @param {Record<string, any>} config Of the connection.
 * @param {import('./store.js').StoreContext} context
 * @returns {Store}
 * @throws {import('../errors.js').HawserError} ERR_CONNECTION_CONFIG, ERR_AUTH, ERR_EXPOSED_SECRET
 */
export function createStore(config, context) {
  const target = azureTarget(config, context.connection);
  const signer = signerFor(target);
  checkExposure({ connection: context.connection, type: context.type, signer, config });
  return new AzureStore(target, signer, context, config.block_size);
}

/** @param {AzureTarget} target @returns {import('../http/signer.js').Signer} */
function signerFor({ account, credentials }) {
  if (credentials.kind === 'key') return azureSharedKeySigner({ account, key: credentials.key });
  if (credentials.kind === 'sas') {
    const { sas } = credentials;
    return {
      kind: 'token',
      sign({ url }) {
        // Encoded as the signature has it: a plus is no space.
        const own = [...sas].map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`).join('&');
        url.search = url.search ? `${url.search}&${own}` : own;
      },
    };
  }
  if (credentials.kind === 'anonymous') return NO_SIGNER;
  return bearerSigner({ token: /** @type {any} */ (credentials.token) }, 'token');
}

/** @implements {Store} */
class AzureStore {
  #target;
  #signer;
  #context;
  #block;
  #delegations;

  /** @param {AzureTarget} target @param {import('../http/signer.js').Signer} signer @param {import('./store.js').StoreContext} context @param {number} [block] */
  constructor(target, signer, context, block) {
    this.#target = target;
    this.#signer = signer;
    this.#context = context;
    this.#block = block;
    this.#delegations = new DelegationKeys((body, how) => this.#askDelegation(body, how));
    this.root = `azure://${[target.account, target.container, target.prefix].filter(Boolean).join('/')}`;
    this.capabilities = Object.freeze({ write: true, list: true, presign: target.credentials.kind !== 'sas' });
  }

  /** For what is checked before anything is sent. */
  get signer() {
    return this.#signer;
  }

  /** @param {string} path @param {import('./store.js').ReadHow} [how] @returns {Promise<import('./store.js').ReadReply>} */
  async read(path, { range, ifMatch, ifNoneMatch, ifModifiedSince, onProgress, ...how } = {}) {
    const bytes = range && rangeHeader(range);
    if (range && 'suffix' in range) {
      // Azure knows no ranges that are counted from the end.
      const { size = 0, etag, ...known } = await this.stat(path, how);
      if (ifNoneMatch !== undefined && ifNoneMatch === etag) return { ...known, etag, body: null, size: undefined, contentEncoding: undefined, notModified: true };
      if (size > range.suffix) return this.read(path, { range: { start: size - range.suffix }, ifMatch: ifMatch ?? etag, onProgress, ...how });
      return this.read(path, { ifMatch: ifMatch ?? etag, onProgress, ...how });
    }
    const headers = {
      ...(bytes && { range: bytes, 'accept-encoding': 'identity' }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
      ...(ifModifiedSince && { 'if-modified-since': ifModifiedSince.toUTCString() }),
    };
    const accept = acceptedOf({ range, ifNoneMatch, ifModifiedSince });
    return readReply(await this.#send('read', path, { headers, accept, reading: true, onProgress, ...how }), { range, ifNoneMatch });
  }

  /** @param {string} prefix @param {{ recursive?: boolean, signal?: AbortSignal, timeout?: number }} [how] */
  async *list(prefix, { recursive = true, ...how } = {}) {
    const { container, blob } = this.#located(prefix, false);
    const outer = this.#target.container === undefined ? `${container}/` : '';
    /** @type {string | undefined} */
    let marker;
    do {
      const parameters = {
        ...{ restype: 'container', comp: 'list' },
        ...(blob && { prefix: blob }),
        ...(!recursive && { delimiter: '/' }),
        ...(marker && { marker }),
      };
      const page = await this.#request({ action: 'list', path: prefix, address: encodeStrictly(container), parameters, ...how }, (response) => response.text());
      const { entries, next } = parseBlobList(page);
      if (next && next === marker) throw new HawserError('ERR_FORMAT', `The list of ${this.root} goes on where it began.`);
      for (const entry of entries) yield { ...entry, path: outer + entry.path.slice(this.#target.prefix.length) };
      marker = next;
    } while (marker);
  }

  /** @param {string} path @param {{ signal?: AbortSignal, timeout?: number }} [how] */
  async stat(path, how) {
    const response = await this.#send('look at', path, { method: 'HEAD', ...how });
    const length = response.headers.get('content-length');
    return this.#entry(path, response, length === null ? undefined : Number(length));
  }

  /** @param {string} path @param {import('./store.js').Content} body @param {import('./store.js').WriteHow} [how] */
  async write(path, body, { contentType = 'application/octet-stream', ifNoneMatch, ifMatch, onProgress, ...how } = {}) {
    this.#checkNewName(path);
    const conditions = { ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
    const conditional = Object.keys(conditions).length > 0;
    const { response, size } = await uploadBlob(body, {
      contentType,
      onProgress,
      block: this.#block,
      put: ({ parameters, headers, body, final }) =>
        this.#send('write', path, {
          ...{ method: 'PUT', parameters, body, headers: { 'content-type': 'application/octet-stream', ...headers, ...(final && conditions) } },
          // When the answer to one with a condition is lost, the next one fails on what the first has done.
          repeatable: !(final && conditional),
          ...how,
        }),
    });
    return { ...this.#entry(path, response, size), contentType };
  }

  /** @param {string} path @param {{ signal?: AbortSignal, timeout?: number }} [how] */
  async delete(path, how) {
    await this.#send('delete', path, { method: 'DELETE', ...how });
  }

  /** @param {string} path @param {{ expires: number, method?: string, signal?: AbortSignal }} how */
  async url(path, { expires, method = 'GET', signal }) {
    const { account, endpoint, credentials } = this.#target;
    const { container, blob } = this.#located(path);
    const address = `${endpoint}/${encodePath(`${container}/${blob}`)}`;
    if (credentials.kind === 'anonymous' && /^(GET|HEAD)$/i.test(method)) return address;
    if (credentials.kind === 'sas' || credentials.kind === 'anonymous') throw notSupported('url()', this.root, 'it takes account_key or token to sign one');
    if (!(expires > 0) || !Number.isFinite(expires)) throw new RangeError('expires: must be a number of seconds greater than 0.');
    const now = this.#context.clock.now();
    const until = now + expires * 1000;
    const signer = credentials.kind === 'key' ? { key: await importAccountKey(credentials.key) } : await this.#delegations.until(until, now, { signal });
    const sas = await blobSas({ account, ...signer, container, blob, until, method, https: endpoint.startsWith('https:') });
    return `${address}?${sas}`;
  }

  /** @param {Uint8Array} body @param {{ signal?: AbortSignal }} how */
  #askDelegation(body, how) {
    const parameters = { restype: 'service', comp: 'userdelegationkey' };
    const request = { action: 'sign for', path: '', address: '', method: 'POST', parameters, headers: { 'content-type': 'application/xml' }, body, repeatable: true, ...how };
    return this.#request(request, (response) => response.text());
  }

  /**
   * Where a path is.
   * @param {string} path @param {boolean} [whole] Whether it has to name a blob.
   */
  #located(path, whole = true) {
    const { container, prefix } = this.#target;
    if (whole) checkKey(path, this.root);
    else if (path !== '') checkKey(path.replace(/\/$/, '') || path, this.root);
    if (container !== undefined) return { container, blob: prefix + path };
    const at = path.indexOf('/');
    if (at < 1 || (whole && at === path.length - 1)) {
      throw new RangeError(`path: must begin with a container ("container/…"), because the connection "${this.#context.connection}" names none.`);
    }
    return { container: path.slice(0, at), blob: path.slice(at + 1) };
  }

  /** Azure takes dots off the ends of segments, and makes slashes of backslashes. @param {string} path */
  #checkNewName(path) {
    if (!/\\|\.(?:\/|$)/.test(path)) return;
    throw new RangeError(`path: ${JSON.stringify(path)} has a backslash, or a segment that ends with a dot; Azure would store it under another name.`);
  }

  /** @param {string} action @param {string} path @param {Record<string, any>} request */
  async #send(action, path, request) {
    const { container, blob } = this.#located(path);
    return this.#request({ action, path, address: encodePath(`${container}/${blob}`), ...request });
  }

  /**
   * @template [T=Response]
   * @param {{ action: string, path: string, address: string, method?: string, parameters?: Record<string, string>,
   *   headers?: Record<string, string>, body?: Uint8Array, reading?: boolean, [option: string]: any }} request
   * @param {(response: Response) => Promise<T>} [consume]
   * @returns {Promise<T>}
   */
  #request({ action, path, address, method = 'GET', parameters = {}, headers, body, reading, ...options }, consume) {
    const { exchange, clock } = this.#context;
    const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeStrictly(value)}`).join('&');
    const url = `${this.#target.endpoint}/${address}${query && `?${query}`}`;
    const request = { method, url, headers: { 'x-ms-version': AZURE_VERSION, ...headers }, body };
    const how = {
      ...{ signer: this.#signer, retry: RETRY, phase: action, corsKind: /** @type {const} */ ('azure'), init: UNCACHED, ...options },
      diagnose: diagnosis({ target: this.#target, path, root: this.root, now: () => clock.now(), action, reading }),
    };
    return consume ? exchange.receive(request, how, consume) : /** @type {Promise<any>} */ (exchange.send(request, how));
  }

  /** @param {string} path @param {Response} response @param {number | undefined} size @returns {import('./store.js').Entry} */
  #entry(path, { headers }, size) {
    const type = headers.get('content-type') ?? undefined;
    return { path, type: 'file', size, lastModified: dateOf(headers.get('last-modified')), etag: headers.get('etag') ?? undefined, contentType: type };
  }
}
