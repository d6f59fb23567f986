/**
 * Files of web servers, read by their addresses.
 *
 * - With `url` (a folder's address) paths are below it, as text; without one a path is a whole address, taken as it is.
 * - `auth` and `headers` as in connections of type http; they never go to another origin.
 */
import { HawserError } from '../errors.js';
import { shownUrl } from '../http/address.js';
import { signerFrom } from '../http/auth.js';
import { checkExposure } from '../http/exposure.js';
import { checkKey, encodePath, notFound, notSupported } from './store.js';
import { readUrl, statUrl } from './web_file.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').Entry} Entry */

/** Bytes of UTF-8; more than any server takes. */
const LONGEST = 8000;

/**
 * @param {Record<string, any>} config `url`, `auth`, `headers`.
 * @param {import('./store.js').StoreContext} context
 * @returns {Store}
 * @throws {HawserError} ERR_CONNECTION_CONFIG, ERR_AUTH, ERR_EXPOSED_SECRET
 */
export function createStore(config, context) {
  const signer = signerFrom(config.auth);
  checkExposure({ connection: context.connection, type: context.type, signer, config });
  return new HttpsStore(config, signer, context);
}

/** @implements {Store} */
class HttpsStore {
  capabilities = Object.freeze({ write: false, list: false, presign: false });
  #base;
  #headers;
  #signer;
  #exchange;
  #open;

  /** @param {Record<string, any>} config @param {import('../http/signer.js').Signer} signer @param {import('./store.js').StoreContext} context */
  constructor({ url, headers }, signer, { exchange, connection }) {
    if (url !== undefined) {
      const base = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
      if (!base || !/^https?:$/.test(base.protocol) || base.username || base.search || base.hash) {
        throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}": url must be the address of a folder, https://host/folder/, without user and parameters.`, { connection, phase: 'configure' });
      }
      this.#base = base.href.replace(/\/*$/, '/');
    }
    if (this.#base === undefined && (signer.kind !== 'none' || headers !== undefined)) {
      throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}": auth and headers need a url, so that they go to that server only.`, { connection, phase: 'configure' });
    }
    this.#headers = headers;
    this.#signer = signer;
    this.#exchange = exchange;
    this.#open = signer.kind === 'none' && headers === undefined;
    this.root = this.#base ?? 'the web';
  }

  /** For what is checked before anything is sent. */
  get signer() {
    return this.#signer;
  }

  /** @param {string} path @param {import('./store.js').ReadHow} [how] @returns {Promise<import('./store.js').ReadReply>} */
  async read(path, how) {
    return readUrl(this.#file(path), how);
  }

  /** @param {string} path @param {{ signal?: AbortSignal, timeout?: number }} [how] @returns {Promise<Entry>} */
  async stat(path, how) {
    return statUrl(this.#file(path), how);
  }

  /** @returns {AsyncGenerator<Entry>} */
  // eslint-disable-next-line require-yield
  async *list() {
    throw notSupported('list()', this.root, 'web servers have no list of their files');
  }

  /** @returns {Promise<Entry>} */
  async write() {
    throw notSupported('write()', this.root);
  }

  /** @returns {Promise<void>} */
  async delete() {
    throw notSupported('delete()', this.root);
  }

  /** @param {string} path @param {{ expires: number, method?: string }} how */
  async url(path, { method = 'GET' }) {
    if (!this.#open || !/^(GET|HEAD)$/i.test(method)) throw notSupported('url()', this.root, 'a web server knows no addresses that are signed');
    return this.#address(path);
  }

  /** @param {string} path @returns {string} */
  #address(path) {
    if (typeof path !== 'string') throw new TypeError('path: must be text.');
    if (/^https?:\/\//i.test(path)) {
      if (!URL.canParse(path)) throw new RangeError(`path: is not an address.`);
      const url = new URL(path);
      url.hash = '';
      if (url.username || url.password) throw new RangeError('path: holds a user or a password; say auth = { type = "basic", … } instead.');
      if (this.#base !== undefined && !url.href.startsWith(this.#base)) throw new RangeError(`path: ${JSON.stringify(shownUrl(url))} is not below ${this.root}, where this connection begins.`);
      return url.href;
    }
    if (this.#base === undefined) throw new RangeError('path: must be a whole address (https://…), because this connection has no url.');
    const url = this.#base + encodePath(checkKey(path, this.root, { limit: LONGEST }));
    if (new URL(url).href !== url) throw new RangeError(`path: ${JSON.stringify(path.slice(0, 80))} cannot be written in an address as it is.`);
    return url;
  }

  /** @param {string} path @returns {import('./web_file.js').WebFile} */
  #file(path) {
    const shown = shownPath(path);
    return {
      ...{ exchange: this.#exchange, url: this.#address(path), headers: this.#headers, signer: this.#signer, path, shown, root: this.root },
      diagnose: ({ response }) => (response?.status === 404 || response?.status === 410 ? notFound(shown, this.root, { status: response.status }) : undefined),
    };
  }
}

/** Without signatures. @param {string} path */
const shownPath = (path) => (/^https?:/i.test(path) && URL.canParse(path) ? shownUrl(new URL(path)) : path);
