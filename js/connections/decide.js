/**
 * The core's decisions about connections (src/factory).
 */
import { core } from '../core.js';
import { HawserError } from '../errors.js';
import { pack, unpack } from '../packed.js';

/** Exports of wasm/factory_exports.cc, by decision. */
const DECISIONS = Object.freeze({ type: 'factory_type', configure: 'factory_configuration' });

/**
 * Asks the core.
 * @param {string} connection For errors.
 * @param {keyof typeof DECISIONS} decision
 * @param {object} request What src/factory/answers.h says, as a tree of js/packed.js.
 * @returns {any}
 * @throws {HawserError} What the core answers.
 */
export function decide(connection, decision, request) {
  const bytes = pack(request);
  const answer = unpack(
    core().run((exports) => {
      const room = exports.bytes_new(bytes.length);
      new Uint8Array(exports.memory.buffer).set(bytes, room);
      const text = exports[DECISIONS[decision]](room, bytes.length);
      exports.bytes_delete(room);
      const start = exports.answer_bytes(text);
      const copy = new Uint8Array(exports.memory.buffer.slice(start, start + exports.answer_size(text)));
      exports.answer_delete(text);
      return copy;
    }),
  );
  if (!answer.error) return answer;
  const { code, message } = answer.error;
  throw new HawserError(code, message, { connection, phase: decision });
}
