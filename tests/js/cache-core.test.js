import { publicKey } from '../../js/cache/public_key.js';
import { channel } from 'node:diagnostics_channel';
import { expect, jest, test } from '@jest/globals';
import { core, loadCore } from '../../js/core.js';
import { Instance } from '../../js/wasm_module.js';
import { makeCache, makeLoad, settle } from './cache-helpers.js';

/** A core whose export `name` traps, until another one is asked for. */
async function trapping(/** @type {string} */ name) {
  const real = (await loadCore()).module;
  const trap = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  /** @type {Core[]} */
  const made = [];
  const getCore = () => {
    const last = made.at(-1);
    if (last?.alive) return last;
    made.push(made.length ? core() : new Instance(/** @type {any} */ ({ ...real, [name]: trap })));
    return /** @type {import('../../js/core.js').Core} */ (made.at(-1));
  };
  return { getCore, made };
}

test.each(['cache_lookup', 'cache_begin', 'cache_hit'])('a trap in %s: ERR_CORE_CRASHED, and the next call works', async (name) => {
  const { getCore, made } = await trapping(name);
  const released = jest.fn();
  const { cache, space } = await makeCache({ getCore, space: { onRelease: released } });
  const load = jest.fn(async () => 1);
  if (name === 'cache_begin') {
    await expect(cache.read(space, 'k', load)).rejects.toMatchObject({ code: 'ERR_CORE_CRASHED' });
  } else {
    await cache.read(space, 'k', load);
    if (name === 'cache_hit') expect(() => cache.peek(space, 'k')).toThrow(expect.objectContaining({ code: 'ERR_CORE_CRASHED' }));
    else await expect(cache.read(space, 'k', load)).rejects.toMatchObject({ code: 'ERR_CORE_CRASHED' });
    cache.sweep(); // Calls back about what was lost.
    expect(released.mock.calls).toEqual([[1, 'crashed']]);
  }
  expect(made.length).toBe(1);
  expect(await cache.read(space, 'k', async () => 2)).toMatchObject({ value: 2, state: 'miss' });
  expect(made.length).toBe(2);
  expect(cache.peek(space, 'k')).toMatchObject({ value: 2, state: 'hit' });
});

test('a trap while storing: the readers get their value, it is not kept', async () => {
  const { getCore } = await trapping('cache_settle');
  const { cache, space, events } = await makeCache({ getCore });
  expect(await cache.read(space, 'k', async () => 1)).toMatchObject({ value: 1, state: 'miss' });
  expect(events.filter(({ name }) => name === 'onError')).toMatchObject([{ phase: 'store', error: { code: 'ERR_CORE_CRASHED' } }]);
  expect(await cache.read(space, 'k', async () => 2)).toMatchObject({ value: 2, state: 'miss' });
});

test('a core that somebody else has trapped: what was cached is gone, loads under way arrive', async () => {
  const real = (await loadCore()).module;
  let current = new Instance(/** @type {any} */ ({ ...real }));
  const { cache, space } = await makeCache({ getCore: () => current });
  const { load, calls } = makeLoad();
  await cache.read(space, 'old', async () => 1);
  const alone = new AbortController();
  const reading = cache.read(space, 'k', load);
  const leaving = cache.read(space, 'left', load, { signal: alone.signal });
  current.trapped(new WebAssembly.RuntimeError('elsewhere'));
  current = core();
  expect(cache.peek(space, 'old')).toBeUndefined();
  expect(await cache.read(space, 'old', async () => 2)).toMatchObject({ value: 2, state: 'miss' });
  calls[0].resolve('arrived');
  expect(await reading).toMatchObject({ value: 'arrived' });
  expect(cache.peek(space, 'k')).toBeUndefined();
  alone.abort(new Error('left'));
  await expect(leaving).rejects.toThrow('left');
  expect(calls[1].signal.aborted).toBe(true);
});

test('hooks: which are called, with what; what they throw fails nobody', async () => {
  const { cache, space, clock, events } = await makeCache();
  const options = { ttl: 10, staleWhileRevalidate: 10 };
  await Promise.all([cache.read(space, 'k', async () => 1, options), cache.read(space, 'k', async () => 1, options)]);
  await cache.read(space, 'k', async () => 1, options);
  clock.time += 15_000;
  await cache.read(space, 'k', async () => 1, options);
  await settle();
  space.clear();
  expect(events.map(({ name, space: of, key }) => `${name} ${of} ${key}`)).toEqual(
    ['onMiss', 'onJoin', 'onLoad', 'onHit', 'onStale', 'onLoad', 'onEvict', 'onEvict'].map((name) => `${name} test ${publicKey('test', 'k')}`),
  );
  const onError = jest.fn();
  const failing = await makeCache({
    hooks: {
      onError,
      onMiss: () => {
        throw new Error('hook');
      },
    },
  });
  expect(await failing.cache.read(failing.space, 'k', async () => 1)).toMatchObject({ value: 1 });
  expect(onError.mock.calls).toMatchObject([[{ phase: 'hook onMiss' }]]);
});

test('the diagnostics channel gets the same events', async () => {
  /** @type {any[]} */
  const messages = [];
  const listen = (/** @type {unknown} */ message) => messages.push(message);
  const { cache, space } = await makeCache({ hooks: {} });
  await cache.read(space, 'before', async () => 1);
  channel('hawser:cache').subscribe(listen);
  try {
    await cache.read(space, 'k', async () => 1);
    cache.peek(space, 'k');
  } finally {
    channel('hawser:cache').unsubscribe(listen);
  }
  expect(messages).toMatchObject([
    { event: 'onMiss', space: 'test', key: publicKey('test', 'k') }, { event: 'onLoad', duration: 0, background: false }, { event: 'onHit', age: 0 },
  ]);
});

test('what users see of a key tells keys apart and nothing of what is in them', () => {
  const seen = new Set();
  for (const identity of ['', 'a', 'ab', 'b']) for (const key of ['', 'a', 'b', 'bc', 'c', 'secret']) seen.add(publicKey(identity, key));
  expect(seen.size).toBe(24);
  for (const shown of seen) expect(shown).toMatch(/^[0-9a-z]{22}$/);
  expect(publicKey('a', 'secret')).toBe(publicKey('a', 'secret'));
});

test('stats', async () => {
  const { cache, space } = await makeCache();
  expect(cache.stats()).toMatchObject({ hits: 0, entries: 0, spaces: 1 });
  await Promise.all([cache.read(space, 'k', async () => 1), cache.read(space, 'k', async () => 1)]);
  await cache.read(space, 'k', async () => 1);
  cache.peek(space, 'k');
  await cache.read(space, 'k', async () => 1, { ttl: 0 });
  await cache.read(space, 'bad', () => Promise.reject(new Error('x'))).catch(() => {});
  expect(cache.stats()).toMatchObject({ hits: 2, misses: 2, joined: 1, stored: 1, failed: 1, bypassed: 1, entries: 1, bytes: 257, loading: 0 });
  expect(space.stats()).toEqual({ entries: 1, bytes: 257 });
});

test("the core's memory grows in few steps: each of them makes V8 think of collecting garbage", async () => {
  const { module } = await loadCore();
  const cache = module.cache_new(2 ** 40);
  const space = module.cache_add_space(cache, 0, Infinity);
  let steps = 0;
  let bytes = module.memory.buffer.byteLength;
  const before = bytes;
  for (let i = 0; i < 100_000; i++) {
    module.cache_begin(cache, module.cache_add_entry(cache, space), 0, 0, 0, 0);
    if (module.memory.buffer.byteLength === bytes) continue;
    bytes = module.memory.buffer.byteLength;
    steps += 1;
  }
  module.cache_delete(cache);
  expect(bytes - before).toBeGreaterThan(10_000_000);
  expect(steps).toBeLessThan(40);
});
