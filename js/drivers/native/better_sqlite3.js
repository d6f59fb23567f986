/**
 * better-sqlite3, an optional package, for Node.js without a SQLite of its own.
 */
import { fileSystem } from '#runtime';
import { HawserError } from '../../errors.js';
import { errnoOf } from './errors.js';

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('./handle.js').NativeClient} NativeClient */

/** @type {NativeClient} */
export const betterSqlite3 = {
  module: 'better-sqlite3',

  fits: (module) => typeof (module.default ?? module) === 'function',

  unfit() {
    const found = fileSystem?.installed('better-sqlite3');
    if (!found || found.fits) return undefined;
    return `better-sqlite3 ${found.version} is for Node.js ${found.engine}, not for this one`;
  },

  advice(cause) {
    const unfit = this.unfit?.();
    // Version 12 is the last one for Node.js 20, which later ones crash.
    if (unfit) return `${unfit}: npm install better-sqlite3@12`;
    if (cause !== undefined && fileSystem?.installed('better-sqlite3')) {
      return `better-sqlite3 is installed but cannot be loaded (${/** @type {any} */ (cause).message}): npm rebuild better-sqlite3`;
    }
    return 'npm install better-sqlite3@12';
  },

  // Its native part is loaded when the first database is opened.
  isBroken: (error) => /DLOPEN_FAILED$/.test(error?.code) || /bindings file/.test(error?.message),

  open(module, path, { readOnly, create }) {
    const Database = module.default ?? module;
    const database = new Database(path, { readonly: readOnly, fileMustExist: !create, timeout: 0 });
    // So that one can write while a result is read, as SQLite allows.
    database.unsafeMode(true);
    return {
      client: 'better-sqlite3',
      prepare: (text, names) => prepare(database, text, names),
      inTransaction: () => database.inTransaction,
      reason,
      function: (name, flags, fn) => void database.function(name, { ...flags, safeIntegers: true }, fn),
      aggregate: (name, flags, parts) => void database.aggregate(name, { ...flags, ...parts, safeIntegers: true }),
      backup: async (target) => (await database.backup(target)).totalPages,
      sibling: (file) => this.open(module, file, { readOnly: true, create: false }),
      serialize: () => new Uint8Array(database.serialize()),
      close: () => database.close(),
    };
  },
};

/**
 * @param {any} error
 * @returns {import('./handle.js').Reason | undefined}
 */
function reason({ code, message }) {
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return { errno: errnoOf(code, message), message };
  return /^This database connection is busy/.test(message) ? { errno: BUSY, message } : undefined;
}

const BUSY = 5;

/**
 * @param {any} database @param {string} text @param {readonly (string | null)[]} names
 * @returns {import('./handle.js').Prepared}
 */
function prepare(database, text, names) {
  const statement = database.prepare(text);
  const { reader } = statement;
  if (reader) statement.raw(true).safeIntegers(true);
  const bound = arguments_(names);
  return {
    width: reader ? statement.columns().length : 0,
    readOnly: statement.readonly,
    columns: () => (reader ? statement.columns() : []),
    setExact: (exact) => void statement.safeIntegers(exact),
    all: (values) => statement.all(...bound(values)),
    iterate: (values) => statement.iterate(...bound(values)),
    run: (values) => statement.run(...bound(values)).changes,
    finalize: () => {}, // When nobody has it any more.
  };
}

/**
 * It takes those without a name as an array, and all others, numbers too, by name and without their sigil.
 * @param {readonly (string | null)[]} names
 * @returns {(values: readonly Cell[]) => unknown[]}
 */
function arguments_(names) {
  if (names.length === 0) return () => [];
  if (names.every((name) => name === null)) return (values) => [values];
  return (values) => {
    const named = Object.create(null);
    for (const [i, name] of names.entries()) {
      if (name === null) continue;
      const bare = name.slice(1);
      if (bare in named && !alike(named[bare], values[i])) throw ambiguous(bare);
      named[bare] = values[i];
    }
    return [values.filter((_, i) => names[i] === null), named];
  };
}

/** @param {any} a @param {any} b Bytes may be two views of the same. */
const alike = (a, b) => Object.is(a, b) || (ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.byteLength === b.byteLength);

/** @param {string} name */
const ambiguous = (name) =>
  new HawserError('ERR_PARAMETER', `better-sqlite3 takes :${name}, @${name} and $${name} for one parameter, but they were given different values: name them differently.`, {
    phase: 'query', parameter: name,
  });
