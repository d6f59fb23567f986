/**
 * Files of this machine.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStore } from '../../js/stores/local.js';
import { all, failure, HARD_NAMES, storeContext, textOf, writableStore } from './store-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'hawser-files-'));
const root = join(folder, 'root');
/** @type {import('../../js/stores/store.js').Store} */
let store;
beforeAll(async () => {
  mkdirSync(root);
  store = await createStore({ root }, storeContext());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writableStore(() => store, { names: HARD_NAMES.filter((name) => !name.includes('//')) });

describe('the folder is a fence', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    mkdirSync(join(root, 'links/real'), { recursive: true });
    writeFileSync(join(root, 'links/real/in.txt'), 'inside');
    symlinkSync('../../secret.txt', join(root, 'links/out.txt'));
    symlinkSync('../..', join(root, 'links/outside'));
    symlinkSync('real/in.txt', join(root, 'links/in.txt'));
    symlinkSync('.', join(root, 'links/loop'));
    symlinkSync('nowhere', join(root, 'links/dangling'));
    symlinkSync('circle', join(root, 'links/circle'));
  });

  test.each(['../secret.txt', 'a/../../secret.txt', '/etc/hostname', 'a/', './a', 'a//b', 'a\0b'])('%j is refused', async (path) => {
    for (const call of ['read', 'stat', 'delete', 'write']) expect(await failure(/** @type {any} */ (store)[call](path, 'x'))).toBeInstanceOf(RangeError);
    expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toBe('secret');
  });

  test('links that stay in it are followed', async () => {
    expect(await textOf(await store.read('links/in.txt'))).toBe('inside');
    await store.write('links/in.txt', 'through the link');
    expect(readFileSync(join(root, 'links/real/in.txt'), 'utf8')).toBe('through the link');
    await store.write('links/real/in.txt', 'inside');
  });

  test('links that lead out are not', async () => {
    for (const path of ['links/out.txt', 'links/outside/secret.txt']) {
      for (const call of ['read', 'stat', 'delete', 'write']) {
        expect(await failure(/** @type {any} */ (store)[call](path, 'overwritten'))).toMatchObject({ code: 'ERR_NOT_SUPPORTED', outside: true });
      }
    }
    expect(await failure(store.write('links/outside/new/file.txt', 'x'))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect(readFileSync(join(folder, 'secret.txt'), 'utf8')).toBe('secret');
    expect(await failure(all(store.list('links/outside/')))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
  });

  test('lists end, whatever links there are', async () => {
    expect((await all(store.list('links/'))).map(({ path }) => path)).toEqual(['links/in.txt', 'links/real/in.txt']);
    expect((await all(store.list('links/', { recursive: false }))).map(({ path }) => path)).toEqual(['links/in.txt', 'links/loop/', 'links/real/']);
  });
});

describe('without a folder', () => {
  test('paths are those of the system, and file: URLs', async () => {
    const any = await createStore({}, storeContext());
    const path = join(folder, 'free', 'a b.txt');
    await any.write(path, 'anywhere');
    for (const name of [path, pathToFileURL(path).href, join(folder, 'free', '..', 'free', 'a b.txt')]) expect(await textOf(await any.read(name))).toBe('anywhere');
    expect((await all(any.list(`${folder}/free/`))).map((entry) => entry.path)).toEqual([path]);
    expect(await any.stat('package.json')).toMatchObject({ path: 'package.json', size: statSync('package.json').size });
  });
});

describe('writing', () => {
  test('a body that fails leaves the old file, and nothing else', async () => {
    await store.write('atomic/a.txt', 'old');
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('half'));
      },
      pull(controller) {
        controller.error(new Error('the source failed'));
      },
    });
    await expect(store.write('atomic/a.txt', body)).rejects.toThrow('the source failed');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(store.write('atomic/a.txt', 'new', { signal })).rejects.toThrow('enough');
    expect(readFileSync(join(root, 'atomic/a.txt'), 'utf8')).toBe('old');
    expect(readdirSync(join(root, 'atomic'))).toEqual(['a.txt']);
  });

  test('a reader has the file that it began with, or an error', async () => {
    const old = 'old'.repeat(300_000);
    await store.write('atomic/b.txt', old);
    const begun = await store.read('atomic/b.txt');
    const reader = /** @type {ReadableStream<Uint8Array>} */ (begun.body).getReader();
    const first = await reader.read();
    const late = await store.read('atomic/b.txt');
    await store.write('atomic/b.txt', 'new'.repeat(300_000));
    let size = /** @type {Uint8Array} */ (first.value).length;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      expect(new TextDecoder().decode(part.value.subarray(0, 6))).toMatch(/^(old|ldo|dol)/);
      size += part.value.length;
    }
    expect(size).toBe(900_000);
    expect(await failure(textOf(late))).toMatchObject({ changed: true });
  });

  test('keeps the rights of the file', async () => {
    await store.write('atomic/c.txt', 'one');
    chmodSync(join(root, 'atomic/c.txt'), 0o600);
    await store.write('atomic/c.txt', 'two');
    expect(statSync(join(root, 'atomic/c.txt')).mode & 0o777).toBe(0o600);
  });

  test('of many at once to a new path, one wins', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => store.write('atomic/d.txt', `writer ${at}`, { ifNoneMatch: '*' })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(readFileSync(join(root, 'atomic/d.txt'), 'utf8')).toBe(`writer ${winner}`);
    expect(readdirSync(join(root, 'atomic')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('what is no file', () => {
  test('folders', async () => {
    expect(await store.stat('atomic')).toMatchObject({ path: 'atomic/', type: 'directory' });
    for (const call of ['read', 'write', 'delete']) {
      const error = await failure(/** @type {any} */ (store)[call]('atomic', 'x'));
      expect(error).toMatchObject({ code: 'ERR_NOT_FOUND' });
      expect(error.message).toContain('is a folder');
    }
    expect(await failure(store.read('atomic/a.txt/b'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  test('names that are too long', async () => {
    expect(await failure(store.write('x'.repeat(300), 'x'))).toBeInstanceOf(RangeError);
  });

  test('addresses for others', async () => {
    expect(await failure(store.url('a', { expires: 5 }))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
  });

  test('roots', async () => {
    for (const config of [{ root: '' }, { root: 5 }, { url: 'https://example.com/' }]) {
      expect(await failure(createStore(config, storeContext()))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG' });
    }
    const missing = await createStore({ root: join(folder, 'missing') }, storeContext());
    expect(await all(missing.list(''))).toEqual([]);
    expect(await failure(missing.read('a'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    await missing.write('a', 'made');
    expect(await textOf(await missing.read('a'))).toBe('made');
  });
});
