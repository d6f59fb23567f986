/**
 * Sets up what is missing on this machine, builds, and does nothing when all is there:
 *
 *     node tools/setup.js build     what `npm start` needs
 *     node tools/setup.js test      and what `npm test` needs
 *
 * As root on Debian it installs; elsewhere it uses what is there and says in one line what to install.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';
import { installConsumers } from './consumers.js';
import { fuzzCompiler } from './fuzz-compiler.js';
import { find, main, root, run, say, Stop } from './run.js';
import { installRuntimes } from './runtimes.js';
import { installServers } from './servers.js';

/**
 * @typedef {object} Tool
 * @property {string} name As its users know it.
 * @property {string[]} packages Debian's.
 * @property {() => unknown} found
 * @property {string} [otherwise] What happens without it; undefined when nothing works without it.
 */

/** @param {string} path A header of a library. @returns {boolean} */
const header = (path) =>
  ['/usr/include', '/usr/local/include', '/opt/homebrew/include'].some((folder) => existsSync(join(folder, path)));

const FETCHED = 'CMake will download it';

/** @type {Tool[]} */
const FOR_BUILD = [
  { name: 'CMake 3.25', packages: ['cmake'], found: () => find('cmake') },
  { name: 'Ninja', packages: ['ninja-build'], found: () => find('ninja') },
  { name: 'Python 3', packages: ['python3'], found: () => find('python3') },
  { name: 'toml++', packages: ['libtomlplusplus-dev'], found: () => header('toml++/toml.h'), otherwise: FETCHED },
  { name: 'nlohmann_json', packages: ['nlohmann-json3-dev'], found: () => header('nlohmann/json.hpp'), otherwise: FETCHED },
];

/** @type {Tool[]} */
const FOR_TEST = [
  { name: 'Git', packages: ['git'], found: () => find('git') },
  { name: 'a C++23 compiler', packages: ['g++'], found: () => find('g++', 'clang++') },
  { name: 'GoogleTest', packages: ['libgtest-dev'], found: () => header('gtest/gtest.h'), otherwise: FETCHED },
  { name: 'OpenSSL', packages: ['openssl'], found: () => find('openssl'), otherwise: 'the tests of Azure with tokens will be skipped' },
  {
    name: 'Chromium',
    packages: ['chromium'],
    found: async () => (await import('../tests/browser/chromium.js')).findChromium(),
    otherwise: 'the tests in Chromium will be skipped',
  },
  {
    name: 'Firefox',
    packages: ['firefox-esr'],
    found: async () => (await import('../tests/browser/firefox.js')).findFirefox(),
    otherwise: 'the tests in Firefox will be skipped',
  },
  {
    name: 'WebKitGTK with its WebDriver, and Xvfb',
    packages: ['webkit2gtk-driver', 'xvfb'],
    found: async () => (await import('../tests/browser/webkit.js')).findWebKit(),
    otherwise: 'the tests in WebKitGTK will be skipped',
  },
  {
    name: 'Ceph RGW, an S3 server',
    packages: ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph-common'],
    found: async () => (await import('../tests/servers/rgw.js')).findRgw(),
    otherwise: 'the tests of S3 and Google Cloud Storage with it will be skipped',
  },
  {
    name: 'clang 19 or later with libFuzzer',
    packages: ['clang-22', 'libclang-rt-22-dev'],
    found: fuzzCompiler,
    otherwise: 'the fuzz targets will be skipped',
  },
];

/** Whether Debian's packages can be installed here. */
const debian = () => process.getuid?.() === 0 && Boolean(find('apt-get')) && existsSync('/etc/debian_version');

/** @param {string[]} args @param {{ quiet?: boolean }} [options] */
const aptGet = (args, options) =>
  run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    quiet: true,
    ...options,
  });

/**
 * Installs with Debian's package manager: all at once, and when that fails each by itself.
 * @param {Tool[]} tools
 * @returns {Tool[]} Those that could not be installed.
 */
function install(tools) {
  const packages = tools.flatMap((tool) => tool.packages);
  const command = ['install', '-y', '--no-install-recommends', ...packages];
  try {
    try {
      aptGet(['--simulate', ...command]);
    } catch {
      say('apt-get update');
      aptGet(['update']);
    }
    say(`apt-get install ${packages.join(' ')}`);
    aptGet(command);
    return [];
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return tools.length === 1 ? tools : tools.flatMap((tool) => install([tool]));
  }
}

/**
 * Installs the packages of those tools that are missing.
 * @param {Tool[]} tools
 * @throws {Stop} When one that is needed cannot be installed.
 */
async function provide(tools) {
  /** @type {Tool[]} */
  let missing = [];
  for (const tool of tools) if (!(await tool.found())) missing.push(tool);
  if (missing.length === 0) return;
  if (debian()) missing = install(missing);
  for (const { name, otherwise } of missing) if (otherwise) say(`${name} is not installed: ${otherwise}`);
  const needed = missing.filter((tool) => !tool.otherwise);
  if (needed.length > 0) {
    throw new Stop(
      `please install ${needed.map((tool) => tool.name).join(', ')} ` +
        `(on Debian and Ubuntu: apt-get install ${needed.flatMap((tool) => tool.packages).join(' ')})`,
    );
  }
}

/**
 * Whether node_modules holds what package-lock.json lists; npm keeps a list of what it has installed there. Packages for
 * other platforms are listed as optional.
 * @returns {boolean}
 */
function upToDate() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  /** @type {Record<string, { version?: string, integrity?: string, optional?: boolean }>[]} */
  const [want, have] = [join(root, 'package-lock.json'), installed].map((file) => JSON.parse(readFileSync(file, 'utf8')).packages);
  return Object.entries(want).every(
    ([path, entry]) => path === '' || (have[path] ? have[path].integrity === entry.integrity : entry.optional),
  );
}

/** Installs what package-lock.json lists. */
function npmPackages() {
  if (upToDate()) return;
  say('npm ci');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

await main(async () => {
  const purpose = process.argv[2];
  if (purpose !== 'build' && purpose !== 'test') throw new Stop('usage: node tools/setup.js build|test');
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Stop(`Node.js 20 or later is needed, this is ${process.version}`);
  npmPackages();
  await provide(FOR_BUILD);
  await build();
  if (purpose === 'test') {
    await provide(FOR_TEST);
    installRuntimes();
    installConsumers();
    installServers();
  }
});
