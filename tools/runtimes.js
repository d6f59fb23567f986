/**
 * Runtimes other than the Node.js that runs the tests: Deno, Bun and other versions of Node.js, and the SQLite clients that
 * are packages. tests/runtimes/package.json names their versions; they are installed beside it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeModulesEnv, root, run, say, Stop } from './run.js';

const FOLDER = join(root, 'tests/runtimes');
const MODULES = join(FOLDER, 'node_modules');

/** Native modules are of one platform and one version of Node.js. */
const wanted = () => `${readFileSync(join(FOLDER, 'package.json'), 'utf8')}${process.platform} ${process.arch} ${process.versions.modules}\n`;

/** @typedef {'deno' | 'bun' | 'node22' | 'node24'} RuntimeName */

/** Where their programs are, by package. @type {Record<RuntimeName, readonly string[]>} */
const PROGRAMS = {
  deno: ['deno/deno', 'deno/deno.exe'],
  bun: ['bun/bin/bun.exe'],
  node22: ['node22/bin/node', 'node22/bin/node.exe'],
  node24: ['node24/bin/node', 'node24/bin/node.exe'],
};

/**
 * @param {RuntimeName} name
 * @returns {string | undefined} Path of its program; undefined when it is not there.
 */
export const findRuntime = (name) => PROGRAMS[name].map((path) => join(MODULES, path)).find((path) => existsSync(path));

/** Whether a package of tests/runtimes is there. @param {string} name */
export const havePackage = (name) => existsSync(join(MODULES, name, 'package.json'));

/** Folder of a package of tests/runtimes. @param {string} name */
export const packageFolder = (name) => join(MODULES, name);

/** Installs them, if they are not there. What cannot be installed is said; its tests are skipped. */
export function installRuntimes() {
  const marker = join(MODULES, '.installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted()) return;
  const { node } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
  say('installing other runtimes and SQLite clients in tests/runtimes');
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const others = Object.entries(node).map(([name, version]) => `${name}@npm:node-${platform}@${version}`);
  // All at once: npm takes away what it was not told to save.
  if (npmInstall(others) || npmInstall([])) writeFileSync(marker, wanted());
}

/** @param {string[]} packages Besides those of package.json. @returns {boolean} Whether they are there now. */
function npmInstall(packages) {
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    run('npm', ['install', '--prefix', FOLDER, ...quiet, ...packages], { quiet: true, env: nativeModulesEnv() });
    return true;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(`${packages.join(' ') || 'what tests/runtimes/package.json names'} could not be installed: tests will be skipped`);
    return false;
  }
}
