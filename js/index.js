/**
 * Hawser: data connections for browsers, servers and edge functions. Re-exports only.
 */
export { BaseConnection } from './connections/base.js';
export { directoryStorage, indexedDbStorage, opfsStorage } from './cache/storages.js';
export { locateFiles } from './core.js';
export { cacheData, cacheResource, connection, hawser, secrets } from './default.js';
export { ERROR_CODES } from './error_codes.js';
export { HawserError } from './errors.js';
export { createHawser } from './hawser.js';
export { sql } from './sql/template.js';
export { Column } from './table/column.js';
export { Table } from './table/table.js';

/** @typedef {import('./connections/files.js').FilesConnection} FilesConnection */
/** @typedef {import('./connections/http.js').HttpConnection} HttpConnection */
/** @typedef {import('./connections/sql.js').SqlConnection} SqlConnection */
/** @typedef {import('./connections/transaction.js').Transaction} Transaction */
/** @typedef {import('./hawser.js').Hawser} Hawser */
/** @typedef {import('./hawser.js').HawserOptions} HawserOptions */
/** @typedef {import('./secrets/secrets.js').Secrets} Secrets */
/** @typedef {import('./table/schema.js').ColumnInfo} ColumnInfo */
/** @typedef {import('./errors.js').HawserErrorCode} HawserErrorCode */
