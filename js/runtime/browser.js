/**
 * Browsers: pages and workers. The wasm files are fetched from beside the program.
 */
import { HawserError } from '../errors.js';

/** @typedef {import('./node.js').WasmFile} WasmFile */

export const name = 'browser';

/** @type {'isolate' | 'request'} */
export const defaultFlightScope = 'isolate';

/**
 * There are no diagnostics channels.
 * @type {undefined | ((name: string) => { readonly hasSubscribers: boolean, publish(message: unknown): void })}
 */
export const diagnosticsChannel = undefined;

/**
 * There are no folders.
 * @type {undefined | typeof import('./directory.js').openDirectory}
 */
export const openDirectory = undefined;

/**
 * Work in the background goes on by itself.
 * @type {undefined | ((work: Promise<unknown>) => void)}
 */
export const waitUntil = undefined;

/** There are no secrets files. @type {undefined} */
export const fileSystem = undefined;

/**
 * @param {string} specifier Bare ones go through the page's import map.
 * @returns {Promise<any>}
 */
export function importModule(specifier) {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? import.meta.url;
  const address = /^\.{0,2}\//.test(specifier) ? new URL(specifier, base).href : specifier;
  return import(/* webpackIgnore: true */ /* @vite-ignore */ address);
}

/**
 * Spelled out one by one, because this is the form that bundlers know as "this file belongs to the program".
 * @type {Readonly<Record<WasmFile, URL>>}
 */
const URLS = Object.freeze({
  core: new URL('../../dist/core.wasm', import.meta.url),
  row_packer: new URL('../../dist/row_packer.wasm', import.meta.url),
  row_binder: new URL('../../dist/row_binder.wasm', import.meta.url),
  callbacks: new URL('../../dist/callbacks.wasm', import.meta.url),
  sqlite3: new URL('../../dist/sqlite3.wasm', import.meta.url),
});

/**
 * Fetches and compiles a wasm file of the package.
 * @param {WasmFile} file
 * @returns {Promise<WebAssembly.Module>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadModule(file) {
  const url = URLS[file].href;
  try {
    const response = await fetch(url);
    if (!response.ok) throw failed(url, `the server answered ${response.status}`);
    const mime = response.headers.get('content-type')?.split(';')[0].trim();
    if (mime === 'application/wasm') return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer()); // Servers that do not know the type.
  } catch (cause) {
    if (cause instanceof HawserError) throw cause;
    const refused = cause instanceof WebAssembly.CompileError && /unsafe-eval|Content Security Policy/i.test(cause.message);
    const reason = refused
      ? "the page's Content-Security-Policy forbids WebAssembly; add 'wasm-unsafe-eval' to its script-src"
      : String(cause);
    throw failed(url, reason, cause);
  }
}

/**
 * A page must not wait for the network.
 * @param {WasmFile} _file
 * @returns {WebAssembly.Module | undefined}
 */
export function loadModuleSync(_file) {
  return undefined;
}

/**
 * Pages have no environment.
 * @returns {Record<string, unknown>}
 */
export const environment = () => ({});

/** @param {string} url @param {string} reason @param {unknown} [cause] */
const failed = (url, reason, cause) =>
  new HawserError('ERR_WASM_LOAD', `${url} could not be loaded: ${reason}.`, { cause, url });
