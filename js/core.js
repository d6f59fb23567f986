/**
 * The C++ core: one WebAssembly instance shared by everything in this module graph. Its exports are those of wasm/cache_exports.cc
 * and wasm/factory_exports.cc.
 */
import { Instance, WasmModule } from './wasm_module.js';

export { locateFiles } from '#runtime';

/**
 * Functions that take and return numbers, and the memory.
 * @typedef {{ memory: WebAssembly.Memory } & Record<string, (...args: number[]) => number>} CoreExports
 */
/** @typedef {Instance<CoreExports>} Core */

/** @type {WasmModule<CoreExports>} */
const wasm = new WasmModule('core', (module) => {
  const { exports } = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth() {} } });
  const core = /** @type {CoreExports} */ (/** @type {unknown} */ (exports));
  core._initialize();
  return core;
});

/**
 * Makes sure that {@link core} can answer.
 * @returns {Promise<Core>}
 */
export const loadCore = () => wasm.load();

/**
 * The living core, at once. In a browser it must have been loaded before, see {@link loadCore}.
 * @returns {Core}
 */
export const core = () => wasm.now();
