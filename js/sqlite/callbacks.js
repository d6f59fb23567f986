/**
 * The answering side of wasm/callbacks.cc: JavaScript that SQLite calls, its progress handler and user functions. Loaded
 * with the first of them that an engine needs.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';

/** @typedef {import('./engine.js').Engine} Engine */

/**
 * What SQLite calls. A scalar function has `call`, an aggregate `step` and `value` and, as a window function, `inverse`; pointers
 * are numbers, `values` that of an array of n sqlite3_value*.
 * @typedef {object} Callee
 * @property {() => boolean} [progress] Whether to stop.
 * @property {(context: number, n: number, values: number) => void} [call]
 * @property {(context: number, group: number, n: number, values: number) => void} [step] group: memory of 8 bytes, zero at first.
 * @property {(context: number, group: number, n: number, values: number) => void} [inverse]
 * @property {(context: number, group: number, last: boolean) => void} [value] group: 0 when there were no rows.
 * @property {() => void} [destroy] Called once, when SQLite needs it no more.
 */

/** Bytes of `scratch`. */
export const SCRATCH = 1024;

/** Those under way and those that are there. @type {WeakMap<Engine, Promise<Callbacks>>} */
const loads = new WeakMap();

/**
 * The callbacks of an engine; afterwards they are `engine.callbacks`.
 * @param {Engine} engine
 * @returns {Promise<Callbacks>}
 * @throws {import('../errors.js').HawserError} ERR_WASM_LOAD; the next call tries again
 */
export function loadCallbacks(engine) {
  let load = loads.get(engine);
  if (!load) {
    load = runtime.loadModule('callbacks').then((module) => (engine.callbacks = new Callbacks(engine, module)));
    loads.set(engine, load);
    load.catch(() => loads.delete(engine));
  }
  return load;
}

export class Callbacks {
  #engine;
  /** By number; 0 is none. @type {(Callee | undefined)[]} */
  #callees = [undefined];
  /** @type {number[]} Numbers that are free again. */
  #free = [];
  /** The last error that a callee threw, and what SQLite was told about it. @type {{ text: string, error: unknown } | undefined} */
  #thrown;

  /**
   * @param {Engine} engine
   * @param {WebAssembly.Module} module
   */
  constructor(engine, module) {
    this.#engine = engine;
    const callees = this.#callees;
    const note = (/** @type {unknown} */ error) => (this.#thrown = { text: 'interrupted', error });
    /** Nothing may be thrown through SQLite, unless the engine is given up with it. @type {(context: number, error: unknown) => void} */
    const caught = (context, error) => {
      const reason = engine.trapped(error);
      if (!engine.alive) throw reason;
      this.refuse(context, reason instanceof HawserError ? reason.message : 'a user function failed', reason);
    };
    /** @type {Record<string, (id: number, ...rest: number[]) => number | void>} */
    const imports = {
      js_progress(id) {
        try {
          return callees[id]?.progress?.() ? 1 : 0;
        } catch (error) {
          note(error);
          return 1;
        }
      },
      js_call(id, context, n, values) {
        try {
          callees[id]?.call?.(context, n, values);
        } catch (error) {
          caught(context, error);
        }
      },
      js_step(id, context, group, n, values) {
        try {
          if (group) callees[id]?.step?.(context, group, n, values);
          else engine.c.sqlite3_result_error_nomem(context);
        } catch (error) {
          caught(context, error);
        }
      },
      js_inverse(id, context, group, n, values) {
        try {
          callees[id]?.inverse?.(context, group, n, values);
        } catch (error) {
          caught(context, error);
        }
      },
      js_value(id, context, group, last) {
        try {
          callees[id]?.value?.(context, group, last !== 0);
        } catch (error) {
          caught(context, error);
        }
      },
      js_destroy: (id) => this.remove(id),
    };
    const { c, memory } = engine;
    const { exports } = new WebAssembly.Instance(module, { env: { ...c, ...imports, memory } });
    const { result_integer, ...functions } = /** @type {Record<string, any>} */ (exports);
    /** Sets the result of a function to a whole number. @type {(context: number, value: number) => void} */
    this.resultInteger = result_integer;
    /** Room for short texts. */
    this.scratch = engine.allocate(SCRATCH);
    const table = /** @type {any} */ (c).__indirect_function_table;
    const place = (/** @type {Function} */ callback) => {
      const at = table.grow(1);
      table.set(at, callback);
      return at;
    };
    /**
     * Addresses for SQLite. @type {Record<'progress' | 'call' | 'step' | 'inverse' | 'value' | 'final' | 'destroy' | 'free', number>}
     */
    this.at = /** @type {any} */ (
      Object.fromEntries(Object.entries({ ...functions, free: c.sqlite3_free }).map(([name, callback]) => [name, place(callback)]))
    );
  }

  /**
   * @param {Callee} callee
   * @returns {number} To be given to SQLite beside the callback's address. Above 0.
   */
  add(callee) {
    const id = this.#free.pop() ?? this.#callees.length;
    this.#callees[id] = callee;
    return id;
  }

  /** @param {number} id SQLite must not use it any more. */
  remove(id) {
    const callee = this.#callees[id];
    if (!callee) return;
    this.#callees[id] = undefined;
    this.#free.push(id);
    callee.destroy?.();
  }

  /** How many there are. */
  get size() {
    return this.#callees.length - 1 - this.#free.length;
  }

  /**
   * Makes a function's result an error: the statement that called it fails.
   * @param {number} context sqlite3_context*
   * @param {string} text What SQLite is to say. Well-formed.
   * @param {unknown} error The cause of the error that comes of it.
   */
  refuse(context, text, error) {
    const engine = this.#engine;
    this.#thrown = { text, error };
    let copy;
    try {
      copy = engine.allocateText(text);
    } catch {
      engine.c.sqlite3_result_error_nomem(context);
      return;
    }
    engine.c.sqlite3_result_error(context, copy.pointer, copy.bytes);
    engine.free(copy.pointer);
  }

  /**
   * What a callee threw, when that is what SQLite says; whatever it was is forgotten.
   * @param {string} reason SQLite's message.
   * @returns {unknown} undefined when it is not.
   */
  takeCause(reason) {
    const thrown = this.#thrown;
    this.#thrown = undefined;
    return thrown?.text === reason ? thrown.error : undefined;
  }
}
