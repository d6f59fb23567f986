/**
 * Emscripten's JavaScript for secrets.wasm, and what reads JSON documents, loaded with the program: for runtimes where secrets can be
 * read without waiting. package.json's `imports` picks this file or glue_later.js.
 */
import create from '../../dist/secrets.js';
import { parseJson } from './json_core.js';

/** @returns {typeof create | undefined} */
export const glue = () => create;

/** Makes sure that {@link glue} can answer. */
export const loadGlue = async () => {};

/** @returns {typeof parseJson | undefined} */
export const jsonParser = () => parseJson;

/** Makes sure that {@link jsonParser} can answer. */
export { loadJson } from './json_core.js';
