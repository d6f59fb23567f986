/**
 * Hawser: data connections for browsers, servers and edge functions. Re-exports only.
 */
export { BaseConnection } from './connections/base.js';
export { cacheData, cacheResource, connection, hawser, secrets } from './default.js';
export { ERROR_CODES, HawserError } from './errors.js';
export { createHawser } from './hawser.js';
export { sql } from './sql/template.js';
export { Column } from './table/column.js';
export { Table } from './table/table.js';
