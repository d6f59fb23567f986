import { expect, jest, test } from '@jest/globals';
import { internText, statementKey } from '../../js/cache/statements.js';
import { makeCache, makeLoad, settle, stored } from './cache-helpers.js';

/** A channel as BroadcastChannel is one: everybody hears but who speaks, and messages are copies. */
function makeChannels(/** @type {number} */ count) {
  /** @type {{ postMessage: (data: unknown) => void, addEventListener: (type: string, hear: any) => void, hear?: (event: any) => void, close: () => void }[]} */
  const channels = Array.from({ length: count }, () => ({
    postMessage(data) {
      for (const other of channels) if (other !== this) other.hear?.({ data: structuredClone(data) });
    },
    addEventListener(_type, hear) {
      this.hear = hear;
    },
    close() {},
  }));
  return channels;
}

/** Locks as navigator.locks has them, as far as they are used. */
function makeLocks() {
  const held = new Set();
  return {
    held,
    async request(/** @type {string} */ name, /** @type {{ ifAvailable: boolean }} */ _options, /** @type {(lock: unknown) => Promise<void>} */ work) {
      if (held.has(name)) return work(null);
      held.add(name);
      try {
        return await work({ name });
      } finally {
        held.delete(name);
      }
    },
  };
}

async function makeTabs(/** @type {number} */ count, /** @type {any} */ defaults = {}) {
  const channels = makeChannels(count);
  return Promise.all(channels.map((broadcast) => makeCache({ defaults: { broadcast, ...defaults } })));
}

const key = statementKey(internText('select 1'), [1]);

test.each([
  ['clear', (/** @type {any} */ { space }) => space.clear()],
  ['tags', (/** @type {any} */ { space }) => space.invalidate({ tags: ['t'] })],
  ['everything', (/** @type {any} */ { cache }) => cache.invalidate()],
  ['forget', (/** @type {any} */ { space }) => space.forget(key)],
])('%s in one tab is heard in the others, once', async (_how, invalidate) => {
  const [a, b, c] = await makeTabs(3);
  for (const { cache, space } of [a, b, c]) await cache.read(space, key, async () => 1, { tags: ['t'] });
  const other = b.cache.space('of another connection');
  await b.cache.read(other, key, async () => 1, { tags: ['other'] });
  invalidate(a);
  for (const { cache, space } of [a, b, c]) expect(cache.peek(space, key)).toBeUndefined();
  expect(b.cache.peek(other, key)).toBeDefined();
});

test('spaces that mean nothing elsewhere are not spoken of', async () => {
  const [a, b] = await makeTabs(2);
  const mine = a.cache.space('data#1', { local: true });
  const theirs = b.cache.space('data#1', { local: true });
  await b.cache.read(theirs, 'k', async () => 1);
  mine.clear();
  expect(b.cache.peek(theirs, 'k')).toBeDefined();
});

test('what is not ours on the channel is left alone', async () => {
  const channels = makeChannels(2);
  const { cache, space } = await makeCache({ defaults: { broadcast: /** @type {any} */ (channels[0]) } });
  await cache.read(space, 'k', async () => 1);
  for (const data of [null, 'text', {}, { protocol: 'hawser/1' }, { protocol: 'hawser/1', message: { op: 'refreshed', space: 'test', key: 'k' } }]) {
    channels[1].postMessage(data);
  }
  await settle();
  expect(cache.peek(space, 'k')).toBeDefined();
});

test('one tab refreshes for all', async () => {
  const options = { ttl: 10, staleWhileRevalidate: 1000, tags: ['t'] };
  const locks = makeLocks();
  const tabs = await makeTabs(3, { refreshLock: locks });
  const { load, calls } = makeLoad();
  for (const { cache, space } of tabs) await cache.read(space, key, async () => 'old', options);
  for (const { clock } of tabs) clock.time += 20_000;
  for (const { cache, space } of tabs) {
    expect(await cache.read(space, key, load, options)).toMatchObject({ value: 'old', state: 'stale' });
    while (locks.held.size === 0) await settle();
  }
  await settle();
  expect(calls.length).toBe(1);
  calls[0].resolve('new');
  await stored();
  for (const { cache, space } of tabs) {
    while (cache.peek(space, key) === undefined) await settle(); // The frame is being checked.
    expect(cache.peek(space, key)).toMatchObject({ value: 'new', state: 'hit' });
  }
  tabs[2].space.invalidate({ tags: ['t'], hard: true });
  expect(tabs[1].cache.peek(tabs[1].space, key)).toBeUndefined();
});

test('a tab that gets the lock later takes what was stored meanwhile', async () => {
  const options = { ttl: 10, staleWhileRevalidate: 1000 };
  const persist = new Map();
  const a = await makeCache({ defaults: { persist } });
  const b = await makeCache({ defaults: { persist, refreshLock: /** @type {any} */ (makeLocks()) }, clock: a.clock });
  await a.cache.read(a.space, key, async () => 'old', options);
  await stored();
  await b.cache.read(b.space, key, async () => 'none', options);
  a.clock.time += 20_000;
  await a.cache.read(a.space, key, async () => 'new', { ...options, cache: 'reload' });
  await stored();
  const load = jest.fn(async () => 'own');
  expect(await b.cache.read(b.space, key, load, options)).toMatchObject({ value: 'old', state: 'stale' });
  await stored();
  expect(b.cache.peek(b.space, key)).toMatchObject({ value: 'new' });
  expect(load).not.toHaveBeenCalled();
});

test('who waits for a refresh that another tab does, loads', async () => {
  const options = { ttl: 10, staleWhileRevalidate: 20 };
  const locks = { request: async (/** @type {string} */ _name, /** @type {any} */ _options, /** @type {any} */ work) => (await gate, work(null)) };
  /** @type {() => void} */
  let open = () => {};
  const gate = new Promise((resolve) => (open = () => resolve(undefined)));
  const { cache, space, clock } = await makeCache({ defaults: { refreshLock: /** @type {any} */ (locks) } });
  await cache.read(space, key, async () => 'old', options);
  clock.time += 15_000;
  await cache.read(space, key, async () => 'new', options);
  clock.time += 20_000;
  const waiting = cache.read(space, key, async () => 'never', options);
  open();
  expect(await waiting).toMatchObject({ value: 'new', state: 'joined' });
});

test('options', async () => {
  await expect(makeCache({ defaults: { broadcast: /** @type {any} */ (5) } })).rejects.toThrow(/broadcast: must be/);
  await expect(makeCache({ defaults: { refreshLock: /** @type {any} */ ({}) } })).rejects.toThrow(/refreshLock: must be/);
  const { cache } = await makeCache({ defaults: { broadcast: 'hawser-test' } });
  cache.close();
});
