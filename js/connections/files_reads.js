/**
 * Cached reads of a files connection: what their keys are, and how a file that was read before is asked whether it has changed.
 */
import { encodeKey } from '../cache/key.js';
import { formatOf } from '../formats/formats.js';
import { readTable, readValue } from '../formats/read.js';
import { shownUrl } from '../http/address.js';
import { withTimeout } from '../timeout.js';
import { contextOf } from './base.js';
import { findParts, readParts } from './file_parts.js';
import { FileSource, openAtEnd } from './file_source.js';
import { cachingOf, readingOf } from './files_options.js';
import { keptOf, ofAnswers, resultOf, windowsOf } from './http_answers.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('./files_options.js').ReadOptions} ReadOptions */

/**
 * What is cached of a file. Plain data: storages keep it as it is.
 * @typedef {object} Answer
 * @property {any} value A Kept, or a Table.
 * @property {string} [etag]
 * @property {number} [lastModified] Milliseconds since the epoch; only without an etag.
 */

/** Formats that are read from their end on. */
const AT_END = new Set(['parquet']);

/** Formats that come as values; the others come as Tables. */
const VALUES = new Set(['text', 'bytes']);

/** Addresses with a signature in them: numbers of this process stand for them in keys, which may be stored. @type {Map<string, number>} */
const signed = new Map();
/** Tells the numbers from those of other processes, and from those before. */
let nonce = '';

/** Signed addresses that are remembered; more of them are others by then. */
const MOST_SIGNED = 10_000;

/**
 * What stands for a path in keys and tags.
 * @param {string} path
 */
function nameOf(path) {
  if (!/^https?:/i.test(path) || !path.includes('?') || !URL.canParse(path)) return path;
  const url = new URL(path);
  url.hash = '';
  if (shownUrl(url) === url.href) return path;
  if (!nonce || signed.size >= MOST_SIGNED) {
    nonce = crypto.getRandomValues(new Uint32Array(4)).join('.');
    signed.clear();
  }
  const number = signed.get(path) ?? signed.size;
  signed.set(path, number);
  return `signed:${nonce}:${number}`;
}

/** @param {string} path What is cached of one path. */
export const tagOf = (path) => `file:${nameOf(path)}`;

/** What is cached of lists. */
export const LISTS = 'files:lists';

/**
 * @param {import('./base.js').BaseConnection<Store>} connection
 * @param {string} path As its store has it.
 * @param {ReadOptions} options
 * @param {number | undefined} timeout Milliseconds, where the options say nothing.
 */
export async function readCachedFile(connection, path, options, timeout) {
  const key = encodeKey(options.key === undefined ? ['read', nameOf(path), ...readingOf(options)] : ['key', options.key]);
  const how = { ...ofAnswers(cachingOf(options), contextOf(connection).space.policy, [tagOf(path)]), windowsOf: validated };
  if (!options.signal?.aborted) {
    const hit = connection.peekCached(key, how);
    if (hit) return resultOf(hit);
  }
  return withTimeout(options, timeout, async (bounded) => {
    let led = false;
    const load = (/** @type {{ readonly signal: AbortSignal }} */ inner, /** @type {{ readonly previous?: any }} */ found) => {
      led = true;
      return loadFile(connection, path, { ...options, signal: inner.signal }, bounded.timeout, options.cache === 'reload' ? undefined : found.previous);
    };
    const ask = () => connection.readCached(key, load, { ...how, signal: bounded.signal }, 'read');
    const result = await ask().catch((error) => {
      // Somebody else's load may have had less time than this one has.
      if (led || error?.code !== 'ERR_TIMEOUT' || bounded.signal?.aborted) throw error;
      return ask();
    });
    return resultOf(result);
  });
}

/** @param {Answer} answer */
const validated = ({ etag, lastModified }) => windowsOf({ value: undefined, etag, lastModified: lastModified === undefined ? undefined : String(lastModified) });

/**
 * @param {import('./base.js').BaseConnection<Store>} connection @param {string} path
 * @param {any} options @param {number | undefined} timeout @param {Answer | undefined} previous
 * @returns {Promise<Answer>}
 */
async function loadFile(connection, path, options, timeout, previous) {
  const store = await connection.raw();
  const { signal, onProgress } = options;
  const how = { signal, timeout: timeout === undefined ? undefined : Math.max(timeout, 1), onProgress };
  const dataset = await findParts(store, path, options, how);
  if (dataset) return { value: await readParts(store, dataset, options, how) };
  const asked = previous?.etag !== undefined ? { ifNoneMatch: previous.etag } : previous?.lastModified !== undefined ? { ifModifiedSince: new Date(previous.lastModified) } : {};
  const known = knownFormat(path, options);
  const { reply, source } = known && AT_END.has(known.name) ? await openAtEnd(store, path, { ...how, ...asked }) : await openWhole(store, path, { ...how, ...asked });
  if (reply.notModified && previous) return previous;
  try {
    const format = known ?? formatOf({ format: options.format, path, contentType: reply.contentType, gzip: options.gzip });
    const value = keptOf(await decoded(source, charsetOf(format, reply), options));
    const { etag, lastModified } = reply;
    return { value, ...(etag !== undefined ? { etag } : lastModified && { lastModified: Number(lastModified) }) };
  } catch (error) {
    void reply.body?.cancel().catch(() => {}); // Locked where it was being read: then its reader has given it up.
    throw error;
  }
}

/**
 * @param {Store} store @param {string} path @param {import('../stores/store.js').ReadHow} how
 */
async function openWhole(store, path, how) {
  const reply = await store.read(path, how);
  const body = reply.body;
  return { reply, source: Object.assign(new FileSource(store, path, reply, how), body && { stream: async () => body }) };
}

/**
 * What can be told before anything was read: the suffix says more than a content type that was guessed when it was written.
 * @param {string} path @param {ReadOptions} options
 */
function knownFormat(path, { format, gzip }) {
  try {
    return formatOf({ format, path, gzip });
  } catch (error) {
    if (format !== undefined) throw error;
    return undefined;
  }
}

/** @param {import('../formats/formats.js').Format} format @param {import('../stores/store.js').ReadReply} reply */
function charsetOf(format, { contentType }) {
  const charset = format.charset ?? /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1].toLowerCase();
  return charset === undefined ? format : { ...format, charset };
}

/**
 * A table of what is one. JSON is a value, unless something is said of its records; texts and bytes are values.
 * @param {import('../formats/source.js').Source} source @param {import('../formats/formats.js').Format} format @param {ReadOptions} options
 */
function decoded(source, format, options) {
  const { records, columns, types } = options;
  const value = VALUES.has(format.name) || (format.name === 'json' && records === undefined && columns === undefined && types === undefined);
  return value ? readValue(source, format, options) : readTable(source, format, options);
}
