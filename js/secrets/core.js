/**
 * The part of the core that reads and merges the layers of secrets: a WebAssembly file of its own, which programs without layers do
 * not load. TOML is two thirds of it.
 */
import { glue, jsonParser, loadGlue, loadJson } from '#secrets-glue';
import { WasmModule } from '../wasm_module.js';

/** @typedef {import('../../dist/secrets.js').MainModule} SecretsModule */

/** @type {WasmModule<SecretsModule>} */
const wasm = new WasmModule('secrets', (module) =>
  /** @type {NonNullable<ReturnType<typeof glue>>} */ (glue())({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => unknown} done */
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)),
  }),
);

/**
 * Makes sure that {@link secretsCore}, and {@link parseJson} if it is asked for, can answer.
 * @param {boolean} [json]
 */
export const loadSecretsCore = async (json = false) => {
  await Promise.all([loadGlue(), wasm.compile(), json && loadJson()]);
  return wasm.now();
};

/** The living instance, at once. In a browser it must have been loaded before. */
export const secretsCore = () => wasm.now();

/**
 * Reads a JSON document, see json_core.js. In a browser that must have been loaded before.
 * @param {string | Uint8Array} text
 */
export const parseJson = (text) => /** @type {NonNullable<ReturnType<typeof jsonParser>>} */ (jsonParser())(text);
