/**
 * Programs of users outside of pages: Node.js, Deno, Bun, Workers, edge functions. The packed package in an empty folder,
 * the examples of docs/bundlers.md.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeVM } from '@edge-runtime/vm';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bundle } from '../../tools/bundle.js';
import { findRuntime } from '../../tools/runtimes.js';
import { commands, example, startProjects } from '../consumers/project.js';

// The machine may be busy.
jest.setTimeout(120_000);

const BINDINGS = { HAWSER__CONNECTIONS__PETS__URL: 'sqlite://' };

/** @type {Awaited<ReturnType<typeof startProjects>>} */
let projects;
beforeAll(async () => {
  projects = await startProjects();
});
afterAll(() => projects?.end());

/** @param {string} name @param {...string} examples */
function project(name, ...examples) {
  const made = projects.project(name);
  made.add(...examples);
  return made;
}

const PRINTED = '2 miss hit\n2 miss hit\n';

(findRuntime('node24') ? test : test.skip)('Node.js', async () => {
  expect(await project('node', 'server.js').run(commands('Node.js'))).toBe(PRINTED);
});

test('Node.js, from CommonJS', async () => {
  const { write, folder } = project('commonjs');
  write('server.cjs', `
    const { connection } = require('hawser');
    connection('sql', { url: 'sqlite://' }).then((conn) => conn.query('select 1 as one')).then((table) => console.log(table.at(0).one));`);
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'server.cjs'], { cwd: folder });
  expect(stdout).toBe('1\n');
});

test('a program bundled for Node.js, that says where the files are', async () => {
  const { write, run, folder } = project('bundled');
  write('server.js', `
    import { connection, locateFiles } from 'hawser';
    if (process.argv[2]) locateFiles(new URL(process.argv[2], import.meta.url));
    connection('sql', { url: 'sqlite://' })
      .then((conn) => conn.query('select 1 as one'))
      .then((table) => console.log(table.at(0).one), (error) => console.log(error.code, error.message));`);
  await run('npx esbuild server.js --bundle --platform=node --format=esm --outfile=out/server.mjs; mkdir out/files; cp node_modules/hawser/dist/browser/*.wasm out/files');
  const start = async (/** @type {string[]} */ ...args) => (await promisify(execFile)(process.execPath, ['out/server.mjs', ...args], { cwd: folder })).stdout;
  expect(await start()).toMatch(/^ERR_WASM_LOAD file:.*\.wasm could not be loaded: ENOENT.* call locateFiles\(\) /);
  expect(await start('files')).toBe('1\n');
});

test('a runtime that the package does not know, which is handed the files', async () => {
  const { write, folder } = project('unknown');
  write('program.js', `
    import { readFile } from 'node:fs/promises';
    import { connection, locateFiles } from './node_modules/hawser/dist/default/index.js';
    locateFiles((name) => readFile(new URL('node_modules/hawser/dist/browser/' + name, import.meta.url)));
    const conn = await connection('sql', { url: 'sqlite://' });
    console.log((await conn.query('select 1 as one')).at(0).one);`);
  const { stdout } = await promisify(execFile)(process.execPath, ['program.js'], { cwd: folder });
  expect(stdout).toBe('1\n');
});

(findRuntime('deno') ? describe : describe.skip)('Deno', () => {
  test('the package by its name', async () => {
    expect(await project('deno', 'server.js').run(commands('Deno'))).toBe(PRINTED);
  });

  test('npm:hawser', async () => {
    const { write, run } = project('deno-npm');
    write('server.js', example('server.js').replace("'hawser'", "'npm:hawser'"));
    expect(await run(commands('Deno'))).toBe(PRINTED);
  });
});

(findRuntime('bun') ? test : test.skip)('Bun', async () => {
  expect(await project('bun', 'server.js').run(commands('Bun'))).toBe(PRINTED);
});

test('Cloudflare Workers: wasm as modules, secrets from bindings', async () => {
  const { folder } = project('workers', 'worker.js');
  const { files, main } = await bundle(join(folder, 'worker.js'), { target: 'workerd' });
  const worker = new Miniflare({
    host: '127.0.0.1',
    compatibilityDate: '2025-09-01',
    bindings: BINDINGS,
    modulesRoot: '/',
    modules: [...files]
      .sort(([a], [b]) => Number(b === main) - Number(a === main))
      .map(([name, contents]) => ({ type: name.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path: `/${name}`, contents })),
  });
  try {
    const answers = [];
    for (let i = 0; i < 2; i++) answers.push(await (await worker.dispatchFetch('http://localhost/')).json());
    expect(answers).toEqual([{ two: 2, cache: 'miss' }, { two: 2, cache: 'hit' }]);
  } finally {
    await worker.dispose();
  }
});

test('edge functions, where neither text nor bytes can become code', async () => {
  const { folder, write } = project('edge', 'route.js');
  write('edge.js', "import { GET } from './route.js';\naddEventListener('fetch', (event) => event.respondWith(GET(event.request)));");
  const { files, main } = await bundle(join(folder, 'edge.js'), { target: 'edge-light' });
  const wasm = [...files].filter(([name]) => name.endsWith('.wasm'));
  const wasmModules = Object.fromEntries(wasm.map(([name, bytes]) => [name, new WebAssembly.Module(/** @type {any} */ (bytes))]));
  const edge = new EdgeVM({
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, { wasmModules, process: { env: { ...BINDINGS } } }),
    initialCode: new TextDecoder().decode(files.get(main)),
  });
  const answers = [];
  for (let i = 0; i < 2; i++) answers.push(await (await edge.dispatchFetch('http://localhost/')).json());
  expect(answers).toEqual([{ two: 2, cache: 'miss' }, { two: 2, cache: 'hit' }]);
});
