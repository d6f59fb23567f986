/**
 * Runs the suite in a program of its own: other versions of Node.js, Deno, Bun.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { names } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };
const program = fileURLToPath(new URL('../process.js', import.meta.url));
const importMap = fileURLToPath(new URL('../deno.json', import.meta.url));

/** Arguments of Deno: it has no more rights than the documentation says. */
export const DENO = ['run', '--no-prompt', '--no-lock', '--allow-read', '--allow-write', '--allow-env', `--import-map=${importMap}`];

/**
 * @param {string} runtime Path of its program.
 * @param {object} [options]
 * @param {readonly string[]} [options.args] Before the program's path.
 * @param {string} [options.driver] Databases are files, by this client; `''`: by the one that is found.
 * @param {Record<string, string>} [options.packages] Folders of packages that the program finds, by name.
 * @returns {Promise<import('./runner.js').Runner>}
 */
export async function startProcess(runtime, { args = [], driver, packages = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-conformance-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, path] of Object.entries(packages)) symlinkSync(path, join(folder, 'node_modules', name));
  /** @type {import('../suite.js').Facts} */
  const facts = {
    storages: ['folder'], environment, bigText: 100 * 1024 * 1024,
    ...(driver !== undefined && { database: `sqlite${driver && `+${driver}`}:///${folder}/{n}.db` }),
  };
  const child = spawn(runtime, [...args, program], { cwd: folder, env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (printed += text));
  /** @type {Map<number, (failure: string | undefined) => void>} */
  const waiting = new Map();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, failure } = JSON.parse(line);
    waiting.get(id)?.(failure);
    waiting.delete(id);
  });
  const ended = new Promise((resolve) => child.once('close', resolve)).then((code) => {
    for (const answer of waiting.values()) answer(`the program ended with ${code}: ${printed}`);
    waiting.clear();
  });
  child.on('error', (error) => (printed += error));
  child.stdin.on('error', () => {}); // It has ended, which is told above.
  let last = 0;
  return {
    names,
    run: (name) =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve(`the program has ended: ${printed}`);
        waiting.set(++last, resolve);
        child.stdin.write(`${JSON.stringify({ id: last, name, facts })}\n`);
      }),
    async close() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
