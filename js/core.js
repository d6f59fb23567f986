/**
 * The C++ core: one WebAssembly instance shared by everything in this module graph, and what happens when it traps.
 */
import createCore from '../dist/core.js';
import * as runtime from '#runtime';
import { HawserError } from './errors.js';

export { locateFiles } from '#runtime';

/** @typedef {import('../dist/core.js').MainModule} CoreModule */

/** @type {WebAssembly.Module | undefined} */
let compiled;
/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling;
/** @type {Core | undefined} */
let current;

/**
 * One instance of the core. A trap is final: `alive` turns false, and whoever keeps state in the instance must
 * drop it and ask {@link core} for a fresh one.
 */
export class Core {
  alive = true;

  /** @param {CoreModule} module Embind classes and raw exports. */
  constructor(module) {
    this.module = module;
  }

  /**
   * Runs `use` on the module. A trap (any RuntimeError or RangeError out of wasm, see DESIGN "A trap is final")
   * gives this instance up.
   * @template T
   * @param {(module: CoreModule) => T} use
   * @returns {T}
   * @throws {HawserError} ERR_CORE_CRASHED
   */
  run(use) {
    if (!this.alive) throw crashed(undefined);
    try {
      return use(this.module);
    } catch (error) {
      throw this.trapped(error);
    }
  }

  /**
   * What to throw for an error that came out of a raw export: ERR_CORE_CRASHED for a trap, otherwise the error itself.
   * @param {unknown} error
   */
  trapped(error) {
    if (error instanceof HawserError) return error;
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return error;
    this.alive = false;
    if (current === this) current = undefined;
    return crashed(error);
  }
}

/** @param {unknown} cause */
const crashed = (cause) =>
  new HawserError('ERR_CORE_CRASHED', 'The WebAssembly core trapped and was given up. Call again: the next call runs on a fresh one.', {
    cause,
  });

/**
 * Makes sure that {@link core} can answer.
 * @returns {Promise<Core>}
 */
export async function loadCore() {
  if (!compiled) {
    compiling ??= runtime.loadModule('core');
    try {
      compiled = await compiling;
    } finally {
      compiling = undefined; // A failed load may be tried again.
    }
  }
  return core();
}

/**
 * The living core, at once. In a browser it must have been loaded before, see {@link loadCore}.
 * @returns {Core}
 */
export function core() {
  if (current) return current;
  compiled ??= runtime.loadModuleSync('core');
  if (!compiled) {
    throw new HawserError('ERR_SECRETS_NOT_LOADED', 'Hawser has not been loaded yet: await secrets.load() or connection(…) first.');
  }
  const module = compiled;
  return (current = new Core(
    createCore({
      /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => unknown} done */
      instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)),
    }),
  ));
}
