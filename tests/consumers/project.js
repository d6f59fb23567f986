/**
 * Projects of users: empty folders outside of this one, with the packed package installed by npm, and the examples of
 * docs/bundlers.md in them.
 */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CONSUMER_MODULES } from '../../tools/consumers.js';
import { root } from '../../tools/run.js';
import { findRuntime } from '../../tools/runtimes.js';

const execute = promisify(execFile);

/** @param {string} what */
const newFolder = (what) => mkdtempSync(join(tmpdir(), `hawser-${what}-`));

/** Npm as it is without this folder's settings; the registry is asked for what is not in its cache: SQLite's package. */
const NPM = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--no-update-notifier'];

/**
 * Packs what is built.
 * @param {string} folder Where the package goes.
 * @param {(stage: string) => void} [finish] Adds to a copy of what is packed what packing would write before.
 * @returns {Promise<string>} Path of the package.
 */
export async function pack(folder, finish) {
  const stage = newFolder('stage');
  try {
    for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD-PARTY-NOTICES.md', 'docs']) cpSync(join(root, name), join(stage, name), { recursive: true });
    const late = [join(root, 'dist/types'), join(root, 'dist/sbom')];
    cpSync(join(root, 'dist'), join(stage, 'dist'), { recursive: true, filter: (path) => !late.includes(path) });
    finish?.(stage);
    const { stdout } = await execute('npm', ['pack', '--ignore-scripts', `--pack-destination=${folder}`, '--silent', ...NPM], { cwd: stage });
    return join(folder, stdout.trim());
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/**
 * @param {string} folder Where a package is to be installed.
 * @param {string} packed Its path.
 */
export async function installPacked(folder, packed) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await execute('npm', ['install', ...NPM, packed], { cwd: folder });
}

/**
 * @typedef {object} Project
 * @property {string} folder
 * @property {(...names: string[]) => void} add Examples, by the names that they begin with.
 * @property {(name: string, text: string) => void} write
 * @property {(command: string, env?: Record<string, string>) => Promise<string>} run A command of the docs; what it prints.
 */

/**
 * Makes projects that are all the same, each in a folder of its own.
 * @param {(stage: string) => void} [finish] As of {@link pack}.
 */
export async function startProjects(finish) {
  const home = newFolder('consumers');
  const first = join(home, 'first');
  mkdirSync(first);
  const packed = await pack(home, finish);
  await installPacked(first, packed);
  const programs = findPrograms(join(home, 'bin'));
  return {
    /** The package. */
    packed,
    /** Where it is installed. */
    installed: join(first, 'node_modules/hawser'),
    /** @param {string} name @param {readonly string[]} [tools] Packages of tests/consumers that it has installed too. @returns {Project} */
    project(name, tools = []) {
      const folder = join(home, name);
      cpSync(first, folder, { recursive: true });
      for (const tool of tools) {
        const place = join(folder, 'node_modules', tool);
        mkdirSync(dirname(place), { recursive: true });
        symlinkSync(folderOf(tool), place, 'dir');
      }
      const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(folder, file), text);
      return {
        folder,
        write,
        add: (...names) => names.forEach((file) => write(file, example(file))),
        async run(command, env = {}) {
          const PATH = [programs, process.env.PATH].join(delimiter);
          const { stdout } = await execute('sh', ['-ec', command], { cwd: folder, env: { PATH, HOME: home, NO_COLOR: '1', ...env } });
          return stdout;
        },
      };
    },
    end: () => rmSync(home, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** @param {string} tool */
const folderOf = (tool) => [join(CONSUMER_MODULES, tool), join(root, 'node_modules', tool)].find((path) => existsSync(path)) ?? tool;

/**
 * The programs that commands of the docs name. `npx` runs what is there and downloads nothing; webpack's own program is another
 * package, which does the same.
 * @param {string} folder
 */
function findPrograms(folder) {
  mkdirSync(folder);
  const program = (/** @type {string} */ name, /** @type {string} */ text) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program('npx', 'exec "$@"');
  program('webpack', `exec ${process.execPath} ${join(root, 'tests/consumers/webpack.js')} "$@"`);
  for (const [name, path] of /** @type {const} */ ([['vite', 'vite/bin/vite.js'], ['rollup', 'rollup/dist/bin/rollup']])) {
    program(name, `exec ${process.execPath} ${join(CONSUMER_MODULES, path)} "$@"`);
  }
  symlinkSync(join(root, 'node_modules/esbuild/bin/esbuild'), join(folder, 'esbuild'));
  for (const [name, runtime] of /** @type {const} */ ([['deno', 'deno'], ['bun', 'bun'], ['node', 'node24']])) {
    const path = findRuntime(runtime);
    if (path) program(name, `exec ${path} "$@"`);
  }
  return folder;
}

const docs = readFileSync(join(root, 'docs/bundlers.md'), 'utf8');

/**
 * An example of docs/bundlers.md.
 * @param {string} name The file that it says to be, in its first line.
 */
export function example(name) {
  const found = [...docs.matchAll(/^```\w+\n(?:\/\/|<!--) (\S+)(?: -->)?\n(.*?)^```$/gms)].filter(([, file]) => file === name);
  if (found.length !== 1) throw new Error(`docs/bundlers.md has ${found.length} examples ${name}`);
  return found[0][2];
}

/**
 * The commands of a section of docs/bundlers.md.
 * @param {string} section Its heading.
 */
export function commands(section) {
  const found = new RegExp(`^## ${section}\\n(?:(?!^## ).)*?^\`\`\`sh\\n(.*?)^\`\`\`$`, 'ms').exec(docs);
  if (!found) throw new Error(`docs/bundlers.md has no commands for ${section}`);
  return found[1];
}
