/**
 * Names on the Hugging Face Hub: repositories, revisions, files in them, and addresses.
 */
import { HawserError } from '../errors.js';
import { checkKey, encodePath } from './store.js';

/**
 * @typedef {'model' | 'dataset' | 'space'} RepoType
 *
 * @typedef {object} Repo
 * @property {RepoType} type
 * @property {string} id owner/name
 * @property {string} revision A branch, a tag, a commit, or a reference such as refs/convert/parquet.
 *
 * @typedef {Repo & { file: string }} Place `file`: in the repository; empty for the repository itself.
 */

/** The types in addresses of files and of the interface. @type {Record<RepoType, { prefix: string, plural: string }>} */
const TYPES = { model: { prefix: '', plural: 'models' }, dataset: { prefix: 'datasets/', plural: 'datasets' }, space: { prefix: 'spaces/', plural: 'spaces' } };

/** References whose names have slashes, as the Hub's own tools know them; other slashes in revisions are written %2F. */
const REVISION = /^@((?:refs\/(?:convert\/[^/]+|pr\/\d+))|[^/]+)/;

/** Of owners and repositories; what stands before them is none. */
const NAME = /^(?!(?:datasets|spaces|models|\.|\.\.)$)[\w.-]+$/;

/** What paths may be as long as, in bytes of UTF-8. */
const LONGEST = 4096;

/**
 * @param {string} text [datasets/|spaces/|models/]owner/name[@revision][/file], with hf:// before it or without.
 * @param {string} [revision] When it names none. Default main.
 * @returns {Place | undefined} Undefined: it is none.
 */
export function parsePlace(text, revision = 'main') {
  const [, kind, owner, rest] = /^(?:hf:\/\/)?(?:(datasets|spaces|models)\/)?([^/@]+)\/(.*)$/s.exec(text) ?? [];
  if (owner === undefined) return undefined;
  const [, name, after] = /** @type {RegExpExecArray} */ (/^([^/@]*)(.*)$/s.exec(rest));
  const found = REVISION.exec(after);
  const file = after.slice(found?.[0].length ?? 0);
  if (!NAME.test(owner) || !NAME.test(name) || (file !== '' && !file.startsWith('/'))) return undefined;
  const type = kind === 'datasets' ? 'dataset' : kind === 'spaces' ? 'space' : 'model';
  return { type, id: `${owner}/${name}`, revision: found ? decoded(found[1]) : revision, file: file.slice(1) };
}

/** @param {string} text */
const decoded = (text) => text.replace(/%2F/gi, '/');

/** @param {Repo} repo As in paths, with the revision unless it is main. */
const repoName = ({ type, id, revision }) => `${TYPES[type].prefix}${id}${revision === 'main' ? '' : `@${/^refs\/(?:convert\/[^/]+|pr\/\d+)$/.test(revision) ? revision : revision.replaceAll('/', '%2F')}`}`;

/** The page of a repository, below the endpoint. @param {Repo} repo */
export const repoPage = ({ type, id }) => `${TYPES[type].prefix}${id}`;

/** Where a file is, below the endpoint. @param {Place} place */
export const resolvePath = ({ type, id, revision, file }) => `${TYPES[type].prefix}${id}/resolve/${encodeURIComponent(revision)}/${encodePath(file)}`;

/** Where a folder is listed, below the endpoint. @param {Repo} repo @param {string} folder */
export const treePath = ({ type, id, revision }, folder) => `api/${TYPES[type].plural}/${id}/tree/${encodeURIComponent(revision)}${folder && `/${encodePath(folder)}`}`;

/**
 * The file behind an address that the Hub gave: its own, whatever host it names.
 * @param {string} url
 * @returns {Place | undefined}
 */
export function placeOfUrl(url) {
  const path = URL.canParse(url) ? new URL(url).pathname.slice(1) : '';
  const [, repo, revision, file] = /^((?:(?:datasets|spaces)\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (repo === undefined) return undefined;
  const place = parsePlace(repo, decodeURIComponent(revision));
  return place && { ...place, file: decodeURIComponent(file) };
}

/** Where the paths of a connection begin. */
export class Repos {
  #repo;
  #prefix;

  /**
   * @param {Record<string, any>} config `url` (hf://…), or `repo` with `repo_type`, `revision`, `prefix`. With none of them paths begin
   *   with the repository.
   * @param {string} connection
   * @throws {HawserError} ERR_CONNECTION_CONFIG
   */
  constructor({ url, repo, repo_type: type, revision, prefix }, connection) {
    const fail = (/** @type {string} */ why) => new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}" (hf): ${why}`, { connection, phase: 'configure' });
    if (url !== undefined && repo !== undefined) throw fail('url and repo both name a repository: one of them is enough.');
    if (type !== undefined && !Object.hasOwn(TYPES, type)) throw fail('repo_type must be model, dataset or space.');
    const given = url ?? repo;
    const named = given === undefined ? undefined : parsePlace(String(given), revision);
    if (given !== undefined && !named) throw fail('a repository is named [datasets/]owner/name[@revision], as in hf://datasets/owner/name.');
    if (!named && (revision ?? prefix ?? type) !== undefined) throw fail('revision, prefix and repo_type need a repo.');
    this.#repo = named && { type: type ?? named.type, id: named.id, revision: named.revision };
    const start = [named?.file, prefix].map((part) => String(part ?? '').replace(/^\/+|\/+$/g, '')).filter(Boolean).join('/');
    this.#prefix = start && `${start}/`;
  }

  /** What paths are below. */
  get root() {
    return this.#repo ? `hf://${repoName(this.#repo)}/${this.#prefix}` : 'hf://';
  }

  /**
   * @param {string} path
   * @param {{ partial?: boolean }} [options] partial: it may be the beginning of the name of a file, or nothing.
   * @returns {Place}
   * @throws {TypeError | RangeError}
   */
  locate(path, { partial = false } = {}) {
    if (typeof path !== 'string') throw new TypeError('path: must be text.');
    const whole = !this.#repo || path.startsWith('hf://');
    const place = whole ? parsePlace(path) : { .../** @type {Repo} */ (this.#repo), file: this.#prefix + path };
    if (!place) throw new RangeError(`path: must begin with a repository ("datasets/owner/name/file"), because the connection names none.`);
    if (this.#repo && (place.type !== this.#repo.type || place.id !== this.#repo.id)) throw new RangeError(`path: ${JSON.stringify(path)} is not below ${this.root}, where this connection begins.`);
    if (!partial) checkKey(place.file === this.#prefix ? '' : place.file, this.root, { limit: LONGEST });
    else if (place.file.replace(/\/$/, '') !== '') checkKey(place.file.replace(/\/$/, ''), this.root, { limit: LONGEST });
    return place;
  }

  /** The path by which a file is asked for. @param {Place} place */
  pathOf(place) {
    const own = this.#repo && this.#repo.revision === place.revision && place.file.startsWith(this.#prefix);
    return own ? place.file.slice(this.#prefix.length) : `${this.#repo ? 'hf://' : ''}${repoName(place)}/${place.file}`;
  }

  /**
   * The dataset that a path means as a whole: owner/name, with datasets/ before it or without; nothing, when the connection has one.
   * @param {string | undefined} path
   * @returns {Repo | undefined}
   */
  datasetOf(path = '') {
    if (path === '' || path === '.') return this.#repo?.type === 'dataset' && this.#prefix === '' ? this.#repo : undefined;
    const place = parsePlace(path);
    if (!place || place.file !== '' || path.endsWith('/')) return undefined;
    if (this.#repo) return this.#repo.type === 'dataset' && this.#repo.id === place.id && place.type !== 'space' ? this.#repo : undefined;
    return place.type === 'space' || path.startsWith('models/') ? undefined : { ...place, type: 'dataset' };
  }
}
