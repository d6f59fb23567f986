/**
 * What pages and Workers tell each other. Types only.
 */

/**
 * From a page to the leader's desk. `id` is the page's number of the request; what has none is not answered.
 *
 *   query, execute, footprint   one answer
 *   bulk                        one answer; before it `more` for each chunk of rows that is wanted, sent as `rows`
 *   cursor, next                one batch, or the end; drop closes it
 *   cancel                      the request with that id is not wanted any more
 *   release                     the session is not used any more
 *
 * @typedef {object} Request
 * @property {'query' | 'execute' | 'footprint' | 'bulk' | 'rows' | 'cursor' | 'next' | 'drop' | 'cancel' | 'release'} op
 * @property {number} [id]
 * @property {number} [session]
 * @property {number} [cursor]
 * @property {string} [sql]
 * @property {import('../parameters.js').Parameters} [params]
 * @property {import('../parameters.js').Parameters[]} [rows]
 * @property {boolean} [end] After these rows there are no more.
 * @property {boolean} [failed] There are no more rows, because they could not be read.
 * @property {import('../statement.js').Int64} [int64]
 * @property {number} [batchSize]
 * @property {number} [timeout] Milliseconds that it may take from its coming.
 * @property {number} [patience] Milliseconds that it may wait for others.
 */

/**
 * From the leader's desk to a page.
 * @typedef {object} Reply
 * @property {'done' | 'more'} op
 * @property {number} [id]
 * @property {import('./codec.js').SentTable} [table]
 * @property {unknown} [value]
 * @property {boolean} [end] The stream has ended.
 * @property {boolean} [tx] Whether the session has a transaction open now.
 * @property {readonly string[]} [writes] Tables written; undefined when not all of them can be told.
 * @property {import('./codec.js').SentError} [error]
 */

/**
 * A session in this thread, see js/drivers/driver.js.
 * @typedef {object} LocalSession
 * @property {(sql: string, options: any) => import('../../table/table.js').Table} query
 * @property {(sql: string, options: any) => import('../../table/table.js').Table} execute
 * @property {(sql: string, rows: any, options: any) => Promise<import('../../table/table.js').Table>} executeMany
 * @property {(sql: string, options: any) => AsyncGenerator<import('../../table/table.js').Table, void, void>} stream
 * @property {(sql: string) => unknown} footprint
 * @property {() => boolean} inTransaction
 * @property {() => readonly string[] | undefined} takeWrites
 */

export {};
