/**
 * What `npm pack` gives: checked as it is installed in an empty folder.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CONSUMER_MODULES, haveConsumers } from '../../tools/consumers.js';
import { root } from '../../tools/run.js';
import { writeBill } from '../../tools/sbom.js';
import { writeTypes } from '../../tools/types.js';
import { startProjects } from '../consumers/project.js';

// The machine may be busy.
jest.setTimeout(120_000);

const execute = promisify(execFile);

/** @type {Awaited<ReturnType<typeof startProjects>>} */
let projects;
/** @type {any} */
let manifest;
/** Its files. @type {string[]} */
let files;

beforeAll(async () => {
  projects = await startProjects((stage) => {
    writeTypes(join(stage, 'dist/types'));
    writeBill(join(stage, 'dist/sbom'));
  });
  manifest = JSON.parse(readFileSync(join(projects.installed, 'package.json'), 'utf8'));
  files = readdirSync(projects.installed, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(projects.installed, path)).isFile());
});
afterAll(() => projects?.end());

test('only what is built, its types and the docs', () => {
  const kinds = new Set(files.map((path) => path.replace(/^(dist\/[^/]+|docs)\/.*\.([.\w]+)$/, '$1 $2')));
  const scripts = ['browser', 'bun', 'default', 'deno', 'edge-light', 'node', 'workerd'].map((platform) => `dist/${platform} js`);
  expect([...kinds].sort()).toEqual([
    'CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.md', ...[...scripts, 'dist/browser wasm', 'dist/sbom json', 'dist/types ts', 'docs md'].sort(),
    'package.json',
  ]);
});

test('what is installed with it is SQLite, and nothing runs when it is', () => {
  expect(manifest).toMatchObject({ name: 'hawser', type: 'module', sideEffects: false });
  expect(manifest.dependencies).toEqual({ '@sqlite.org/sqlite-wasm': expect.stringMatching(/^\d+\.\d+\.\d+-build\d+$/) });
  for (const name of ['imports', 'bundleDependencies', 'optionalDependencies']) expect(manifest).not.toHaveProperty(name);
  for (const name of Object.keys(manifest.peerDependencies)) expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
});

test('each condition has its program', () => {
  const conditions = Object.keys(manifest.exports['.']);
  expect(conditions[0]).toBe('types');
  expect(conditions.at(-1)).toBe('default');
  expect(conditions.sort()).toEqual(['browser', 'bun', 'default', 'deno', 'edge-light', 'node', 'types', 'workerd']);
  const targets = [...Object.values(manifest.exports['.']), ...Object.values(manifest.bin)];
  for (const target of targets) expect(files).toContain(target.replace(/^\.\//, ''));
});

test('wasm files can be imported by name', () => {
  const resolve = createRequire(join(projects.installed, '../../x.js')).resolve;
  for (const name of ['core', 'http', 'json', 'secrets', 'sqlite3', 'row_packer', 'row_binder', 'callbacks']) expect(existsSync(resolve(`hawser/${name}.wasm`))).toBe(true);
});

test('the command line', async () => {
  const { stdout } = await execute(join(projects.installed, '../.bin/hawser'), ['--version']);
  expect(stdout.trim()).toBe(manifest.version);
});

test('the bill of materials', () => {
  const text = readFileSync(join(projects.installed, 'dist/sbom/hawser.cdx.json'), 'utf8');
  const { bomFormat, specVersion, serialNumber, metadata, components, dependencies } = JSON.parse(text);
  expect([bomFormat, specVersion]).toEqual(['CycloneDX', '1.6']);
  expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(metadata.component).toMatchObject({ name: 'hawser', version: manifest.version, purl: `pkg:npm/hawser@${manifest.version}` });

  const libraries = components.filter((/** @type {any} */ { type }) => type === 'library');
  expect(libraries.map((/** @type {any} */ { name }) => name)).toEqual(['@sqlite.org/sqlite-wasm', 'tomlplusplus', 'nlohmann_json', 'emscripten', 'hyparquet', 'papaparse']);
  for (const { version, licenses, purl } of libraries) {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-\w+)?$/);
    expect(purl.endsWith(version)).toBe(true);
    expect(licenses).toHaveLength(1);
  }
  expect(libraries[0].version).toBe(manifest.dependencies['@sqlite.org/sqlite-wasm']);

  const wasm = files.filter((path) => path.endsWith('.wasm')).sort();
  const listed = components.filter((/** @type {any} */ { type }) => type === 'file');
  expect(listed.map((/** @type {any} */ { name }) => name).sort()).toEqual(wasm);
  for (const { name, hashes } of listed) {
    expect(hashes[0].content).toBe(createHash('sha256').update(readFileSync(join(projects.installed, name))).digest('hex'));
  }

  const known = new Set([metadata.component, ...libraries].map((part) => part['bom-ref']));
  for (const { ref, dependsOn } of dependencies) expect([ref, ...dependsOn].filter((part) => !known.has(part))).toEqual([]);
  expect(text).not.toContain(root);
});

(haveConsumers() ? describe : describe.skip)('the checks of others', () => {
  test('publint', async () => {
    const { stdout } = await execute(process.execPath, [join(CONSUMER_MODULES, 'publint/src/cli.js'), 'run', '--strict', projects.packed]);
    expect(stdout).toContain('All good!');
  });

  test('are the types wrong', async () => {
    const program = join(CONSUMER_MODULES, '@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await execute(process.execPath, [program, projects.packed, '--profile', 'esm-only', '--format', 'ascii', '--no-color', '--no-emoji']);
    expect(stdout).toMatch(/"hawser"\n\s*node16 \(from ESM\): OK \(ESM\)\s*\nbundler: OK/);
  });

  test('es-module-lexer, which bundlers look for imports with', async () => {
    // In a program of its own, as Jest's modules may not compile WebAssembly of another realm.
    const program = `
      import { readFileSync } from 'node:fs';
      import { init, parse } from 'es-module-lexer';
      await init;
      for (const path of process.argv.slice(1)) parse(readFileSync(path, 'utf8'), path);`;
    const paths = files.filter((path) => path.endsWith('.js')).map((path) => join(projects.installed, path));
    await execute(process.execPath, ['--input-type=module', '--eval', program, ...paths], { cwd: join(CONSUMER_MODULES, '..') });
  });
});

describe('TypeScript, as strict as it can be', () => {
  test.each([['node16', 'node16'], ['bundler', 'esnext']])('moduleResolution %s', async (moduleResolution, module) => {
    const { add, write, folder } = projects.project(`types-${moduleResolution}`);
    add('typed.ts');
    write('consumer.ts', readFileSync(join(root, 'tests/types/consumer.ts'), 'utf8'));
    write('tsconfig.json', JSON.stringify({
      compilerOptions: {
        target: 'es2022', module, moduleResolution, lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [],
        noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, skipLibCheck: false,
      },
      files: ['typed.ts', 'consumer.ts'],
    }));
    const { stdout } = await execute(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe('');
  });
});

test('the workflow that publishes it: provenance, no secrets, and nobody else\'s actions', () => {
  const text = readFileSync(join(root, '.github/workflows/publish.yml'), 'utf8');
  expect(text).toMatch(/^ {6}id-token: write\b/m);
  expect(text).toMatch(/npm publish --provenance\b/);
  expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN|:\/\//);
  for (const [, action] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/^actions\//);
});
