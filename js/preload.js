/**
 * Wasm files on their way before anybody has asked for them.
 */
import * as runtime from '#runtime';

/** @typedef {import('./runtime/node.js').WasmFile} WasmFile */

/** @type {Map<WasmFile, Promise<WebAssembly.Module>>} */
const loading = new Map();

/**
 * Begins to load files. What fails here fails again for who needs it.
 * @param {readonly WasmFile[]} files
 */
export function preload(files) {
  for (const file of files) {
    if (loading.has(file)) continue;
    const module = runtime.loadModule(file);
    loading.set(file, module);
    module.catch(() => loading.delete(file));
  }
}

/**
 * A wasm file of the package, maybe on its way already. Not kept here any longer.
 * @param {WasmFile} file
 * @returns {Promise<WebAssembly.Module>}
 * @throws {import('./errors.js').HawserError} ERR_WASM_LOAD
 */
export function loadModule(file) {
  const module = loading.get(file);
  loading.delete(file);
  return module ?? runtime.loadModule(file);
}
