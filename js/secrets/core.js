/**
 * The part of the core that reads and merges the layers of secrets: a WebAssembly file of its own, which programs without layers do
 * not load. TOML is two thirds of it.
 */
import { glue, loadGlue } from '#secrets-glue';
import { WasmModule } from '../wasm_module.js';

/** @typedef {import('../../dist/secrets.js').MainModule} SecretsModule */

/** @type {WasmModule<SecretsModule>} */
const wasm = new WasmModule('secrets', (module) =>
  /** @type {NonNullable<ReturnType<typeof glue>>} */ (glue())({
    /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => unknown} done */
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)),
  }),
);

/** Makes sure that {@link secretsCore} can answer. */
export const loadSecretsCore = async () => {
  await Promise.all([loadGlue(), wasm.compile()]);
  return wasm.now();
};

/** The living instance, at once. In a browser it must have been loaded before. */
export const secretsCore = () => wasm.now();
