/**
 * What the scripts of this folder share: running programs, finding them, and telling what is going on. Node's own
 * modules only, because the first script to run is the one that installs the others.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A script cannot go on; `message` is all that its user needs to see. */
export class Stop extends Error {}

/** @param {string} line Progress, prefixed so that it stands out from what programs print. */
export const say = (line) => console.log(`[hawser] ${line}`);

/**
 * Runs a program in the repository, its output passed through.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options] `env` is added to the environment. With `quiet`
 *   the output is shown only when the program fails.
 * @returns {string} What it printed to stdout; empty unless `quiet`.
 * @throws {Stop} When it cannot be started or fails.
 */
export function run(program, args, { env, quiet = false } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw new Stop(`${program} could not be started: ${error.message}`);
  if (status !== 0) {
    if (quiet) process.stderr.write(`${stdout}${stderr}`);
    throw new Stop(`${program} ${args[0] ?? ''} failed (${signal ?? `exit code ${status}`}), see above`);
  }
  return stdout ?? '';
}

/**
 * What npm needs in the environment to compile native modules: the headers of this Node.js, where they were installed with it. Without
 * them node-gyp downloads them, from a place that not every machine reaches.
 * @returns {Record<string, string>}
 */
export function nativeModulesEnv() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {};
}

/**
 * Runs a program in the repository, passes its output through as it comes, and keeps it.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options] `env` is added to the environment. With `quiet`
 *   the output is shown only when the program fails.
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr, interleaved. A program that a signal ended
 *   or that could not be started has code 128.
 */
export function follow(program, args, { env, quiet = false } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output += text;
        if (!quiet) process[stream].write(text);
      });
    }
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve({ code: 128, output });
    });
    child.on('close', (code, signal) => {
      if (signal) console.error(`\n${program} was ended by ${signal}`);
      if (quiet && code !== 0) process.stdout.write(output);
      resolve({ code: code ?? 128, output });
    });
  });
}

/**
 * Where a program is, or undefined.
 * @param {string[]} names The first that exists is taken.
 * @returns {string | undefined}
 */
export function find(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/**
 * Runs a script's main function; a {@link Stop} becomes one line and exit code 1.
 * @param {() => void | Promise<void>} script
 */
export async function main(script) {
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`[hawser] ${error.message}`);
    process.exitCode = 1;
  }
}
