/**
 * What a page pays for what it does, gzipped: the scripts and wasm files that it downloads, once its own bundler (esbuild, minifying)
 * has been over them. What may be lazy is counted where it is first needed. docs/sizes.md shows it; tests/js/sizes.test.js holds it there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadedWith } from './merge_chunks.js';
import { root } from './run.js';

const BROWSER = join(root, 'dist/browser');

/**
 * @typedef {object} Page
 * @property {string} name
 * @property {string[]} chunks Scripts that are imported when needed, by their names without the hash.
 * @property {string[]} files Others: wasm files, programs of Workers.
 * @property {number} budget Bytes, gzipped, of scripts and wasm files together.
 */

/** @type {readonly Page[]} From nothing; sqlite3.wasm, which is SQLite's own and always the same, apart. */
export const PAGES = Object.freeze([
  { name: 'connections, configured by an object', chunks: [], files: ['core.wasm'], budget: 60_000 },
  { name: 'the same, configured in TOML', chunks: ['secrets'], files: ['core.wasm', 'secrets.wasm'], budget: 100_000 },
  { name: 'HTTP only', chunks: ['http', 'core'], files: ['core.wasm', 'http.wasm'], budget: 130_000 },
  { name: 'SQLite in memory', chunks: ['sql', 'sqlite'], files: ['core.wasm', 'row_packer.wasm', 'row_binder.wasm'], budget: 105_000 },
  {
    name: 'SQLite, kept by the browser',
    chunks: ['sql', 'sqlite', 'sqlite_worker'],
    files: ['core.wasm', 'sqlite_worker_main.js', 'row_packer.wasm', 'row_binder.wasm'],
    budget: 215_000,
  },
]);

/** Files by themselves. @type {readonly { name: string, budget: number }[]} */
export const FILES = Object.freeze([
  { name: 'core.wasm', budget: 23_000 },
  { name: 'secrets.wasm', budget: 38_000 },
  { name: 'json.wasm', budget: 12_500 },
  { name: 'http.wasm', budget: 15_360 },
  { name: 'row_packer.wasm', budget: 1_500 },
  { name: 'row_binder.wasm', budget: 1_000 },
  { name: 'callbacks.wasm', budget: 500 },
  { name: 'sqlite3.wasm', budget: 410_000 },
]);

/**
 * @typedef {object} Size
 * @property {string} name
 * @property {number} script Bytes, gzipped.
 * @property {number} wasm
 * @property {number} total
 * @property {number} budget
 */

/** @param {Uint8Array} bytes */
const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** @param {string} name */
const sizeOf = (name) => gzipped(readFileSync(join(BROWSER, name)));

/**
 * Bundles a page and adds up what it downloads.
 * @returns {Promise<{ pages: Size[], files: Size[] }>}
 * @throws {Error} When a script that a page needs is not there.
 */
export async function measureSizes() {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    stdin: { contents: "import { createHawser } from './index.js'; globalThis.create = createHawser;", resolveDir: BROWSER, sourcefile: 'page.js' },
    absWorkingDir: root, outdir: 'page', write: false, metafile: true, bundle: true, splitting: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error',
  });
  const bytes = new Map(outputFiles.map(({ path, contents }) => [basename(path), gzipped(contents)]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  /** @param {string} name Without the hash; 'page' for the page itself. */
  const outputOf = (name) => {
    for (const [output, { entryPoint }] of outputs) {
      const entry = basename(entryPoint ?? '');
      if (entry === `${name}.js` || (entry.startsWith(`${name}-`) && /^[A-Z0-9]{8}\.js$/.test(entry.slice(name.length + 1)))) return output;
    }
    throw new Error(`dist/browser has no script ${name}`);
  };
  /** @param {Page} page @returns {Size} */
  const sizeOfPage = ({ name, chunks, files, budget }) => {
    /** @type {Set<string>} */
    const scripts = new Set();
    for (const chunk of ['page', ...chunks]) loadedWith(outputOf(chunk), outputs, scripts);
    const wasm = sum(files.filter((file) => file.endsWith('.wasm')).map(sizeOf));
    const script = sum([...scripts].map((output) => bytes.get(output) ?? 0)) + sum(files.filter((file) => file.endsWith('.js')).map(sizeOf));
    return { name, script, wasm, total: script + wasm, budget };
  };
  const present = FILES.filter(({ name }) => existsSync(join(BROWSER, name)));
  return {
    pages: PAGES.map(sizeOfPage),
    files: present.map(({ name, budget }) => ({ name, script: 0, wasm: sizeOf(name), total: sizeOf(name), budget })),
  };
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

/** @param {number} bytes As docs/sizes.md shows it: KB of 1,000 bytes, one decimal. */
const kb = (bytes) => (bytes / 1000).toFixed(1);

/**
 * The tables of docs/sizes.md.
 * @param {{ pages: Size[], files: Size[] }} sizes
 * @returns {string}
 */
export function sizeTables({ pages, files }) {
  return [
    '| a page with | JavaScript | WebAssembly | together | allowed |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...pages.map(({ name, script, wasm, total, budget }) => `| ${name} | ${kb(script)} | ${kb(wasm)} | ${kb(total)} | ${kb(budget)} |`),
    '',
    '| file | gzipped | allowed |',
    '| --- | ---: | ---: |',
    ...files.map(({ name, total, budget }) => `| \`${name}\` | ${kb(total)} | ${kb(budget)} |`),
  ].join('\n');
}
