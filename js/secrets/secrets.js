/**
 * Secrets: layers of named sources merged into one tree that can be read but not changed, and that shows no value unless
 * it is asked for.
 */
import * as runtime from '#runtime';
import { startWatching } from '#secrets-files';
import { HawserError } from '../errors.js';
import { loadSecretsCore } from './core.js';
import { defaultSources } from './defaults.js';
import { changedKeys } from './diff.js';
import { guard } from './proxy.js';
import { isPlain } from './plain.js';
import { missingSecret, Reading } from './reading.js';
import { Scrubber } from './scrub.js';
import { openSource } from './sources.js';
import { State } from './state.js';
import { redact } from './view.js';

/** @typedef {import('./sources.js').Source} Source */
/** @typedef {import('./sources.js').Reader} Reader */
/** @typedef {import('./merge.js').Layer} Layer */

/**
 * @typedef {object} SecretsOptions
 * @property {Source[]} [sources] The lowest first; default: those of the runtime. `[]`: none.
 * @property {'deep' | 'shallow'} [merge] `'shallow'`: a later layer replaces whole sections, as in Streamlit. Default `'deep'`.
 * @property {Record<string, unknown> | (() => Record<string, unknown>)} [environment] Where `${{ VAR }}` is looked up;
 *   default: the runtime's environment variables or bindings.
 * @property {typeof globalThis.fetch} [fetch] For `{ url }` sources.
 * @property {(message: string) => void} [warn] Default: console.warn.
 */

/**
 * What changed.
 * @typedef {object} SecretsChange
 * @property {string[]} changed The paths of what was added, removed or has another value, down to two keys
 *   (`connections.pets_db`).
 */

/**
 * Read values with {@link Secrets.get}, or as properties: `secrets.connections.pets_db.url`. Names of methods win over
 * keys there; `secrets.get('keys')` reads the key.
 *
 * Reads load what has not been loaded when all sources can be read at once, otherwise they throw
 * ERR_SECRETS_NOT_LOADED.
 */
export class Secrets extends Reading {
  /** @type {Reader[]} What has been or will be loaded. */
  #readers;
  /** @type {State | undefined} The last good state. */
  #state;
  /** @type {Promise<unknown>} Loads one after the other. */
  #queue = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  #loading;
  /** @type {Set<(change: SecretsChange) => void>} */
  #listeners = new Set();
  /** @type {Set<{ refresh(): void, close(): void }>} */
  #watchers = new Set();
  #scrubber = new Scrubber();
  #mode;
  #environment;
  #warn;
  #context;

  /**
   * @param {SecretsOptions} [options]
   * @throws {TypeError | RangeError} Naming the option.
   */
  constructor(options = {}) {
    super(
      () => this.#now(),
      () => this.#state?.layers.map((layer) => ({ ...layer, missing: layer.missing ?? false })) ?? this.#readers,
    );
    const { sources, merge = 'deep', environment = runtime.environment, fetch, warn, ...rest } = options;
    for (const option of Object.keys(rest)) throw new TypeError(`Secrets have no option ${option}`);
    if (sources !== undefined && !Array.isArray(sources)) throw new TypeError('secrets must be an array of sources');
    if (merge !== 'deep' && merge !== 'shallow') throw new RangeError("merge must be 'deep' or 'shallow'");
    this.#mode = merge;
    this.#environment = typeof environment === 'function' ? environment : () => environment;
    this.#warn = warn ?? ((/** @type {string} */ message) => console.warn(`[hawser] ${message}`));
    this.#context = {
      fileSystem: runtime.fileSystem,
      fetch: fetch ?? ((/** @type {any[]} */ ...args) => /** @type {any} */ (globalThis.fetch)(...args)),
    };
    this.#readers = (sources ?? defaultSources(runtime)).map((source) => openSource(source, this.#context));
    return guard(this, {
      tree: () => this.#now().tree,
      view: () => this.#now().view,
      missing: (keys) => missingSecret(keys, this.layerNames()),
    });
  }

  /**
   * Appends layers, and loads what the instance started with unless that has been done. All or nothing: when a source
   * fails nothing has changed.
   * @param {Source[]} sources
   * @returns {Promise<void>}
   */
  async load(...sources) {
    const added = sources.map((source) => openSource(source, this.#context));
    if (added.length === 0 && this.#state) return;
    await this.#enqueue(async () => {
      const first = this.#state ? [] : await readAll(this.#readers);
      const more = await readAll(added);
      await prepare([...(this.#state?.layers ?? first), ...more]);
      // Where there is no queue another request may have loaded meanwhile.
      this.#adopt((this.#state?.layers ?? first).concat(more), [...this.#readers, ...added]);
    });
  }

  /**
   * Loads what the instance started with, once.
   * @returns {Promise<void>}
   */
  async ready() {
    if (this.#state) return;
    if (!QUEUED) return this.load();
    this.#loading ??= this.load();
    try {
      await this.#loading;
    } finally {
      this.#loading = undefined; // After a failure the next call tries again.
    }
  }

  /**
   * Reads all sources anew.
   * @returns {Promise<boolean>} Whether anything changed.
   * @throws {HawserError} When a source fails; what was loaded stays.
   */
  async reload() {
    return this.#enqueue(async () => {
      const layers = await readAll(this.#readers);
      await prepare(layers);
      return this.#adopt(layers, this.#readers);
    });
  }

  /**
   * Reloads whenever a file or folder of the sources is created, replaced, changed or removed (Node, Deno, Bun). Does not
   * keep the process running.
   * @param {object} [options]
   * @param {(change: SecretsChange) => void} [options.onChange] After a reload that changed something, like {@link onChange}.
   * @param {(error: unknown) => void} [options.onError] A reload failed, what was loaded stays; default: a warning.
   * @param {number} [options.settle] How long to wait for further events before reloading, in milliseconds; default 50.
   * @returns {{ close(): void }}
   * @throws {HawserError} ERR_NOT_SUPPORTED in other runtimes.
   */
  watch({ onChange, onError, settle = 50 } = {}) {
    if (onChange !== undefined && typeof onChange !== 'function') throw new TypeError('onChange must be a function');
    if (onError !== undefined && typeof onError !== 'function') throw new TypeError('onError must be a function');
    if (typeof settle !== 'number' || !(settle >= 0)) throw new RangeError('settle must be a number of milliseconds');
    const report = onError ?? ((error) => this.#warn(`Secrets were not reloaded: ${String(/** @type {any} */ (error)?.message)}`));
    const forget = onChange ? this.onChange(onChange) : () => {};
    const watching = startWatching({
      files: this.#context.fileSystem,
      paths: () => this.#readers.flatMap((reader) => reader.path ?? []),
      reload: () => this.reload().catch((error) => report(this.scrubError(error))),
      settle,
    });
    this.#watchers.add(watching);
    return {
      close: () => {
        forget();
        watching.close();
        this.#watchers.delete(watching);
      },
    };
  }

  /**
   * Calls `listener` after each load or reload that changed something.
   * @param {(change: SecretsChange) => void} listener
   * @returns {() => void} Takes it away again.
   */
  onChange(listener) {
    if (typeof listener !== 'function') throw new TypeError('onChange(listener): listener must be a function');
    const entry = (/** @type {SecretsChange} */ change) => listener(change);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * What serialising shows: the keys, without values. Does not load.
   * @returns {any}
   */
  toJSON() {
    return this.#state ? redact(this.#state.tree) : '[not loaded]';
  }

  /**
   * Ends all watching. What was loaded can still be read.
   */
  close() {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers.clear();
  }

  /**
   * Takes the values of secrets out of a text.
   * @param {string} text
   */
  scrub(text) {
    return this.#scrubber.scrub(text);
  }

  /**
   * Takes the values of secrets out of an error.
   * @template T
   * @param {T} error
   * @returns {T} The error itself when there is none in it, otherwise a copy.
   */
  scrubError(error) {
    return this.#scrubber.scrubError(error);
  }

  /** @returns {State} */
  #now() {
    if (this.#state) return this.#state;
    const readers = this.#readers;
    const late = readers.find((reader) => !reader.readNow);
    if (late) {
      throw new HawserError('ERR_SECRETS_NOT_LOADED', `Secrets were read before "${late.name}" was loaded: await secrets.load() first.`);
    }
    this.#adopt(readers.flatMap((reader) => reader.readNow?.() ?? []), readers);
    return /** @type {any} */ (this.#state);
  }

  /**
   * Makes layers the state, unless they do not merge.
   * @param {Layer[]} layers @param {Reader[]} readers
   * @returns {boolean} Whether anything changed.
   */
  #adopt(layers, readers) {
    const environment = this.#environment();
    const state = new State(layers, this.#mode, environment, (keys) => missingSecret(keys, this.layerNames()));
    const old = this.#state;
    this.#scrubber.learn(state.tree);
    this.#scrubber.learn(state.inserted);
    this.#readers = readers;
    this.#state = state;
    for (const watcher of this.#watchers) watcher.refresh();
    for (const layer of layers) layer.review?.(state.tree, this.#warn);
    const changed = old ? changedKeys(old.tree, state.tree) : [];
    if (changed.length === 0) return false;
    for (const listener of [...this.#listeners]) {
      try {
        listener({ changed: [...changed] });
      } catch (error) {
        this.#warn(this.scrub(`A listener to changes of secrets failed: ${String(/** @type {any} */ (error)?.message)}`));
      }
    }
    return true;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #enqueue(work) {
    const before = QUEUED ? this.#queue : undefined;
    /** @type {() => void} */
    let done = () => {};
    this.#queue = new Promise((resolve) => (done = () => resolve(undefined)));
    try {
      await before;
      return await work();
    } catch (error) {
      throw this.scrubError(error);
    } finally {
      done();
    }
  }
}

/**
 * Whether loads wait for each other. Where a request must not wait for another one they do not: a load that is never
 * resumed, because its request was cancelled, would hold up all that come later.
 */
const QUEUED = runtime.defaultFlightScope !== 'request';

/** @param {Reader[]} readers @returns {Promise<Layer[]>} */
const readAll = async (readers) => (await Promise.all(readers.map((reader) => reader.read()))).flat();

/**
 * Loads what merging the layers needs.
 * @param {readonly Layer[]} layers
 */
async function prepare(layers) {
  if (!isPlain(layers)) await loadSecretsCore(layers.some(({ kind }) => kind === 'json'));
}
