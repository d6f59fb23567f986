/**
 * What Hawser asks of a client for SQLite files. One file per client beside this one makes its database into a Handle; the
 * session (session.js) knows only that. Types only.
 */

/** @typedef {null | bigint | number | string | Uint8Array} Cell Integers as bigint, reals as number; bytes that fill their buffer are
 * the receiver's own. */

/**
 * A column of a result.
 * @typedef {object} Origin
 * @property {string} name
 * @property {string | null} type As declared; null for expressions.
 * @property {string | null} [column] The table's column that it comes from, where the client tells, with `table` and `database`.
 * @property {string | null} [table]
 * @property {string | null} [database]
 */

/**
 * A prepared statement.
 * @typedef {object} Prepared
 * @property {number} width Number of columns when it was prepared; 0 when it gives no rows.
 * @property {boolean} [readOnly] Whether it can change nothing, where the client tells.
 * @property {() => readonly Origin[]} columns As of now: another schema may have given it others.
 * @property {(exact: boolean) => void} [setExact] Whether integers come as bigint, as at first, or as numbers, which costs less; those
 *   beyond 2^53 are rounded then, or an error.
 * @property {(values: readonly Cell[]) => Cell[][]} all Runs it to its end; for those that give rows.
 * @property {(values: readonly Cell[]) => IterableIterator<Cell[]>} iterate Row by row; ends when it is left.
 * @property {(values: readonly Cell[]) => number} run For those that give no rows; the rows that it changed if it is one that can.
 * @property {() => void} finalize
 */

/**
 * What a client tells of an error of SQLite's.
 * @typedef {object} Reason
 * @property {number} errno Extended result code.
 * @property {string} message
 * @property {number} [bytes] Where in the statement, in bytes of UTF-8.
 */

/** @typedef {{ deterministic: boolean, directOnly: boolean, varargs: boolean }} FunctionFlags */

/**
 * An open database.
 * @typedef {object} Handle
 * @property {string} client Its name, as in the URL: sqlite+name:///…
 * @property {(text: string, names: readonly (string | null)[]) => Prepared} prepare One statement.
 * @property {() => boolean} inTransaction
 * @property {(error: any) => boolean} [isRounding] Whether an error says that a number would round.
 * @property {(error: any) => Reason | undefined} reason undefined when the error is not SQLite's.
 * @property {(name: string, flags: FunctionFlags, fn: Function) => void} [function] Integers come as bigint.
 * @property {(name: string, flags: FunctionFlags, parts: { start: Function, step: Function, result: Function, inverse?: Function }) => void} [aggregate]
 * @property {(path: string) => Promise<number>} [backup] Makes a file hold all of it, in one transaction on that file, where the client can.
 *   Gives the number of pages; 0 when the file was locked, if that is no error.
 * @property {(path: string) => Handle} [sibling] Opens another file, for reading only; of clients that have `backup`.
 * @property {() => Promise<Uint8Array> | Uint8Array} [serialize] All of it as the bytes of a database file, where the client can.
 * @property {() => void} close
 */

/**
 * @typedef {object} NativeClient
 * @property {(module: any) => boolean} fits Whether the module is there in a version that does what is needed.
 * @property {string} module To be imported.
 * @property {() => string | undefined} [unfit] Why it must not even be imported, if so.
 * @property {(cause: unknown) => string} advice What to do when it is not there, or could not be imported because of `cause`.
 * @property {(error: any) => boolean} [isBroken] Whether an error of open() says that it cannot be loaded.
 * @property {(module: any, path: string, options: { readOnly: boolean, create: boolean }) => Handle} open
 */

export {};
