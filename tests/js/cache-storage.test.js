import { publicKey } from '../../js/cache/public_key.js';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { createStorage, prefixStorage } from 'unstorage';
import filesDriver from 'unstorage/drivers/fs';
import { cacheData } from '../../js/cache/data.js';
import { createHawser } from '../../js/hawser.js';
import { ResultCache } from '../../js/cache/results.js';
import { internText, statementKey } from '../../js/cache/statements.js';
import { ResultStorage } from '../../js/cache/storage.js';
import { directoryStorage } from '../../js/cache/storages.js';
import { Table } from '../../js/table/table.js';
import { makeCache, makeLoad, settle, stored, track } from './cache-helpers.js';

const never = async () => {
  throw new Error('must not be called');
};

/** A cache that was not there before, on the same storage and at the same time. */
async function restart(/** @type {any} */ { clock }, /** @type {any} */ persist, /** @type {any} */ options = {}) {
  const made = await makeCache({ clock, defaults: { persist }, ...options });
  return { ...made, clock };
}

test('a result survives the process, with its age and what is left of its ttl', async () => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, 'k', async () => ({ n: 1 }), { ttl: 60 });
  await stored();
  first.clock.time += 50_000;
  const second = await restart(first, storage);
  expect(await second.cache.read(second.space, 'k', never, { ttl: 60 })).toMatchObject({ value: { n: 1 }, state: 'hit', age: 50, key: publicKey(second.space.identity, 'k') });
  expect(second.cache.peek(second.space, 'k')).toMatchObject({ age: 50 });
  second.clock.time += 10_000;
  const third = await restart(second, storage);
  expect(await third.cache.read(third.space, 'k', async () => 2, { ttl: 60 })).toMatchObject({ value: 2, state: 'miss' });
});

test('names are letters and digits, values are bytes', async () => {
  const storage = new Map();
  const { cache, space } = await makeCache({ defaults: { persist: storage } });
  await cache.read(space, 'select ? from a:b/c?d', async () => 1);
  await stored();
  const [[name, bytes]] = [...storage];
  expect(name).toMatch(/^[a-z0-9]{70}$/);
  expect(ArrayBuffer.isView(bytes)).toBe(true);
});

test('statements are found again by their text, not by the number that it had', async () => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, statementKey(internText('select 1 from a'), [1]), async () => 'a');
  await stored();
  for (const frame of storage.values()) expect(Buffer.from(frame).toString('latin1')).toContain('select 1 from a');
});

test('every kind of value comes back as it was', async () => {
  const storage = new Map();
  const value = {
    text: 'ä\u0000\ud800', big: -(2n ** 80n), negative: -1.5, zero: -0, nan: NaN, at: new Date(5), none: null, missing: undefined, yes: true, no: false,
    map: new Map([[{ a: 1 }, new Set([1, '1'])]]), bytes: new Uint8Array([1, 2]), floats: new Float64Array([0.1]), buffer: new ArrayBuffer(3),
    pattern: /a+/gi, list: [[], {}, [1, [2]]], ['__proto__']: 1, huge: Number.MAX_SAFE_INTEGER,
  };
  const first = await makeCache();
  const name = 'values';
  await cacheData(first.cache, () => value, { name, persist: storage })();
  await stored();
  const second = await makeCache({ clock: first.clock });
  const back = await cacheData(second.cache, never, { name, persist: storage })();
  expect(back).toEqual(value);
  expect(Object.is(back.zero, -0)).toBe(true);
});

test('a Table comes back with its types', async () => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  const table = Table.from([{ n: 1, t: 'a', b: 2n }, { n: 2.5, t: null, b: 3n }]);
  await first.cache.read(first.space, 'k', async () => table);
  await stored();
  const second = await restart(first, storage);
  const { value } = await second.cache.read(second.space, 'k', never);
  expect(value.columns).toEqual(table.columns);
  expect(value.toArray()).toEqual(table.toArray());
  expect(Object.prototype.toString.call(value.column('n'))).toBe('[object Float64Array]');
});

test.each(['damaged', 'cut', 'foreign text', 'of another version', 'of another key'])('a frame that is %s is a miss', async (how) => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, 'k', async () => 1);
  await first.cache.read(first.space, 'other', async () => 2);
  await stored();
  const names = [...storage.keys()];
  for (const [i, name] of names.entries()) {
    const frame = Uint8Array.from(storage.get(name));
    if (how === 'damaged') frame[frame.length - 20] ^= 1;
    if (how === 'of another version') frame[4] = 2;
    storage.set(name, how === 'cut' ? frame.subarray(0, 30) : how === 'foreign text' ? 'text' : frame);
    if (how === 'of another key' && i) {
      const swap = storage.get(names[0]);
      storage.set(names[0], storage.get(name)).set(name, swap);
    }
  }
  const second = await restart(first, storage);
  expect(await second.cache.read(second.space, 'k', async () => 3)).toMatchObject({ value: 3, state: 'miss' });
});

test('stale from a storage: served, and refreshed; too stale: served only when loading fails', async () => {
  const storage = new Map();
  const options = { ttl: 10, staleWhileRevalidate: 60, staleIfError: 600 };
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, 'k', async () => 'old', options);
  await stored();
  first.clock.time += 30_000;
  const second = await restart(first, storage);
  expect(await second.cache.read(second.space, 'k', async () => 'new', options)).toMatchObject({ value: 'old', state: 'stale', age: 30 });
  await stored();
  expect(await second.cache.read(second.space, 'k', never, options)).toMatchObject({ value: 'new', state: 'hit' });
  second.clock.time += 100_000;
  const third = await restart(second, storage);
  expect(await third.cache.read(third.space, 'k', () => Promise.reject(new Error('down')), options)).toMatchObject({ value: 'new', state: 'stale', age: 100 });
});

test.each([
  ['clear', (/** @type {any} */ space) => space.clear()],
  ['forget', (/** @type {any} */ space) => space.forget('k')],
  ['invalidate', (/** @type {any} */ space) => space.invalidate()],
  ['tags', (/** @type {any} */ space) => space.invalidate({ tags: ['t'] })],
])('%s reaches what is stored, even what this process does not know of', async (_how, invalidate) => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, 'k', async () => 1, { tags: ['t'] });
  await stored();
  first.clock.time += 1;
  const second = await restart(first, storage);
  invalidate(second.space);
  expect(await second.cache.read(second.space, 'k', async () => 2, { tags: ['t'], persist: null })).toMatchObject({ value: 2 });
  await stored();
  const third = await restart(first, storage);
  expect(await third.cache.read(third.space, 'k', async () => 3)).toMatchObject({ value: 3, state: 'miss' });
});

test('what was invalidated while it was loading elsewhere is not believed', async () => {
  const storage = new Map();
  const a = await makeCache({ defaults: { persist: storage } });
  const b = await restart(a, storage);
  const { load, calls } = makeLoad();
  const reading = a.cache.read(a.space, 'k', load, { tags: ['t'] });
  while (calls.length === 0) await settle(); // The storage was asked first.
  a.clock.time += 1;
  b.space.invalidate({ tags: ['t'] });
  await stored();
  a.clock.time += 1;
  calls[0].resolve('before');
  await reading;
  await stored();
  const c = await restart(a, storage);
  expect(await c.cache.read(c.space, 'k', async () => 'after')).toMatchObject({ value: 'after', state: 'miss' });
});

test('what makes room in memory stays stored; what expires does not', async () => {
  const storage = new Map();
  const { cache, space, clock } = await makeCache({ space: { maxEntries: 1 }, defaults: { persist: storage } });
  await cache.read(space, 'a', async () => 'a', { ttl: 10 });
  await cache.read(space, 'b', async () => 'b', { ttl: 10 });
  await stored();
  expect(await cache.read(space, 'a', never, { ttl: 10 })).toMatchObject({ value: 'a', state: 'hit' });
  expect(storage.size).toBe(2);
  clock.time += 10_000;
  cache.sweep();
  await stored();
  expect(storage.size).toBe(1); // "b" had left memory before; whoever asks for it finds that it has expired.
});

test('a storage that fails never fails a query, and is left alone after a while', async () => {
  const get = jest.fn(() => Promise.reject(new Error('quota')));
  const storage = { get, set: () => Promise.reject(new Error('quota')), delete: () => Promise.reject(new Error('quota')) };
  const { cache, space, events, clock } = await makeCache({ defaults: { persist: storage } });
  for (let i = 0; i < 10; i++) {
    expect(await cache.read(space, `k${i}`, async () => i)).toMatchObject({ value: i, state: 'miss' });
    await stored();
  }
  expect(get.mock.calls.length).toBeLessThan(5);
  expect(events.filter(({ name, phase }) => name === 'onError' && phase === 'storage').length).toBeGreaterThan(0);
  clock.time += 30_000;
  await cache.read(space, 'later', async () => 1);
  expect(get.mock.calls.length).toBeGreaterThan(2);
});

test('a storage that hangs costs its timeout once in a while, and nothing more', async () => {
  const hangs = () => new Promise(() => {});
  const storage = new ResultStorage({ get: hangs, set: hangs, delete: hangs }, { timeout: '5ms' });
  const { cache, space } = await makeCache({ defaults: { persist: storage } });
  for (let i = 0; i < 5; i++) expect(await cache.read(space, `k${i}`, async () => i)).toMatchObject({ value: i, state: 'miss' });
});

test('a timeout longer than timers can be does not end at once', async () => {
  const slow = new Map();
  const later = (/** @type {any} */ value) => new Promise((resolve) => setTimeout(() => resolve(value), 5));
  const storage = new ResultStorage(
    { get: (/** @type {string} */ name) => later(slow.get(name)), set: (/** @type {string} */ name, /** @type {any} */ bytes) => later(slow.set(name, bytes)), delete: later },
    { timeout: '30d' },
  );
  const { cache, space, events } = await makeCache({ defaults: { persist: storage } });
  await cache.read(space, 'k', async () => 1);
  await stored();
  expect([slow.size, events.filter(({ name }) => name === 'onError')]).toEqual([1, []]);
});

test('only-if-cached finds what is stored', async () => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  const options = /** @type {const} */ ({ ttl: 10, staleWhileRevalidate: 10, cache: 'only-if-cached' });
  await first.cache.read(first.space, 'k', async () => 1, { ttl: 10, staleWhileRevalidate: 10 });
  await stored();
  first.clock.time += 5_000;
  const second = await restart(first, storage);
  expect(await second.cache.read(second.space, 'k', never, options)).toMatchObject({ value: 1, state: 'hit', age: 5 });
  expect(second.cache.peek(second.space, 'k')).toMatchObject({ value: 1, state: 'hit' });
  first.clock.time += 10_000;
  const third = await restart(first, storage);
  expect(await third.cache.read(third.space, 'k', never, options)).toMatchObject({ value: 1, state: 'stale', age: 15 });
  expect(third.events.filter(({ name }) => name === 'onError')).toEqual([]); // It did not try to refresh.
  first.clock.time += 10_000;
  const fourth = await restart(first, storage);
  await expect(fourth.cache.read(fourth.space, 'k', never, options)).rejects.toMatchObject({ code: 'ERR_CACHE_MISS' });
  await expect(fourth.cache.read(fourth.space, 'other', never, options)).rejects.toMatchObject({ code: 'ERR_CACHE_MISS' });
  expect(await fourth.cache.read(fourth.space, 'other', async () => 2)).toMatchObject({ value: 2, state: 'miss' });
  const signal = AbortSignal.abort(new Error('left'));
  await expect(third.cache.read(third.space, 'k', never, { ...options, signal })).rejects.toThrow('left');
});

test('only-if-cached: what was cleared while the storage was asked is not kept', async () => {
  const storage = new Map();
  const first = await makeCache({ defaults: { persist: storage } });
  await first.cache.read(first.space, 'k', async () => 1);
  await stored();
  first.clock.time += 1;
  const second = await restart(first, storage);
  const reading = second.cache.read(second.space, 'k', never, { cache: 'only-if-cached' }).catch((error) => error);
  second.space.clear();
  await reading; // Either answer is right: it was there when it was asked for.
  await stored();
  expect(second.cache.peek(second.space, 'k')).toBeUndefined();
});

test('a value that cannot be stored is served and reported', async () => {
  const { cache, space, events } = await makeCache({ defaults: { persist: new Map() } });
  expect(await cache.read(space, 'k', async () => ({ f: () => 1 }))).toMatchObject({ state: 'miss' });
  await stored();
  expect(events.filter(({ name }) => name === 'onError')).toMatchObject([{ phase: 'storage', error: { code: 'ERR_NOT_SUPPORTED' } }]);
});

test('waitUntil hears of storing and of refreshing', async () => {
  const waitUntil = jest.fn(track);
  const { cache, space, clock } = await makeCache({ defaults: { persist: new Map() }, waitUntil });
  await cache.read(space, 'k', async () => 1, { ttl: 1, staleWhileRevalidate: 10 });
  expect(waitUntil).toHaveBeenCalledTimes(1);
  clock.time += 2_000;
  await cache.read(space, 'k', async () => 2, { ttl: 1, staleWhileRevalidate: 10 });
  await stored();
  expect(waitUntil).toHaveBeenCalledTimes(3);
});

test('unstorage, KV and the Cache API are known by their methods', async () => {
  /** @type {any[]} */
  const log = [];
  const kept = new Map();
  const unstorage = {
    getItemRaw: async (/** @type {string} */ name) => kept.get(name) ?? null,
    setItemRaw: async (/** @type {string} */ name, /** @type {any} */ value, /** @type {any} */ options) => void (log.push(options), kept.set(name, value)),
    removeItem: async (/** @type {string} */ name) => void kept.delete(name),
  };
  const kv = {
    get: async (/** @type {string} */ name, /** @type {string} */ type) => (expect(type).toBe('arrayBuffer'), kept.get(name)?.slice().buffer ?? null),
    put: async (/** @type {string} */ name, /** @type {any} */ value, /** @type {any} */ options) => void (log.push(options), kept.set(name, value)),
    delete: async (/** @type {string} */ name) => void kept.delete(name),
    getWithMetadata: never,
  };
  const cacheApi = {
    match: async (/** @type {string} */ url) => kept.get(url)?.clone(),
    put: async (/** @type {string} */ url, /** @type {Response} */ response) => void (log.push(response.headers.get('cache-control')), kept.set(url, response)),
    delete: async (/** @type {string} */ url) => kept.delete(url),
  };
  for (const storage of [unstorage, kv, cacheApi]) {
    kept.clear();
    const first = await makeCache({ defaults: { persist: storage } });
    await first.cache.read(first.space, 'k', async () => 1, { ttl: 5 });
    await stored();
    const second = await restart(first, storage);
    expect(await second.cache.read(second.space, 'k', never, { ttl: 5 })).toMatchObject({ value: 1, state: 'hit' });
    second.space.forget('k');
    await stored();
    expect(kept.size).toBe(0);
  }
  expect(log).toEqual([{ ttl: 5 }, { expirationTtl: 60 }, 'max-age=5']);
  expect(() => new ResultCache({ defaults: { persist: /** @type {any} */ ({}) } })).toThrow(/persist: must be a storage/);
});

test.each(['memory', 'files', 'with a prefix'])('a real unstorage: %s', async (kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-'));
  try {
    const whole = createStorage(kind === 'files' ? { driver: filesDriver({ base: folder }) } : {});
    const storage = kind === 'with a prefix' ? prefixStorage(whole, 'results') : whole;
    const value = { big: 2n ** 70n, at: new Date(5), bytes: new Uint8Array([0, 255]), text: 'ä\ud800', of: [1, , NaN] }; // prettier-ignore
    const first = await makeCache({ defaults: { persist: storage } });
    await cacheData(first.cache, () => value, { name: 'of unstorage', ttl: 60 })();
    await stored();
    const second = await restart(first, storage);
    const fn = cacheData(second.cache, never, { name: 'of unstorage', ttl: 60 });
    expect(await fn()).toEqual({ ...value, of: [1, undefined, NaN] });
    second.clock.time += 1;
    fn.clear();
    await stored();
    const third = await restart(second, storage);
    expect(await cacheData(third.cache, () => 'anew', { name: 'of unstorage', ttl: 60 })()).toBe('anew');
    await stored();
    expect([...first.events, ...second.events, ...third.events].filter(({ name }) => name === 'onError')).toEqual([]);
    await whole.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a cached function needs a name to be found again', async () => {
  const { cache } = await makeCache();
  expect(() => cacheData(cache, () => 1, { persist: new Map() })).toThrow(/give the function a name/);
});

test('a folder: files for the user alone, written whole, cleaned of what has expired', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-'));
  try {
    const path = join(folder, 'results');
    const start = Date.now();
    const first = await makeCache({ defaults: { persist: directoryStorage(path) } });
    first.clock.time = start;
    await first.cache.read(first.space, 'k', async () => ({ n: 1 }), { ttl: '1h' });
    first.clock.time = start - 7_200_000;
    await first.cache.read(first.space, 'over', async () => 2, { ttl: '1h' });
    await stored();
    const files = await readdir(path);
    expect(files.length).toBe(2);
    expect((await stat(join(path, files[0]))).mode & 0o777).toBe(0o600);
    await writeFile(join(path, 'notes.txt'), 'not ours');
    first.clock.time = start;
    const second = await makeCache({ clock: first.clock, defaults: { persist: directoryStorage(path) } });
    expect(await second.cache.read(second.space, 'k', never, { ttl: '1h' })).toMatchObject({ value: { n: 1 }, state: 'hit' });
    await second.cache.read(second.space, 'new', async () => 3);
    await stored();
    while ((await readdir(path)).length > 3) await settle();
    expect((await readdir(path)).sort().at(-1)).toBe('notes.txt');
    expect(() => directoryStorage('')).toThrow(TypeError);
    await rm(path, { recursive: true });
    await second.cache.read(second.space, 'after the folder was removed', async () => 4);
    await stored();
    expect((await readdir(path)).length).toBe(1);
    expect(second.events.filter(({ name }) => name === 'onError')).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(['isolate', 'request'])('flightScope %s: what is forgotten while it is being stored is not found again', async (flightScope) => {
  /** @type {(() => void)[]} */
  const writing = [];
  const kept = new Map();
  const storage = {
    get: async (/** @type {string} */ name) => kept.get(name),
    set: (/** @type {string} */ name, /** @type {unknown} */ bytes) => new Promise((resolve) => writing.push(() => resolve(kept.set(name, bytes)))),
    delete: async (/** @type {string} */ name) => void kept.delete(name),
  };
  const { cache, space, clock } = await makeCache({ defaults: { persist: storage }, flightScope: /** @type {any} */ (flightScope) });
  await cache.read(space, 'k', async () => 1);
  while (writing.length === 0) await settle();
  clock.time += 1;
  space.forget('k');
  await settle();
  writing[0]();
  await stored();
  expect(kept.size).toBe(0);
});

test('close() waits for what is being stored', async () => {
  const kept = new Map();
  const storage = {
    get: () => undefined,
    set: async (/** @type {string} */ name, /** @type {unknown} */ bytes) => (await settle(), await settle(), kept.set(name, bytes)),
    delete: () => {},
  };
  const hawser = createHawser({ secrets: [] });
  await hawser.cacheData(() => 1, { name: 'n', persist: storage })();
  await hawser.close();
  expect(kept.size).toBe(1);
});
