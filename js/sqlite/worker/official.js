/**
 * The official JavaScript of SQLite, for its file systems, with Hawser's engine in the same instance. For Workers only: it
 * installs its handles where pages cannot.
 */
import { Engine, loadModules } from '../engine.js';

/**
 * @typedef {object} Official
 * @property {any} sqlite3 Its API.
 * @property {Engine} engine
 * @property {Faults} faults
 */

/** What went wrong last in a file system: SQLite itself only tells its own code. */
export class Faults {
  /** @type {unknown} */
  #last;

  /** @param {...unknown} args As for console.error. */
  note = (...args) => {
    const error = args.find((arg) => typeof arg === 'object' && arg !== null && 'message' in arg);
    if (error) this.#last = error;
  };

  /** @returns {any} The last error since the last call. */
  take() {
    const error = this.#last;
    this.#last = undefined;
    return error;
  }
}

/**
 * @param {'opfs-sahpool' | 'opfs'} vfs The one that is going to be used.
 * @param {() => void} onTrap Called once when the instance is given up.
 * @returns {Promise<Official>}
 * @throws {import('../../errors.js').HawserError} ERR_WASM_LOAD
 */
export async function loadOfficial(vfs, onTrap) {
  // Compiled first: the hook has no way to say that something failed later.
  const [{ default: init }, { sqlite, packer, binder }] = await Promise.all([import('@sqlite.org/sqlite-wasm'), loadModules()]);
  const faults = new Faults();
  /** @type {Engine | undefined} */
  let engine;
  // Read and deleted by init().
  Object.assign(globalThis, {
    sqlite3ApiConfig: {
      disable: { vfs: { opfs: vfs !== 'opfs', 'opfs-wl': true, 'opfs-sahpool': vfs !== 'opfs-sahpool', kvvfs: true } },
      error: faults.note,
      warn: faults.note,
      log() {},
      debug() {},
    },
  });
  const sqlite3 = await /** @type {any} */ (init)({
    instantiateWasm(/** @type {any} */ imports, /** @type {Function} */ done) {
      const resize = imports.env.emscripten_resize_heap;
      const env = {
        ...imports.env,
        emscripten_resize_heap(/** @type {number} */ bytes) {
          const grown = resize(bytes);
          engine?.refresh();
          return grown;
        },
      };
      const instance = new WebAssembly.Instance(sqlite, { ...imports, env });
      done(instance, sqlite);
      return instance.exports;
    },
  });
  const { memory, exports } = sqlite3.wasm;
  engine = new Engine({ memory, exports }, packer, binder, onTrap);
  return { sqlite3, engine, faults };
}
