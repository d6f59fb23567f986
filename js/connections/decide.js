/**
 * The core's decisions about connections (src/factory).
 */
import { ask } from '../asking.js';
import { core } from '../core.js';
import { HawserError } from '../errors.js';

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
  const answer = ask(core(), DECISIONS[decision], request);
  if (!answer.error) return answer;
  const { code, message } = answer.error;
  throw new HawserError(code, message, { connection, phase: decision });
}
