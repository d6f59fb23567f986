/**
 * Builds the WebAssembly side into `dist/` and says how large it has become. Does next to nothing when all is up to date.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, run, say, Stop } from './run.js';

/** The limits hold from this Emscripten on. Before, libc++ read floats through iostreams only, which add 40 kB. */
const LIMIT_SINCE = 5;

const BUILD = join(root, 'build/wasm');
const DIST = join(root, 'dist');

/** What goes into `dist/`, and from where. */
const PRODUCTS = [
  'build/wasm/wasm/core.wasm',
  'build/wasm/wasm/http.wasm',
  'build/wasm/wasm/json.wasm',
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
 * Prints what pages pay when that has changed, and records it beside the build.
 * @param {boolean} changed
 * @param {string} compiler
 * @throws {Stop} When something is larger than it may be.
 */
async function reportSizes(changed, compiler) {
  const { measureSizes, sizeTables } = await import('./sizes.js');
  const sizes = await measureSizes();
  const tables = sizeTables(sizes);
  const file = join(BUILD, 'sizes.md');
  if (changed || !existsSync(file) || readFileSync(file, 'utf8') !== tables) {
    console.log(tables);
    writeFileSync(file, tables);
  }
  const over = [...sizes.pages, ...sizes.files].filter(({ total, budget }) => total > budget);
  const verdict = over.map(({ name, total, budget }) => `${name}: ${total} bytes gzipped, ${budget} allowed`).join('; ');
  if (over.length) {
    const version = /\d+\.\d+\.\d+/.exec(run(compiler, ['--version'], { quiet: true }))?.[0] ?? '';
    if (!(parseInt(version, 10) < LIMIT_SINCE)) throw new Stop(`too large: ${verdict}`);
    say(`fine for tests but too large to publish, as Emscripten is as old as ${version}: ${verdict}`);
  }
  say(`dist/ is up to date; a page that connects pays from ${sizes.pages[0].total} bytes gzipped on`);
}
