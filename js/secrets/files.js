/**
 * Secrets from files, in Node, Deno and Bun. `imports` of package.json picks no_files.js elsewhere.
 */
import { HawserError } from '../errors.js';
import { immediate } from './immediate.js';
import { encodeValue } from './values.js';

export { startWatching } from './watch.js';

/**
 * What js/runtime/filesystem.js gives; all at once, none of it throws when there is no such file.
 * @typedef {object} FileSystem
 * @property {(path: string) => string} resolve Makes a path absolute; knows ~/ and file: URLs.
 * @property {(path: string) => Uint8Array | undefined} read
 * @property {(path: string) => { name: string, directory: boolean }[] | undefined} list Undefined too for what is no folder.
 * @property {(path: string) => { directory: boolean } | undefined} stat
 * @property {(paths: string[], changed: () => void) => { close(): void }} watch
 */

/** @typedef {import('./merge.js').Layer} Layer */

/** @typedef {import('./sources.js').Source} Source */
/** @typedef {import('./sources.js').Reader} Reader */

/**
 * @param {Source} source With `file`.
 * @param {FileSystem} files
 * @returns {Reader}
 * @throws {TypeError} Naming the option.
 */
export function openFile({ file, name, required = false }, files) {
  const path = pathOf(file, 'file');
  const reader = immediate(name ?? path, 'file', () => [readFileLayer(files, path, name ?? path, required)]);
  return { ...reader, path: files.resolve(path) };
}

/**
 * @param {Source} source With `directory`.
 * @param {FileSystem} files
 * @returns {Reader}
 * @throws {TypeError} Naming the option.
 */
export function openDirectory({ directory, name, required = false, collapse = true }, files) {
  const path = pathOf(directory, 'directory');
  const reader = immediate(name ?? path, 'directory', () => [readDirectory(files, path, { name: name ?? path, required, collapse })]);
  return { ...reader, path: files.resolve(path) };
}

/** @param {unknown} value @param {string} option */
function pathOf(value, option) {
  if (typeof value === 'string' && value !== '') return value;
  if (value instanceof URL && value.protocol === 'file:') return value.href;
  throw new TypeError(`${option} must be a path or a file: URL`);
}

/**
 * @param {FileSystem} files @param {string} path @param {string} name @param {boolean} required
 * @returns {Layer}
 * @throws {HawserError} ERR_SECRETS_SOURCE
 */
function readFileLayer(files, path, name, required) {
  const text = reading(path, () => files.read(path));
  if (text === undefined && required) throw absent(path);
  const kind = /\.json$/i.test(path) ? 'json' : 'toml';
  if (text === undefined) return { name, kind: 'toml', file: path, text: '', missing: true };
  return { name, kind, file: path, text };
}

/**
 * Mounted secrets, e.g. of Kubernetes or Docker: a folder per secret, a file per key. Names that begin with a dot are
 * left out: Kubernetes keeps its versions there. Text is taken without the white space around it.
 * @param {FileSystem} files @param {string} path
 * @param {{ name: string, required: boolean, collapse: boolean }} options
 * @returns {Layer}
 * @throws {HawserError} ERR_SECRETS_SOURCE, ERR_SECRETS_PARSE
 */
function readDirectory(files, path, { name, required, collapse }) {
  const children = reading(path, () => files.list(path));
  if (children === undefined) {
    if (required || files.stat(path) !== undefined) throw absent(path, 'is not a folder');
    return { name, kind: 'values', file: path, tree: {}, missing: true };
  }
  const secrets = children.filter((child) => !child.name.startsWith('.')).map((child) => {
    const folder = `${path.replace(/\/+$/, '')}/${child.name}`;
    if (!child.directory) {
      throw absent(folder, 'is not a folder: a folder of secrets holds one folder per secret and in it one file per key');
    }
    const entries = (files.list(folder) ?? []).filter((entry) => !entry.name.startsWith('.') && !entry.directory);
    const pairs = entries.map((entry) => [entry.name, readKey(files, `${folder}/${entry.name}`)]);
    return [child.name, pairs.length === 1 && collapse ? pairs[0][1] : Object.fromEntries(pairs)];
  });
  return { name, kind: 'values', file: path, tree: encodeValue(Object.fromEntries(secrets), name), verbatim: true };
}

/** @param {FileSystem} files @param {string} path */
function readKey(files, path) {
  const bytes = reading(path, () => files.read(path));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    throw new HawserError('ERR_SECRETS_PARSE', `${path} is not valid UTF-8.`, { source: path, phase: 'load' });
  }
}

/**
 * @template T
 * @param {string} path @param {() => T} read
 * @returns {T}
 */
function reading(path, read) {
  try {
    return read();
  } catch (cause) {
    const { code = 'unknown error' } = /** @type {{ code?: string }} */ (cause);
    throw new HawserError('ERR_SECRETS_SOURCE', `${path} cannot be read (${code}).`, { source: path, phase: 'load', cause });
  }
}

/** @param {string} path @param {string} reason */
const absent = (path, reason = 'does not exist') =>
  new HawserError('ERR_SECRETS_SOURCE', `${path} ${reason}.`, { source: path, phase: 'load' });
