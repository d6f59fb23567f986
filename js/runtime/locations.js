/**
 * Where the files of the package are, when a program says so: locateFiles().
 */

/** @typedef {'core' | 'http' | 'json' | 'secrets' | 'row_packer' | 'row_binder' | 'callbacks' | 'sqlite3'} WasmFile The wasm files of the package. */
/**
 * A file, or where it is: an address, what was fetched, its bytes, or compiled already.
 * @typedef {string | URL | Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module} FileSource
 */
/** @typedef {(name: string) => FileSource | Promise<FileSource> | undefined} Locate */

/** @type {Locate | undefined} */
let locate;

/**
 * Says where the files of the package are, for programs whose bundler or server puts them elsewhere than beside the script.
 * Counts for what is loaded from now on, so call it before the first connection.
 * @param {string | URL | Record<string, FileSource> | Locate | undefined} where A folder that holds all of them; an object or a
 *   function from the name of a file (`core.wasm`, `sqlite3.wasm`, …) to it or to where it is, in which undefined means: where
 *   it is by default. undefined: all are where they are by default.
 * @throws {TypeError}
 */
export function locateFiles(where) {
  if (where === undefined || typeof where === 'function') {
    locate = where;
  } else if (typeof where === 'string' || Object.prototype.toString.call(where) === '[object URL]') {
    const folder = `${where}`.replace(/\/?$/, '/');
    locate = (name) => folder + name;
  } else if (typeof where === 'object' && where !== null) {
    const files = { .../** @type {Record<string, FileSource>} */ (where) };
    locate = (name) => (Object.hasOwn(files, name) ? files[name] : undefined);
  } else {
    throw new TypeError('locateFiles(where): where must be the address of a folder, an object or a function from names of files to addresses');
  }
}

/**
 * What locateFiles() was told about a file.
 * @type {Locate}
 */
export const located = (name) => locate?.(name);

/** @param {unknown} value @param {string} type */
const is = (value, type) => Object.prototype.toString.call(value) === `[object ${type}]`;

/** By its name: it may come from another realm. @param {unknown} source @returns {source is WebAssembly.Module} */
export const isModule = (source) => is(source, 'WebAssembly.Module');

/** @param {unknown} source @returns {source is Response} */
export const isResponse = (source) => is(source, 'Response');

/** @param {unknown} source @returns {source is ArrayBuffer | ArrayBufferView} */
export const isBytes = (source) => ArrayBuffer.isView(source) || is(source, 'ArrayBuffer') || is(source, 'SharedArrayBuffer');

/**
 * What went wrong when something else than a wasm file was sent, and how to say where the file is.
 * @param {string} url
 * @param {string} reason
 */
export const notLoaded = (url, reason) =>
  `${url} could not be loaded: ${reason}. ` +
  // Vite up to 7 moves a dependency's scripts there, and nothing else of it.
  (url.includes('/.vite/deps/')
    ? "Put optimizeDeps: { exclude: ['hawser'] } into vite.config.js."
    : 'If the files of the package are elsewhere, call locateFiles() with where they are (docs/bundlers.md).');
