/**
 * SQLite databases with a file name, in browsers: kept in the origin private file system by a dedicated Worker, one per page and
 * database. Stands for `#sqlite-files` there.
 */
import { shareFiles } from '#runtime';
import { parseDuration } from '../duration.js';
import { HawserError } from '../errors.js';
import { Link } from '../sqlite/worker/link.js';
import { normalName } from '../sqlite/worker/names.js';
import { WorkerClient } from './sqlite_worker_client.js';

/** @typedef {import('./driver.js').Client} Client */

/** How long a statement waits for a transaction of somebody else, in milliseconds. */
const BUSY_TIMEOUT = 30_000;
/** How long opening may take at least, in milliseconds: the leader may be in the middle of a long statement. */
const OPEN_TIMEOUT = 30_000;

/** What there is to choose; the first one is the default. */
const CHOICES = /** @type {const} */ ({
  persist: ['required', 'preferred'],
  vfs: ['opfs-sahpool', 'opfs'],
  synchronous: ['full', 'normal'],
  foreignKeys: ['off', 'on'],
});

/** Of this page, by what they have open. @type {Map<string, { link: Link, users: number }>} */
const links = new Map();

/** What the Worker needs of the package. */
const WASM = ['sqlite3.wasm', 'row_packer.wasm', 'row_binder.wasm', 'callbacks.wasm'];

const PROGRAM = 'sqlite_worker_main.js';

/** @param {string | undefined} address Where its program is, when that is not the default. */
const spawn = (address) =>
  address ? new Worker(address, { type: 'module' }) : new Worker(new URL('./sqlite_worker_main.js', import.meta.url), { type: 'module' });

/**
 * @param {Record<string, any>} config `database`: the name; `busyTimeout`; `persist`: 'required' (default): an error where nothing can
 *   be kept, 'preferred': then a database in memory, and hooks.onFallback is called; `vfs`: 'opfs-sahpool' (default) or, on pages that are
 *   cross-origin isolated, 'opfs'; `synchronous`: 'full' (default) or 'normal'; `foreignKeys`: 'off' (default) or 'on'. All of them may also
 *   stand in the url, `?persist=preferred`.
 * @param {import('./driver.js').OpenContext} context
 * @returns {Promise<Client>}
 * @throws {HawserError} ERR_CONNECTION_CONFIG; ERR_NOT_SUPPORTED where nothing can be kept; ERR_CONNECTION_FAILED, ERR_TIMEOUT,
 *   ERR_WASM_LOAD
 */
export async function open(config, context) {
  const { name: connection, hooks } = context;
  const { persist, patience, ...options } = optionsOf(config, connection);
  try {
    return await openKept(options, patience);
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (persist !== 'preferred' || code === 'ERR_TIMEOUT' || code === 'ERR_CONNECTION_CONFIG') throw error;
    const { openMemory } = await import('./sqlite.js');
    const client = await openMemory({ busyTimeout: patience / 1000 });
    hooks?.onFallback?.({ connection, error, reason: message });
    return client;
  }
}

/**
 * @param {{ name: string, vfs: string, synchronous: string, foreignKeys: string }} options
 * @param {number} patience Milliseconds.
 */
async function openKept(options, patience) {
  if (!globalThis.Worker || !globalThis.navigator?.storage?.getDirectory || !navigator.locks || !globalThis.BroadcastChannel) {
    throw new HawserError(
      'ERR_NOT_SUPPORTED',
      'This browser, or this kind of page, cannot keep a database: it needs a secure context (https or localhost), Workers, Web Locks and ' +
        'the origin private file system. Use url = "sqlite://" for one in memory, or persist: "preferred".',
      { phase: 'connect' },
    );
  }
  const { [PROGRAM]: program, ...files } = (await shareFiles?.([...WASM, PROGRAM])) ?? {};
  const key = JSON.stringify(options);
  let entry = links.get(key);
  if (!entry) {
    const link = new Link(() => spawn(program), { ...options, files }, () => {
      if (links.get(key)?.link === link) links.delete(key);
    });
    entry = { link, users: 0 };
    if (!link.broken) links.set(key, entry);
  }
  const { link } = entry;
  const used = entry;
  used.users++;
  const release = async () => {
    if (--used.users > 0) return;
    if (links.get(key) === used) links.delete(key);
    await link.close();
  };
  try {
    await inTime(link.opened, Math.max(patience, OPEN_TIMEOUT));
  } catch (error) {
    void release();
    throw error;
  }
  return new WorkerClient(link, patience, release);
}

/**
 * @param {Record<string, any>} config @param {string} connection
 */
function optionsOf(config, connection) {
  const { database, query = {} } = config;
  const known = ['busyTimeout', ...Object.keys(CHOICES)];
  const odd = Object.keys(query).find((key) => !known.includes(camel(key)));
  if (odd !== undefined) throw wrong(connection, `the url has the option "${odd}", which there is not for SQLite files in browsers. There are: ${known.join(', ')}.`);
  const asked = Object.fromEntries(Object.entries(query).map(([key, value]) => [camel(key), value]));
  /** @param {keyof typeof CHOICES} key */
  const choice = (key) => {
    const given = config[key] ?? asked[key];
    const value = given === true ? 'on' : given === false ? 'off' : given;
    const values = /** @type {readonly string[]} */ (CHOICES[key]);
    if (value === undefined) return values[0];
    if (values.includes(value)) return /** @type {string} */ (value);
    throw wrong(connection, `${key} must be one of ${values.join(', ')}.`);
  };
  const patience = parseDuration(config.busyTimeout ?? asked.busyTimeout, 'busyTimeout') ?? BUSY_TIMEOUT;
  return {
    name: normalName(database), persist: choice('persist'), vfs: choice('vfs'), synchronous: choice('synchronous'),
    foreignKeys: choice('foreignKeys'), patience,
  };
}

/** Options of a URL may be written as SQLite's own names are. @param {string} key */
const camel = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** @param {string} connection @param {string} message */
const wrong = (connection, message) => new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}": ${message}`, { connection, phase: 'connect' });

/** Milliseconds of the longest timer there is, 25 days. */
const LONGEST = 0x7fffffff;

/**
 * @param {Promise<void>} opened
 * @param {number} patience Milliseconds.
 */
async function inTime(opened, patience) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    if (patience > LONGEST) return;
    timer = setTimeout(() => {
      reject(new HawserError('ERR_TIMEOUT', `The database could not be opened within ${patience / 1000} s: another tab has it and does not answer.`, { phase: 'connect' }));
    }, patience);
  });
  try {
    await Promise.race([opened, late]);
  } finally {
    clearTimeout(timer);
  }
}
