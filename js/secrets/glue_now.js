/**
 * Emscripten's JavaScript for secrets.wasm, loaded with the program: for runtimes where secrets can be read without waiting.
 * package.json's `imports` picks this file or glue_later.js.
 */
import create from '../../dist/secrets.js';

/** @returns {typeof create | undefined} */
export const glue = () => create;

/** Makes sure that {@link glue} can answer. */
export const loadGlue = async () => {};
