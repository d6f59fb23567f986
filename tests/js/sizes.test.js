/**
 * What pages pay (docs/sizes.md), and that nobody pays for what he does not use.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { loadedWith } from '../../tools/merge_chunks.js';
import { root } from '../../tools/run.js';
import { measureSizes, sizeTables } from '../../tools/sizes.js';

/** @type {Awaited<ReturnType<typeof measureSizes>>} */
let sizes;
beforeAll(async () => {
  sizes = await measureSizes();
});

test('every page and every file is within its budget', () => {
  const over = [...sizes.pages, ...sizes.files].filter(({ total, budget }) => !(total > 0 && total <= budget));
  expect(over).toEqual([]);
});

test('docs/sizes.md says so, within 3 %', () => {
  const page = readFileSync(join(root, 'docs/sizes.md'), 'utf8');
  const written = page.split('<!-- sizes -->')[1].split('<!-- /sizes -->')[0].trim();
  const lines = sizeTables(sizes).split('\n');
  const shown = written.split('\n');
  expect(shown.map(nameOf)).toEqual(lines.map(nameOf));
  lines.forEach((line, i) => {
    const now = numbersOf(line);
    const then = numbersOf(shown[i]);
    expect(then).toHaveLength(now.length);
    now.forEach((number, column) => expect(Math.abs(then[column] - number)).toBeLessThanOrEqual(Math.max(0.03 * number, 0.2)));
  });
});

test('what a page loads at once holds no connector, driver, format or store', async () => {
  const { metafile } = await build({
    stdin: { contents: "import { createHawser } from './js/index.js'; globalThis.create = createHawser;", resolveDir: root, sourcefile: 'page.js' },
    absWorkingDir: root, outdir: 'page', write: false, metafile: true, bundle: true, splitting: true, minify: true, format: 'esm',
    platform: 'neutral', mainFields: ['module', 'main'], conditions: ['browser'], external: ['*.wasm', 'apache-arrow', 'stream'], logLevel: 'error',
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const [page] = [...outputs].find(([, { entryPoint }]) => entryPoint?.endsWith('page.js')) ?? [];
  const initial = loadedWith(/** @type {string} */ (page), outputs);
  const used = [...initial].flatMap((output) => Object.entries(outputs.get(output)?.inputs ?? {})).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  expect(used).toEqual(expect.arrayContaining(['js/hawser.js', 'js/connections/base.js']));
  const connectors = /^js\/(?:formats|stores|http|sheets|sqlite)\/|^js\/drivers\/(?!index\.js)|^js\/connections\/(?:sql|http|files|gsheets)|^js\/cache\/(?:frame|codec|bytes|file_storage|indexed_db)\.js|^js\/secrets\/(?:files|remote|watch)\.js|^dist\/|^node_modules\//;
  expect(used.filter((path) => connectors.test(path))).toEqual([]);
});

/** @param {string} line The first column of a row. */
const nameOf = (line) => line.split('|')[1]?.trim();

/** @param {string} line */
const numbersOf = (line) => line.split('|').slice(2).map((cell) => cell.trim()).filter((cell) => /^[\d.]+$/.test(cell)).map(Number);
