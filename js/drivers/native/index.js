/**
 * SQLite files in Node.js, Deno and Bun, by whichever client is there.
 */
import { fileSystem, importModule, name as runtime } from '#runtime';
import { HawserError } from '../../errors.js';
import { betterSqlite3 } from './better_sqlite3.js';
import { bunSqlite } from './bun_sqlite.js';
import { NativeClient } from './client.js';
import { NativeDatabase } from './database.js';
import { nodeSqlite } from './node_sqlite.js';
import { fileOptions } from './options.js';
import { Patience } from './patience.js';

/** @typedef {import('./handle.js').Handle} Handle */
/** @typedef {import('./handle.js').NativeClient} Native */
/** @typedef {import('./options.js').FileOptions} FileOptions */

/** By their names in URLs, sqlite+name:///… @type {Record<string, Native>} */
const CLIENTS = { node: nodeSqlite, bun: bunSqlite, 'better-sqlite3': betterSqlite3 };

/** Which ones are tried where, in this order: what belongs to the runtime needs no installation and fits it. */
const ORDER = /** @type {Record<string, string[]>} */ ({
  node: ['node', 'better-sqlite3'],
  deno: ['node'],
  bun: ['node', 'bun'],
});

/**
 * Opens a file.
 * @param {Record<string, any>} config See options.js and docs/sqlite.md.
 * @param {import('../driver.js').OpenContext} context
 * @returns {Promise<NativeClient>}
 * @throws {HawserError} ERR_CONNECTION_CONFIG, ERR_CONNECTION_FAILED, ERR_DRIVER_MISSING, ERR_TIMEOUT
 */
export async function open(config, { name }) {
  const options = fileOptions(config, name);
  const { native, module } = await findClient(options.driver, name);
  checkFolder(options.path, name);
  const locks = new Patience(options.patience);
  const database = openFile(native, module, options, name);
  try {
    await prepareFile(database, options, locks);
  } catch (cause) {
    database.close();
    throw unopened(name, cause);
  }
  return new NativeClient(database, options.patience, locks);
}

/**
 * @param {string | undefined} asked What the URL names.
 * @param {string} connection
 * @returns {Promise<{ native: Native, module: any }>}
 */
async function findClient(asked, connection) {
  if (asked !== undefined && !Object.hasOwn(CLIENTS, asked)) {
    const message = `Connection "${connection}" has the driver "${asked}", which there is not for SQLite. There are: ${Object.keys(CLIENTS).join(', ')}.`;
    throw new HawserError('ERR_CONNECTION_CONFIG', message, { connection, phase: 'connect' });
  }
  const names = asked === undefined ? ORDER[runtime] ?? [] : [asked];
  /** @type {unknown} */
  let cause;
  for (const name of names) {
    const native = /** @type {Native} */ (CLIENTS[name]);
    if (native.unfit?.() !== undefined) continue;
    try {
      const module = await importModule(native.module);
      if (native.fits(module)) return { native, module };
    } catch (error) {
      cause = error;
    }
  }
  throw missing(names.map((name) => /** @type {Native} */ (CLIENTS[name])), connection, cause);
}

/**
 * @param {Native[]} natives Those that were tried.
 * @param {string} connection
 * @param {unknown} cause
 */
function missing(natives, connection, cause) {
  const reasons = natives.map((native) => native.advice(cause));
  return new HawserError('ERR_DRIVER_MISSING', `Connection "${connection}" needs a client for SQLite files: ${reasons.reverse().join('; or ')}.`, {
    connection, phase: 'connect', cause,
  });
}

/** @param {string} path @param {string} connection */
function checkFolder(path, connection) {
  const folder = path.replace(/[/\\][^/\\]*$/, '') || '/';
  if (/^[A-Za-z]:$/.test(folder) || fileSystem?.stat(folder)?.directory) return;
  throw new HawserError('ERR_CONNECTION_FAILED', `Connection "${connection}": the folder ${folder} does not exist; a SQLite file cannot be opened in it.`, {
    connection, phase: 'connect',
  });
}

/**
 * @param {Native} native @param {any} module @param {FileOptions} options @param {string} connection
 */
function openFile(native, module, options, connection) {
  const { path, create, immediate, readOnly } = options;
  if (!create && !fileSystem?.stat(path)) {
    throw new HawserError('ERR_CONNECTION_FAILED', `Connection "${connection}": there is no file ${path}, and mode=ro and mode=rw make none.`, {
      connection, phase: 'connect',
    });
  }
  try {
    return new NativeDatabase(native.open(module, path, options), { immediate, readOnly });
  } catch (cause) {
    if (native.isBroken?.(cause)) throw missing([native], connection, cause);
    throw unopened(connection, cause);
  }
}

/** @param {string} connection @param {any} cause */
function unopened(connection, cause) {
  if (cause?.code === 'ERR_TIMEOUT' || cause?.code === 'ERR_CONNECTION_FAILED') return cause;
  return new HawserError('ERR_CONNECTION_FAILED', `Connection "${connection}": the file could not be opened. ${cause?.message ?? cause}`, {
    connection, phase: 'connect', cause, ...(cause?.sqliteCode && { sqliteCode: cause.sqliteCode, errno: cause.errno }),
  });
}

/**
 * The clients differ in what they begin with; connections do not.
 * @param {NativeDatabase} database @param {FileOptions} options @param {Patience} locks
 */
async function prepareFile(database, { readOnly, journalMode, synchronous, foreignKeys }, locks) {
  const ask = (/** @type {string} */ sql) => locks.with(database, {}, () => database.once(sql));
  await ask('pragma busy_timeout = 0'); // See patience.js.
  await ask(`pragma foreign_keys = ${foreignKeys ? 'on' : 'off'}`);
  await ask(`pragma synchronous = ${synchronous}`);
  const pages = (await ask('pragma page_count'))[0]?.[0]; // Also whether it is a database at all.
  if (readOnly) return;
  const wanted = journalMode ?? (pages === 0n ? 'wal' : undefined);
  if (wanted !== undefined) await ask(`pragma journal_mode = ${wanted}`);
}

