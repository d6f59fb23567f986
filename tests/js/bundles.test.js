/**
 * What bundlers need of each platform's scripts.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { loadedWith } from '../../tools/merge_chunks.js';
import { PLATFORMS } from '../../tools/platforms.js';
import { root } from '../../tools/run.js';

test.each(Object.keys(PLATFORMS))('%s: no script awaits at its top level, so that programs need not either', async (platform) => {
  const folder = join(root, 'dist', platform);
  // Classic scripts cannot, and esbuild says so, of what is loaded later, too.
  const { errors } = await build({
    entryPoints: [join(folder, 'index.js')], outdir: 'out', write: false, format: 'iife', platform: 'neutral', logLevel: 'silent', legalComments: 'none',
    bundle: true, packages: 'external', external: ['*.wasm', '*.wasm?module', 'node:*', 'bun:*', 'cloudflare:*'], supported: { 'dynamic-import': true },
  });
  expect(errors).toEqual([]);
});

test('index.js imports nothing but what it is made of', () => {
  const importsOf = (platform, script) => {
    const text = readFileSync(join(root, 'dist', platform, script), 'utf8');
    return [...new Set([...text.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)].map(([, from]) => from))].sort();
  };
  for (const platform of Object.keys(PLATFORMS)) {
    if (PLATFORMS[platform].conditions.includes('node')) {
      expect(importsOf(platform, 'index.js')).toEqual(['./hawser.js']);
      continue;
    }
    expect(importsOf(platform, 'index.js')).toEqual(['./api.js', './hawser.js', './table_names.js', './tables.js']);
    expect(importsOf(platform, 'api.js')).toEqual(['./hawser.js']);
    expect(importsOf(platform, 'table_names.js')).toEqual(['./tables.js']);
  }
});

test.each([
  ['createHawser', false],
  ['connection, secrets, cacheData, HawserError', false],
  ['connection, Table', true],
  ['connection, sql', true],
])('a page that imports %s: whether esbuild loads tables with it: %s', async (names, tables) => {
  const { metafile } = await build({
    stdin: { contents: `import { ${names} } from './dist/browser/index.js'; globalThis.used = [${names}];`, resolveDir: root, sourcefile: 'page.js' },
    absWorkingDir: root, outdir: 'page', write: false, metafile: true, bundle: true, splitting: true, minify: true, format: 'esm', platform: 'browser', logLevel: 'error',
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const [page] = [...outputs].find(([, { entryPoint }]) => entryPoint?.endsWith('page.js'));
  const inputs = [...loadedWith(page, outputs)].flatMap((output) => Object.keys(outputs.get(output).inputs));
  expect(inputs).toContain('dist/browser/hawser.js');
  expect(inputs.includes('dist/browser/tables.js')).toBe(tables);
});

test.each(Object.keys(PLATFORMS))('%s: a connection comes in few scripts', (platform) => {
  const folder = join(root, 'dist', platform);
  const scripts = readdirSync(folder);
  const importedBy = (name, found = new Set()) => {
    if (found.has(name)) return found;
    found.add(name);
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, other] of text.matchAll(/\b(?:from|import)"\.\/([^"]+\.js)"/g)) if (scripts.includes(other)) importedBy(other, found);
    return found;
  };
  const entry = (name) => scripts.find((script) => new RegExp(`^${name}-[A-Z0-9]{8}\\.js$`).test(script));
  for (const [name, most] of Object.entries({ http: 5, sql: 4, sqlite: 3, files_types: 8 })) {
    const count = importedBy(entry(name)).size;
    expect([name, count, count <= most]).toEqual([name, count, true]);
  }
});
