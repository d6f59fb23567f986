/**
 * `npx hawser`: secrets, init, types.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = join(root, 'js/cli/main.js');
/** @type {string} */
let base;
/** @type {string} */
let folder;
let count = 0;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'hawser-cli-'));
});
beforeEach(() => {
  folder = join(base, String((count += 1)), 'project');
  mkdirSync(folder, { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o600 });
}

/** @param {string[]} args @param {Record<string, string>} [environment] @param {string} [file] */
function hawser(args, environment = {}, file = program) {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: join(folder, '../home'), ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('secrets', () => {
  test('shows where each value comes from, and no value', () => {
    write('../home/.hawser/secrets.toml', '[connections.pets]\nurl = "global-hunter2"\n[connections.other]\nkey = "k-hunter2"');
    write('.hawser/secrets.toml', 'top = "hunter2"\n\n[connections.pets]\nurl = "project-hunter2"\n"a b" = [1]');
    const { status, stdout, stderr } = hawser(['secrets'], { HAWSER__CONNECTIONS__OTHER__KEY: 'env-hunter2' });
    expect(stderr).toBe('');
    expect(stdout).toBe(`Layers, the lowest first:
  ~/.streamlit/secrets.toml (not there)
  ~/.hawser/secrets.toml
  .streamlit/secrets.toml (not there)
  .hawser/secrets.toml
  environment

[connections.pets]
url = [redacted]  # string, .hawser/secrets.toml:4, overrides ~/.hawser/secrets.toml:2
"a b" = [redacted]  # array, .hawser/secrets.toml:5

[connections.other]
key = [redacted]  # string, environment, overrides ~/.hawser/secrets.toml:4

top = [redacted]  # string, .hawser/secrets.toml:1
`);
    expect(status).toBe(0);
  });

  test('prints every problem with file, line and column; exit code 1', () => {
    write('../home/.streamlit/secrets.toml', 'a = hunter2');
    write('.hawser/secrets.toml', '[c]\nx = "${{ ONE }}${{ TWO }}"\ny = "${{ THREE:-3 }}"');
    const { status, stdout, stderr } = hawser(['secrets']);
    expect(stderr).toBe(`~/.streamlit/secrets.toml:1:5: not a value; text needs quotes
.hawser/secrets.toml:2:1: c.x refers to the variable ONE, which is not set
.hawser/secrets.toml:2:1: c.x refers to the variable TWO, which is not set

`);
    expect(stdout).toContain('x = [redacted]  # string, .hawser/secrets.toml:2');
    expect(status).toBe(1);
    expect(hawser(['secrets', '--allow-unset', '.hawser/secrets.toml']).status).toBe(0);
    expect(hawser(['secrets', '--allow-unset', '--strict', '.hawser/secrets.toml']).status).toBe(1);
  });

  test('--json', () => {
    write('one.toml', 'a = 1\nb = 2\nc = ');
    write('two.toml', 'a = "hunter2"');
    write('three.toml', 'a = 3');
    const { status, stdout } = hawser(['secrets', '--json', 'one.toml', 'two.toml', 'three.toml']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      problems: [{ file: 'one.toml', line: 3, column: 5, code: 'ERR_SECRETS_PARSE', message: expect.any(String), severity: 'error' }],
      layers: [
        { name: 'two.toml', kind: 'toml', file: 'two.toml', state: 'loaded' },
        { name: 'three.toml', kind: 'toml', file: 'three.toml', state: 'loaded' },
      ],
      values: [
        {
          path: 'a', layer: 'three.toml', file: 'three.toml', line: 1, column: 1, type: 'integer',
          overrode: [{ layer: 'two.toml', file: 'two.toml', line: 1, column: 1, type: 'string' }],
        },
      ],
    });
    expect(stdout).not.toContain('hunter2');
  });

  test('folders, files that are not there, --shallow', () => {
    write('mount/db/user', 'u');
    write('a.toml', '[s]\nx = 1');
    write('b.toml', '[s]\ny = 1');
    expect(hawser(['secrets', 'mount']).stdout).toContain('db = [redacted]  # string, mount');
    expect(hawser(['secrets', 'none.toml'])).toMatchObject({ status: 1, stderr: expect.stringContaining('none.toml does not exist') });
    expect(hawser(['secrets', '--shallow', 'a.toml', 'b.toml']).stdout).not.toContain('x = ');
    expect(hawser(['secrets', 'a.toml', 'b.toml']).stdout).toContain('x = ');
  });

  test('warns of files that everybody can read or that git tracks', () => {
    write('.hawser/secrets.toml', 'a = 1');
    chmodSync(join(folder, '.hawser/secrets.toml'), 0o644);
    const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    git('init');
    git('add', '-f', '.hawser/secrets.toml');
    const { status, stderr } = hawser(['secrets']);
    expect(stderr).toContain('.hawser/secrets.toml: warning: everybody on this machine can read it (mode 644): chmod 600 .hawser/secrets.toml\n');
    expect(stderr).toContain('.hawser/secrets.toml: warning: git tracks it: git rm --cached .hawser/secrets.toml');
    expect(status).toBe(0);
    expect(hawser(['secrets', '--strict']).status).toBe(1);
    chmodSync(join(folder, '.hawser/secrets.toml'), 0o600);
    git('rm', '--cached', '-f', '.hawser/secrets.toml');
    expect(hawser(['secrets', '--strict'])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('init', () => {
  test('writes a file for its owner only, and keeps it out of git', () => {
    write('.gitignore', 'node_modules/');
    const { status, stdout } = hawser(['init']);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'Wrote .hawser/secrets.toml, readable by you only.\nAdded .hawser/ to .gitignore.\n',
    });
    expect(statSync(join(folder, '.hawser/secrets.toml')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('node_modules/\n.hawser/\n');
    expect(hawser(['secrets', '--strict'])).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('[connections.pets_db]') });
  });

  test('changes nothing that is there', () => {
    write('.hawser/secrets.toml', 'mine = 1');
    write('.gitignore', '/.hawser/secrets.toml\n');
    expect(hawser(['init'])).toMatchObject({ status: 0, stdout: '.hawser/secrets.toml is there already and stays as it is.\n' });
    expect(readFileSync(join(folder, '.hawser/secrets.toml'), 'utf8')).toBe('mine = 1');
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('/.hawser/secrets.toml\n');
  });
});

describe('types', () => {
  const toml = 'top = "hunter2"\nbig = 9223372036854775807\nwhen = 1979-05-27T07:32:00Z\nlist = [1, "x", [true]]\nempty = []\n"a b" = "${{ NOPE }}"\n[connections.pets_db]\nurl = "sqlite://"\nport = 1\n[connections.api]\n[none]';

  test('are written, without values, and can be checked', () => {
    write('.hawser/secrets.toml', toml);
    expect(hawser(['types', '--check']).status).toBe(1);
    expect(hawser(['types'])).toMatchObject({ status: 0, stdout: 'Wrote hawser-env.d.ts.\n' });
    const text = readFileSync(join(folder, 'hawser-env.d.ts'), 'utf8');
    expect(text).toContain('readonly list: readonly (number | string | readonly (boolean)[])[];');
    expect(text).toContain('readonly "a b": string;');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('sqlite');
    expect(hawser(['types', '--check']).status).toBe(0);
    write('.hawser/secrets.toml', `${toml}\nmore = 1`);
    expect(hawser(['types', '--check']).status).toBe(1);
    write('.hawser/secrets.toml', 'a = ');
    expect(hawser(['types', '--out', 'x.d.ts'])).toMatchObject({ status: 1, stderr: expect.stringContaining('.hawser/secrets.toml:1:5: ') });
    expect(existsSync(join(folder, 'x.d.ts'))).toBe(false);
  });

  test('check and complete in an editor', () => {
    write('.hawser/secrets.toml', toml);
    hawser(['types']);
    write('use.ts', `import { connection, secrets } from '${join(root, 'js/index.js')}';
const port: number = secrets.connections.pets_db.port;
const url: string = secrets.connections.pets_db.url;
const big: bigint = secrets.big;
const when: Date = secrets.when;
secrets.get('connections.pets_db.url');
secrets.other.thing; // Unknown keys stay usable.
connection('pets_db');
connection('another');
// @ts-expect-error A port is no text.
const wrong: string = secrets.connections.pets_db.port;
// @ts-expect-error There is no such key in a section that is known.
secrets.connections.pets_db.nope;
// @ts-expect-error Nothing can be assigned.
secrets.connections.pets_db.port = 2;
console.log(port, url, big, when, wrong);
`);
    const options = /** @type {ts.CompilerOptions} */ ({
      module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true,
      noEmit: true, allowJs: true, skipLibCheck: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')],
      lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    });
    const use = join(folder, 'use.ts');
    const files = [use, join(folder, 'hawser-env.d.ts')];
    const host = ts.createCompilerHost(options);
    const service = ts.createLanguageService({
      ...host,
      getCompilationSettings: () => options,
      getScriptFileNames: () => files,
      getScriptVersion: () => '1',
      getScriptSnapshot: (file) => (host.fileExists(file) ? ts.ScriptSnapshot.fromString(host.readFile(file) ?? '') : undefined),
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (settings) => host.getDefaultLibFileName(settings),
    });
    const problems = service.getSemanticDiagnostics(use).map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'));
    expect(problems).toEqual([]);
    const text = readFileSync(use, 'utf8');
    const complete = (/** @type {string} */ before) =>
      service.getCompletionsAtPosition(use, text.indexOf(before) + before.length, {})?.entries.map(({ name }) => name);
    expect(complete("connection('")).toEqual(expect.arrayContaining(['pets_db', 'api']));
    expect(complete('secrets.connections.')).toEqual(expect.arrayContaining(['pets_db', 'api']));
  });
});

describe('the program', () => {
  test('help, version, wrong usage', () => {
    expect(hawser([])).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: hawser') });
    expect(hawser(['--help']).status).toBe(0);
    expect(hawser(['types', '--help']).status).toBe(0);
    expect(hawser(['--version']).stdout).toBe(`${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`);
    expect(hawser(['frobnicate'])).toMatchObject({ status: 2, stderr: expect.stringContaining('no command frobnicate') });
    expect(hawser(['secrets', '--frobnicate']).status).toBe(2);
    expect(hawser(['init', 'x']).status).toBe(2);
  });

  test('is found through a link, as npx makes one', () => {
    symlinkSync(program, join(folder, 'hawser'));
    expect(hawser(['--version'], {}, join(folder, 'hawser')).stdout).toMatch(/^\d/);
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(statSync(join(root, bin.hawser)).mode & 0o111).not.toBe(0);
  });
});
