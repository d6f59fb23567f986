/**
 * Vercel's Edge Runtime, and hosts that follow it (condition `edge-light`). Wasm comes as modules, compiled with the program:
 * bundlers for it know the form `x.wasm?module`.
 */
import callbacks from '../../dist/callbacks.wasm?module';
import core from '../../dist/core.wasm?module';
import http from '../../dist/http.wasm?module';
import json from '../../dist/json.wasm?module';
import rowBinder from '../../dist/row_binder.wasm?module';
import rowPacker from '../../dist/row_packer.wasm?module';
import secrets from '../../dist/secrets.wasm?module';
import sqlite3 from '../../dist/sqlite3.wasm?module';
import { isModule, located } from './locations.js';

export { locateFiles } from './locations.js';

/** @typedef {import('./locations.js').WasmFile} WasmFile */

export const name = 'edge-light';

/**
 * A promise of one request must not be awaited by another: it ends with its own request.
 * @type {'isolate' | 'request'}
 */
export const defaultFlightScope = 'request';

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
 * A request ends with its response, and so does what it has begun, unless its host is told: hosts say how under these names.
 * @type {undefined | ((work: Promise<unknown>) => void)}
 */
export const waitUntil = (work) => {
  for (const name of ['@vercel/request-context', '@next/request-context']) {
    const context = /** @type {any} */ (globalThis)[Symbol.for(name)]?.get?.();
    if (typeof context?.waitUntil === 'function') return void context.waitUntil(work);
  }
};

/**
 * There are no Workers that would need it.
 * @type {undefined | ((names: readonly string[]) => Promise<Record<string, any>>)}
 */
export const shareFiles = undefined;

/** There are no secrets files. @type {undefined} */
export const fileSystem = undefined;

/**
 * What is not part of the bundle cannot be imported.
 * @type {undefined | ((specifier: string) => Promise<any>)}
 */
export const importModule = undefined;

/** @type {Readonly<Record<WasmFile, WebAssembly.Module>>} */
const MODULES = Object.freeze({ core, http, json, secrets, row_packer: rowPacker, row_binder: rowBinder, callbacks, sqlite3 });

/**
 * A wasm file of the package. Nothing can be compiled here, so locateFiles() can but give modules.
 * @param {WasmFile} file
 * @returns {Promise<WebAssembly.Module>}
 */
export async function loadModule(file) {
  const source = await located(`${file}.wasm`);
  return isModule(source) ? source : MODULES[file];
}

/**
 * The same at once.
 * @param {WasmFile} file
 * @returns {WebAssembly.Module | undefined}
 */
export function loadModuleSync(file) {
  const source = located(`${file}.wasm`);
  return isModule(source) ? source : MODULES[file];
}

/**
 * Environment variables.
 * @returns {Record<string, unknown>}
 */
export const environment = () =>
  /** @type {{ process?: { env?: Record<string, unknown> } }} */ (globalThis).process?.env ?? {};
