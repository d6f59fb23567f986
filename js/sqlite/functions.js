/**
 * User functions of one database: JavaScript that SQL calls.
 */
import { loadCallbacks } from './callbacks.js';
import { sqliteError } from './errors.js';
import { argumentCount } from './function_options.js';
import { plainResult, readArguments, setResult } from './function_values.js';

/** @typedef {import('./callbacks.js').Callbacks} Callbacks */
/** @typedef {import('./callbacks.js').Callee} Callee */
/** @typedef {import('./database.js').Database} Database */
/** @typedef {import('./function_options.js').AggregateOptions} AggregateOptions */
/** @typedef {import('./function_options.js').Definition} Definition */

/**
 * Keeps statements out while a function runs: SQLite is in the middle of one.
 * @typedef {object} Gate
 * @property {() => boolean} enter
 * @property {(held: boolean) => void} leave Takes what enter() gave.
 */

// https://sqlite.org/c3ref/c_deterministic.html
const UTF8 = 1;
const DETERMINISTIC = 0x800;
const DIRECT_ONLY = 0x80000;

/**
 * @param {Database} database
 * @param {Gate} gate
 * @returns {Promise<Functions>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadFunctions(database, gate) {
  return new Functions(database, gate, await loadCallbacks(database.engine));
}

export class Functions {
  #database;
  #gate;
  #callbacks;

  /** @param {Database} database @param {Gate} gate @param {Callbacks} callbacks */
  constructor(database, gate, callbacks) {
    this.#database = database;
    this.#gate = gate;
    this.#callbacks = callbacks;
  }

  /**
   * Defines a function, or puts it in the place of one with the same name and number of arguments.
   * @param {Definition} definition Resolved.
   * @throws {HawserError} ERR_QUERY; ERR_CLOSED
   */
  define(definition) {
    const database = this.#database;
    database.check();
    const { engine, pointer } = database;
    const { at } = this.#callbacks;
    const { options, kind } = definition;
    const flags = UTF8 | (options.deterministic ? DETERMINISTIC : 0) | (options.directOnly ? DIRECT_ONLY : 0);
    const name = engine.allocateText(definition.name);
    const id = this.#callbacks.add(kind === 'function' ? this.#scalar(definition) : this.#aggregate(definition));
    const n = argumentCount(definition);
    // When it fails, SQLite calls destroy.
    const status = engine.guard(() => {
      if (kind === 'function') return engine.c.sqlite3_create_function_v2(pointer, name.pointer, n, flags, id, at.call, 0, 0, at.destroy);
      if (!definition.parts?.inverse) {
        return engine.c.sqlite3_create_function_v2(pointer, name.pointer, n, flags, id, 0, at.step, at.final, at.destroy);
      }
      return engine.c.sqlite3_create_window_function(
        pointer, name.pointer, n, flags, id, at.step, at.final, at.value, at.inverse, at.destroy,
      );
    });
    engine.free(name.pointer);
    if (status !== 0) throw sqliteError(engine, pointer, status);
  }

  /**
   * @param {Definition} definition
   * @returns {Callee}
   */
  #scalar({ name, options: { int64 }, fn }) {
    const { engine } = this.#database;
    const gate = this.#gate;
    const scalar = /** @type {(...values: any[]) => unknown} */ (fn);
    return {
      call: (context, n, values) => {
        const list = readArguments(engine, n, values, int64);
        const held = gate.enter();
        let result;
        try {
          result = plainResult(list.length === 1 ? scalar(list[0]) : scalar(...list));
        } catch (error) {
          return this.#refuse(context, name, error);
        } finally {
          gate.leave(held);
        }
        setResult(engine, context, result);
      },
    };
  }

  /**
   * @param {Definition} definition
   * @returns {Callee}
   */
  #aggregate({ name, options: { int64 }, parts }) {
    const { engine } = this.#database;
    const gate = this.#gate;
    const { start, step, result, inverse } = /** @type {AggregateOptions} */ (parts);
    const begin = () => (typeof start === 'function' ? start() : start);
    /** By number; 0 is none. @type {Map<number, { total: unknown, failed: boolean }>} */
    const groups = new Map();
    let count = 0;
    /** @type {(take: AggregateOptions['step']) => NonNullable<Callee['step']>} */
    const taking = (take) => (context, group, n, values) => {
      let known = groups.get(engine.u32[group >>> 2]);
      if (known?.failed) return;
      const list = readArguments(engine, n, values, int64);
      const held = gate.enter();
      try {
        if (!known) {
          engine.u32[group >>> 2] = count = (count % 0xffffffff) + 1;
          groups.set(count, (known = { total: undefined, failed: false }));
          known.total = begin();
        }
        const total = take(known.total, ...list);
        if (total !== undefined) known.total = total;
      } catch (error) {
        if (known) known.failed = true;
        this.#refuse(context, name, error);
      } finally {
        gate.leave(held);
      }
    };
    return {
      step: taking(step),
      ...(inverse && { inverse: taking(inverse) }),
      value: (context, group, last) => {
        const number = group ? engine.u32[group >>> 2] : 0;
        const known = groups.get(number);
        if (last) groups.delete(number);
        if (known?.failed) return;
        const held = gate.enter();
        let value;
        try {
          const total = known ? known.total : begin();
          value = plainResult(result ? result(total) : total);
        } catch (error) {
          return this.#refuse(context, name, error);
        } finally {
          gate.leave(held);
        }
        setResult(engine, context, value);
      },
    };
  }

  /** @param {number} context @param {string} name @param {unknown} error Of the user's. */
  #refuse(context, name, error) {
    this.#callbacks.refuse(context, `${name}() failed: ${messageOf(error)}`, error);
  }
}

/** @param {any} error */
export function messageOf(error) {
  try {
    const text = String(error?.message ?? error);
    return text.replace(/\p{Surrogate}|\0/gu, '\ufffd');
  } catch {
    return 'it threw something that has no text';
  }
}
