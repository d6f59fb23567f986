/**
 * Reads JSON documents (src/secrets/json_reader.h): a WebAssembly file of its own, which programs without any do not load.
 */
import { askBytes } from '../asking.js';
import { WasmModule } from '../wasm_module.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** @type {WasmModule<import('../core.js').CoreExports>} */
const wasm = new WasmModule('json', (module) => {
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      emscripten_notify_memory_growth() {},
      /** @param {number} start @param {number} length Of a floating point literal. */
      hawser_parse_number: (start, length) => Number(decoder.decode(new Uint8Array(json.memory.buffer, start, length))),
    },
  });
  const json = /** @type {import('../core.js').CoreExports} */ (/** @type {unknown} */ (exports));
  json._initialize();
  return json;
});

/** Makes sure that {@link parseJson} can answer. */
export const loadJson = () => wasm.compile();

/**
 * @param {string | Uint8Array} text
 * @returns {Uint8Array} A packed tree: a table, or an array with a table of what is wrong.
 * @throws {import('../errors.js').HawserError} ERR_CORE_CRASHED
 */
export const parseJson = (text) => askBytes(wasm.now(), 'json_read', typeof text === 'string' ? encoder.encode(text) : text);
