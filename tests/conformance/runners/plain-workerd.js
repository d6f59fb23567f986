/**
 * Runs the suite in workerd itself, from a configuration file, without miniflare.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../tools/bundle.js';
import { startProgram } from '../../browser/programs.js';
import { names } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** An isolate on the edge has 128 MB for everything. @type {import('../suite.js').Facts} */
const facts = { storages: [], environment, bigText: 8 * 1024 * 1024 };

/** The program of the package workerd. */
const workerd = () => join(dirname(createRequire(import.meta.url).resolve('workerd/package.json')), 'bin/workerd');

/** @param {string[]} modules Names of files, the program first. */
const configuration = (modules) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "2025-09-01",
  bindings = [${Object.entries(environment).map(([name, text]) => `(name = "${name}", text = "${text}")`)}],
  modules = [
${modules.map((name) => `    (name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}"),`).join('\n')}
  ],
);
`;

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startPlainWorkerd() {
  const { files, main } = await bundle(fileURLToPath(new URL('../worker.js', import.meta.url)), { target: 'workerd' });
  const folder = mkdtempSync(join(tmpdir(), 'hawser-workerd-'));
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'config.capnp'), configuration([main, ...[...files.keys()].filter((name) => name !== main)]));
  const program = await startProgram(workerd(), ['serve', join(folder, 'config.capnp'), '--control-fd=1'], {
    ready: /"event":"listen"[^}]*"port":(\d+)/,
  });
  return {
    names,
    async run(name) {
      const response = await fetch(`http://127.0.0.1:${program.announced}/?${new URLSearchParams({ case: name })}`, {
        method: 'POST',
        body: JSON.stringify(facts),
      });
      const text = await response.text();
      return response.ok ? JSON.parse(text).failure : `${response.status}: ${text}`;
    },
    async close() {
      await program.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
