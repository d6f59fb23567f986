/**
 * Tables that are kept as several files, e.g. a dataset of the Hugging Face Hub: read one after another, and given as one.
 */
import { readTable, streamTables } from '../formats/read.js';
import { HawserError } from '../errors.js';
import { either } from '../signals.js';
import { Batches } from '../table/batches.js';
import { Table, tableParts } from '../table/table.js';
import { openAtEnd } from './file_source.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('./file_source.js').How} How */

/** Files that are read at the same time. */
const AT_ONCE = 4;

/** @typedef {{ format: 'parquet', parts: { path: string }[] }} Parts */

/**
 * The files that a path stands for which is none itself.
 * @param {Store} store @param {string} path @param {import('./files_options.js').DatasetOptions} options @param {How} how
 * @returns {Promise<Parts | undefined>}
 * @throws {TypeError} The options are for such paths, and this is none.
 */
export async function findParts(store, path, { config, split, partial }, { signal, timeout }) {
  const parts = await store.parts?.(path, { config, split, partial, signal, timeout });
  if (!parts && (config ?? split ?? partial) !== undefined) throw new TypeError('config, split, partial: are for datasets of type hf as a whole.');
  return parts;
}

/**
 * @param {Store} store
 * @param {Parts} what
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
  for (const table of tables) checkShape(table, shapeOf(tables[0]));
  return new Table({ schema, batches: new Batches(all.flatMap(({ batches }) => batches.list)) });
}

/** @param {Table} table */
const shapeOf = ({ columns }) => JSON.stringify(columns.map(({ name, type }) => [name, type]));

/** @param {Table} table @param {string} shape Of the first. */
function checkShape(table, shape) {
  if (shapeOf(table) === shape) return;
  throw new HawserError('ERR_FORMAT', `The files of this table have other columns than the first (${shape}): ${shapeOf(table)}. Read them one by one.`);
}

/** @param {Store} store @param {{ path: string }[]} parts @param {any} options @param {How} how */
async function together(store, parts, options, how) {
  /** @type {Table[]} */
  const tables = [];
  let next = 0;
  const stop = new AbortController();
  const signal = either(how.signal, stop.signal);
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

/** @param {Store} store @param {{ path: string }[]} parts @param {any} options @param {How} how */
async function inTurn(store, parts, options, how) {
  /** @type {Table[]} */
  const tables = [];
  for await (const { source, offset, limit, counted } of wanted(store, parts, options, how)) {
    const table = await readTable(source, 'parquet', { ...options, offset, limit });
    tables.push(table);
    counted(table.length);
  }
  return tables;
}

/**
 * The same as tables of at most `batchSize` rows, one after another.
 * @param {Store} store @param {Parts} what @param {any} options @param {How} how
 * @returns {AsyncGenerator<Table, void, undefined>}
 */
export async function* streamParts(store, { parts }, options, how) {
  /** @type {string | undefined} */
  let shape;
  for await (const { source, offset, limit, counted } of wanted(store, parts, options, how)) {
    for await (const table of streamTables(source, 'parquet', { ...options, offset, limit })) {
      counted(table.length);
      const first = shape === undefined;
      checkShape(table, (shape ??= shapeOf(table)));
      if (table.length > 0 || first) yield table;
    }
  }
}

/**
 * As many files as the rows that are wanted are in; at least one. `counted` has to be told how many rows of each there were.
 * @param {Store} store @param {{ path: string }[]} parts @param {any} options @param {How} how
 */
async function* wanted(store, parts, options, how) {
  const { parquetRows } = await import('../formats/parquet.js');
  let { offset = 0, limit = Infinity } = options;
  const counted = (/** @type {number} */ rows) => void (limit -= rows);
  for (const [at, { path }] of parts.entries()) {
    const { source } = await openAtEnd(store, path, how);
    const rows = offset > 0 ? await parquetRows(source, options) : 0;
    if (rows <= offset && offset > 0 && at < parts.length - 1) {
      offset -= rows;
      continue;
    }
    yield { source, offset, limit: limit === Infinity ? undefined : limit, counted };
    offset = 0;
    if (limit <= 0) return;
  }
}
