/**
 * Node.js. Every file in this folder but directory.js, filesystem.js and locations.js has the same exports; js/package.json picks one.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { HawserError } from '../errors.js';
import { fs, process } from './builtin.js';
import { fileSystem } from './filesystem.js';
import { isBytes, isModule, isResponse, located, notLoaded } from './locations.js';

/** @typedef {import('./locations.js').WasmFile} WasmFile */

/** Bytes that are compiled at once, in a millisecond or two. In the thread pool they would wait for what is large. */
const SMALL = 2 ** 17;

export const name = 'node';

/**
 * Who may wait for a load that is under way: everyone in this isolate, or only the request that began it.
 * @type {'isolate' | 'request'}
 */
export const defaultFlightScope = 'isolate';

/** Says where the wasm files are, when they are not beside the program. */
export { locateFiles } from './locations.js';

/**
 * There are no Workers that would need it.
 * @type {undefined | ((names: readonly string[]) => Promise<Record<string, any>>)}
 */
export const shareFiles = undefined;

/** A folder to keep files of bytes in, or undefined where there are none. */
export const openDirectory = async (/** @type {string} */ path) => (await import('./directory.js')).openDirectory(path);

/** Makes a diagnostics channel, where the runtime has these; otherwise undefined. */
export { channel as diagnosticsChannel } from 'node:diagnostics_channel';

/**
 * Keeps the program running for work that goes on behind a response, where that is needed.
 * @type {undefined | ((work: Promise<unknown>) => void)}
 */
export const waitUntil = undefined;

/** The file system for secrets files, or undefined where there is none. */
export { fileSystem };

/**
 * Imports a module by its name at run time, or undefined where the runtime cannot. Relative specifiers are relative to
 * the working directory (in a browser: to the page).
 * @param {string} specifier
 * @returns {Promise<any>}
 */
export async function importModule(specifier) {
  const base = fileSystem.baseUrl();
  if (/^\.{0,2}\//.test(specifier)) return import(new URL(specifier, base).href);
  try {
    return await import(specifier);
  } catch (error) {
    // Packages of the project are not always Hawser's to see: pnpm keeps them apart, and so do links.
    let path;
    try {
      path = createRequire(base).resolve(specifier);
    } catch {
      throw error;
    }
    return import(pathToFileURL(path).href);
  }
}

/**
 * Compiles a wasm file of the package.
 * @param {WasmFile} file
 * @returns {Promise<WebAssembly.Module>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadModule(file) {
  /** @type {any} */
  const source = (await located(`${file}.wasm`)) ?? beside(file);
  if (isModule(source)) return source;
  try {
    const bytes = isResponse(source) ? await source.arrayBuffer() : contents(source);
    return bytes.byteLength <= SMALL ? new WebAssembly.Module(bytes) : await WebAssembly.compile(bytes);
  } catch (cause) {
    throw failed(source, file, cause);
  }
}

/**
 * The same at once, or undefined where the runtime cannot.
 * @param {WasmFile} file
 * @returns {WebAssembly.Module | undefined}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export function loadModuleSync(file) {
  const source = located(`${file}.wasm`) ?? beside(file);
  if (isModule(source)) return source;
  if (isResponse(source) || 'then' in Object(source)) return undefined;
  try {
    return new WebAssembly.Module(contents(source));
  } catch (cause) {
    throw failed(source, file, cause);
  }
}

/**
 * A program's own files are in the system's cache, and a detour through the thread pool takes longer than reading.
 * @param {any} source
 * @returns {any} Bytes.
 */
const contents = (source) => (isBytes(source) ? source : fs.readFileSync(addressOf(source)));

/** @param {string | URL} source A path or a file: URL. */
const addressOf = (source) => (/^file:/.test(`${source}`) ? new URL(source) : source);

/**
 * Environment variables, or the bindings of the platform.
 * @returns {Record<string, unknown>}
 */
export const environment = () => process.env;

/** @param {WasmFile} file */
const beside = (file) => new URL(`../../dist/${file}.wasm`, import.meta.url);

/** @param {unknown} source @param {WasmFile} file @param {unknown} cause */
function failed(source, file, cause) {
  const url = isBytes(source) || isResponse(source) ? `${file}.wasm` : String(addressOf(/** @type {string | URL} */ (source)));
  const reason = /** @type {any} */ (cause)?.message ?? String(cause);
  return new HawserError('ERR_WASM_LOAD', `${notLoaded(url, reason)} A program that is bundled for Node.js best leaves hawser external.`, { cause, url });
}
