/**
 * The contract between SqlConnection and database clients: what a driver must export and what its client and sessions do.
 * Types only. One file per database client beside this one; all pass one conformance suite.
 */

/**
 * Failures. A statement that is wrong is ERR_QUERY. That the connection to the server could not be made, or is lost, is
 * ERR_CONNECTION_FAILED with `lost: true`: then the client is closed, another one is opened, and what only reads is tried again. A
 * session whose connection is lost says that it is not in a transaction, and can be handed back.
 */

/** @typedef {import('../table/table.js').Table} Table */
/** @typedef {readonly unknown[] | Record<string, unknown>} Parameters */
/** @typedef {'number' | 'bigint' | 'string'} Int64 */

/**
 * @typedef {object} RunOptions
 * @property {Parameters} [params]
 * @property {Int64} [int64] How integers come. Default 'number', which throws ERR_INT64_RANGE rather than round.
 * @property {AbortSignal} [signal]
 * @property {boolean} [abortable] Whether the caller has a signal of his own. false: `signal` aborts only when nobody waits any more or
 *   the connection is closed, so that being able to stop the statement must cost nothing.
 * @property {number} [timeout] Milliseconds that it may run from now, else ERR_TIMEOUT; what it has begun is undone. A session may be
 *   used again at once.
 * @property {() => boolean} [stop] For clients in this thread: asked again and again while SQLite runs; true stops it with ERR_QUERY,
 *   SQLITE_INTERRUPT.
 */

/**
 * @typedef {object} Footprint
 * @property {boolean} readOnly Whether the statement can change nothing.
 * @property {boolean} cacheable Whether its result depends on tables and parameters only.
 * @property {readonly string[] | undefined} reads Tables it reads; undefined when not all of them can be told.
 * @property {readonly string[] | undefined} writes Tables it writes; likewise.
 */

/**
 * One conversation with the database, for one user at a time.
 * @typedef {object} Session
 * @property {(sql: string) => Footprint | Promise<Footprint>} footprint
 * @property {(sql: string, options: RunOptions) => Table | Promise<Table>} query One statement.
 * @property {(sql: string, options: RunOptions) => Table | Promise<Table>} execute Any number of statements; parameters only with
 *   one. The last one's rows, and the rows affected by all.
 * @property {(sql: string, rows: Iterable<Parameters> | AsyncIterable<Parameters>, options: RunOptions) => Promise<Table>} executeMany
 *   One statement once per row. Not atomic by itself.
 * @property {(sql: string, options: RunOptions & { batchSize?: number }) => AsyncGenerator<Table, void, void>} stream
 * @property {() => boolean} inTransaction
 * @property {() => readonly string[] | undefined} takeWrites Tables written since the last call, by statements that may have been
 *   rolled back; undefined when not all of them can be told.
 * @property {(tables: readonly string[] | undefined) => void} [tellOthers] Tells other users of the database in this process, who do not
 *   hear of it by themselves, what was committed: see onWrite.
 * @property {() => void} release Hands it back; must be called once.
 */

/**
 * @typedef {object} Client
 * @property {string} dialect
 * @property {boolean} [persistent] Whether what is written is kept when the program has ended.
 * @property {boolean} [lost] Whether its connection to the server is known to be gone: then it is replaced before it is used.
 * @property {(options?: { readonly signal?: AbortSignal }) => Promise<Session>} acquire Waits for its turn. The signal may be made when it is read,
 *   so that who need not wait does not read it.
 * @property {(sql: string, options: RunOptions) => Table | undefined} [queryNow] One statement that only reads, run at once; undefined
 *   when that cannot be. For clients in this thread: a lookup takes a microsecond, and promises as much again.
 * @property {(sql: string) => Footprint | undefined} [footprintNow] That of a statement, at once; undefined when that cannot be.
 * @property {(options?: { signal?: AbortSignal }) => Promise<Uint8Array>} [export] All that it holds, as the bytes of a database file.
 * @property {(bytes: Uint8Array | AsyncIterable<Uint8Array>, options?: { signal?: AbortSignal }) => Promise<void>} [import] Replaces all that
 *   it holds by the content of a database file, or fails with ERR_DATABASE_INVALID and changes nothing.
 * @property {(path: string, options?: { signal?: AbortSignal }) => Promise<void>} [backup] Writes a copy to a file, where there are files.
 * @property {(listener: (tables: readonly string[] | undefined) => void) => () => void} [onWrite] Tells of commits by others than the
 *   sessions of this client: the tables in lower case, undefined when not all of them can be told. Returns what ends it.
 * @property {(definition: import('../sqlite/function_options.js').Definition) => Promise<void>} [define] Adds a user function or aggregate,
 *   or puts it in the place of the one with its name and number of arguments. Of this client: the next one has to be told again.
 * @property {() => Promise<void> | void} close
 */

/**
 * @typedef {object} OpenContext
 * @property {string} name Of the connection, for errors.
 * @property {import('../events.js').Hooks} [hooks]
 */

/**
 * @typedef {object} Driver
 * @property {(config: Record<string, any>, context: OpenContext) => Promise<Client>} open
 */

export {};
