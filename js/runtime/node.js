/**
 * Node.js. Every file in this folder but filesystem.js and directory.js has the same exports; js/package.json picks one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { HawserError } from '../errors.js';
import { fileSystem } from './filesystem.js';

/** @typedef {'core' | 'row_packer' | 'row_binder' | 'callbacks' | 'sqlite3'} WasmFile The wasm files of the package. */

export const name = 'node';

/**
 * Who may wait for a load that is under way: everyone in this isolate, or only the request that began it.
 * @type {'isolate' | 'request'}
 */
export const defaultFlightScope = 'isolate';

/** A folder to keep files of bytes in, or undefined where there are none. */
export { openDirectory } from './directory.js';

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
  const url = location(file);
  try {
    // A program's own files are in the system's cache, and a detour through the thread pool takes longer than reading.
    return await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (readFileSync(url)));
  } catch (cause) {
    throw failed(url, cause);
  }
}

/**
 * The same at once, or undefined where the runtime cannot.
 * @param {WasmFile} file
 * @returns {WebAssembly.Module | undefined}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export function loadModuleSync(file) {
  const url = location(file);
  try {
    return new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (readFileSync(url)));
  } catch (cause) {
    throw failed(url, cause);
  }
}

/**
 * Environment variables, or the bindings of the platform.
 * @returns {Record<string, unknown>}
 */
export const environment = () => process.env;

/** @param {WasmFile} file */
const location = (file) => new URL(`../../dist/${file}.wasm`, import.meta.url);

/** @param {URL} url @param {unknown} cause */
const failed = (url, cause) =>
  new HawserError(
    'ERR_WASM_LOAD',
    `${url.href} could not be loaded. A program that is bundled for Node.js must leave hawser external, or keep its dist/ folder in that place.`,
    { cause, url: url.href },
  );
