/**
 * Asking a wasm module that takes and gives packed trees (wasm/bytes_exports.cc).
 */
import { pack, unpack } from './packed.js';

/**
 * @param {import('./core.js').Core} instance
 * @param {string} decision Name of an export that takes a request's bytes and their count, and gives an answer.
 * @param {object} request A tree of js/packed.js.
 * @returns {any} A tree of js/packed.js.
 * @throws {import('./errors.js').HawserError} ERR_CORE_CRASHED
 */
export const ask = (instance, decision, request) => unpack(askBytes(instance, decision, pack(request)));

/**
 * The same of bytes, whatever they mean.
 * @param {import('./core.js').Core} instance
 * @param {string} decision
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} A copy.
 * @throws {import('./errors.js').HawserError} ERR_CORE_CRASHED
 */
export const askBytes = (instance, decision, bytes) =>
  instance.run((exports) => {
    const room = exports.bytes_new(bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, room);
    const text = exports[decision](room, bytes.length);
    exports.bytes_delete(room);
    const start = exports.answer_bytes(text);
    const copy = new Uint8Array(exports.memory.buffer.slice(start, start + exports.answer_size(text)));
    exports.answer_delete(text);
    return copy;
  });
