/**
 * Serves the demo page: `npm run demo`, or `node tools/demo-server.js [port]`.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { serve } from './serve.js';

const DEFAULT_PORT = 8321;

const demo = new URL('../demo/', import.meta.url);
const data = new URL('../data/', import.meta.resolve('vega-datasets'));

/** The files of demo/ that belong to the page; its script is the bundle. */
const STATIC = new Set(['index.html', 'style.css', 'icon.svg', 'secrets.toml']);

/**
 * Bundles the page and serves it with the files of vega-datasets under `data/`.
 * @param {object} [options]
 * @param {number} [options.port] Default 0: any free one; a taken one is replaced by a free one.
 * @returns {Promise<import('./serve.js').Served>}
 */
export async function startServer({ port = 0 } = {}) {
  const app = fileURLToPath(new URL('app.js', demo));
  const { files } = await bundle(app, { target: 'browser', minify: true, sourcemap: true });
  return serve(
    async (name) => {
      const dataFile = /^data\/([\w-]+\.(?:json|csv))$/.exec(name);
      if (dataFile) return readIfThere(new URL(dataFile[1], data));
      return STATIC.has(name) ? readIfThere(new URL(name, demo)) : files.get(name);
    },
    { port },
  );
}

/** @param {URL} url */
async function readIfThere(url) {
  try {
    return await readFile(url);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? DEFAULT_PORT);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) throw new RangeError(`port: ${process.argv[2]} is none.`);
  const { url } = await startServer({ port });
  console.log(`The demo is at ${url} (Ctrl+C ends it)`);
}
