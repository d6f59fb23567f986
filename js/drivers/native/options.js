/**
 * What a connection to a SQLite file can be told, in its configuration or in its URL.
 */
import { fileSystem } from '#runtime';
import { parseDuration } from '../../duration.js';
import { HawserError } from '../../errors.js';

/** How long a statement waits for a transaction of somebody else, in milliseconds. */
const BUSY_TIMEOUT = 30_000;

const MODES = ['ro', 'rw', 'rwc'];

/** Settings that a connection begins with, and what they may be. The first one is the default. */
const SETTINGS = /** @type {const} */ ({
  journalMode: ['wal', 'delete', 'truncate', 'persist', 'memory', 'off'],
  synchronous: ['full', 'normal', 'extra', 'off'],
  foreignKeys: ['off', 'on'],
  begin: ['immediate', 'deferred'],
});

/**
 * @typedef {object} FileOptions
 * @property {string} path Absolute.
 * @property {boolean} readOnly
 * @property {boolean} create Whether a file that is not there is made.
 * @property {number} patience Milliseconds.
 * @property {string | undefined} journalMode As asked for; undefined: 'wal' for a new file, and what an old one has.
 * @property {string} synchronous
 * @property {boolean} foreignKeys
 * @property {boolean} immediate Whether transactions lock for writing when they begin.
 * @property {string | undefined} driver
 */

/**
 * @param {Record<string, any>} config
 * @param {string} name Of the connection.
 * @returns {FileOptions}
 * @throws {HawserError} ERR_CONNECTION_CONFIG for what the URL says and there is not
 */
export function fileOptions(config, name) {
  const { database, driver, query = {} } = config;
  const known = ['mode', 'busyTimeout', ...Object.keys(SETTINGS)];
  const odd = Object.keys(query).find((key) => !known.includes(camel(key)));
  if (odd !== undefined) throw wrong(name, `The url has the option "${odd}", which there is not for SQLite files. There are: ${known.join(', ')}.`);
  const asked = Object.fromEntries(Object.entries(query).map(([key, value]) => [camel(key), value]));
  /** @param {string} key */
  const get = (key) => config[key] ?? asked[key];
  /** @param {string} key @param {readonly string[]} values */
  const choice = (key, values) => {
    const value = spelled(get(key));
    if (value === undefined || values.includes(value)) return value;
    throw wrong(name, `${key} must be one of ${values.join(', ')}.`);
  };
  const mode = choice('mode', MODES) ?? (config.readOnly === true ? 'ro' : 'rwc');
  return {
    path: /** @type {NonNullable<typeof fileSystem>} */ (fileSystem).resolve(database),
    readOnly: mode === 'ro',
    create: mode === 'rwc',
    patience: parseDuration(get('busyTimeout'), 'busyTimeout') ?? BUSY_TIMEOUT,
    journalMode: choice('journalMode', SETTINGS.journalMode),
    synchronous: choice('synchronous', SETTINGS.synchronous) ?? 'full',
    foreignKeys: choice('foreignKeys', SETTINGS.foreignKeys) === 'on',
    immediate: mode !== 'ro' && choice('begin', SETTINGS.begin) !== 'deferred',
    driver,
  };
}

/** Options of a URL may be written as SQLite's own names are. @param {string} key */
const camel = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** @param {unknown} value */
function spelled(value) {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value).toLowerCase();
}

/** @param {string} name @param {string} message */
const wrong = (name, message) => new HawserError('ERR_CONNECTION_CONFIG', `Connection "${name}": ${message}`, { connection: name, phase: 'connect' });
