/**
 * The name of the method that `await using` calls. Runtimes without that statement have the method all the same, for
 * libraries that ask for it.
 * @type {typeof Symbol.asyncDispose}
 */
export const asyncDispose = /** @type {any} */ (Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'));
