/**
 * What happens while a load is under way: closing, clearing, reloading, leaving, and what becomes of a value that nobody wants.
 */
import { expect, jest, test } from '@jest/globals';
import { cacheData } from '../../js/cache/data.js';
import { cacheResource } from '../../js/cache/resources.js';
import { makeCache, makeLoad, settle, stored } from './cache-helpers.js';

test.each([
  ['the space is closed', (/** @type {any} */ { space }) => space.close()],
  ['the cache is closed', (/** @type {any} */ { cache }) => cache.close()],
])('%s during a load: those who wait get it, nothing is stored, later callers load', async (_how, close) => {
  const made = await makeCache();
  const { load, calls } = makeLoad();
  const readers = [1, 2].map(() => made.cache.read(made.space, 'k', load));
  close(made);
  calls[0].resolve('value');
  expect((await Promise.all(readers)).map(({ value, state }) => [value, state])).toEqual([['value', 'miss'], ['value', 'joined']]);
  const again = [1, 2].map((n) => made.cache.read(made.space, 'k', async () => n));
  expect((await Promise.all(again)).map(({ value, state }) => [value, state])).toEqual([[1, 'miss'], [2, 'miss']]);
  expect(made.cache.peek(made.space, 'k')).toBeUndefined();
  expect(made.cache.stats()).toMatchObject({ entries: 0, bytes: 0, loading: 0 });
});

test('a closed cache holds no memory of the core again', async () => {
  const { loadCore } = await import('../../js/core.js');
  const { module } = await loadCore();
  let alive = 0;
  const counting = {
    module: { ...module, cache_new: (/** @type {number} */ bytes) => (alive++, module.cache_new(bytes)), cache_delete: (/** @type {number} */ handle) => (alive--, module.cache_delete(handle)) },
    alive: true,
    trapped: (/** @type {unknown} */ error) => error,
  };
  const { cache, space } = await makeCache({ getCore: () => /** @type {any} */ (counting) });
  await cache.read(space, 'k', async () => 1);
  expect(alive).toBe(1);
  cache.close();
  await cache.read(space, 'k', async () => 1);
  cache.space('another').clear();
  cache.sweep();
  await cache.read(cache.space('a third'), 'k', async () => 1);
  await expect(cache.read(space, 'k', async () => 1, { cache: 'only-if-cached' })).rejects.toMatchObject({ code: 'ERR_CACHE_MISS' });
  expect(alive).toBe(0);
});

test.each([
  ['clear', (/** @type {any} */ { space }) => space.clear()],
  ['hard invalidation', (/** @type {any} */ { space }) => space.invalidate({ tags: ['t'], hard: true })],
  ['close', (/** @type {any} */ { space }) => space.close()],
])('%s during a refresh: what it brings is not stored', async (_how, end) => {
  const made = await makeCache();
  const { cache, space, clock } = made;
  const options = { ttl: 1, staleWhileRevalidate: 100, tags: ['t'] };
  const { load, calls } = makeLoad();
  await cache.read(space, 'k', async () => 'old', options);
  clock.time += 2_000;
  expect(await cache.read(space, 'k', load, options)).toMatchObject({ value: 'old', state: 'stale' });
  end(made);
  calls[0].resolve('refreshed');
  await stored();
  expect(cache.peek(space, 'k', options)).toBeUndefined();
  expect(await cache.read(space, 'k', async () => 'new', options)).toMatchObject({ value: 'new', state: 'miss' });
});

test('an older load that ends after a newer one does not take its place', async () => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const first = cache.read(space, 'k', load);
  const second = cache.read(space, 'k', load, { cache: 'reload' });
  const third = cache.read(space, 'k', load); // Joins the newer one.
  calls[1].resolve('newer');
  expect(await second).toMatchObject({ value: 'newer' });
  expect(await third).toMatchObject({ value: 'newer', state: 'joined' });
  calls[0].resolve('older');
  expect(await first).toMatchObject({ value: 'older' });
  expect(cache.peek(space, 'k')).toMatchObject({ value: 'newer' });
});

test('callers leave and come: each load is aborted once nobody waits for it, and none reaches a stranger', async () => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const one = new AbortController();
  const leaving = cache.read(space, 'k', load, { signal: one.signal }).catch((error) => error);
  one.abort('gone');
  const staying = cache.read(space, 'k', load);
  expect([await leaving, calls[0].signal.aborted, calls[1].signal.aborted]).toEqual(['gone', true, false]);
  calls[0].resolve('of the first');
  await settle();
  calls[1].resolve('of the second');
  expect(await staying).toMatchObject({ value: 'of the second' });
  expect(cache.peek(space, 'k')).toMatchObject({ value: 'of the second' });
});

test('a caller that leaves while a storage is asked: nothing is loaded', async () => {
  /** @type {(value?: unknown) => void} */
  let answer = () => {};
  const storage = { get: () => new Promise((resolve) => (answer = resolve)), set: () => {}, delete: () => {} };
  const { cache, space } = await makeCache({ defaults: { persist: storage } });
  const controller = new AbortController();
  const load = jest.fn(async () => 1);
  const reading = cache.read(space, 'k', load, { signal: controller.signal });
  while (`${answer}` === '() => {}') await settle();
  controller.abort(new Error('left'));
  await expect(reading).rejects.toThrow('left');
  answer();
  await stored();
  expect([load.mock.calls.length, cache.stats().loading]).toEqual([0, 0]);
});

test.each([undefined, null, 'text', 5])('a load may throw %p', async (thrown) => {
  const { cache, space } = await makeCache();
  const loads = [() => Promise.reject(thrown), () => { throw thrown; }]; // prettier-ignore
  for (const load of loads) {
    const errors = await Promise.allSettled([1, 2].map(() => cache.read(space, 'k', load)));
    expect(errors).toEqual([{ status: 'rejected', reason: thrown }, { status: 'rejected', reason: thrown }]);
  }
});

test('one of several joined callers of a cached function leaves', async () => {
  const { cache } = await makeCache();
  const { load, calls } = makeLoad();
  const fn = cacheData(cache, () => load({ signal: new AbortController().signal }));
  const controller = new AbortController();
  const readers = [fn(), fn.with({ signal: controller.signal })(), fn()].map((reading) => reading.catch((error) => error));
  controller.abort('gone');
  expect(await readers[1]).toBe('gone');
  calls[0].resolve(['value']);
  expect([await readers[0], await readers[2], calls.length]).toEqual([['value'], ['value'], 1]);
});

test('a resource that a refresh made for nobody is released', async () => {
  const { cache, clock } = await makeCache();
  const { load, calls } = makeLoad();
  const onRelease = jest.fn();
  const make = cacheResource(cache, () => load({ signal: new AbortController().signal }), { ttl: 1, staleWhileRevalidate: 100, onRelease });
  const first = make();
  calls[0].resolve('first');
  await first;
  clock.time += 2_000;
  expect(await make()).toBe('first');
  make.clear();
  calls[1].resolve('second');
  await stored();
  expect(onRelease.mock.calls).toEqual([['first', 'cleared'], ['second', 'unwanted']]);
});

test('a resource that is made after all have left is released', async () => {
  const { cache } = await makeCache();
  const { load, calls } = makeLoad();
  const onRelease = jest.fn();
  const make = cacheResource(cache, () => load({ signal: new AbortController().signal }), { onRelease });
  const controller = new AbortController();
  const making = make.with({ signal: controller.signal })().catch((error) => error);
  controller.abort('gone');
  expect(await making).toBe('gone');
  calls[0].resolve('late');
  await settle();
  expect(onRelease.mock.calls).toEqual([['late', 'unwanted']]);
});

test('a resource that was cleared while it was made belongs to those who got it', async () => {
  const { cache } = await makeCache();
  const { load, calls } = makeLoad();
  const onRelease = jest.fn();
  const make = cacheResource(cache, () => load({ signal: new AbortController().signal }), { onRelease });
  const making = make();
  make.clear();
  calls[0].resolve('mine');
  expect([await making, onRelease.mock.calls]).toEqual(['mine', []]);
});
