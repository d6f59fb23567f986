/**
 * Runs the suite in workerd, where neither text nor bytes can become code at run time: wasm comes as compiled modules.
 * Each case is a request of its own.
 */
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { bundle } from '../../../tools/bundle.js';
import { names } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** An isolate on the edge has 128 MB for everything. @type {import('../suite.js').Facts} */
const facts = { storages: ['caches'], environment, bigText: 8 * 1024 * 1024 };

/**
 * Starts a Worker that uses Hawser.
 * @param {URL} entry Its program.
 * @param {Partial<import('miniflare').WorkerOptions>} [options]
 * @returns {Promise<Miniflare>}
 */
export async function startWorker(entry, options) {
  const { files, main } = await bundle(fileURLToPath(entry), { target: 'workerd' });
  const miniflare = new Miniflare({
    ...options,
    host: '127.0.0.1',
    compatibilityDate: '2025-09-01',
    modulesRoot: '/',
    modules: [...files]
      .sort(([a], [b]) => Number(b === main) - Number(a === main)) // The first one is the program.
      .map(([name, contents]) => ({ type: name.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: `/${name}`, contents })),
  });
  await miniflare.ready;
  return miniflare;
}

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startWorkerd() {
  const miniflare = await startWorker(new URL('../worker.js', import.meta.url), { bindings: environment });
  return {
    names,
    async run(name) {
      const response = await miniflare.dispatchFetch(`http://localhost/?${new URLSearchParams({ case: name })}`, {
        method: 'POST',
        body: JSON.stringify(facts),
      });
      const text = await response.text();
      return response.ok ? JSON.parse(text).failure : `${response.status}: ${text}`;
    },
    close: () => miniflare.dispose(),
  };
}
