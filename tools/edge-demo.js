/**
 * Runs the Worker of demo/edge in workerd, by miniflare, as Cloudflare would: `npm run demo:edge`, or
 * `node tools/edge-demo.js [port]`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { bundle } from './bundle.js';

const DEFAULT_PORT = 8322;

const folder = new URL('../demo/edge/', import.meta.url);

/** Names of modules that are no JavaScript, by what becomes of them. */
const TYPES = /** @type {const} */ ({ '.wasm': 'CompiledWasm', '.db': 'Data' });

/** @param {string} name */
const typeOf = (name) => Object.entries(TYPES).find(([ending]) => name.endsWith(ending))?.[1] ?? 'ESModule';

/**
 * @param {object} [options]
 * @param {number} [options.port] Default 0: any free one.
 * @param {Record<string, string>} [options.secrets] Bindings besides the variables of wrangler.toml.
 * @returns {Promise<{ url: URL, close: () => Promise<void> }>}
 */
export async function startEdgeDemo({ port = 0, secrets = {} } = {}) {
  const settings = readFileSync(new URL('wrangler.toml', folder), 'utf8');
  const variables = Object.fromEntries([...settings.matchAll(/^(HAWSER__\w+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]));
  const { files, main } = await bundle(fileURLToPath(new URL('worker.js', folder)), { target: 'workerd' });
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    compatibilityDate: /compatibility_date = "(.*)"/.exec(settings)?.[1],
    bindings: { ...variables, ...secrets },
    modulesRoot: '/',
    modules: [...files]
      .sort(([a], [b]) => Number(b === main) - Number(a === main)) // The first one is the program.
      .map(([name, contents]) => ({ type: typeOf(name), path: `/${name}`, contents })),
  });
  return { url: await miniflare.ready, close: () => miniflare.dispose() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startEdgeDemo({ port: Number(process.argv[2] ?? DEFAULT_PORT), secrets: { HAWSER__ADMIN__TOKEN: 'open sesame' } });
  console.log(`The Worker is at ${url.href}owners?pet=cat (Ctrl+C ends it)`);
  console.log(`curl -H 'Authorization: Bearer open sesame' ${url.href}stats`);
}
