/**
 * locateFiles() in Node.js; what it does in pages is tested with the packed package, see consumers-page.test.js.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { locateFiles } from '../../js/index.js';
import { loadModule, loadModuleSync } from '../../js/runtime/node.js';
import { isModule } from '../../js/runtime/locations.js';

const folder = mkdtempSync(join(tmpdir(), 'hawser-files-'));
const packer = new URL('../../dist/row_packer.wasm', import.meta.url);
copyFileSync(packer, join(folder, 'row_packer.wasm'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => locateFiles(undefined));

const bytes = new Uint8Array(readFileSync(packer));
const module = new WebAssembly.Module(bytes);

test.each(/** @type {[string, any][]} */ ([
  ['a folder', folder],
  ['the URL of a folder', pathToFileURL(folder)],
  ['its text', `${pathToFileURL(folder)}/`],
  ['a path', { 'row_packer.wasm': join(folder, 'row_packer.wasm') }],
  ['bytes', { 'row_packer.wasm': bytes }],
  ['a buffer', { 'row_packer.wasm': bytes.buffer }],
  ['a module', { 'row_packer.wasm': module }],
  ['a function', (/** @type {string} */ name) => pathToFileURL(join(folder, name))],
  ['nothing about this file', { 'core.wasm': '/nowhere' }],
]))('%s, at once and later', async (_, where) => {
  locateFiles(where);
  expect(isModule(loadModuleSync('row_packer'))).toBe(true);
  expect(isModule(await loadModule('row_packer'))).toBe(true);
});

test.each(/** @type {[string, any][]} */ ([
  ['a promise', async () => bytes],
  ['an answer', () => new Response(bytes)],
]))('%s, later only', async (_, where) => {
  locateFiles(where);
  expect(loadModuleSync('row_packer')).toBe(undefined);
  expect(isModule(await loadModule('row_packer'))).toBe(true);
});

test('what is not there is named, with the way to say where it is', async () => {
  locateFiles(`${folder}/missing`);
  const expected = { code: 'ERR_WASM_LOAD', message: expect.stringMatching(/missing\/row_packer\.wasm could not be loaded: ENOENT.*locateFiles\(\)/) };
  await expect(loadModule('row_packer')).rejects.toMatchObject(expected);
  expect(() => loadModuleSync('row_packer')).toThrow(expect.objectContaining(expected));
});

test('what is no WebAssembly is named', async () => {
  locateFiles({ 'row_packer.wasm': new TextEncoder().encode('<!doctype html>') });
  await expect(loadModule('row_packer')).rejects.toMatchObject({ code: 'ERR_WASM_LOAD', message: expect.stringContaining('row_packer.wasm') });
});

test.each([7, null, true])('%p is no place', (where) => {
  expect(() => locateFiles(/** @type {any} */ (where))).toThrow(TypeError);
});
