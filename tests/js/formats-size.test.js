/**
 * What the formats cost programs that do not use them: a format's code is loaded when it is used.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Inputs of each output. @type {Map<string, string[]>} */
const outputs = new Map();
/** @type {import('esbuild').Metafile} */
let metafile;

beforeAll(async () => {
  ({ metafile } = await build({
    absWorkingDir: root,
    entryPoints: { formats: 'js/formats/read.js', index: 'js/index.js' },
    bundle: true, splitting: true, minify: true, write: false, metafile: true, outdir: 'out', format: 'esm', platform: 'neutral', mainFields: ['module', 'main'],
    conditions: ['browser'], external: ['apache-arrow', 'stream', 'node:*', '*.wasm', 'better-sqlite3'], // Papa Parse has a Duplex that nobody asks for; tools/platforms.js leaves it out.
  }));
  for (const [name, { inputs }] of Object.entries(metafile.outputs)) outputs.set(name, Object.keys(inputs));
});

/** All chunks that are loaded with one. @param {string} start @param {Set<string>} [seen] */
function loadedWith(start, seen = new Set()) {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const { path, kind } of metafile.outputs[start].imports) if (kind === 'import-statement') loadedWith(path, seen);
  return seen;
}

/** @param {RegExp} file Matches an input. */
const chunkOf = (file) => [...outputs].find(([, inputs]) => inputs.some((input) => file.test(input)))?.[0] ?? '';
/** @param {Set<string>} chunks */
const inputsOf = (chunks) => [...chunks].flatMap((chunk) => outputs.get(chunk) ?? []);
/** Bytes of the formats' own files. @param {Set<string>} chunks */
const bytesOf = (chunks) =>
  [...chunks].flatMap((chunk) => Object.entries(metafile.outputs[chunk].inputs)).reduce((sum, [input, { bytesInOutput }]) => sum + (/js\/formats\//.test(input) ? bytesInOutput : 0), 0);

test('programs that read no files and no web APIs pay nothing', () => {
  expect(inputsOf(loadedWith('out/index.js')).filter((input) => /js\/formats|papaparse|hyparquet/.test(input))).toEqual([]);
});

test('what decides costs next to nothing, and brings in no format', () => {
  const chunks = loadedWith('out/formats.js');
  expect(inputsOf(chunks).filter((input) => /node_modules|js\/formats\/(json|ndjson|csv|parquet|arrow)|js\/table/.test(input))).toEqual([]);
  expect(bytesOf(chunks)).toBeLessThan(7_000);
});

describe.each([
  ['json_records', /papaparse|hyparquet|formats\/(csv|parquet|arrow|ndjson)/], ['ndjson', /papaparse|hyparquet|formats\/(csv|parquet|arrow)/],
  ['csv', /papaparse|hyparquet|formats\/(parquet|arrow|ndjson|json_records)/], ['parquet', /papaparse|formats\/(csv|arrow|ndjson|json_records)/],
  ['arrow', /papaparse|hyparquet|formats\/(csv|ndjson|parquet|json_records)/],
])('%s', (name, others) => {
  test('comes without the others', () => {
    expect(inputsOf(loadedWith(chunkOf(new RegExp(`js/formats/${name}\\.js$`)))).filter((input) => others.test(input))).toEqual([]);
  });
});

test('Papa Parse is loaded only for what does not keep to the rules', () => {
  expect(inputsOf(loadedWith(chunkOf(/js\/formats\/csv_papa\.js$/)))).toEqual(expect.arrayContaining([expect.stringMatching(/papaparse/)]));
});

test('every chunk can be read where eval is forbidden', async () => {
  for (const input of Object.keys(metafile.inputs)) {
    if (!/papaparse|hyparquet|js\/formats/.test(input)) continue;
    expect([input, /\bnew Function\b|(?<![.\w])eval\(|WebAssembly/.test(readFileSync(join(root, input), 'utf8'))]).toEqual([input, false]);
  }
});
