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
const facts = { runtime: 'workerd', environment, bigText: 8 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startWorkerd() {
  const { files, main } = await bundle(fileURLToPath(new URL('../worker.js', import.meta.url)), { target: 'workerd' });
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    compatibilityDate: '2025-09-01',
    bindings: environment,
    modulesRoot: '/',
    modules: [...files]
      .sort(([a], [b]) => Number(b === main) - Number(a === main)) // The first one is the program.
      .map(([name, contents]) => ({ type: name.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: `/${name}`, contents })),
  });
  await miniflare.ready;
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
