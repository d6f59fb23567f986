/**
 * Runs the suite in workerd itself, from a configuration file, without miniflare.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { names } from '../suite.js';
import { workerdWith } from './workerd_program.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** An isolate on the edge has 128 MB for everything. @type {import('../suite.js').Facts} */
const facts = { storages: [], environment, bigText: 8 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startPlainWorkerd() {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-workerd-'));
  const start = await workerdWith(fileURLToPath(new URL('../worker.js', import.meta.url)), folder, environment);
  const program = await start();
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
