/**
 * Node.js. Every file in this folder has the same exports; package.json's `imports` picks one.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export const name = 'node';

/** Where the wasm files are, relative to this file. */
const dist = new URL('../../dist/', import.meta.url);

/**
 * Compiles a wasm file of the package.
 * @param {'core' | 'row_packer' | 'row_binder' | 'sqlite3'} file
 * @returns {Promise<WebAssembly.Module>}
 */
export async function loadModule(file) {
  return WebAssembly.compile(await readFile(new URL(`${file}.wasm`, dist)));
}

/**
 * The same at once, or undefined where the runtime cannot.
 * @param {'core' | 'row_packer' | 'row_binder' | 'sqlite3'} file
 * @returns {WebAssembly.Module | undefined}
 */
export function loadModuleSync(file) {
  return new WebAssembly.Module(readFileSync(new URL(`${file}.wasm`, dist)));
}

/**
 * Environment variables, or the bindings of the platform.
 * @returns {Record<string, unknown>}
 */
export const environment = () => process.env;

/** The file system for secrets files, or undefined where there is none. */
export { fileSystem } from './filesystem.js';
