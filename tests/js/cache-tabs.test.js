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
  ['invalidate', (/** @type {any} */ { space }) => space.invalidate()],
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

test.each([
  { op: 'invalidate' }, { op: 'invalidate', space: 'test', tags: 5 }, { op: 'invalidate', space: 'test', tags: [{}] }, { op: 'invalidate', space: 'test', tags: [''] },
  { op: 'forget', space: 'test' }, { op: 'forget', space: 'test', key: 5 }, { op: 'refreshed', space: 'test', key: 5, frame: new Uint8Array(5) },
  { op: 'refreshed', space: 'test', key: 'k', frame: 'text' }, { op: 'clear', space: 'test' }, { space: 'test' }, null, 5,
])('a message that makes no sense is left alone: %p', async (message) => {
  const channels = makeChannels(2);
  const { cache, space, events } = await makeCache({ defaults: { broadcast: /** @type {any} */ (channels[0]) } });
  await cache.read(space, 'k', async () => 1);
  channels[1].postMessage({ protocol: 'hawser/1', message });
  await settle();
  expect(cache.peek(space, 'k')).toBeDefined();
  expect(events.filter(({ name }) => name === 'onError')).toEqual([]);
});

test('what is said of all results is heard in all spaces, known or not, nameless ones too', async () => {
  const [a, b] = await makeTabs(2);
  const other = b.cache.space('of a connection that only this tab has');
  const local = b.cache.space('data#1', { local: true });
  const fill = async () => {
    for (const space of [b.space, other, local]) await b.cache.read(space, key, async () => 1, { tags: ['t'] });
    await b.cache.read(other, 'untagged', async () => 1);
  };
  const left = () => [b.space, other, local].filter((space) => b.cache.peek(space, key)).length;
  await fill();
  a.cache.invalidate({ tags: ['t'] });
  expect([left(), b.cache.peek(other, 'untagged')]).toEqual([0, expect.anything()]);
  await fill();
  a.cache.clear();
  expect([left(), b.cache.peek(other, 'untagged')]).toEqual([0, undefined]);
});

test('what was refreshed before an invalidation, and heard after it, is not believed', async () => {
  const options = { ttl: 10, staleWhileRevalidate: 1000, tags: ['t'] };
  const channels = makeChannels(2);
  const [a, b] = await Promise.all(channels.map((broadcast) => makeCache({ defaults: { broadcast, refreshLock: /** @type {any} */ (makeLocks()) } })));
  for (const { cache, space, clock } of [a, b]) {
    await cache.read(space, key, async () => 'old', options);
    clock.time += 20_000;
  }
  const { load, calls } = makeLoad();
  await a.cache.read(a.space, key, load, options);
  while (calls.length === 0) await settle();
  for (const { clock } of [a, b]) clock.time += 1;
  channels[0].hear = () => {}; // The message to a is on its way.
  b.space.invalidate({ tags: ['t'] });
  for (const { clock } of [a, b]) clock.time += 1;
  const { hear } = channels[1];
  const heard = new Promise((resolve) => (channels[1].hear = (/** @type {any} */ event) => (hear?.(event), resolve(event.data.message.op))));
  calls[0].resolve('before the invalidation');
  expect(await heard).toBe('refreshed');
  for (let i = 0; i < 10; i++) await crypto.subtle.digest('SHA-256', new Uint8Array(1000)).then(settle); // As long as checking its frame takes.
  expect(b.space.entries.get(key)).toMatchObject({ value: 'old' });
  expect(b.cache.peek(b.space, key, options)).toBeUndefined();
});

test('a channel that was given is given back open; one that is closed fails nobody', async () => {
  const channel = new BroadcastChannel('hawser-given');
  const { cache, space, events } = await makeCache({ defaults: { broadcast: channel } });
  const other = new BroadcastChannel('hawser-given');
  try {
    const heard = new Promise((resolve) => (other.onmessage = resolve));
    cache.close();
    channel.postMessage('still open');
    expect(await heard).toMatchObject({ data: 'still open' });
  } finally {
    other.close();
    channel.close();
  }
  const closed = new BroadcastChannel('hawser-given');
  const again = await makeCache({ defaults: { broadcast: closed } });
  await again.cache.read(again.space, 'k', async () => 1);
  closed.close();
  again.space.clear();
  expect(again.cache.peek(again.space, 'k')).toBeUndefined();
  expect(again.events.filter(({ name }) => name === 'onError')).toMatchObject([{ phase: 'broadcast' }]);
  expect([space.open, events]).toEqual([false, []]);
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
