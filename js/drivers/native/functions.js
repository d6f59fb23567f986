/**
 * User functions of the clients for files: the clients call them, and here they get their arguments and give their results by the
 * rules that hold for all SQLite databases.
 */
import { name as runtime } from '#runtime';
import { HawserError } from '../../errors.js';
import { queryError } from '../../sqlite/errors.js';
import { argumentCount } from '../../sqlite/function_options.js';
import { plainResult } from '../../sqlite/function_values.js';
import { messageOf } from '../../sqlite/functions.js';
import { gateOf, resolve } from '../sqlite_functions.js';

/** @typedef {import('../../sqlite/function_options.js').AggregateOptions} AggregateOptions */
/** @typedef {import('../../sqlite/function_options.js').Definition} Definition */
/** @typedef {import('../../sqlite/functions.js').Gate} Gate */
/** @typedef {(...values: any[]) => unknown} Callee */

/**
 * What is given to a client: its integers must come as bigint, and whole numbers go as such. `n`: how many arguments it takes, -1: any
 * number.
 * @typedef {object} NativeFunction
 * @property {string} name
 * @property {Definition['options']} options
 * @property {number} n
 * @property {Callee} [fn] Of a scalar function.
 * @property {{ start: () => unknown, step: Callee, result: Callee, inverse?: Callee }} [parts] Of an aggregate.
 */

/** In Deno 2.9 a function that throws never ends. What no client can make a value of fails the statement too. */
const THROWING = /** @type {string} */ (runtime) !== 'deno';
const FAILED = Symbol('failed');

/**
 * @param {import('./database.js').NativeDatabase} database
 * @param {import('../turns.js').Turns} turns Kept while a function runs.
 * @param {Definition} definition
 * @throws {HawserError} ERR_NOT_SUPPORTED, ERR_QUERY
 */
export async function defineNatively(database, turns, definition) {
  const { handle } = database;
  if (!handle.function || (definition.kind === 'aggregate' && !handle.aggregate)) {
    const message = `The client "${handle.client}" for SQLite files takes no such functions written in JavaScript; node:sqlite of Node.js 24 and better-sqlite3 do.`;
    throw new HawserError('ERR_NOT_SUPPORTED', message, { phase: 'define' });
  }
  const { name, options, fn, parts } = nativeFunction(await resolve(definition), database, gateOf(database, turns));
  const flags = { deterministic: options.deterministic, directOnly: options.directOnly, varargs: options.varargs };
  database.guard(undefined, () => {
    try {
      if (fn) handle.function?.(name, flags, fn);
      else handle.aggregate?.(name, flags, /** @type {any} */ (parts));
    } catch (error) {
      if (!/is busy/.test(messageOf(error))) throw error;
      throw queryError({ reason: 'functions cannot be defined while a result is read', errno: 5, cause: error });
    }
  });
}

/**
 * @param {Definition} definition Resolved.
 * @param {import('./database.js').NativeDatabase} database Told what is thrown.
 * @param {Gate} gate
 * @returns {NativeFunction}
 */
function nativeFunction(definition, database, gate) {
  const { name, options, fn, parts } = definition;
  const n = argumentCount(definition);
  /**
   * @template T
   * @param {() => T} work
   * @returns {T}
   */
  const guarded = (work) => {
    const held = gate.enter();
    try {
      return work();
    } catch (error) {
      database.thrown ??= { reason: `${name}() failed: ${messageOf(error)}`, cause: error };
      if (!THROWING) return /** @type {any} */ (FAILED);
      throw error;
    } finally {
      gate.leave(held);
    }
  };
  const list = (/** @type {any[]} */ values) => values.map((value, i) => argument(value, options.int64, i));
  if (fn) return { name, options, n, fn: withLength((...values) => guarded(() => result(fn(...list(values)))), n) };
  const { start, step, result: last, inverse } = /** @type {AggregateOptions} */ (parts);
  // A box, so that a total which is undefined, or changed in place, is the client's no matter.
  const taking = (/** @type {Callee} */ take) =>
    withLength((/** @type {{ total: unknown } | typeof FAILED} */ box, ...values) => {
      if (box === FAILED) return box;
      return guarded(() => {
        const total = take(box.total, ...list(values));
        if (total !== undefined) box.total = total;
        return box;
      });
    }, n + 1);
  return {
    name, options, n,
    parts: {
      start: () => guarded(() => ({ total: typeof start === 'function' ? start() : start })),
      step: taking(step),
      result: (/** @type {{ total: unknown } | typeof FAILED} */ box) =>
        box === FAILED ? box : guarded(() => result(last ? last(box.total) : box.total)),
      ...(inverse && { inverse: taking(inverse) }),
    },
  };
}

/**
 * Clients ask functions how many arguments they take.
 * @param {Callee} fn @param {number} length
 */
const withLength = (fn, length) => Object.defineProperty(fn, 'length', { value: Math.max(0, length) });

/** @param {any} value @param {'number' | 'bigint' | 'string'} int64 @param {number} index For the error. */
function argument(value, int64, index) {
  if (typeof value === 'bigint') {
    if (int64 === 'bigint') return value;
    if (int64 === 'string') return String(value);
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new HawserError('ERR_INT64_RANGE', `Argument ${index + 1} is an integer beyond 2^53, which a number would round. Define the function with int64: 'bigint' or int64: 'string'.`, {
      phase: 'query',
    });
  }
  return ArrayBuffer.isView(value) ? Uint8Array.from(/** @type {Uint8Array} */ (value)) : value;
}

/** @param {unknown} value */
function result(value) {
  const plain = plainResult(value);
  // Of an empty buffer Node.js 22 would make NULL.
  if (typeof plain === 'object' && plain?.length === 0) return new Uint8Array(new ArrayBuffer(8), 0, 0);
  return typeof plain === 'number' && Number.isSafeInteger(plain) && !Object.is(plain, -0) ? BigInt(plain) : plain;
}
