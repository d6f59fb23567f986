/**
 * The closed list of what can go wrong, for programs that want to name it: errors themselves do not need it.
 */

/**
 * Every code an error can carry, with what it means. The list only grows.
 */
export const ERROR_CODES = Object.freeze(
  /** @type {const} */ ({
    ERR_SECRETS_PARSE: 'A secrets source is malformed; the error carries source, line and column.',
    ERR_SECRETS_LIMIT: 'A secrets source exceeds a documented limit (size, depth, segments).',
    ERR_SECRETS_SOURCE: 'A secrets source could not be read.',
    ERR_SECRETS_NOT_LOADED: 'Secrets were read before they were loaded: await secrets.load() first.',
    ERR_SECRETS_READ_ONLY: 'Secrets cannot be assigned to or deleted.',
    ERR_SECRET_MISSING: 'No layer holds the path that was asked for.',
    ERR_ENV_MISSING: 'An environment variable or binding that a name or a value refers to is not set.',
    ERR_CONNECTION_TYPE: 'The type of a connection is unknown, or is not a connection class.',
    ERR_CONNECTION_CONFIG: 'The configuration of a connection is incomplete or contradictory.',
    ERR_CONNECTION_FAILED: 'The data source could not be reached.',
    ERR_CLOSED: 'A connection, transaction, stream or instance was used after it was closed.',
    ERR_DRIVER_MISSING: 'An optional client is not installed; the message has the exact command.',
    ERR_QUERY: 'The data source refused a statement; position and native code are in the error.',
    ERR_COMMIT_UNKNOWN: 'The connection was lost while a commit was under way; its fate is unknown.',
    ERR_TRANSACTION: 'A transaction was used in a way that its state does not allow.',
    ERR_DATABASE_INVALID: 'The bytes of a database are not one, are incomplete or damaged; nothing was replaced by them.',
    ERR_INT64_RANGE: 'An integer beyond 2^53 would lose digits as a number; choose int64: "bigint".',
    ERR_PARAMETER: 'A parameter of a statement is missing, superfluous or of a type that cannot be bound.',
    ERR_TIMEOUT: 'A deadline passed.',
    ERR_CACHE_KEY: 'An argument cannot be part of a cache key; the error names its path.',
    ERR_CACHE_MISS: 'Only a cached result was asked for and there is none.',
    ERR_WASM_LOAD: 'A WebAssembly file could not be loaded; the error names the URL that was tried.',
    ERR_CORE_CRASHED: 'The WebAssembly core trapped; that instance was given up, a retry gets a fresh one.',
    ERR_HTTP_STATUS: 'The server answered with an error status; status, url and an excerpt of the body are in the error.',
    ERR_NOT_FOUND: 'The object, path, table or sheet that was asked for is not there.',
    ERR_AUTH: 'Credentials are missing, refused, expired or malformed; the error never shows them.',
    ERR_CORS: 'A page in a browser may not read that origin; the message holds the rule to paste there.',
    ERR_FORMAT: 'Data is not in the format it was read as; the error says where.',
    ERR_LIMIT: 'A documented limit was exceeded (size, pages, redirects).',
    ERR_EXPOSED_SECRET: 'A long-lived secret would be sent from a page in a browser.',
    ERR_NOT_SUPPORTED: 'The runtime cannot do what was asked; the message says what can.',
  }),
);
