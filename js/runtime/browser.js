/**
 * Browsers: pages and workers. The wasm files are fetched from beside the program, or from where locateFiles() says.
 */
import { HawserError } from '../errors.js';
import { isBytes, isModule, isResponse, located, notLoaded } from './locations.js';

export { locateFiles } from './locations.js';

/** @typedef {import('./locations.js').WasmFile} WasmFile */

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
 * @type {undefined | ((path: string) => Promise<ReturnType<typeof import('./directory.js').openDirectory>>)}
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
  // Not by a pattern: some that look for imports take a comment and a slash for something else.
  const isAddress = ['/', './', '../'].some((start) => specifier.startsWith(start));
  const address = isAddress ? new URL(specifier, base).href : specifier;
  return import(/* webpackIgnore: true */ /* @vite-ignore */ address);
}

/**
 * Spelled out one by one, because this is the form that bundlers know as "this file belongs to the program".
 * @type {Readonly<Record<WasmFile, URL>>}
 */
const URLS = Object.freeze({
  core: new URL('../../dist/core.wasm', import.meta.url),
  http: new URL('../../dist/http.wasm', import.meta.url),
  json: new URL('../../dist/json.wasm', import.meta.url),
  secrets: new URL('../../dist/secrets.wasm', import.meta.url),
  row_packer: new URL('../../dist/row_packer.wasm', import.meta.url),
  row_binder: new URL('../../dist/row_binder.wasm', import.meta.url),
  callbacks: new URL('../../dist/callbacks.wasm', import.meta.url),
  sqlite3: new URL('../../dist/sqlite3.wasm', import.meta.url),
});

/**
 * Compiles a wasm file of the package.
 * @param {WasmFile} file
 * @returns {Promise<WebAssembly.Module>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadModule(file) {
  /** @type {any} */
  const source = (await located(`${file}.wasm`)) ?? URLS[file];
  if (isModule(source)) return source;
  let url = `${file}.wasm`;
  try {
    if (isBytes(source)) return await compile(source, url);
    if (isResponse(source)) return await compileResponse(source, source.url || url);
    url = new URL(source, base()).href;
    // Bundlers put small files into the script, and policies forbid to fetch them there.
    if (url.startsWith('data:')) return await compile(bytesOf(url), url.slice(0, 40));
    return await compileResponse(await fetch(url), url);
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
 * Where a Worker of this page finds files of the package: what its locateFiles() is to be told. Bundlers do not follow addresses in
 * the programs of Workers, or give the files other names there.
 * @type {undefined | ((names: readonly string[]) => Promise<Record<string, any>>)} Names of files; of those that are not wasm, only
 *   what locateFiles() was told is in what comes back.
 */
export const shareFiles = async (names) => {
  /** @type {Record<string, any>} */
  const files = {};
  for (const name of names) {
    /** @type {any} */
    const source = (await located(name)) ?? URLS[/** @type {WasmFile} */ (name.replace(/\.wasm$/, ''))];
    if (source === undefined) continue;
    if (isResponse(source)) files[name] = await source.arrayBuffer();
    else files[name] = isBytes(source) || isModule(source) ? source : new URL(source, base()).href;
  }
  return files;
};

/** What addresses are relative to. */
const base = () => globalThis.document?.baseURI ?? globalThis.location?.href;

/** @param {Response} response @param {string} url */
async function compileResponse(response, url) {
  if (!response.ok) throw failed(url, `the server answered ${response.status}`);
  const mime = response.headers.get('content-type')?.split(';')[0].trim();
  if (mime === 'application/wasm') return WebAssembly.compileStreaming(response);
  return compile(await response.arrayBuffer(), url, mime); // Servers that do not know the type.
}

/**
 * @param {ArrayBuffer | ArrayBufferView} source
 * @param {string} url
 * @param {string} [mime] As the server said.
 */
async function compile(source, url, mime = 'no type') {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  // Servers of single pages answer everything they do not know with the page.
  if (bytes[0] !== 0 || bytes[1] !== 0x61) throw failed(url, `what is there is not WebAssembly (${mime})`);
  return WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
}

/** @param {string} url A data: one. */
function bytesOf(url) {
  const comma = url.indexOf(',');
  const text = decodeURIComponent(url.slice(comma + 1));
  return Uint8Array.from(url.slice(0, comma).endsWith(';base64') ? atob(text) : text, (char) => char.charCodeAt(0));
}

/**
 * Only what was given as a module: a page must not wait for the network.
 * @param {WasmFile} file
 * @returns {WebAssembly.Module | undefined}
 */
export function loadModuleSync(file) {
  const source = located(`${file}.wasm`);
  return isModule(source) ? source : undefined;
}

/**
 * Pages have no environment.
 * @returns {Record<string, unknown>}
 */
export const environment = () => ({});

/** @param {string} url @param {string} reason @param {unknown} [cause] */
const failed = (url, reason, cause) =>
  new HawserError('ERR_WASM_LOAD', notLoaded(url, reason), { cause, url });
