/**
 * Bundles a program that uses Hawser for a browser page or for workerd, with esbuild, the way an application would.
 * Shared by the demo server and by the tests that run in those places. Nothing is written to disk.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** The export conditions of package.json that each place takes, most specific first. */
const CONDITIONS = { browser: ['browser'], workerd: ['workerd', 'worker', 'browser'] };

/** `new URL('x.wasm', import.meta.url)`, the form that bundlers know as "this file belongs to the program". */
const WASM_URL = /new URL\(\s*(['"])([^'"]+\.wasm)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * @typedef {object} Bundle
 * @property {Map<string, Uint8Array>} files Name (no folders) → contents: the script, its chunks, source maps, wasm files.
 * @property {string} main Name of the file to start with.
 */

/**
 * @param {string} entry Path of the program.
 * @param {object} options
 * @param {'browser' | 'workerd'} options.target
 * @param {boolean} [options.minify] Default false.
 * @param {boolean} [options.sourcemap] Default false; adds `.map` files beside the scripts.
 * @param {Record<string, string>} [options.define] As in esbuild.
 * @returns {Promise<Bundle>} Rejects with esbuild's own error when the program cannot be bundled.
 */
export async function bundle(entry, { target, minify = false, sourcemap = false, define = {} }) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: '/', // Names only: nothing is written.
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: CONDITIONS[target],
    external: ['cloudflare:*', 'node:*'],
    splitting: target === 'browser',
    chunkNames: '[name]-[hash]',
    minify,
    sourcemap: sourcemap && 'linked',
    define,
    logLevel: 'silent',
    plugins: [wasmFiles(files)],
  });
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  return { files, main: `${basename(entry).replace(/\.[^.]+$/, '')}.js` };
}

/**
 * Puts wasm files beside the script: those imported as modules (workerd) stay imports, those named by URL (browsers)
 * keep their URL; both lose their folder.
 * @param {Map<string, Uint8Array>} files Where they are added.
 * @returns {import('esbuild').Plugin}
 */
function wasmFiles(files) {
  /** @param {string} path */
  const add = async (path) => {
    const name = basename(path);
    if (!files.has(name)) files.set(name, await readFile(path));
    return `./${name}`;
  };
  return {
    name: 'wasm-files',
    setup(builder) {
      builder.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === wasmFiles) return undefined;
        const found = await builder.resolve(path, { resolveDir, kind, pluginData: wasmFiles });
        if (found.errors.length > 0) return { errors: found.errors };
        return { path: await add(found.path), external: true };
      });
      builder.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const names = [...text.matchAll(WASM_URL)].map((match) => match[2]);
        if (names.length === 0) return undefined;
        /** @type {Map<string, string>} */
        const renamed = new Map();
        for (const name of names) {
          try {
            renamed.set(name, await add(join(dirname(path), name)));
          } catch {
            // Not a file of the package, e.g. one that only exists in another build of it: its URL stays as it is.
          }
        }
        const contents = text.replace(WASM_URL, (whole, quote, name) =>
          renamed.has(name) ? `new URL(${JSON.stringify(renamed.get(name))}, import.meta.url)` : whole,
        );
        return { contents, loader: 'js' };
      });
    },
  };
}
