/**
 * The Hugging Face Hub, against a double of it (tests/servers/huggingface.js): the real one is not on this machine.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createStore, nativeConfig } from '../../js/stores/huggingface.js';
import { parsePlace, placeOfUrl } from '../../js/stores/huggingface_paths.js';
import { startHuggingFace } from '../servers/huggingface.js';
import { all, bytesOf, failure, storeContext, textOf } from './store-contract.js';

const big = new Uint8Array(5000).map((_, at) => at % 251);
const files = { 'README.md': 'read me', 'data/a.csv': 'a,b\n1,2\n', 'data/b/c d+ü.csv': 'c', 'data/big.parquet': big, 'data.txt': 'beside', "q?u#o%25te'.txt": 'hard' };
const parquetUrl = (/** @type {string} */ path, name = 'owner/set') => `https://huggingface.co/datasets/${name}/resolve/refs%2Fconvert%2Fparquet/${path}`;
/** @param {string} config @param {string} split @param {string} [path] */
const part = (config, split, path = `${config}/${split}/0000.parquet`) => ({ dataset: 'owner/set', config, split, url: parquetUrl(path), filename: '0000.parquet', size: 5000 });
const converted = { 'default/train/0000.parquet': big, 'default/train/0001.parquet': 'second', 'default/test/0000.parquet': 'test' };

/** @type {Awaited<ReturnType<typeof startHuggingFace>>} */
let hub;
beforeAll(async () => {
  hub = await startHuggingFace({
    repos: {
      'datasets/owner/set': { revisions: { main: files, v2: { 'only.txt': 'two' }, 'refs/convert/parquet': converted, 'feature/x': { 'x.txt': 'branch' } } },
      'datasets/owner/hidden': { private: true, revisions: { main: { 'secret.txt': 'for few', 'large.bin': big }, 'refs/convert/parquet': converted } },
      'owner/model': { revisions: { main: { 'config.json': '{"a":1}' } } },
      'datasets/owner/gated': { gated: true, revisions: { main: {} } },
    },
    parquet: {
      'owner/set': { body: { parquet_files: [part('default', 'test'), part('default', 'train'), part('default', 'train', 'default/train/0001.parquet')], pending: [], failed: [], partial: false } },
      'owner/hidden': { body: { parquet_files: [{ ...part('default', 'train'), dataset: 'owner/hidden', url: parquetUrl('default/train/0000.parquet', 'owner/hidden') }], pending: [], failed: [], partial: false } },
      'owner/large': { body: { parquet_files: [{ ...part('default', 'train'), dataset: 'owner/large', url: parquetUrl('default/partial-train/0000.parquet', 'owner/large') }], pending: [], failed: [], partial: true } },
      'owner/many': { body: { parquet_files: ['en', 'de'].flatMap((config) => ['train', 'test'].map((split) => ({ ...part(config, split), dataset: 'owner/many', url: parquetUrl(`${config}/${split}/0000.parquet`, 'owner/many') }))), pending: [], failed: [], partial: false } },
      'owner/pending': { body: { parquet_files: [], pending: [{ kind: 'config-parquet', dataset: 'owner/pending', config: 'default', split: null }], failed: [], partial: false } },
      'owner/failed': { body: { parquet_files: [], pending: [], failed: [{ kind: 'config-parquet', dataset: 'owner/failed', config: 'default', split: null }], partial: false } },
      'owner/preparing': { status: 500, code: 'ResponseNotReady', body: { error: 'The response is not ready yet. Please retry later.' } },
      'owner/blocked': { status: 501, code: 'DatasetInBlockListError', body: { error: 'The parquet conversion has been disabled.' } },
      'owner/strange': { body: { parquet_files: [{ ...part('default', 'train'), dataset: 'owner/strange', url: 'https://example.com/steal/token.parquet' }], pending: [], failed: [], partial: false } },
    },
  });
});
beforeEach(() => void hub.seen.splice(0));
afterAll(async () => {
  expect(hub.violations).toEqual([]);
  await hub.close();
});

/** @param {Record<string, any>} [config] @param {Parameters<typeof storeContext>[0]} [options] */
const open = (config = {}, options) => createStore({ endpoint: hub.endpoint, viewer_endpoint: hub.viewer, ...config }, storeContext({ type: 'hf', ...options }));
const set = (config = {}) => open({ repo: 'datasets/owner/set', ...config });
const paths = async (/** @type {AsyncIterable<{ path: string }>} */ items) => (await all(items)).map(({ path }) => path);

describe('files of a double of the Hub', () => {
  test('small ones come from the Hub, large ones from elsewhere', async () => {
    const store = set();
    expect(await textOf(await store.read('README.md'))).toBe('read me');
    expect(await textOf(await store.read('data/b/c d+ü.csv'))).toBe('c');
    expect(await textOf(await store.read("q?u#o%25te'.txt"))).toBe('hard');
    expect(await bytesOf(await store.read('data/big.parquet'))).toEqual(big);
    expect(hub.seen.at(-1)?.at).toBe('cdn');
  });

  test('ranges, by GET alone', async () => {
    for (const path of ['README.md', 'data/big.parquet']) {
      const whole = await bytesOf(await set().read(path));
      hub.seen.length = 0;
      for (const [range, from, to] of /** @type {[any, number, number | undefined][]} */ ([[{ start: 1, end: 5 }, 1, 5], [{ suffix: 3 }, -3, undefined], [{ start: 2 }, 2, undefined]])) {
        const reply = await set().read(path, { range });
        expect(await bytesOf(reply)).toEqual(whole.slice(from, to));
        expect(reply.size).toBe(whole.length);
      }
      const entry = await set().stat(path);
      expect(entry).toMatchObject({ path, size: whole.length, type: 'file' });
      for (const { method, headers } of hub.seen) {
        expect(method).toBe('GET');
        expect(Object.keys(headers).filter((name) => name.startsWith('if-'))).toEqual([]);
      }
      expect(await set().read(path, { ifNoneMatch: entry.etag })).toMatchObject({ notModified: true });
      expect(await failure(set().read(path, { ifMatch: '"other"', range: { start: 0, end: 1 } }))).toMatchObject({ changed: true });
    }
  });

  test('the token stays with the Hub', async () => {
    const store = open({ repo: 'datasets/owner/hidden', token: hub.token });
    expect(await textOf(await store.read('secret.txt'))).toBe('for few');
    expect(await bytesOf(await store.read('large.bin', { range: { start: 0, end: 3 } }))).toEqual(big.slice(0, 3));
    expect(await store.stat('large.bin')).toMatchObject({ size: 5000 });
    const at = (/** @type {string} */ where) => hub.seen.filter((request) => request.at === where);
    expect(at('hub').every(({ headers }) => headers.authorization === `Bearer ${hub.token}`)).toBe(true);
    expect(at('cdn').length).toBe(2);
    expect(at('cdn').every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test('revisions, models, whole addresses, prefixes', async () => {
    expect(await textOf(await set({ revision: 'v2' }).read('only.txt'))).toBe('two');
    expect(await textOf(await set({ revision: 'feature/x' }).read('x.txt'))).toBe('branch');
    expect(await textOf(await set({ prefix: 'data' }).read('a.csv'))).toBe('a,b\n1,2\n');
    expect(await textOf(await open({ url: 'hf://datasets/owner/set@v2' }).read('only.txt'))).toBe('two');
    expect(await textOf(await open({ url: 'hf://datasets/owner/set/data' }).read('a.csv'))).toBe('a,b\n1,2\n');
    expect(await textOf(await open({ repo: 'owner/set', repo_type: 'dataset' }).read('data.txt'))).toBe('beside');
    const whole = open();
    expect(await textOf(await whole.read('owner/model/config.json'))).toBe('{"a":1}');
    expect(await textOf(await whole.read('hf://datasets/owner/set@v2/only.txt'))).toBe('two');
    expect(await textOf(await whole.read('datasets/owner/set@refs/convert/parquet/default/test/0000.parquet'))).toBe('test');
    expect(await textOf(await whole.read('datasets/owner/set@feature%2Fx/x.txt'))).toBe('branch');
    for (const path of ['', 'file.txt', 'owner/model', 'owner/model/../x', 'a b/c/d']) expect(await failure(whole.read(path))).toBeInstanceOf(path === '' ? RangeError : Error);
    expect(await failure(set().read('hf://owner/model/config.json'))).toBeInstanceOf(RangeError);
  });
});

describe('lists of a double of the Hub', () => {
  test('follow its links, page by page', async () => {
    expect(await paths(set().list(''))).toEqual(['README.md', 'data/a.csv', 'data/b/c d+ü.csv', 'data/big.parquet', 'data.txt', "q?u#o%25te'.txt"].sort());
    expect(hub.seen.length).toBe(3);
    expect(await paths(set().list('data'))).toEqual(['data.txt', 'data/a.csv', 'data/b/c d+ü.csv', 'data/big.parquet']);
    expect(await paths(set().list('data/', { recursive: false }))).toEqual(['data/a.csv', 'data/b/', 'data/big.parquet']);
    expect(await paths(set({ prefix: 'data' }).list(''))).toEqual(['a.csv', 'b/c d+ü.csv', 'big.parquet']);
    expect(await paths(open().list('datasets/owner/set@v2/'))).toEqual(['datasets/owner/set@v2/only.txt']);
    expect(await paths(set().list('nothing/here'))).toEqual([]);
    const [entry] = await all(set().list('data/big'));
    expect(entry).toMatchObject({ type: 'file', size: 5000, etag: (await set().stat('data/big.parquet')).etag });
  });

  test('do not lead elsewhere', async () => {
    const fetch = /** @type {any} */ (async () => new Response('[]', { headers: { link: '<https://example.com/next>; rel="next"' } }));
    expect(await failure(all(open({ repo: 'datasets/owner/set', token: 'x' }, { fetch }).list('')))).toMatchObject({ code: 'ERR_FORMAT' });
  });
});

describe('datasets as tables, by a double of the dataset viewer', () => {
  const parts = async (/** @type {string | undefined} */ path, /** @type {any} */ how = undefined, config = {}) => /** @type {any} */ (open(config)).parts(path, how);

  test('the files of a split can be read', async () => {
    for (const path of ['owner/set', 'datasets/owner/set', 'hf://datasets/owner/set']) {
      const found = await parts(path, { split: 'train' });
      expect(found).toEqual({ format: 'parquet', parts: ['0000', '0001'].map((name) => ({ path: `datasets/owner/set@refs/convert/parquet/default/train/${name}.parquet`, size: 5000 })) });
      expect(await bytesOf(await open().read(found.parts[0].path))).toEqual(big);
    }
    for (const path of ['', undefined, 'owner/set', 'datasets/owner/set']) {
      const found = await parts(path, { split: 'test' }, { repo: 'datasets/owner/set' });
      expect(await textOf(await set().read(found.parts[0].path))).toBe('test');
    }
  });

  test('paths of files are no datasets', async () => {
    for (const path of ['datasets/owner/set/data.txt', 'owner/set/x', 'spaces/owner/app', 'models/owner/model', 'name', 'owner/set/']) expect(await parts(path)).toBeUndefined();
    expect(await parts('data/a.csv', undefined, { repo: 'datasets/owner/set' })).toBeUndefined();
    expect(await parts('', undefined, { repo: 'owner/model' })).toBeUndefined();
  });

  test('which of several configs and splits has to be said', async () => {
    const error = await failure(parts('owner/set'));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', splits: ['test', 'train'] });
    expect(error.message).toContain('split: "test"');
    expect(await failure(parts('owner/many'))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', configs: ['en', 'de'] });
    expect(await failure(parts('owner/many', { config: 'fr' }))).toMatchObject({ code: 'ERR_NOT_FOUND', configs: ['en', 'de'] });
    expect(await failure(parts('owner/many', { config: 'en', split: 'dev' }))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect((await parts('owner/many', { config: 'de', split: 'test' })).parts[0].path).toContain('/de/test/');
  });

  test('a part is not taken for the whole', async () => {
    expect(await failure(parts('owner/large'))).toMatchObject({ code: 'ERR_LIMIT', partial: true });
    expect((await parts('owner/large', { partial: true })).parts).toHaveLength(1);
  });

  test('what is not ready, failed, blocked, hidden', async () => {
    expect((await failure(parts('owner/pending'))).message).toContain('still converting');
    expect(await failure(parts('owner/failed'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    const preparing = await failure(parts('owner/preparing'));
    expect(preparing).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 500, hubCode: 'ResponseNotReady' });
    expect(hub.seen.length).toBeGreaterThan(3); // It was tried again.
    expect((await failure(parts('owner/blocked'))).message).toContain('has been disabled');
    expect(await failure(parts('owner/hidden'))).toMatchObject({ code: 'ERR_AUTH' });
    expect((await parts('owner/hidden', undefined, { token: hub.token })).parts).toHaveLength(1);
    expect(await failure(parts('owner/strange'))).toMatchObject({ code: 'ERR_FORMAT' });
  });
});

describe('refusals of a double of the Hub', () => {
  test('are told apart', async () => {
    expect(await failure(set().read('none.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND', hubCode: 'EntryNotFound', path: 'none.txt' });
    expect(await failure(set({ revision: 'v9' }).read('a'))).toMatchObject({ code: 'ERR_NOT_FOUND', hubCode: 'RevisionNotFound' });
    expect(await failure(all(set({ revision: 'v9' }).list('')))).toMatchObject({ code: 'ERR_NOT_FOUND', hubCode: 'RevisionNotFound' });
    const anonymous = await failure(open({ repo: 'datasets/owner/hidden' }).read('secret.txt'));
    expect(anonymous).toMatchObject({ code: 'ERR_AUTH' });
    expect(anonymous.message).toContain('give a token');
    expect(await failure(open({ repo: 'datasets/owner/none', token: hub.token }).read('a'))).toMatchObject({ code: 'ERR_NOT_FOUND', hubCode: 'RepoNotFound' });
    expect(await failure(open({ repo: 'datasets/owner/gated', token: hub.token }).read('a'))).toMatchObject({ code: 'ERR_AUTH', reason: 'gated' });
    expect((await failure(set({ token: 'hf_wrong' }).read('README.md'))).message).toContain('did not accept the token');
  });

  test('a limit of requests says when it ends', async () => {
    for (let times = 0; times < 3; times++) hub.troubles.push({ status: 429, headers: { ratelimit: '"resolvers";r=0;t=55' } });
    const error = await failure(set().read('README.md'));
    expect(error).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 429, retryAfter: 55 });
    expect(error.message).toContain('in 55 s');
  });

  test('writing', async () => {
    for (const call of [() => set().write('a', 'b'), () => set().delete('a'), () => open({ token: 'x', repo: 'owner/model' }).url('a', { expires: 5 })]) {
      expect(await failure(call())).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    }
    expect(await set().url('data/a.csv', { expires: 5 })).toBe(`${hub.endpoint}/datasets/owner/set/resolve/main/data/a.csv`);
  });

  test('no token is in any error', async () => {
    const secret = 'hf_abcdefghijklmnop';
    const store = open({ repo: 'datasets/owner/set', token: secret });
    const lost = open({ repo: 'datasets/owner/set', token: secret }, { fetch: /** @type {any} */ (async () => { throw new TypeError('fetch failed'); }) });
    for (const each of [store, lost]) {
      for (const call of [() => each.read('a'), () => each.stat('a'), () => all(each.list('')), () => /** @type {any} */ (each).parts('')]) {
        const error = await failure(call());
        expect([String(error), error.stack, JSON.stringify(error), JSON.stringify(Object.entries(error))].join()).not.toContain(secret);
      }
    }
  });
});

describe('configuration', () => {
  test('names of places', () => {
    expect(parsePlace('hf://datasets/o/n@refs/pr/7/a/b.csv')).toEqual({ type: 'dataset', id: 'o/n', revision: 'refs/pr/7', file: 'a/b.csv' });
    expect(parsePlace('o/n@main/a@b.csv')).toEqual({ type: 'model', id: 'o/n', revision: 'main', file: 'a@b.csv' });
    expect(parsePlace('spaces/o/n.x-y_z')).toEqual({ type: 'space', id: 'o/n.x-y_z', revision: 'main', file: '' });
    for (const text of ['', 'o', 'datasets/o', 'o//x', '../x/y', 'o/n?x/y', 'hf://', 'o/n@/x']) expect(parsePlace(text)?.id).toBeUndefined();
    expect(placeOfUrl('https://huggingface.co/datasets/o/n/resolve/refs%2Fconvert%2Fparquet/a%20b/0.parquet')).toEqual({ type: 'dataset', id: 'o/n', revision: 'refs/convert/parquet', file: 'a b/0.parquet' });
    expect(placeOfUrl('https://huggingface.co/o/n/blob/main/x')).toBeUndefined();
  });

  test('what cannot be', () => {
    for (const config of [{ repo: 'x' }, { repo: 'o/n', repo_type: 'thing' }, { repo: 'o/n', url: 'hf://o/n' }, { revision: 'v2' }, { endpoint: 'nowhere' }, { viewer_endpoint: 5 }]) {
      expect(() => open(config)).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION_CONFIG' }));
    }
    expect(() => open({ token: '' })).toThrow(expect.objectContaining({ code: 'ERR_AUTH' }));
  });

  test('the environment', () => {
    expect(nativeConfig({ HF_TOKEN: 'hf_x', HF_ENDPOINT: 'https://mirror', OTHER: 'x' })).toEqual({ token: 'hf_x', endpoint: 'https://mirror' });
    expect(nativeConfig({ HF_TOKEN: '' })).toEqual({});
  });
});
