/**
 * What users say about their own SQL functions, checked: for every kind of database.
 */

/** @typedef {'number' | 'bigint' | 'string'} Int64 */

/**
 * @typedef {object} FunctionOptions
 * @property {boolean} [deterministic] That equal arguments always give equal results: then SQLite may call it less often, and it may
 *   stand in indexes and generated columns. Default false.
 * @property {boolean} [varargs] That it takes any number of arguments. Default: as many as the function declares (`fn.length`).
 * @property {boolean} [directOnly] That triggers, views, indexes and the like may not call it, which whoever made the database file
 *   may have written. Default false.
 * @property {Int64} [int64] How integers come: 'number' (default; one beyond 2^53 is an error rather than rounded), 'bigint', 'string'.
 */

/**
 * @typedef {FunctionOptions & {
 *   start?: unknown,
 *   step: (total: any, ...values: any[]) => unknown,
 *   result?: (total: any) => unknown,
 *   inverse?: (total: any, ...values: any[]) => unknown,
 * }} AggregateOptions
 * `start`: the total before the first row, default null; a function makes it for each group. `step` gives the next total; undefined leaves it as it is.
 * `result` makes the result of the last total, which is the result itself without it. `inverse` takes a row out again: with it the
 * aggregate is a window function as well.
 */

/** @typedef {{ module: string | URL, name?: string }} FunctionReference Export of a module, default 'default'. */

/**
 * @typedef {object} Definition
 * @property {string} name
 * @property {'function' | 'aggregate'} kind
 * @property {{ deterministic: boolean, varargs: boolean, directOnly: boolean, int64: Int64 }} options
 * @property {((...values: any[]) => unknown) | undefined} fn
 * @property {Pick<AggregateOptions, 'start' | 'step' | 'result' | 'inverse'> | undefined} parts Of an aggregate.
 * @property {{ module: string, name: string } | undefined} reference Where fn or parts are to be had; then they are not there yet.
 */

const FLAGS = /** @type {const} */ (['deterministic', 'varargs', 'directOnly']);
const PARTS = ['start', 'step', 'result', 'inverse'];
const OTHER_NAMES = new Map([['useBigIntArguments', "int64: 'bigint'"], ['safeIntegers', "int64: 'bigint'"]]);
/** More than SQLite allows. */
const MAX_NAME = 255;

/**
 * A scalar function: `function(name, fn)` or `function(name, options, fn)`.
 * @param {unknown} name
 * @param {unknown} options
 * @param {unknown} fn A function, or the reference to one.
 * @returns {Definition}
 * @throws {TypeError | RangeError} Naming the option.
 */
export function defineFunction(name, options, fn) {
  if (fn === undefined) [options, fn] = [undefined, options];
  const what = `function(${describeName(name)})`;
  const reference = referenceOf(fn, what);
  if (!reference && typeof fn !== 'function') throw new TypeError(`${what}: the last argument must be a function, or { module, name } where it is.`);
  const checked = checkOptions(options, what, []);
  return {
    name: checkName(name, what), kind: 'function', options: checked, fn: reference ? undefined : /** @type {any} */ (fn), parts: undefined, reference,
  };
}

/**
 * An aggregate: `aggregate(name, { step, … })`, `aggregate(name, reference)` or `aggregate(name, options, reference)`.
 * @param {unknown} name
 * @param {any} options
 * @param {unknown} [where] A reference to an object of start, step, result and inverse.
 * @returns {Definition}
 * @throws {TypeError | RangeError} Naming the option.
 */
export function defineAggregate(name, options, where) {
  const what = `aggregate(${describeName(name)})`;
  if (where === undefined && referenceOf(options, what)) [options, where] = [undefined, options];
  const reference = where === undefined ? undefined : referenceOf(where, what);
  if (where !== undefined && !reference) throw new TypeError(`${what}: the last argument must be { module, name }.`);
  const checked = checkOptions(options, what, reference ? [] : PARTS);
  return {
    name: checkName(name, what), kind: 'aggregate', options: checked, fn: undefined, parts: reference ? undefined : partsOf(options, what), reference,
  };
}

/**
 * The definition with what its reference stands for.
 * @param {Definition} definition
 * @param {(specifier: string) => Promise<any>} importModule
 * @returns {Promise<Definition>}
 * @throws {TypeError} When the module has no such export.
 */
export async function resolveDefinition(definition, importModule) {
  const { reference, kind, name } = definition;
  if (!reference) return definition;
  const value = (await importModule(reference.module))[reference.name];
  const what = `${kind}(${describeName(name)})`;
  const from = `the export "${reference.name}" of ${reference.module}`;
  if (kind === 'function') {
    if (typeof value !== 'function') throw new TypeError(`${what}: ${from} is no function.`);
    return { ...definition, fn: value, reference: undefined };
  }
  return { ...definition, parts: partsOf(value, `${what}: ${from}`), reference: undefined };
}

/**
 * How many arguments it takes in SQL; -1: any number.
 * @param {Definition} definition Resolved.
 */
export function argumentCount({ options, fn, parts }) {
  if (options.varargs) return -1;
  if (fn) return fn.length;
  const { step, inverse } = /** @type {AggregateOptions} */ (parts);
  return Math.max(0, step.length - 1, (inverse?.length ?? 0) - 1);
}

/** @param {unknown} name @param {string} what */
function checkName(name, what) {
  if (typeof name !== 'string' || name === '') throw new TypeError(`${what}: the name must be text that is not empty.`);
  if (name.includes('\0') || /\p{Surrogate}/u.test(name)) throw new TypeError(`${what}: the name holds a character that SQL cannot have.`);
  if (new TextEncoder().encode(name).length > MAX_NAME) throw new RangeError(`${what}: the name is longer than ${MAX_NAME} bytes.`);
  return name;
}

/** @param {unknown} name */
const describeName = (name) => (typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : typeof name);

/**
 * @param {any} options @param {string} what @param {readonly string[]} more Names of further options.
 * @returns {Definition['options']}
 */
function checkOptions(options = {}, what, more) {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${what}: options must be an object.`);
  const known = [...FLAGS, 'int64', ...more];
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const other = OTHER_NAMES.get(key);
    throw new TypeError(`${what} has no option "${key}"; ${other ? `write ${other}` : `there are: ${known.join(', ')}`}.`);
  }
  for (const flag of FLAGS) {
    if (options[flag] !== undefined && typeof options[flag] !== 'boolean') throw new TypeError(`${what}: ${flag} must be true or false.`);
  }
  const { deterministic = false, varargs = false, directOnly = false, int64 = 'number' } = options;
  if (!['number', 'bigint', 'string'].includes(int64)) throw new RangeError(`${what}: int64 must be 'number', 'bigint' or 'string'.`);
  return { deterministic, varargs, directOnly, int64 };
}

/** @param {any} value @param {string} what @returns {Definition['parts']} */
function partsOf(value, what) {
  const { start = null, step, result, inverse } = value ?? {};
  if (typeof step !== 'function') throw new TypeError(`${what}: step must be a function.`);
  for (const [name, part] of Object.entries({ result, inverse })) {
    if (part !== undefined && typeof part !== 'function') throw new TypeError(`${what}: ${name} must be a function.`);
  }
  if (typeof start === 'object' && start !== null) {
    throw new TypeError(`${what}: start is an object that all groups would share; pass a function that makes one, () => (…).`);
  }
  return { start, step, result, inverse };
}

/**
 * @param {any} value @param {string} what
 * @returns {{ module: string, name: string } | undefined} undefined when it is none.
 */
function referenceOf(value, what) {
  if (typeof value !== 'object' || value === null || value.module === undefined) return undefined;
  const { module, name = 'default' } = value;
  if (typeof name !== 'string') throw new TypeError(`${what}: name, of an export, must be text.`);
  if (typeof module !== 'string' && Object.prototype.toString.call(module) !== '[object URL]') {
    throw new TypeError(`${what}: module must be a URL or the name of a module.`);
  }
  return { module: String(module), name };
}
