/**
 * User functions of the databases in this thread. Loaded with the first one.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';
import { resolveDefinition } from '../sqlite/function_options.js';
import { loadFunctions } from '../sqlite/functions.js';

/** @typedef {import('../sqlite/database.js').Database} Database */
/** @typedef {import('../sqlite/function_options.js').Definition} Definition */
/** @typedef {import('../sqlite/functions.js').Functions} Functions */

/** @type {WeakMap<Database, Promise<Functions>>} */
const known = new WeakMap();

/**
 * @param {Database} database
 * @param {{ calls: number }} session Told while a function runs.
 * @param {import('./turns.js').Turns} turns Likewise.
 * @param {Definition} definition
 * @throws {HawserError} ERR_QUERY, ERR_WASM_LOAD, ERR_NOT_SUPPORTED
 */
export async function defineLocally(database, session, turns, definition) {
  const resolved = await resolve(definition);
  let functions = known.get(database);
  if (!functions) {
    functions = loadFunctions(database, gateOf(session, turns));
    known.set(database, functions);
    functions.catch(() => known.delete(database));
  }
  (await functions).define(resolved);
}

/**
 * Keeps statements out while a function runs.
 * @param {{ calls: number }} session
 * @param {import('./turns.js').Turns} turns
 * @returns {import('../sqlite/functions.js').Gate}
 */
export const gateOf = (session, turns) => ({
  enter() {
    session.calls++;
    return turns.tryTake();
  },
  leave(held) {
    session.calls--;
    if (held) turns.pass();
  },
});

/**
 * The definition with its function, imported if need be.
 * @param {Definition} definition
 */
export async function resolve(definition) {
  const { reference, name } = definition;
  if (!reference) return definition;
  const { importModule } = runtime;
  if (!importModule) {
    throw new HawserError('ERR_NOT_SUPPORTED', `This runtime cannot import ${reference.module} by its name. Import it, and pass the function "${name}" itself.`, {
      phase: 'define',
    });
  }
  try {
    return await resolveDefinition(definition, importModule);
  } catch (cause) {
    if (/** @type {any} */ (cause)?.name === 'TypeError' && !/import/i.test(/** @type {any} */ (cause).message)) throw cause;
    throw new HawserError('ERR_CONNECTION_CONFIG', `The function "${name}" could not be imported from ${reference.module}: ${/** @type {any} */ (cause)?.message ?? cause}`, {
      phase: 'define', cause,
    });
  }
}
