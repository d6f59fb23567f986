/**
 * Bundles a program that uses Hawser for a browser page, workerd or an edge runtime, with esbuild, the way an application would.
 * Shared by the demo server and by the tests that run in those places. Nothing is written to disk.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** The export conditions of package.json that each place takes, most specific first. */
const CONDITIONS = { browser: ['browser'], workerd: ['workerd', 'worker', 'browser'], 'edge-light': ['edge-light', 'worker', 'browser'] };

/** `new URL('x.wasm', import.meta.url)`, the form that bundlers know as "this file belongs to the program". */
const WASM_URL = /new URL\(\s*(['"])([^'"]+\.wasm)\1\s*,\s*import\.meta\.url\s*\)/g;

/** Either of them. */
const OWN_URL = /new URL\(\s*(['"])([^'"]+\.(?:wasm|m?js))\1\s*,\s*import\.meta\.url\s*\)/g;

/** `new Worker(new URL('x.js', import.meta.url), …)`: a program of its own. */
const WORKER_URL = /new Worker\(\s*new URL\(\s*(['"])(?!sqlite3-worker1)([^'"]+\.m?js)\1\s*,\s*import\.meta\.url\s*\)/g;

/** The script of SQLite's own Worker for `vfs: 'opfs'`. */
const PROXY_URL = /new URL\(\s*(['"])(sqlite3-opfs-async-proxy\.js)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * @typedef {object} Bundle
 * @property {Map<string, Uint8Array>} files Name (no folders) → contents: the script, its chunks, source maps, wasm files.
 * @property {string} main Name of the file to start with.
 */

/**
 * @param {string} entry Path of the program.
 * @param {object} options
 * @param {'browser' | 'workerd' | 'edge-light'} options.target Programs for edge-light are one script that is no module; it finds its
 *   wasm files, compiled, in the global object `wasmModules`, by name.
 * @param {boolean} [options.splitting] Whether `import()` gives chunks that are loaded when needed; default: in browsers.
 * @param {boolean} [options.minify] Default false.
 * @param {boolean} [options.sourcemap] Default false; adds `.map` files beside the scripts.
 * @param {Record<string, string>} [options.define] As in esbuild.
 * @returns {Promise<Bundle>} Rejects with esbuild's own error when the program cannot be bundled.
 */
export async function bundle(entry, options) {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  return { files, main: await add(entry, options, files, new Map()) };
}

/**
 * Bundles one program and the Workers that it starts.
 * @param {string} entry
 * @param {Parameters<typeof bundle>[1]} options
 * @param {Map<string, Uint8Array>} files Where its files are added.
 * @param {Map<string, Promise<string>>} workers Path → name of those that are there already, or on their way.
 * @returns {Promise<string>} Name of its script.
 */
async function add(entry, options, files, workers) {
  const { target, splitting = target === 'browser', minify = false, sourcemap = false, define = {} } = options;
  const addWorker = (/** @type {string} */ path) => {
    const known = workers.get(path) ?? add(path, options, files, workers);
    workers.set(path, known);
    return known;
  };
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: '/', // Names only: nothing is written.
    write: false,
    bundle: true,
    format: target === 'edge-light' ? 'iife' : 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: CONDITIONS[target],
    external: ['cloudflare:*', 'node:*'],
    splitting,
    chunkNames: '[name]-[hash]',
    minify,
    sourcemap: sourcemap && 'linked',
    define,
    logLevel: 'silent',
    plugins: [ownFiles(files, target === 'browser' ? addWorker : undefined)],
  });
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  return `${basename(entry).replace(/\.[^.]+$/, '')}.js`;
}

/**
 * Puts beside the script what belongs to the program by its URL: wasm files and Workers. Wasm files imported as modules (workerd)
 * stay imports. All lose their folder.
 * @param {Map<string, Uint8Array>} files Where they are added.
 * @param {((path: string) => Promise<string>) | undefined} addWorker Bundles the program of a Worker; undefined where there are none.
 * @returns {import('esbuild').Plugin}
 */
function ownFiles(files, addWorker) {
  /** @param {string} path */
  const addFile = async (path) => {
    const name = basename(path);
    if (!files.has(name)) files.set(name, await readFile(path));
    return name;
  };
  return {
    name: 'own-files',
    setup(builder) {
      builder.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === ownFiles) return undefined;
        const found = await builder.resolve(path, { resolveDir, kind, pluginData: ownFiles });
        if (found.errors.length > 0) return { errors: found.errors };
        return { path: `./${await addFile(found.path)}`, external: true };
      });
      builder.onResolve({ filter: /\.db$/ }, async ({ path, resolveDir }) => ({ path: `./${await addFile(join(resolveDir, path))}`, external: true }));
      builder.onResolve({ filter: /\.wasm\?module$/ }, async ({ path, resolveDir }) => {
        const file = join(resolveDir, path.replace('?module', ''));
        return { path: await addFile(file), namespace: 'compiled' };
      });
      builder.onLoad({ filter: /.*/, namespace: 'compiled' }, ({ path }) => ({
        contents: `export default globalThis.wasmModules[${JSON.stringify(path)}];`,
      }));
      builder.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        /** @type {Map<string, string>} */
        const names = new Map();
        const find = async (/** @type {RegExp} */ pattern, /** @type {(path: string) => Promise<string>} */ put) => {
          for (const [, , name] of text.matchAll(pattern)) {
            const file = join(dirname(path), name);
            // What is not there only exists in another build of the package: its URL stays as it is.
            if (existsSync(file)) names.set(name, await put(file));
          }
        };
        await find(WASM_URL, addFile);
        if (addWorker) {
          await find(WORKER_URL, addWorker);
          await find(PROXY_URL, addFile);
        }
        if (names.size === 0) return undefined;
        const contents = text.replace(OWN_URL, (whole, _quote, name) =>
          names.has(name) ? `new URL(${JSON.stringify(`./${names.get(name)}`)}, import.meta.url)` : whole,
        );
        return { contents, loader: 'js' };
      });
    },
  };
}
