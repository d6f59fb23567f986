/**
 * What bundlers need of each platform's scripts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
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
  for (const platform of Object.keys(PLATFORMS)) {
    const text = readFileSync(join(root, 'dist', platform, 'index.js'), 'utf8');
    const imported = new Set([...text.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, from]) => from));
    expect([...imported].sort()).toEqual(PLATFORMS[platform].conditions.includes('node') ? ['./hawser.js'] : ['./hawser.js', './tables.js']);
  }
});
