/**
 * What js/stores/local.js needs and what has no state: errors of the system in the words of stores, entries, bounds, bodies.
 */
import { HawserError } from '../errors.js';
import { directoryEntry, notFound } from './store.js';

/** @typedef {import('../runtime/local_files.js').FileFacts} FileFacts */
/** @typedef {import('./store.js').Entry} Entry */

/** @param {any} error Of the system. @param {string} path @param {string} root */
export function described(error, path, root) {
  const { code, name } = error ?? {};
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return notFound(path, root);
  if (code === 'EACCES' || code === 'EPERM' || name === 'NotCapable' || name === 'PermissionDenied') {
    return new HawserError('ERR_AUTH', `This program may not reach ${JSON.stringify(path)} in ${root}: check the rights of the file${name === 'NotCapable' ? ', and --allow-read and --allow-write of Deno' : ''}.`, { path, cause: error });
  }
  if (code === 'ENAMETOOLONG') return new RangeError(`path: ${JSON.stringify(`${path.slice(0, 80)}…`)} is longer than names of files can be here.`);
  if (typeof code !== 'string' || !/^E[A-Z\d]+$/.test(code)) return error;
  return new HawserError('ERR_CONNECTION_FAILED', `${JSON.stringify(path)} in ${root}: ${code}.`, { path, cause: error });
}

/** @param {any} error @returns {undefined} */
export function undefinedIfMissing(error) {
  if (error?.code === 'ENOENT' || error?.code === 'ENOTDIR' || error?.code === 'ERR_NOT_FOUND') return undefined;
  throw error;
}

/** @param {any} error @returns {never[]} */
export const emptyIfMissing = (error) => undefinedIfMissing(error) ?? [];

/** What goes away while it is listed, and links that lead nowhere or out. @param {any} error @returns {undefined} */
export const leftOut = (error) => (error?.outside ? undefined : undefinedIfMissing(error));

/** @param {string} path @param {FileFacts} facts @returns {Entry} */
export function entryOf(path, { kind, size, modified, etag }) {
  if (kind === 'directory') return { ...directoryEntry(path.replace(/\/*$/, '/')), lastModified: modified };
  return { path, type: 'file', size, lastModified: modified, etag, contentType: undefined };
}

/** @param {import('./store.js').Range | undefined} range @param {number} size */
export function boundsOf(range, size) {
  if (!range) return { start: 0, end: size };
  if ('suffix' in range) return { start: Math.max(0, size - range.suffix), end: size };
  return { start: Math.min(range.start, size), end: Math.min(range.end ?? size, size) };
}

/** @param {any} body @returns {ReadableStream<Uint8Array>} */
export function streamOf(body) {
  if (typeof body?.getReader === 'function') return body;
  if (typeof body?.stream === 'function') return body.stream();
  const bytes = typeof body === 'string' || ArrayBuffer.isView(body) || Object.prototype.toString.call(body) === '[object ArrayBuffer]';
  if (!bytes) throw new TypeError('body: must be text, bytes, a Blob or a stream of bytes.');
  return new Blob([body]).stream();
}
