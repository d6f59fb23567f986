/**
 * Secrets from files and mounted directories, and watching them.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileSystem } from '../../js/runtime/filesystem.js';
import { defaultSources } from '../../js/secrets/defaults.js';
import { Secrets } from '../../js/secrets/secrets.js';

/** @type {string} */
let folder;
/** @type {{ close(): void }[]} */
let open = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-secrets-'));
});

afterEach(() => {
  for (const one of open) one.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} path @param {string | Uint8Array} text */
function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

/** @param {import('../../js/secrets/sources.js').Source[]} sources */
const secretsOf = (...sources) => /** @type {any} */ (new Secrets({ sources, environment: {} }));
/** @param {string} code @param {object} [details] */
const failure = (code, details = {}) => expect.objectContaining({ code, ...details });

describe('files', () => {
  test('TOML, JSON, a URL, in layers', () => {
    const one = write('one.toml', 'a = 1\n[b]\nc = 1');
    const two = write('two.json', '{"b": {"d": [2]}}');
    const secrets = secretsOf({ file: one }, { file: pathToFileURL(two) });
    expect(secrets.toObject()).toEqual({ a: 1, b: { c: 1, d: [2] } });
    expect(secrets.explain('b.c')).toMatchObject({ from: { layer: one, file: one, line: 3 } });
  });

  test('one that is not there is an empty layer, unless it is required', () => {
    const path = join(folder, 'none', 'secrets.toml');
    const secrets = secretsOf({ file: path }, { values: { a: 1 } });
    expect(secrets.a).toBe(1);
    expect(secrets.sources()).toEqual([
      { name: path, kind: 'toml', file: path, state: 'missing' },
      { name: 'values', kind: 'values', state: 'loaded' },
    ]);
    expect(() => secrets.get('b')).toThrow(`No secret b (searched: ${path} (not there), values).`);
    expect(() => secretsOf({ file: path, required: true }).a).toThrow(failure('ERR_SECRETS_SOURCE', { source: path }));
  });

  test('one that cannot be read is an error', () => {
    expect(() => secretsOf({ file: folder }).a).toThrow(failure('ERR_SECRETS_SOURCE', { source: folder }));
  });

  test('errors have the path, line and column; bytes that are no UTF-8', () => {
    const path = write('bad.toml', Uint8Array.from([0x61, 0x3d, 0x22, 0xff, 0x22]));
    expect(() => secretsOf({ file: path }).a).toThrow(failure('ERR_SECRETS_PARSE', { source: path, line: 1, column: 4 }));
    const json = write('bad.json', '{"a":\n x}');
    expect(() => secretsOf({ file: json }).a).toThrow(failure('ERR_SECRETS_PARSE', { source: json, line: 2, column: 2 }));
  });

  test('~ is the home folder', () => {
    expect(fileSystem.resolve('~/x/y')).toBe(join(homedir(), 'x/y'));
    expect(fileSystem.resolve('./~')).toBe(join(process.cwd(), '~'));
  });

  test('the defaults: global below project, each Streamlit file just below its twin, the environment above', () => {
    const environment = () => ({ HAWSER__A: '1' });
    expect(defaultSources({ fileSystem, environment })).toEqual([
      { file: '~/.streamlit/secrets.toml' },
      { file: '~/.hawser/secrets.toml' },
      { file: './.streamlit/secrets.toml' },
      { file: './.hawser/secrets.toml' },
      { env: environment, name: 'environment' },
    ]);
    expect(defaultSources({ environment })).toEqual([{ env: environment, name: 'environment' }]);
    expect(defaultSources({ environment: () => ({}) })).toEqual([]);
  });
});

describe('mounted directories', () => {
  test('a folder per secret, a file per key', () => {
    write('db/username', 'admin\n');
    write('db/password', '  ${{ X }} \n');
    write('plain/only', 'text\n');
    write('db/nested/ignored', 'x');
    write('db/.hidden', 'x');
    mkdirSync(join(folder, 'empty'));
    const expected = { db: { password: '${{ X }}', username: 'admin' }, empty: {}, plain: 'text' };
    expect(secretsOf({ directory: folder }).toObject()).toEqual(expected);
    expect(secretsOf({ directory: folder, collapse: false }).toObject()).toEqual({ ...expected, plain: { only: 'text' } });
  });

  test('as Kubernetes mounts them', () => {
    write('db/..2026_01/password', 'one');
    write('db/..2026_01/user', 'u');
    symlinkSync('..2026_01', join(folder, 'db/..data'));
    symlinkSync('..data/password', join(folder, 'db/password'));
    symlinkSync('..data/user', join(folder, 'db/user'));
    expect(secretsOf({ directory: folder }).toObject()).toEqual({ db: { password: 'one', user: 'u' } });
  });

  test('what is wrong', () => {
    expect(secretsOf({ directory: join(folder, 'none') }).toObject()).toEqual({});
    expect(() => secretsOf({ directory: join(folder, 'none'), required: true }).a).toThrow(failure('ERR_SECRETS_SOURCE'));
    const path = write('stray', 'hunter2');
    expect(() => secretsOf({ directory: folder }).a).toThrow(failure('ERR_SECRETS_SOURCE', { source: path }));
    expect(() => secretsOf({ directory: path }).a).toThrow(failure('ERR_SECRETS_SOURCE', { source: path }));
    unlinkSync(path);
    write('db/key', Uint8Array.from([0xff]));
    expect(() => secretsOf({ directory: folder }).a).toThrow(failure('ERR_SECRETS_PARSE', { source: join(folder, 'db/key') }));
  });
});

describe('watching', () => {
  /**
   * Loads, watches, and gives a function that answers the next change or error after an action.
   * @param {...import('../../js/secrets/sources.js').Source} sources
   */
  async function watched(...sources) {
    const secrets = secretsOf(...sources);
    await secrets.load();
    /** @type {(event: any) => void} */
    let tell = () => {};
    open.push(secrets.watch({ onChange: (/** @type {any} */ change) => tell(change.changed), onError: (/** @type {any} */ error) => tell(error.code), settle: 5 }));
    const next = (/** @type {() => void} */ act) =>
      new Promise((resolve) => {
        tell = resolve;
        act();
      });
    return { secrets, next };
  }

  test('a file that is created, changed, replaced, broken, mended and removed', async () => {
    const path = join(folder, '.hawser', 'secrets.toml');
    const { secrets, next } = await watched({ file: path });
    expect(await next(() => write('.hawser/secrets.toml', '[connections.a]\nx = 1'))).toEqual(['connections']);
    expect(secrets.get('connections.a.x')).toBe(1);
    expect(await next(() => write('.hawser/secrets.toml', '[connections.a]\nx = 2'))).toEqual(['connections.a']);
    expect(await next(() => renameSync(write('.hawser/new', '[connections.a]\nx = 3'), path))).toEqual(['connections.a']);
    expect(secrets.get('connections.a.x')).toBe(3);
    expect(await next(() => write('.hawser/secrets.toml', '[connections.a'))).toBe('ERR_SECRETS_PARSE');
    expect(secrets.get('connections.a.x')).toBe(3);
    expect(await next(() => write('.hawser/secrets.toml', '[connections.a]\nx = 4'))).toEqual(['connections.a']);
    expect(await next(() => unlinkSync(path))).toEqual(['connections']);
    expect(secrets.has('connections')).toBe(false);
    expect(await next(() => write('.hawser/secrets.toml', 'a = 1'))).toEqual(['a']);
  });

  test('a folder that appears, disappears and appears again', async () => {
    const { next } = await watched({ file: join(folder, 'a/b/secrets.toml') });
    expect(await next(() => write('a/b/secrets.toml', 'x = 1'))).toEqual(['x']);
    expect(await next(() => rmSync(join(folder, 'a'), { recursive: true }))).toEqual(['x']);
    expect(await next(() => write('a/b/secrets.toml', 'x = 2'))).toEqual(['x']);
    expect(await next(() => write('a/b/secrets.toml', 'x = 3'))).toEqual(['x']);
  });

  test('a mounted directory whose versions are swapped', async () => {
    write('mount/db/..1/password', 'one');
    symlinkSync('..1', join(folder, 'mount/db/..data'));
    symlinkSync('..data/password', join(folder, 'mount/db/password'));
    const { secrets, next } = await watched({ directory: join(folder, 'mount') });
    expect(secrets.db).toBe('one');
    write('mount/db/..2/password', 'two');
    symlinkSync('..2', join(folder, 'mount/db/..tmp'));
    expect(await next(() => renameSync(join(folder, 'mount/db/..tmp'), join(folder, 'mount/db/..data')))).toEqual(['db']);
    expect(secrets.db).toBe('two');
    expect(await next(() => write('mount/new/key', 'n'))).toEqual(['new']);
  });

  test('files of sources that are loaded later', async () => {
    const { secrets, next } = await watched({ file: join(folder, 'one.toml') });
    await secrets.load({ file: join(folder, 'sub/two.toml') });
    expect(await next(() => write('sub/two.toml', 'x = 1'))).toEqual(['x']);
    expect(await next(() => write('one.toml', 'y = 1'))).toEqual(['y']);
  });

  test('a folder that is replaced by another at once', async () => {
    write('a/secrets.toml', 'x = 1');
    write('b/secrets.toml', 'x = 2');
    const { next } = await watched({ file: join(folder, 'a/secrets.toml') });
    const swap = () => {
      renameSync(join(folder, 'a'), join(folder, 'c'));
      renameSync(join(folder, 'b'), join(folder, 'a'));
    };
    expect(await next(swap)).toEqual(['x']);
    expect(await next(() => write('a/secrets.toml', 'x = 3'))).toEqual(['x']);
  });

  test('after close() nothing is reloaded', async () => {
    const path = write('secrets.toml', 'a = 1');
    const { secrets, next } = await watched({ file: path });
    await next(() => write('secrets.toml', 'a = 2'));
    open.splice(0).forEach((one) => one.close());
    write('secrets.toml', 'a = 3');
    // Another watcher of the same file has seen the change, so the closed one would have, too.
    const other = await watched({ file: path });
    await other.next(() => write('secrets.toml', 'a = 4'));
    expect(secrets.a).toBe(2);
  });

  test('options are checked', () => {
    const secrets = secretsOf({ values: {} });
    expect(() => secrets.watch({ onChange: 1 })).toThrow(/onChange must be a function/);
    expect(() => secrets.watch({ onError: 1 })).toThrow(/onError must be a function/);
    expect(() => secrets.watch({ settle: -1 })).toThrow(/settle must be/);
    expect(() => secrets.onChange(1)).toThrow(/listener must be a function/);
  });
});
