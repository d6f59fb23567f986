/**
 * Runs the suite in Vercel's Edge Runtime as its strictest hosts run it: neither text nor bytes can become code.
 */
import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { bundle } from '../../../tools/bundle.js';
import { names } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** An isolate on the edge has 128 MB for everything. @type {import('../suite.js').Facts} */
const facts = { storages: [], environment, bigText: 8 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startEdge() {
  const { files, main } = await bundle(fileURLToPath(new URL('../edge.js', import.meta.url)), { target: 'edge-light' });
  /** @type {Record<string, WebAssembly.Module>} */
  const wasmModules = {};
  for (const [name, bytes] of files) {
    if (name.endsWith('.wasm')) wasmModules[name] = new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }
  const edge = new EdgeVM({
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, { wasmModules, process: { env: { ...environment } } }),
    initialCode: new TextDecoder().decode(files.get(main)),
  });
  return {
    names,
    async run(name) {
      const response = await edge.dispatchFetch(`http://localhost/?${new URLSearchParams({ case: name })}`, {
        method: 'POST',
        body: JSON.stringify(facts),
      });
      const text = await response.text();
      return response.ok ? JSON.parse(text).failure : `${response.status}: ${text}`;
    },
    close: async () => {},
  };
}
