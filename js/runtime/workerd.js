/**
 * workerd (Cloudflare Workers). Wasm cannot be compiled at run time there: it comes as modules, compiled on upload.
 */
import * as workers from 'cloudflare:workers';
import callbacks from '../../dist/callbacks.wasm';
import core from '../../dist/core.wasm';
import http from '../../dist/http.wasm';
import json from '../../dist/json.wasm';
import rowBinder from '../../dist/row_binder.wasm';
import rowPacker from '../../dist/row_packer.wasm';
import secrets from '../../dist/secrets.wasm';
import sqlite3 from '../../dist/sqlite3.wasm';
import { isModule, located } from './locations.js';

export { locateFiles } from './locations.js';

/** @typedef {import('./locations.js').WasmFile} WasmFile */

export const name = 'workerd';

/**
 * A promise of one request must not be awaited by another: the runtime would cancel that one.
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
 * A request ends with its response, and so does what it has begun, unless the runtime is told. Missing in versions before August 2025.
 * @type {undefined | ((work: Promise<unknown>) => void)}
 */
export const waitUntil = workers.waitUntil;

/**
 * There are no Workers that would need it.
 * @type {undefined | ((names: readonly string[]) => Promise<Record<string, any>>)}
 */
export const shareFiles = undefined;

/** There are no secrets files. @type {undefined} */
export const fileSystem = undefined;

/**
 * What is not part of the upload cannot be imported, and bundlers leave no module under its name.
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
 * The Worker's bindings: variables, secrets, and objects such as a D1 database.
 * @returns {Record<string, unknown>}
 */
export const environment = () => workers.env ?? {};
