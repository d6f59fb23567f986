/**
 * Bundles js/ into `dist/<platform>/`, which is what users get: one script and the chunks that it loads when they are needed,
 * instead of a hundred small modules, which cost 50 ms to import in Node.js and a request each in a page without a bundler.
 *
 * The conditions of `imports` in js/package.json are decided here; those of `exports` in package.json choose the platform.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { mergeInitial } from './merge_chunks.js';
import { root } from './run.js';

const DIST = join(root, 'dist');

/** What users import, and what of it makes connections. */
const ENTRIES = { index: 'js/index.js', core: 'js/default.js' };

/**
 * Conditions that a platform takes, most specific first, and how its programs are made small: what is downloaded in all ways, what is
 * read from a disk without renaming anything, as stacks are read by people.
 * @type {Record<string, { conditions: string[], minify?: boolean, entries?: Record<string, string> }>}
 */
export const PLATFORMS = {
  node: { conditions: ['node'], entries: { ...ENTRIES, cli: 'js/cli/main.js' } },
  deno: { conditions: ['deno', 'node'] },
  bun: { conditions: ['bun', 'node'] },
  browser: { conditions: ['browser'], minify: true },
  workerd: { conditions: ['workerd', 'worker'] },
  'edge-light': { conditions: ['edge-light', 'worker'] },
  default: { conditions: [] },
};

/**
 * The platform beside whose scripts the wasm files are, so that whoever serves them without a bundler, or bundles with one that
 * does not know `new URL('x.wasm', import.meta.url)`, copies one folder. The others refer to them there.
 */
const HOME = 'browser';

/** Those files, in dist/. */
const FILES = [
  ...['core', 'http', 'json', 'secrets', 'sqlite3', 'row_packer', 'row_binder', 'callbacks'].map((name) => `${name}.wasm`),
  'sqlite3-opfs-async-proxy.js',
];

/** Files beside scripts of others that are bundled, and which are not used: what is given an address, bundlers look for. */
const UNUSED = new Set(['secrets.wasm', 'sqlite3.wasm', 'sqlite3-worker1.mjs']);

/** `import(name)`: a module that the program chooses at run time. */
const FREE_IMPORT = /(?<=(?:=>|\breturn|\bawait|[=(?:])\s*)\bimport\((?!\s*(?:['"`]|\/\*))/g;

/** Tells bundlers that they can do nothing about it. Minifying removes comments. */
const LEFT_ALONE = 'import(/* webpackIgnore: true */ /* @vite-ignore */ ';

/** What stays an import of the user's program: his own packages and the platform's modules. */
const EXTERNAL = ['node:*', 'bun:*', 'cloudflare:*', 'better-sqlite3', 'apache-arrow'];

/** `new Worker(new URL('x.js', import.meta.url)…`: a program of its own. */
const WORKER_URL = /new Worker\(\s*new URL\(\s*(['"])([^'"]+\.js)\1\s*,\s*import\.meta\.url\s*\)/g;

/** Files of `dist/` as js/ refers to them: `new URL('../../dist/x.wasm', import.meta.url)`. */
const DIST_URL = /(new URL\(\s*['"`])(?:\.\.\/)+dist\//g;

/** The same of others. */
const BESIDE_URL = /new URL\(\s*(['"])([\w.-]+)\1\s*,\s*import\.meta\.url\s*\)/g;

/** The package itself, from a file of it. */
const PACKAGE_URL = /(new URL\(\s*['"`])(?:\.\.\/)+package\.json/g;

/**
 * Writes all platforms. Files that are the same already are not touched.
 * @returns {Promise<import('esbuild').Metafile[]>} What went into them, by platform.
 */
export async function bundlePlatforms() {
  return Promise.all(Object.entries(PLATFORMS).map(([name, options]) => bundlePlatform(name, options)));
}

/**
 * @param {string} name
 * @param {{ conditions: string[], minify?: boolean, entries?: Record<string, string> }} options
 */
async function bundlePlatform(name, { conditions, minify = false, entries = ENTRIES }) {
  /** Programs of Workers, by their path. @type {Map<string, string>} */
  const workers = new Map();
  const outdir = join(DIST, name);
  /** @param {Record<string, string>} entryPoints @param {boolean} splitting */
  const run = (entryPoints, splitting) =>
    build({
      absWorkingDir: root,
      entryPoints,
      outdir,
      write: false,
      metafile: true,
      bundle: true,
      splitting,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions,
      external: EXTERNAL,
      chunkNames: '[name]-[hash]',
      logLevel: 'warning',
      plugins: [ownFiles(name === HOME ? './' : `../${HOME}/`, workers)],
      ...(splitting ? {} : small(minify)),
    });
  const program = await run(entries, true);
  const merged = await mergeInitial(program, small(minify), conditions.includes('node'));
  const files = new Map([...merged].map(finished));
  // By themselves and in one file each: they are other programs, and not every bundler follows what they import.
  for (const [path, file] of workers) {
    const { outputFiles, metafile } = await run({ [file.replace(/\.js$/, '')]: path }, false);
    for (const { path: file, text } of outputFiles) files.set(...finished([basename(file), text]));
    Object.assign(program.metafile.outputs, metafile.outputs);
  }
  if (name === HOME) for (const file of FILES) files.set(file, readFileSync(join(DIST, file)));
  install(outdir, files);
  return program.metafile;
}

/** @param {boolean} minify Whether names may be changed, too. */
const small = (minify) => ({ minifyWhitespace: true, minifySyntax: true, minifyIdentifiers: minify });

/** @param {[string, string]} file Its name and text. @returns {[string, Uint8Array]} */
const finished = ([name, text]) => [name, new TextEncoder().encode(text.replace(FREE_IMPORT, LEFT_ALONE))];

/**
 * Makes what belongs to the package by its URL be found from `dist/<platform>/`.
 * @param {string} home Where the wasm files are, from there.
 * @param {Map<string, string>} workers Where the programs of Workers are added.
 * @returns {import('esbuild').Plugin}
 */
const ownFiles = (home, workers) => ({
  name: 'own-files',
  setup(builder) {
    builder.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({ path: home + basename(path), external: true }));
    // What packages ask for where there is Node.js, and can do without.
    builder.onResolve({ filter: /^stream$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    builder.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
    builder.onLoad({ filter: /\.m?js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const contents = text
        .replace(WORKER_URL, (whole, _quote, name) => {
          const file = join(dirname(path), name);
          const program = basename(file);
          workers.set(file, program);
          return whole.replace(name, `./${program}`);
        })
        .replace(DIST_URL, `$1${home}`)
        .replace(PACKAGE_URL, '$1../../package.json')
        .replace(BESIDE_URL, (whole, _quote, name) => (UNUSED.has(name) ? 'undefined' : whole));
      return { contents, loader: 'js' };
    });
  },
});

/**
 * @param {string} folder
 * @param {Map<string, Uint8Array>} files All that it is to hold.
 */
function install(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of files) {
    const target = join(folder, name);
    if (existsSync(target) && readFileSync(target).equals(contents)) continue;
    writeFileSync(`${target}.new`, contents);
    if (isProgram(contents)) chmodSync(`${target}.new`, 0o755);
    renameSync(`${target}.new`, target);
  }
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name), { recursive: true });
}

/** @param {Uint8Array} contents Whether it begins with #!, so that the system can run it. */
const isProgram = (contents) => contents[0] === 0x23 && contents[1] === 0x21;
