/**
 * What pages and Workers tell each other. Types only.
 */

/**
 * From a page to the leader's desk. `id` is the page's number of the request; what has none is not answered.
 *
 *   query, execute, footprint   one answer
 *   bulk, import                one answer; before it `more` for each chunk of rows (bytes) that is wanted, sent as `rows`
 *   cursor, next                one batch, or the end; `drop` closes it
 *   define, export              one answer
 *   cancel                      the request with that id is not wanted any more
 *   release                     the session is not used any more
 *
 * @typedef {object} Request
 * @property {'query' | 'execute' | 'footprint' | 'bulk' | 'import' | 'rows' | 'cursor' | 'next' | 'drop' | 'define' | 'export' | 'cancel' | 'release'} op
 * @property {number} [id]
 * @property {string} [session]
 * @property {boolean} [tx] That the page knows of a transaction that the session has open.
 * @property {number} [seen] How many losses of a leader the page knew of.
 * @property {number} [cursor]
 * @property {string} [sql]
 * @property {import('../parameters.js').Parameters} [params]
 * @property {any[]} [rows] Of parameters, or pieces of bytes.
 * @property {boolean} [marked] Whether parameters or rows hold marks, see marks.js.
 * @property {boolean} [end] After these rows there are no more.
 * @property {boolean} [failed] There are no more rows, because they could not be read.
 * @property {import('../function_options.js').Definition} [definition]
 * @property {import('../statement.js').Int64} [int64]
 * @property {number} [batchSize]
 * @property {number} [timeout] Milliseconds that it may take from its coming.
 * @property {number} [patience] Milliseconds that it may wait for others.
 * @property {import('./flags.js').Pole} [flag] Gone as soon as the request is not wanted any more, see flags.js.
 */

/**
 * The end of a request, or its wish for more.
 * @typedef {object} Reply
 * @property {'done' | 'more' | 'again'} op `again`: it was not begun, and the leader is leaving; between Workers only.
 * @property {number} [id]
 * @property {import('./codec.js').SentTable} [table]
 * @property {any} [value]
 * @property {boolean} [end] The stream has ended.
 * @property {boolean} [tx] Whether the session has a transaction open now.
 * @property {readonly string[]} [writes] Tables written; undefined when not all of them can be told.
 * @property {import('./codec.js').SentError} [error]
 */

/**
 * Other news.
 *
 *   welcome  from a leader to another Worker: it takes requests now
 *   leaving  likewise: it is about to leave, which the other answers with `told`, as it does refused; gone: it has, and what of the other's it had
 *            begun and not answered
 *   opened   from a Worker to its page: there is a leader
 *   refused  likewise: there cannot be one here; the Worker is of no use any more
 *   lost     likewise: the leader is gone; what was not answered
 *   unsent   likewise: said before the page knew of a loss, and not passed on
 *   wrote    a commit by `session` (of the page that is told), or by somebody else
 *   left     the Worker may be ended
 *
 * @typedef {object} News
 * @property {'welcome' | 'leaving' | 'gone' | 'opened' | 'refused' | 'lost' | 'unsent' | 'wrote' | 'left'} op
 * @property {boolean} [leads]
 * @property {number[]} [ids] That may have been begun.
 * @property {number[]} [unsent] That have not been.
 * @property {string[]} [tables]
 * @property {string} [session]
 * @property {import('./codec.js').SentError} [error]
 */

/**
 * What Workers say to all others of the database: `who` leads?; I `lead`; `hello`, I am going to send you requests.
 * @typedef {object} Call
 * @property {'who' | 'lead' | 'hello'} op
 * @property {string} from
 * @property {string} [to]
 * @property {number} [version] Of what a leader understands.
 * @property {string} [synchronous] What the page of a Worker wants.
 */

/** @typedef {(message: Reply, transfer?: Transferable[]) => void} Answer */

/**
 * A session in this thread, see js/drivers/driver.js.
 * @typedef {object} LocalSession
 * @property {(sql: string, options: any) => Table | Promise<Table>} query
 * @property {(sql: string, options: any) => Table | Promise<Table>} execute
 * @property {(sql: string, rows: any, options: any) => Promise<Table>} executeMany
 * @property {(sql: string, options: any) => AsyncGenerator<Table, void, void>} stream
 * @property {(sql: string) => unknown} footprint
 * @property {() => void} forgetFootprints
 * @property {() => boolean} inTransaction
 * @property {() => readonly string[] | undefined} takeWrites
 * @property {() => void} end
 */
/** @typedef {import('../../table/table.js').Table} Table */

export {};
