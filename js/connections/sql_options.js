/**
 * The options of a SQL connection's methods. Types only.
 */

/** @typedef {import('../cache/results.js').ReadOptions} ReadOptions */
/** @typedef {import('../drivers/driver.js').Int64} Int64 */
/** @typedef {import('../drivers/driver.js').Parameters} Parameters */

/**
 * @typedef {object} StatementOptions
 * @property {Parameters} [params] An array for `?`, an object for `:name`.
 * @property {Int64} [int64] How integers come: 'number' (default; throws ERR_INT64_RANGE rather than round), 'bigint', 'string'.
 * @property {AbortSignal} [signal]
 * @property {number | string} [timeout] Seconds, or a duration such as '500ms', that the call may take, waiting included; then ERR_TIMEOUT,
 *   and a statement that runs is stopped and undone. Default: the connection's `timeout`, else no limit. `Infinity`: no limit.
 */

/**
 * @typedef {object} WriteOptions
 * @property {false | readonly string[]} [invalidates] Tags whose cached results are forgotten too, besides those that read the tables
 *   written. `false`: nothing is forgotten.
 */

/** What it says of writes is for statements that write and give rows, such as INSERT … RETURNING. @typedef {StatementOptions & ReadOptions & WriteOptions & { key?: unknown }} QueryOptions */

export {};
