/**
 * node:sqlite, of Node.js since 22.16, Deno, and Bun.
 */
import { codeOf } from './errors.js';
import { wholeTexts } from './whole_texts.js';

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('./handle.js').NativeClient} NativeClient */
/** @typedef {import('./handle.js').Prepared} Prepared */

/** @type {NativeClient} */
export const nodeSqlite = {
  module: 'node:sqlite',

  // Without arrays, of columns with equal names all but one would be lost.
  fits: (module) => ['setReturnArrays', 'columns', 'iterate'].every((name) => typeof module.StatementSync?.prototype[name] === 'function'),

  advice: () => 'use Node.js 22.16 or later, or a Deno or Bun of now, which have node:sqlite',

  open(module, path, { readOnly }) {
    const { DatabaseSync, backup } = module;
    const database = new DatabaseSync(path, { readOnly, enableForeignKeyConstraints: false, enableDoubleQuotedStringLiterals: false });
    /** @type {(text: string, names: readonly (string | null)[]) => Prepared} */
    const prepare = (text, names) => prepared(database, text, names);
    // Asked when the first statement is prepared, so that what is wrong with the file comes out there.
    const isWhole = () => prepare("select 'a' || char(0)", []).all([])[0]?.[0] === 'a\0';
    /** @type {typeof prepare | undefined} */
    let prepareWhole;
    return {
      client: 'node',
      prepare: (text, names) => (prepareWhole ??= isWhole() ? prepare : wholeTexts(prepare))(text, names),
      inTransaction: () => database.isTransaction,
      isRounding: (error) => error?.code === 'ERR_OUT_OF_RANGE',
      reason: (error) =>
        error?.code === 'ERR_SQLITE_ERROR' ? { errno: error.errcode ?? codeOf(error.message), message: error.message } : undefined,
      function: (name, flags, fn) => database.function(name, { ...flags, useBigIntArguments: true }, fn),
      ...(typeof database.aggregate === 'function' && {
        aggregate: (/** @type {string} */ name, /** @type {object} */ flags, /** @type {object} */ parts) =>
          database.aggregate(name, { ...flags, ...parts, useBigIntArguments: true }),
      }),
      ...(typeof backup === 'function' && {
        backup: (/** @type {string} */ target) => backup(database, target),
        sibling: (/** @type {string} */ file) => this.open(module, file, { readOnly: true, create: false }),
      }),
      ...(typeof database.serialize === 'function' && { serialize: () => database.serialize() }),
      close: () => database.close(),
    };
  },
};

/**
 * @param {any} database @param {string} text @param {readonly (string | null)[]} names
 * @returns {Prepared}
 */
function prepared(database, text, names) {
  const statement = database.prepare(text);
  const width = statement.columns().length;
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  statement.setAllowBareNamedParameters(false);
  const bound = arguments_(names);
  return {
    width,
    columns: () => statement.columns(),
    setExact: (exact) => statement.setReadBigInts(exact),
    all: (values) => statement.all(...bound(values)),
    iterate: (values) => statement.iterate(...bound(values)),
    run: (values) => Number(statement.run(...bound(values)).changes),
    finalize: () => statement.close?.(),
  };
}

/**
 * It takes names with their sigil as an object, and all others, numbers too, by their places.
 * @param {readonly (string | null)[]} names
 * @returns {(values: readonly Cell[]) => readonly unknown[]}
 */
function arguments_(names) {
  const isNamed = (/** @type {string | null | undefined} */ name) => typeof name === 'string' && !name.startsWith('?');
  if (!names.some(isNamed)) return (values) => values;
  return (values) => {
    const named = Object.create(null);
    for (const [i, name] of names.entries()) if (isNamed(name)) named[/** @type {string} */ (name)] = values[i];
    return [named, ...values.filter((_, i) => !isNamed(names[i]))];
  };
}
