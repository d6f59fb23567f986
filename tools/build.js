/**
 * Builds the WebAssembly side into `dist/` and says how large it has become. Does next to nothing when all is up to date.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { root, run, say, Stop } from './run.js';

/** Bytes, gzipped, that core.wasm, secrets.wasm and its JavaScript may have together. */
const LIMIT = 85_000;

/** The same of http.wasm, which is loaded by connections that need it. */
const HTTP_LIMIT = 15_360;

/** The limits hold from this Emscripten on. Before, libc++ read floats through iostreams only, which add 40 kB. */
const LIMIT_SINCE = 5;

const BUILD = join(root, 'build/wasm');
const DIST = join(root, 'dist');

/** What goes into `dist/`, and from where. */
const PRODUCTS = [
  'build/wasm/wasm/core.wasm',
  'build/wasm/wasm/http.wasm',
  'build/wasm/wasm/secrets.js',
  'build/wasm/wasm/secrets.d.ts',
  'build/wasm/wasm/secrets.wasm',
  'build/wasm/wasm/row_packer.wasm',
  'build/wasm/wasm/row_binder.wasm',
  'build/wasm/wasm/callbacks.wasm',
  'node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm',
  'node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3-opfs-async-proxy.js',
];

/**
 * @returns {Promise<void>}
 * @throws {Stop} When something does not compile, or is larger than allowed.
 */
export async function build() {
  const emscripten = toolchain();
  // tsc writes secrets.d.ts, and checks it.
  const env = { PATH: [emscripten, join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  if (!configuredFor(emscripten)) {
    say('configuring build/wasm');
    rmSync(BUILD, { recursive: true, force: true });
    run(join(emscripten, 'emcmake'), ['cmake', '--preset', 'wasm'], { env, quiet: true });
    writeFileSync(CONFIGURED, emscripten);
  }
  run('cmake', ['--build', '--preset', 'wasm'], { env });
  const changed = PRODUCTS.map((path) => install(join(root, path))).includes(true);
  const { bundlePlatforms } = await import('./platforms.js'); // Its esbuild is not there before npm has run.
  await bundlePlatforms();
  await reportSizes(changed, join(emscripten, 'em++'));
}

/** @returns {string} The folder that holds em++, installed first where there is none. */
function toolchain() {
  const { status, stdout } = spawnSync(join(root, 'tools/setup-toolchain.sh'), {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Stop('no Emscripten, see above');
  return stdout.trim();
}

/** Names the folder of the compiler that build/wasm is configured for. */
const CONFIGURED = join(BUILD, 'configured-for.txt');

/** @param {string} emscripten Folder. @returns {boolean} */
const configuredFor = (emscripten) =>
  existsSync(join(BUILD, 'build.ninja')) && existsSync(CONFIGURED) && readFileSync(CONFIGURED, 'utf8') === emscripten;

/**
 * Puts a file into `dist/`, whole or not at all, because programs may be reading it.
 * @param {string} source
 * @returns {boolean} Whether it was not there already.
 */
function install(source) {
  mkdirSync(DIST, { recursive: true });
  const target = join(DIST, source.slice(source.lastIndexOf('/') + 1));
  const bytes = readFileSync(source);
  if (existsSync(target) && readFileSync(target).equals(bytes)) return false;
  writeFileSync(`${target}.new`, bytes);
  renameSync(`${target}.new`, target);
  return true;
}

/**
 * Prints the sizes: all of them when they have changed, otherwise the sum.
 * @param {boolean} changed
 * @param {string} compiler
 * @throws {Stop} When the sum is over the limit.
 */
async function reportSizes(changed, compiler) {
  const file = join(BUILD, 'sizes.txt');
  if (changed || !existsSync(file)) {
    const lines = await measure();
    console.log(lines.join('\n'));
    writeFileSync(file, lines.join('\n'));
  }
  const sizes = readFileSync(file, 'utf8');
  const sum = Number(/^core, all +\d+ +(\d+)/m.exec(sizes)?.[1]);
  const http = Number(/^http\.wasm +\d+ +(\d+)/m.exec(sizes)?.[1]);
  const verdict = `core.wasm, secrets.wasm and its glue: ${sum} bytes gzipped, ${LIMIT} allowed; http.wasm: ${http}, ${HTTP_LIMIT} allowed`;
  if (!(sum <= LIMIT && http <= HTTP_LIMIT)) {
    const version = /\d+\.\d+\.\d+/.exec(run(compiler, ['--version'], { quiet: true }))?.[0] ?? '';
    if (!(parseInt(version, 10) < LIMIT_SINCE)) throw new Stop(`too large: ${verdict}`);
    say(`fine for tests but too large to publish, as Emscripten is as old as ${version}`);
  }
  say(`dist/ is up to date; ${verdict}`);
}

/** @returns {Promise<string[]>} The table. */
async function measure() {
  const { build: bundle } = await import('esbuild');
  const { outputFiles } = await bundle({
    entryPoints: [join(DIST, 'secrets.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  /** @type {[string, Uint8Array][]} */
  const files = [
    ['core.wasm', readFileSync(join(DIST, 'core.wasm'))],
    ['secrets.wasm', readFileSync(join(DIST, 'secrets.wasm'))],
    ['secrets.js, minified', outputFiles[0].contents],
    ['http.wasm', readFileSync(join(DIST, 'http.wasm'))],
    ['row_packer.wasm', readFileSync(join(DIST, 'row_packer.wasm'))],
    ['row_binder.wasm', readFileSync(join(DIST, 'row_binder.wasm'))],
    ['callbacks.wasm', readFileSync(join(DIST, 'callbacks.wasm'))],
  ];
  const rows = files.map(([name, bytes]) => ({
    name,
    sizes: [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length],
  }));
  const sum = (/** @type {number} */ i) => rows.slice(0, 3).reduce((all, { sizes }) => all + sizes[i], 0);
  rows.splice(3, 0, { name: 'core, all', sizes: [sum(0), sum(1), sum(2)] });
  return [
    `${'bytes'.padEnd(20)}${['raw', 'gzip', 'brotli'].map((title) => title.padStart(10)).join('')}`,
    ...rows.map(({ name, sizes }) => `${name.padEnd(20)}${sizes.map((size) => String(size).padStart(10)).join('')}`),
  ];
}
