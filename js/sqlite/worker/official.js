/**
 * The official JavaScript of SQLite, for its file systems, with Hawser's engine in the same instance. For Workers only: pages
 * have no access handles.
 */
import { Engine, loadModules } from '../engine.js';

/**
 * @param {'opfs-sahpool' | 'opfs'} vfs The one that is going to be used.
 * @param {(...args: unknown[]) => void} onFault Called with what the file system complains of.
 * @param {() => void} onTrap Called once when the instance is given up.
 * @returns {Promise<{ sqlite3: any, engine: Engine }>} sqlite3: its API.
 * @throws {import('../../errors.js').HawserError} ERR_WASM_LOAD
 */
export async function loadOfficial(vfs, onFault, onTrap) {
  // Compiled first: the hook below has no way to say that something failed later.
  const [{ default: init }, { sqlite, packer, binder }] = await Promise.all([import('@sqlite.org/sqlite-wasm'), loadModules()]);
  /** @type {Engine | undefined} */
  let engine;
  const quiet = () => {};
  // Read and deleted by init().
  Object.assign(globalThis, {
    sqlite3ApiConfig: {
      disable: { vfs: { opfs: vfs !== 'opfs', 'opfs-wl': true, 'opfs-sahpool': vfs !== 'opfs-sahpool', kvvfs: true } },
      error: onFault, warn: onFault, log: quiet, debug: quiet,
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
  return { sqlite3, engine };
}
