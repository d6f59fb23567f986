/**
 * Files of this machine, in Node, Deno and Bun: a folder as a store, or, when none is given, any path.
 *
 * - With `root` (or `url: 'file:///folder/'`), paths are below that folder: none leads out of it, neither by '..' nor by a link. That
 *   keeps programs from mistakes; it is no fence against somebody who changes links in the folder at the same time.
 * - Without it, paths are those of the system: absolute, relative to the working directory, with ~/ to the home folder, or file: URLs.
 * - Links are followed; lists do not go into folders that are links. Writing replaces what a link leads to.
 * - A file is written beside its place and renamed: readers see the old one or the new one.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';
import { knownSize } from './content.js';
import { boundsOf, described, emptyIfMissing, entryOf, leftOut, streamOf, undefinedIfMissing } from './local_parts.js';
import { changedError, notSupported, rangeHeader } from './store.js';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

/** @typedef {import('../runtime/local_files.js')['localFiles']} LocalFiles */
/** @typedef {import('../runtime/local_files.js').FileFacts} FileFacts */
/** @typedef {import('./store.js').Entry} Entry */
/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Record<string, any>} config `root`, or a `url` that is a file: URL.
 * @param {Pick<import('./store.js').StoreContext, 'connection'>} context
 * @returns {Promise<Store>}
 * @throws {HawserError} ERR_NOT_SUPPORTED where there are no files; ERR_CONNECTION_CONFIG
 */
export async function createStore({ root, url }, { connection }) {
  if (!runtime.fileSystem) {
    throw new HawserError('ERR_NOT_SUPPORTED', `Connection "${connection}": there are no local files in this runtime (${runtime.name}); they can be read in Node.js, Deno and Bun.`, { connection });
  }
  const given = root ?? url;
  if (given !== undefined && (typeof given !== 'string' || given === '' || /^(?!file:)[a-z][a-z\d+.-]+:/i.test(given))) {
    throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}": root must be a folder of this machine, as a path or a file: URL.`, { connection });
  }
  const { localFiles } = await runtime.fileSystem.localFiles();
  return new LocalStore(localFiles, given === undefined ? undefined : localFiles.absolute(given));
}

/** @implements {Store} */
class LocalStore {
  #files;
  #root;

  /** @param {LocalFiles} files @param {string | undefined} root Absolute. */
  constructor(files, root) {
    this.#files = files;
    this.#root = root;
    this.root = root === undefined ? 'the files of this machine' : `${files.url(root).replace(/\/$/, '')}/`;
    this.capabilities = Object.freeze({ write: true, list: true, presign: false });
  }

  /** @param {string} path @param {import('./store.js').ReadHow} [how] @returns {Promise<import('./store.js').ReadReply>} */
  read(path, { range, ifMatch, ifNoneMatch, ifModifiedSince, signal, onProgress } = {}) {
    return this.#guarded(path, signal, async () => {
      if (range) rangeHeader(range); // Checks it.
      const { place, facts } = await this.#find(path);
      if (facts.kind !== 'file') throw this.#isFolder(path);
      const { etag, size, modified } = facts;
      if (ifMatch !== undefined && ifMatch !== etag) throw changedError(path, this.root);
      const same = ifNoneMatch !== undefined ? ifNoneMatch === etag : ifModifiedSince !== undefined && Math.floor(+modified / 1000) <= +ifModifiedSince / 1000;
      const { start, end } = boundsOf(range, size);
      const body = same ? null : this.#stream(path, place, { start, end, etag }, signal, onProgress);
      return { body, size, etag, lastModified: modified, contentType: undefined, contentEncoding: undefined, notModified: same };
    });
  }

  /**
   * The file is opened when it is read, so that nobody has to close a body that is not.
   * @param {string} path @param {string} place @param {{ start: number, end: number, etag: string }} part
   * @param {AbortSignal | undefined} signal @param {import('./store.js').ReadHow['onProgress']} onProgress
   * @returns {ReadableStream<Uint8Array<ArrayBuffer>>}
   */
  #stream(path, place, { start, end, etag }, signal, onProgress) {
    /** @type {Awaited<ReturnType<LocalFiles['open']>> | undefined} */
    let file;
    let at = start;
    const close = async () => {
      const open = file;
      file = undefined;
      await open?.close();
    };
    return new ReadableStream(
      {
        pull: (controller) =>
          this.#guarded(path, signal, async () => {
            if (!file && at < end) {
              file = await this.#files.open(place);
              if ((await file.facts()).etag !== etag) throw changedError(path, this.root);
            }
            if (at < end) {
              const bytes = new Uint8Array(Math.min(CHUNK, end - at));
              const count = await /** @type {NonNullable<typeof file>} */ (file).read(bytes, at);
              if (count === 0) throw changedError(path, this.root); // It was cut off.
              at += count;
              onProgress?.({ loaded: at - start, total: end - start });
              controller.enqueue(bytes.subarray(0, count));
            }
            if (at < end) return;
            await close();
            controller.close();
          }).catch(async (error) => {
            await close().catch(() => {});
            throw error;
          }),
        cancel: close,
      },
      { highWaterMark: 0 },
    );
  }

  /** @param {string} path @param {{ signal?: AbortSignal }} [how] @returns {Promise<Entry>} */
  stat(path, { signal } = {}) {
    return this.#guarded(path, signal, async () => entryOf(path, (await this.#find(path)).facts));
  }

  /** @param {string} prefix @param {{ recursive?: boolean, signal?: AbortSignal }} [how] @returns {AsyncGenerator<Entry>} */
  async *list(prefix, { recursive = true, signal } = {}) {
    const at = prefix.lastIndexOf('/') + 1;
    const [folder, start] = [prefix.slice(0, at), prefix.slice(at)];
    signal?.throwIfAborted();
    if (folder !== '') this.#place(folder.length > 1 ? folder.slice(0, -1) : folder);
    for await (const entry of this.#walk(folder, start, recursive, signal)) yield entry;
  }

  /** @param {string} folder Empty, or with a slash at its end. @param {string} start @param {boolean} recursive @param {AbortSignal | undefined} signal @returns {AsyncGenerator<Entry>} */
  async *#walk(folder, start, recursive, signal) {
    const names = await this.#guarded(folder, signal, async () => {
      const place = folder === '' ? (this.#root ?? this.#files.absolute('.')) : await this.#within(this.#place(folder.replace(/(?<=.)\/$/, '')));
      return place === undefined ? [] : this.#files.list(place);
    }).catch(emptyIfMissing);
    for (const { name, link } of names) {
      if (!name.startsWith(start)) continue;
      const path = folder + name;
      const facts = await this.#guarded(path, signal, async () => (await this.#find(path)).facts).catch(leftOut);
      if (!facts || facts.kind === 'other') continue;
      if (facts.kind === 'file') yield entryOf(path, facts);
      else if (!recursive) yield entryOf(path, facts);
      else if (!link) yield* this.#walk(`${path}/`, '', true, signal);
    }
  }

  /** @param {string} path @param {import('./store.js').Content} body @param {import('./store.js').WriteHow} [how] @returns {Promise<Entry>} */
  write(path, body, { ifNoneMatch, ifMatch, signal, onProgress } = {}) {
    return this.#guarded(path, signal, async () => {
      const stream = streamOf(body);
      const total = knownSize(body);
      const found = await this.#find(path).catch(undefinedIfMissing);
      if (found?.facts.kind === 'directory') throw this.#isFolder(path);
      const place = found?.place ?? (await this.#newPlace(path));
      if (ifMatch !== undefined && found?.facts.etag !== ifMatch) throw this.#exists(path);
      if (ifNoneMatch !== undefined && found) throw this.#exists(path);
      const file = await this.#files.create(place);
      let loaded = 0;
      const reader = stream.getReader();
      try {
        for (;;) {
          signal?.throwIfAborted();
          const { done, value } = await reader.read();
          if (done) break;
          await file.write(value);
          loaded += value.byteLength;
          onProgress?.({ loaded, total });
        }
        await file.finish({ onlyNew: ifNoneMatch !== undefined });
      } catch (error) {
        await file.abandon();
        await reader.cancel(error).catch(() => {});
        throw /** @type {any} */ (error)?.code === 'EEXIST' ? this.#exists(path) : error;
      }
      return entryOf(path, await this.#files.stat(place));
    });
  }

  /** @param {string} path @param {{ signal?: AbortSignal }} [how] */
  delete(path, { signal } = {}) {
    return this.#guarded(path, signal, async () => {
      const { facts } = await this.#find(path);
      if (facts.kind === 'directory') throw this.#isFolder(path);
      await this.#files.remove(this.#place(path)); // A link itself, not what it leads to.
    });
  }

  /** @returns {Promise<string>} */
  async url() {
    throw notSupported('url()', this.root, 'files of this machine have no address that others could use');
  }

  /** Where a path is, links not followed. @param {string} path */
  #place(path) {
    if (typeof path !== 'string') throw new TypeError('path: must be text.');
    if (path === '') throw new TypeError(`path: must not be empty; it names one file in ${this.root}.`);
    const shown = JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path);
    if (this.#root === undefined) return this.#files.absolute(path);
    const segments = path.split('/');
    if (segments.some((segment) => segment === '.' || segment === '..')) throw new RangeError(`path: ${shown} has a segment "." or ".."; paths are below ${this.root}.`);
    if (segments.includes('')) throw new RangeError(`path: ${shown} has a slash at its start, at its end or twice; it names one file below ${this.root}.`);
    if (this.#files.reserved.test(path) || path !== path.toWellFormed()) throw new RangeError(`path: ${shown} has a sign that names of files cannot have here.`);
    return this.#files.join(this.#root, path);
  }

  /** @param {string} path @returns {Promise<{ place: string, facts: FileFacts }>} `place`: links followed. */
  async #find(path) {
    const place = await this.#within(this.#place(path));
    return { place, facts: await this.#files.stat(place) };
  }

  /** Where links lead. @param {string} place */
  async #within(place) {
    const real = await this.#files.real(place);
    if (this.#root === undefined) return real;
    // Asked each time: the root may be a link that is set anew.
    if (this.#files.isWithin(real, await this.#files.real(this.#root))) return real;
    throw new HawserError('ERR_NOT_SUPPORTED', `${JSON.stringify(place)} is a link that leads out of ${this.root}, and is not followed.`, { outside: true });
  }

  /** For a file that is not there yet. @param {string} path */
  async #newPlace(path) {
    const place = this.#place(path);
    // The nearest folder that exists has to be within the root.
    for (let folder = this.#files.dirname(place); this.#root !== undefined && folder !== this.#files.dirname(folder); folder = this.#files.dirname(folder)) {
      if (!this.#files.isWithin(folder, this.#root)) break;
      if (await this.#within(folder).catch(undefinedIfMissing)) break;
    }
    return place;
  }

  /** @param {string} path */
  #isFolder = (path) => new HawserError('ERR_NOT_FOUND', `${JSON.stringify(path)} in ${this.root} is a folder, not a file.`, { path });

  /** @param {string} path */
  #exists = (path) => new HawserError('ERR_HTTP_STATUS', `${JSON.stringify(path)} in ${this.root} was not written: it is there already, or another one by now.`, { path, status: 412 });

  /**
   * @template T
   * @param {string} path @param {AbortSignal | undefined} signal @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #guarded(path, signal, work) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw described(error, path, this.root);
    }
  }
}
