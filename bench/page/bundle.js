/**
 * Bundles the programs of pages with esbuild: their chunks, Workers and wasm files, all in one folder without a name.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** `new URL('x', import.meta.url)` of a file that belongs to the program. */
const OWN_URL = /new URL\(\s*(["'`])(\.{0,2}[^"'`:]+)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * @param {string[]} entryPoints
 * @param {Map<string, Uint8Array>} [files] Where they are added.
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function bundlePage(entryPoints, files = new Map()) {
  /** @type {Set<string>} */
  const workers = new Set();
  const { outputFiles } = await build({
    entryPoints,
    outdir: '/',
    entryNames: '[name]',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['fs', 'path', 'crypto', 'module', 'node:*'],
    chunkNames: '[name]-[hash]',
    logLevel: 'error',
    plugins: [
      {
        name: 'own-files',
        setup(builder) {
          builder.onLoad({ filter: /\.m?js$/ }, ({ path }) => {
            const text = readFileSync(path, 'utf8');
            if (!text.includes('import.meta.url')) return undefined;
            const contents = text.replace(OWN_URL, (whole, _quote, name) => {
              const file = join(dirname(path), /\.\w+$/.test(name) ? name : `${name}.js`);
              try {
                if (!/\.(?:wasm|m?js)$/.test(file)) return whole;
                if (name.endsWith('.wasm')) files.set(basename(file), readFileSync(file));
                else if (!files.has(basename(file)) && readFileSync(file)) workers.add(file);
              } catch {
                return whole; // It belongs to another build of that package.
              }
              return `new URL(${JSON.stringify(`./${basename(file).replace(/\.mjs$/, '.js')}`)}, import.meta.url)`;
            });
            return { contents, loader: 'js' };
          });
        },
      },
    ],
  });
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  for (const worker of workers) {
    if (!files.has(basename(worker).replace(/\.mjs$/, '.js'))) await bundlePage([worker], files);
  }
  return files;
}
