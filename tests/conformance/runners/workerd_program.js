/**
 * workerd itself with one Worker, from a configuration file, without miniflare.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundle } from '../../../tools/bundle.js';
import { startProgram } from '../../browser/programs.js';

/** The program of the package workerd. */
const workerd = () => join(dirname(createRequire(import.meta.url).resolve('workerd/package.json')), 'bin/workerd');

/** @param {string[]} modules Names of files, the program first. @param {Record<string, string>} environment */
const configuration = (modules, environment) => `using Workerd = import "/workerd/workerd.capnp";
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

/**
 * Bundles a Worker.
 * @param {string} source Its file.
 * @param {string} folder Where the bundle goes.
 * @param {Record<string, string>} [environment] Its bindings: texts.
 * @returns {Promise<() => ReturnType<typeof startProgram>>} Starts it in a process of its own, whose `announced` is the port.
 */
export async function workerdWith(source, folder, environment = {}) {
  const { files, main } = await bundle(source, { target: 'workerd' });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  const config = join(folder, 'config.capnp');
  writeFileSync(config, configuration([main, ...[...files.keys()].filter((name) => name !== main)], environment));
  return () => startProgram(workerd(), ['serve', config, '--control-fd=1'], { ready: /"event":"listen"[^}]*"port":(\d+)/ });
}
