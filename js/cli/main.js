#!/usr/bin/env node
/**
 * `npx hawser …`, the command line.
 */
import { readFileSync, realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { init } from './init.js';
import { secrets } from './secrets.js';
import { types } from './types.js';

const USAGE = `Usage: hawser <command> [options]

  secrets [path…]   Checks the secrets files of this project, or the files and folders named, and shows the merged
                    tree, without values, with where each value comes from. Exit code 1 when something is wrong.
      --json          For programs.
      --shallow       Later layers replace whole sections, as in Streamlit.
      --allow-unset   Variables that are not set are warnings.
      --strict        Warnings count as problems.

  init              Writes .hawser/secrets.toml to start with, readable by you only, and adds it to .gitignore.

  types [path…]     Writes hawser-env.d.ts, so that editors know the names and types of the secrets.
      --out <file>    Another file.
      --check         Writes nothing; exit code 1 when the file is not up to date.
`;

/**
 * @typedef {object} Command
 * @property {(paths: string[], options: any, io: Io) => Promise<number> | number} run
 * @property {import('node:util').ParseArgsConfig['options']} options
 */

const FLAG = /** @type {const} */ ({ type: 'boolean' });

/** @type {Record<string, Command>} */
const COMMANDS = {
  secrets: { run: secrets, options: { json: FLAG, shallow: FLAG, 'allow-unset': FLAG, strict: FLAG } },
  init: { run: init, options: {} },
  types: { run: types, options: { out: { type: 'string' }, check: FLAG } },
};

/**
 * @typedef {object} Io
 * @property {(text: string) => void} out Writes a line.
 * @property {(text: string) => void} err
 */

/**
 * @param {string[]} argv Without the program itself.
 * @param {Io} io
 * @returns {Promise<number>} The exit code: 0, 1 when something was found wrong, 2 for wrong usage.
 */
export async function run(argv, io) {
  const [name = 'help', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') return io.out(USAGE.trimEnd()), 0;
  if (name === '--version' || name === '-v') return io.out(version()), 0;
  if (!Object.hasOwn(COMMANDS, name)) return io.err(`hawser: there is no command ${name}\n\n${USAGE.trimEnd()}`), 2;
  const command = COMMANDS[name];
  let parsed;
  try {
    const options = { help: /** @type {const} */ ({ type: 'boolean', short: 'h' }), ...command.options };
    parsed = parseArgs({ args: rest, options, allowPositionals: true });
  } catch (error) {
    return io.err(`hawser ${name}: ${/** @type {Error} */ (error).message}`), 2;
  }
  if (parsed.values.help) return io.out(USAGE.trimEnd()), 0;
  return command.run(parsed.positionals, parsed.values, io);
}

const version = () => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/** Whether this file was started, through a link too, rather than imported. */
const isMain = () => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);

if (isMain()) {
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  });
}
