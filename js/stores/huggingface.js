/**
 * The Hugging Face Hub, for reading: files of models, datasets and spaces, and datasets as tables (by the Parquet files that the dataset
 * viewer makes of them).
 *
 * - Files come by their `resolve` addresses, which lead to other servers for what is large; the token stays behind. Nothing but GET and
 *   plain ranges is used, because those other servers answer pages no questions.
 * - `token` (or HF_TOKEN) for what is private or gated; `endpoint` (or HF_ENDPOINT) for another Hub.
 */
import { HawserError } from '../errors.js';
import { loadHttpCore } from '../http/core.js';
import { checkExposure } from '../http/exposure.js';
import { NO_SIGNER } from '../http/signer.js';
import { bearerSigner } from '../http/signers/bearer.js';
import { hubDiagnosis } from './huggingface_errors.js';
import { Repos, resolvePath, treePath } from './huggingface_paths.js';
import { parquetFiles } from './huggingface_viewer.js';
import { directoryEntry, notSupported } from './store.js';
import { readUrl, statUrl } from './web_file.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').Entry} Entry */
/** @typedef {import('./huggingface_paths.js').Place} Place */

const HUB = 'https://huggingface.co';
const VIEWER = 'https://datasets-server.huggingface.co';

/**
 * @param {Record<string, unknown>} environment
 * @returns {{ token?: string, endpoint?: string }} For the lowest layer.
 */
export function nativeConfig({ HF_TOKEN: token, HF_ENDPOINT: endpoint }) {
  return { ...(typeof token === 'string' && token !== '' && { token }), ...(typeof endpoint === 'string' && endpoint !== '' && { endpoint }) };
}

/**
 * @param {Record<string, any>} config `repo` (or `url`), `repo_type`, `revision`, `prefix`, `token`, `anonymous`, `endpoint`, `viewer_endpoint`.
 * @param {import('./store.js').StoreContext} context
 * @returns {Store}
 * @throws {HawserError} ERR_CONNECTION_CONFIG, ERR_AUTH, ERR_EXPOSED_SECRET
 */
export function createStore(config, context) {
  const signer = config.anonymous === true || config.token === undefined || config.token === null ? NO_SIGNER : bearerSigner({ token: config.token }, 'token');
  checkExposure({ connection: context.connection, type: context.type, signer, config });
  return new HuggingFaceStore(config, signer, context);
}

/** @implements {Store} */
class HuggingFaceStore {
  capabilities = Object.freeze({ write: false, list: true, presign: false });
  #repos;
  #signer;
  #exchange;
  #endpoint;
  #viewer;

  /** @param {Record<string, any>} config @param {import('../http/signer.js').Signer} signer @param {import('./store.js').StoreContext} context */
  constructor(config, signer, { exchange, connection }) {
    this.#repos = new Repos(config, connection);
    this.#signer = signer;
    this.#exchange = exchange;
    this.#endpoint = addressOf(config.endpoint ?? HUB, 'endpoint', connection);
    this.#viewer = addressOf(config.viewer_endpoint ?? VIEWER, 'viewer_endpoint', connection);
  }

  get root() {
    return this.#repos.root;
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

  /**
   * The etag of an entry is the hash of its content, which is not always that with which it is sent.
   * @param {string} prefix @param {{ recursive?: boolean, signal?: AbortSignal, timeout?: number }} [how]
   * @returns {AsyncGenerator<Entry>}
   */
  async *list(prefix, { recursive = true, ...how } = {}) {
    const place = this.#repos.locate(prefix, { partial: true });
    const folder = place.file.slice(0, Math.max(0, place.file.lastIndexOf('/')));
    const core = await loadHttpCore();
    /** @type {string | undefined} */
    let url = `${this.#endpoint}/${treePath(place, folder)}?recursive=${recursive}`;
    while (url) {
      const { items, link } = await this.#page(url, prefix, place, how);
      for (const item of items) {
        if (!item.path.startsWith(place.file) || (recursive && item.type !== 'file')) continue;
        yield entryOf(item, this.#repos.pathOf({ ...place, file: item.path }));
      }
      /** @type {string | undefined} */
      const next = core.links(link, url).find(({ rel }) => rel.includes('next'))?.url;
      if (next !== undefined && (new URL(next).origin !== new URL(url).origin || next === url)) {
        throw new HawserError('ERR_FORMAT', `The list of ${this.root} goes on at another server, which is not followed.`);
      }
      url = next;
    }
  }

  /**
   * @param {string} url @param {string} path @param {Place} place @param {{ signal?: AbortSignal, timeout?: number }} how
   * @returns {Promise<{ items: any[], link: string }>}
   */
  async #page(url, path, place, how) {
    const options = { signer: this.#signer, phase: 'list', accept: [404], diagnose: this.#diagnosis(path, place), ...how };
    return this.#exchange.receive({ url }, options, async (response) => {
      // A folder that is not there has nothing in it; a repository that is not there is a mistake.
      const diagnosed = response.status === 404 ? this.#diagnosis(path, place)({ response }) : undefined;
      if (response.status === 404 && response.headers.get('x-error-code') === 'EntryNotFound') return { items: [], link: '' };
      if (diagnosed) throw diagnosed;
      const items = await response.json();
      if (!Array.isArray(items) || items.some((item) => typeof item?.path !== 'string')) throw new HawserError('ERR_FORMAT', `The list of ${this.root} is none.`);
      return { items, link: response.headers.get('link') ?? '' };
    });
  }

  /**
   * What a path stands for that is no file: a dataset, as the Parquet files of one split.
   * @param {string | undefined} path 'owner/name'; nothing when the connection has a dataset.
   * @param {{ config?: string, split?: string, partial?: boolean, signal?: AbortSignal, timeout?: number }} [how]
   * @returns {Promise<{ format: 'parquet', parts: { path: string, size: number }[] } | undefined>} Undefined: it is the path of a file.
   */
  async parts(path, how) {
    const repo = this.#repos.datasetOf(path);
    if (!repo) return undefined;
    const what = { exchange: this.#exchange, signer: this.#signer, viewer: this.#viewer, dataset: repo.id };
    const files = await parquetFiles(what, how);
    return { format: 'parquet', parts: files.map(({ place, size }) => ({ path: this.#repos.pathOf(place), size })) };
  }

  /** @returns {Promise<Entry>} */
  async write() {
    throw notSupported('write()', this.root, 'repositories are read only here; commits are made with the tools of Hugging Face');
  }

  /** @returns {Promise<void>} */
  async delete() {
    throw notSupported('delete()', this.root, 'repositories are read only here; commits are made with the tools of Hugging Face');
  }

  /** @param {string} path @param {{ expires: number, method?: string }} how */
  async url(path, { method = 'GET' }) {
    const { url } = this.#file(path);
    if (this.#signer.kind !== 'none' || !/^(GET|HEAD)$/i.test(method)) throw notSupported('url()', this.root, 'the Hub signs no addresses; those of public files need no token');
    return url;
  }

  /** @param {string} path @returns {import('./web_file.js').WebFile} */
  #file(path) {
    const place = this.#repos.locate(path);
    return {
      ...{ exchange: this.#exchange, url: `${this.#endpoint}/${resolvePath(place)}`, signer: this.#signer },
      ...{ path, shown: path, root: this.root, diagnose: this.#diagnosis(path, place) },
    };
  }

  /** @param {string} path @param {Place} place */
  #diagnosis(path, place) {
    return hubDiagnosis({ place, path, root: this.root, endpoint: this.#endpoint, known: this.#signer.kind !== 'none' });
  }
}

/** @param {any} item Of a tree. @param {string} path @returns {Entry} */
function entryOf({ type, size, oid, lfs }, path) {
  if (type !== 'file') return directoryEntry(`${path}/`);
  const hash = lfs?.oid ?? oid;
  return { path, type: 'file', size: lfs?.size ?? size, lastModified: undefined, etag: hash && `"${hash}"`, contentType: undefined };
}

/** @param {unknown} value @param {string} option @param {string} connection */
function addressOf(value, option, connection) {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search) {
    throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}" (hf): ${option} must be an address such as ${HUB}.`, { connection, phase: 'configure' });
  }
  return url.href.replace(/\/+$/, '');
}
