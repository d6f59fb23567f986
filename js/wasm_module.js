/**
 * A wasm file of the package with at most one living instance, and what happens when that traps.
 */
import * as runtime from '#runtime';
import { HawserError } from './errors.js';

/**
 * One instance. A trap is final: `alive` turns false, and whoever keeps state in the instance must drop it and ask for a fresh one.
 * @template Module
 */
export class Instance {
  alive = true;

  /** @param {Module} module Its exports. */
  constructor(module) {
    this.module = module;
  }

  /**
   * Runs `use` on the module. A trap (any RuntimeError or RangeError out of wasm, see DESIGN "A trap is final")
   * gives this instance up.
   * @template T
   * @param {(module: Module) => T} use
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
    return crashed(error);
  }
}

/** @param {unknown} cause */
const crashed = (cause) =>
  new HawserError('ERR_CORE_CRASHED', 'The WebAssembly core trapped and was given up. Call again: the next call runs on a fresh one.', {
    cause,
  });

/** @template Module */
export class WasmModule {
  #file;
  #instantiate;
  /** @type {WebAssembly.Module | undefined} */
  #compiled;
  /** @type {Promise<WebAssembly.Module> | undefined} */
  #compiling;
  /** @type {Instance<Module> | undefined} */
  #current;

  /**
   * @param {import('./runtime/locations.js').WasmFile} file
   * @param {(module: WebAssembly.Module) => Module} instantiate
   */
  constructor(file, instantiate) {
    this.#file = file;
    this.#instantiate = instantiate;
  }

  /**
   * Makes sure that {@link WasmModule#now} can answer.
   * @returns {Promise<Instance<Module>>}
   * @throws {HawserError} ERR_WASM_LOAD
   */
  async load() {
    await this.compile();
    return this.now();
  }

  /**
   * Loads the file, once.
   * @returns {Promise<void>}
   * @throws {HawserError} ERR_WASM_LOAD
   */
  async compile() {
    if (this.#compiled) return;
    this.#compiling ??= runtime.loadModule(this.#file);
    try {
      this.#compiled = await this.#compiling;
    } finally {
      this.#compiling = undefined; // A failed load may be tried again.
    }
  }

  /**
   * The living instance, at once. In a browser it must have been loaded before.
   * @returns {Instance<Module>}
   * @throws {HawserError} ERR_SECRETS_NOT_LOADED, ERR_WASM_LOAD
   */
  now() {
    if (this.#current?.alive) return this.#current;
    this.#compiled ??= runtime.loadModuleSync(this.#file);
    if (!this.#compiled) {
      throw new HawserError('ERR_SECRETS_NOT_LOADED', 'Hawser has not been loaded yet: await secrets.load() or connection(…) first.');
    }
    return (this.#current = new Instance(this.#instantiate(this.#compiled)));
  }
}
