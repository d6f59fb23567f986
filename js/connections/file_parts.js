/**
 * Tables that are kept as several files, e.g. a dataset of the Hugging Face Hub: read one after another, and given as one.
 */
import { readTable } from '../formats/read.js';
import { HawserError } from '../errors.js';
import { Batches } from '../table/batches.js';
import { Table, tableParts } from '../table/table.js';
import { openAtEnd } from './file_source.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('./file_source.js').How} How */

/** Files that are read at the same time. */
const AT_ONCE = 4;

/**
 * @param {Store} store
 * @param {{ format: 'parquet', parts: { path: string }[] }} what
 * @param {import('../formats/read.js').ReadOptions} options
 * @param {How} how
 * @returns {Promise<Table>}
 * @throws {HawserError} ERR_FORMAT: the files have other columns than the first.
 */
export async function readParts(store, { parts }, options, how) {
  const bounded = options.limit !== undefined || Boolean(options.offset);
  const tables = bounded ? await inTurn(store, parts, options, how) : await together(store, parts, options, how);
  if (tables.length === 1) return tables[0];
  const all = tables.map((table) => tableParts(table));
  const [{ schema }] = all;
  const shape = (/** @type {typeof schema} */ { columns }) => JSON.stringify(columns.map(({ name, type }) => [name, type]));
  const other = all.findIndex((one) => shape(one.schema) !== shape(schema));
  if (other > 0) throw new HawserError('ERR_FORMAT', `${JSON.stringify(parts[other].path)} has other columns than ${JSON.stringify(parts[0].path)}: read them one by one.`);
  return new Table({ schema, batches: new Batches(all.flatMap(({ batches }) => batches.list)) });
}

/** @param {Store} store @param {{ path: string }[]} parts @param {any} options @param {How} how */
async function together(store, parts, options, how) {
  /** @type {Table[]} */
  const tables = [];
  let next = 0;
  const stop = new AbortController();
  const signal = how.signal ? AbortSignal.any([how.signal, stop.signal]) : stop.signal;
  const read = async () => {
    while (next < parts.length) {
      const at = next++;
      const { source } = await openAtEnd(store, parts[at].path, { ...how, signal });
      tables[at] = await readTable(source, 'parquet', { ...options, signal });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, read));
  } catch (error) {
    stop.abort(error);
    throw error;
  }
  return tables;
}

/** As many files as the rows that are wanted are in. @param {Store} store @param {{ path: string }[]} parts @param {any} options @param {How} how */
async function inTurn(store, parts, options, how) {
  const { parquetRows } = await import('../formats/parquet.js');
  let { offset = 0, limit = Infinity } = options;
  /** @type {Table[]} */
  const tables = [];
  for (const [at, { path }] of parts.entries()) {
    const { source } = await openAtEnd(store, path, how);
    const rows = offset > 0 ? await parquetRows(source, options) : 0;
    if (rows <= offset && offset > 0 && at < parts.length - 1) {
      offset -= rows;
      continue;
    }
    const table = await readTable(source, 'parquet', { ...options, offset, ...(limit !== Infinity && { limit }) });
    tables.push(table);
    offset = 0;
    limit -= table.length;
    if (limit <= 0) break;
  }
  return tables;
}
