import { publicKey } from '../../js/cache/public_key.js';
import { expect, test } from '@jest/globals';
import { encodeKey } from '../../js/cache/key.js';
import { internText, statementKey } from '../../js/cache/statements.js';
import { makeCache, makeLoad, settle } from './cache-helpers.js';

const value = (/** @type {unknown} */ result) => async () => result;
const never = async () => {
  throw new Error('must not be called');
};

test('a miss loads, then it is a hit until ttl has passed', async () => {
  const { cache, space, clock } = await makeCache();
  expect(await cache.read(space, 'k', value(1), { ttl: '10s' })).toMatchObject({ value: 1, state: 'miss', age: 0, key: publicKey('test', 'k') });
  clock.time += 9_999;
  expect(await cache.read(space, 'k', never, { ttl: '10s' })).toMatchObject({ value: 1, state: 'hit', age: 9.999, key: publicKey('test', 'k') });
  expect(cache.peek(space, 'k')).toMatchObject({ value: 1, state: 'hit', age: 9.999, key: publicKey('test', 'k') });
  clock.time += 1;
  expect(cache.peek(space, 'k')).toBeUndefined();
  expect(await cache.read(space, 'k', value(2), { ttl: '10s' })).toMatchObject({ value: 2, state: 'miss' });
});

test('without a ttl a result stays', async () => {
  const { cache, space, clock } = await makeCache();
  await cache.read(space, 'k', value(1));
  clock.time += 1e12;
  expect(await cache.read(space, 'k', never)).toMatchObject({ value: 1, state: 'hit', age: 1e9 });
});

test('a reader never gets what is older than its own ttl, nor than the ttl it was stored with', async () => {
  const { cache, space, clock } = await makeCache();
  await cache.read(space, 'k', value(1), { ttl: 60 });
  clock.time += 5_000;
  expect(await cache.read(space, 'k', value(2), { ttl: 5 })).toMatchObject({ value: 2, state: 'miss' });
  clock.time += 5_000;
  expect(await cache.read(space, 'k', value(3))).toMatchObject({ value: 3, state: 'miss' });
});

test.each([0, -1, '0s'])('ttl %p always loads anew, without storing or joining', async (ttl) => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const both = [cache.read(space, 'k', load, { ttl }), cache.read(space, 'k', load, { ttl })];
  calls[0].resolve('a');
  calls[1].resolve('b');
  expect(await Promise.all(both)).toMatchObject([{ value: 'a', state: 'bypass' }, { value: 'b', state: 'bypass' }]);
  expect(cache.peek(space, 'k')).toBeUndefined();
  expect(cache.stats()).toMatchObject({ entries: 0, bypassed: 2 });
});

test('ten thousand concurrent callers make one load; its failure reaches all of them and is not cached', async () => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const all = Array.from({ length: 10_000 }, () => cache.read(space, 'k', load));
  const failure = new Error('down');
  calls[0].reject(failure);
  const results = await Promise.allSettled(all);
  expect(calls.length).toBe(1);
  expect(results.every((result) => result.status === 'rejected' && result.reason === failure)).toBe(true);
  expect(await cache.read(space, 'k', value(1))).toMatchObject({ value: 1, state: 'miss' });
});

test('stale while revalidate: served at once, refreshed once in the background', async () => {
  const { cache, space, clock } = await makeCache();
  const options = { ttl: 10, staleWhileRevalidate: 60 };
  await cache.read(space, 'k', value('old'), options);
  clock.time += 20_000;
  const { load, calls } = makeLoad();
  expect(await cache.read(space, 'k', load, options)).toMatchObject({ value: 'old', state: 'stale', age: 20 });
  expect(await cache.read(space, 'k', load, options)).toMatchObject({ value: 'old', state: 'stale' });
  expect(calls.length).toBe(1);
  calls[0].resolve('new');
  await settle();
  expect(await cache.read(space, 'k', never, options)).toMatchObject({ value: 'new', state: 'hit', age: 0 });
});

test('a failing background refresh goes to onError, and the stale value stays', async () => {
  const { cache, space, clock, events } = await makeCache();
  const options = { ttl: 10, staleWhileRevalidate: 60 };
  await cache.read(space, 'k', value('old'), options);
  clock.time += 20_000;
  const error = new Error('down');
  await cache.read(space, 'k', () => Promise.reject(error), options);
  await settle();
  expect(events.filter(({ name }) => name === 'onError')).toMatchObject([{ error, background: true, key: publicKey('test', 'k') }]);
  expect(await cache.read(space, 'k', value('new'), options)).toMatchObject({ value: 'old', state: 'stale' });
});

test('stale if error: the old value when loading fails, for as long as it says', async () => {
  const { cache, space, clock } = await makeCache();
  const options = { ttl: 10, staleIfError: 60 };
  const fail = () => Promise.reject(new Error('down'));
  await cache.read(space, 'k', value('old'), options);
  clock.time += 69_999;
  expect(await cache.read(space, 'k', fail, options)).toMatchObject({ value: 'old', state: 'stale', age: 69.999 });
  clock.time += 1;
  await expect(cache.read(space, 'k', fail, options)).rejects.toThrow('down');
});

test('errorTtl remembers a failure', async () => {
  const { cache, space, clock } = await makeCache();
  const options = { errorTtl: 5 };
  await expect(cache.read(space, 'k', () => Promise.reject(new Error('one')), options)).rejects.toThrow('one');
  await expect(cache.read(space, 'k', never, options)).rejects.toThrow('one');
  clock.time += 5_000;
  expect(await cache.read(space, 'k', value(1), options)).toMatchObject({ value: 1, state: 'miss' });
});

test('an abort rejects its caller with its reason; the load goes on for the others and stops when all have left', async () => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const first = new AbortController();
  const second = new AbortController();
  const a = cache.read(space, 'k', load, { signal: first.signal });
  const b = cache.read(space, 'k', load, { signal: second.signal });
  first.abort(new Error('first left'));
  await expect(a).rejects.toThrow('first left');
  expect(calls[0].signal.aborted).toBe(false);
  const c = cache.read(space, 'k', load);
  second.abort(new Error('second left'));
  await expect(b).rejects.toThrow('second left');
  expect(calls[0].signal.aborted).toBe(false);
  calls[0].resolve(1);
  expect(await c).toMatchObject({ value: 1, state: 'joined' });

  const alone = new AbortController();
  const d = cache.read(space, 'other', load, { signal: alone.signal });
  alone.abort(new Error('left'));
  await expect(d).rejects.toThrow('left');
  expect(calls[1].signal.aborted).toBe(true);
  expect(cache.stats()).toMatchObject({ loading: 0, entries: 1 });
  expect(await cache.read(space, 'other', value(2))).toMatchObject({ value: 2, state: 'miss' });
});

test.each(['clear', 'invalidate', 'forget', 'tag'])('%s during a load: its callers get the result, nothing is stored', async (how) => {
  const { cache, space } = await makeCache();
  const { load, calls } = makeLoad();
  const early = cache.read(space, 'k', load, { tags: ['t'] });
  if (how === 'clear') space.clear();
  else if (how === 'invalidate') space.invalidate();
  else if (how === 'forget') space.forget('k');
  else cache.invalidate({ tags: ['t'] });
  const late = cache.read(space, 'k', load, { tags: ['t'] });
  expect(calls.length).toBe(2);
  calls[0].resolve('before');
  expect(await early).toMatchObject({ value: 'before', state: 'miss' });
  expect(cache.peek(space, 'k')).toBeUndefined();
  calls[1].resolve('after');
  expect(await late).toMatchObject({ value: 'after', state: 'miss' });
  expect(cache.peek(space, 'k')).toMatchObject({ value: 'after' });
});

test('cache modes', async () => {
  const { cache, space } = await makeCache();
  await expect(cache.read(space, 'k', never, { cache: 'only-if-cached' })).rejects.toMatchObject({ code: 'ERR_CACHE_MISS' });
  await cache.read(space, 'k', value(1));
  expect(await cache.read(space, 'k', never, { cache: 'only-if-cached' })).toMatchObject({ value: 1, state: 'hit' });
  expect(await cache.read(space, 'k', value(2), { cache: 'no-store' })).toMatchObject({ value: 2, state: 'bypass' });
  expect(await cache.read(space, 'k', never)).toMatchObject({ value: 1 });
  expect(await cache.read(space, 'k', value(3), { cache: 'reload' })).toMatchObject({ value: 3, state: 'miss' });
  expect(await cache.read(space, 'k', never)).toMatchObject({ value: 3, state: 'hit' });
  await expect(cache.read(space, 'k', never, /** @type {any} */ ({ cache: 'force-cache' }))).rejects.toThrow(/cache: must be one of/);
});

test('maxEntries: the least recently used one goes', async () => {
  const { cache, space, events } = await makeCache({ space: { maxEntries: 2 } });
  await cache.read(space, 'a', value(1));
  await cache.read(space, 'b', value(2));
  cache.peek(space, 'a');
  await cache.read(space, 'c', value(3));
  expect([...space.entries.keys()].sort()).toEqual(['a', 'c']);
  expect(events.filter(({ name }) => name === 'onEvict')).toMatchObject([{ key: publicKey('test', 'b'), reason: 'evicted' }]);
});

test('maxBytes: exact by byteLength, over all spaces', async () => {
  const { cache, space } = await makeCache({ defaults: { maxBytes: 2_000 } });
  const other = cache.space('other');
  await cache.read(space, 'a', value(new Uint8Array(600)));
  await cache.read(other, 'b', value(new Uint8Array(600)));
  await cache.read(space, 'c', value(new Uint8Array(600)));
  expect(cache.stats()).toMatchObject({ entries: 3, bytes: 1_800 });
  await cache.read(other, 'd', value(new Uint8Array(600)));
  expect(cache.stats()).toMatchObject({ entries: 3, bytes: 1_800, evicted: 1 });
  expect(cache.peek(space, 'a')).toBeUndefined();
  await cache.read(other, 'e', value(new Uint8Array(2_001)));
  expect(cache.stats()).toMatchObject({ entries: 3, bytes: 1_800 });
});

test('expired results free their memory on any use of the cache', async () => {
  const { cache, space, clock } = await makeCache();
  for (let i = 0; i < 1_000; i++) await cache.read(space, `k${i}`, value(i), { ttl: 1 + (i % 100) });
  await cache.read(space, 'stays', value(0));
  clock.time += 101_000;
  cache.peek(space, 'stays');
  expect(cache.stats()).toMatchObject({ entries: 1, expired: 1_000 });
  expect(space.entries.size).toBe(1);
});

test('soft invalidation keeps what may be served stale, hard does not', async () => {
  const { cache, space } = await makeCache();
  const options = { staleWhileRevalidate: 60, tags: ['t'] };
  await cache.read(space, 'k', value(1), options);
  await cache.read(space, 'plain', value(1), { tags: ['t'] });
  space.invalidate({ tags: ['t'] });
  expect(cache.stats()).toMatchObject({ entries: 1 });
  expect(await cache.read(space, 'k', value(2), options)).toMatchObject({ value: 1, state: 'stale' });
  await settle();
  expect(await cache.read(space, 'k', never, options)).toMatchObject({ value: 2, state: 'hit' });
  space.invalidate({ tags: ['t'], hard: true });
  expect(cache.stats()).toMatchObject({ entries: 0 });
  expect(await cache.read(space, 'k', value(3), options)).toMatchObject({ value: 3, state: 'miss' });
});

test('tags that are known only when the value is there', async () => {
  const { cache, space } = await makeCache();
  const options = { tags: (/** @type {string} */ table) => [table] };
  await cache.read(space, 'k', value('pets'), options);
  space.invalidate({ tags: ['owners'] });
  expect(cache.peek(space, 'k')).toBeDefined();
  space.invalidate({ tags: ['pets'] });
  expect(cache.peek(space, 'k')).toBeUndefined();

  const { load, calls } = makeLoad();
  const early = cache.read(space, 'k', load, options);
  space.invalidate({ tags: ['pets'] });
  const late = cache.read(space, 'k', load, options);
  expect(calls.length).toBe(2); // The running load might name that tag: not joined,
  calls[0].resolve('pets');
  await early;
  expect(cache.peek(space, 'k')).toBeUndefined(); // and it did: not stored.
  calls[1].resolve('pets');
  await late;
  expect(cache.peek(space, 'k')).toMatchObject({ value: 'pets' });
});

test('jitter takes a random part off the ttl', async () => {
  const { cache, space, clock } = await makeCache();
  await cache.read(space, 'k', value(1), { ttl: 100, jitter: 0.2 });
  clock.time += 89_999;
  expect(cache.peek(space, 'k')).toBeDefined();
  clock.time += 1;
  expect(cache.peek(space, 'k')).toBeUndefined();
});

test('onRelease is called once for each value, on every path', async () => {
  /** @type {unknown[]} */
  const released = [];
  const { cache, space, clock } = await makeCache({
    space: { maxEntries: 2, onRelease: (/** @type {any} */ value, /** @type {string} */ reason) => released.push([value, reason]) },
  });
  await cache.read(space, 'a', value('evicted'));
  await cache.read(space, 'b', value('replaced'));
  await cache.read(space, 'c', value('expired'), { ttl: 1 });
  await cache.read(space, 'b', value('forgotten'), { cache: 'reload' });
  clock.time += 1_000;
  cache.sweep();
  space.forget('b');
  await cache.read(space, 'd', value('tagged'), { tags: ['t'] });
  space.invalidate({ tags: ['t'], hard: true });
  await cache.read(space, 'e', value('cleared'));
  space.clear();
  await cache.read(space, 'f', value('closed'));
  cache.close();
  expect(released).toEqual([
    ['evicted', 'evicted'], ['replaced', 'replaced'], ['expired', 'expired'], ['forgotten', 'invalidated'],
    ['tagged', 'invalidated'], ['cleared', 'cleared'], ['closed', 'closed'],
  ]);
});

test('flightScope request: a load is shared within one request only', async () => {
  const { cache, space } = await makeCache({ flightScope: 'request' });
  const { load, calls } = makeLoad();
  const [one, two] = [{}, {}];
  const reads = [one, one, two, undefined, undefined].map((scope) => cache.read(space, 'k', load, { scope }));
  expect(calls.length).toBe(4);
  calls.forEach(({ resolve }, i) => resolve(i));
  expect((await Promise.all(reads)).map(({ value: v, state }) => [v, state])).toEqual([
    [0, 'miss'], [0, 'joined'], [1, 'miss'], [2, 'miss'], [3, 'miss'],
  ]);
  expect(cache.peek(space, 'k')).toMatchObject({ value: 3 });
});

test('a closed space loads without storing', async () => {
  const { cache, space } = await makeCache();
  await cache.read(space, 'k', value(1));
  space.close();
  expect(await cache.read(space, 'k', value(2))).toMatchObject({ value: 2, state: 'miss' });
  expect(cache.stats()).toMatchObject({ entries: 0, spaces: 0 });
});

test('maxEntries of a call bounds the results of that statement; all else of the space is untouched', async () => {
  const { cache, space } = await makeCache();
  const pets = internText('select * from pets where id = ?');
  await cache.read(space, 'other', value(0));
  for (let i = 0; i < 5; i++) await cache.read(space, statementKey(pets, [i]), value(i), { maxEntries: 2 });
  expect(space.stats().entries).toBe(3);
  expect(cache.peek(space, statementKey(pets, [4]))).toMatchObject({ value: 4 });
  expect(cache.peek(space, statementKey(pets, [2]))).toBeUndefined();
  for (const verb of ['get', 'list']) for (let i = 0; i < 5; i++) await cache.read(space, encodeKey([verb, i]), value(i), { maxEntries: 1 });
  expect(space.stats().entries).toBe(5);
  space.invalidate();
  expect(space.stats()).toEqual({ entries: 0, bytes: 0 });
  expect(space.groups.size).toBe(0);
  await cache.read(space, encodeKey(['get', 1]), value(1), { maxEntries: 1 });
  space.close();
  expect(cache.stats()).toMatchObject({ entries: 0 });
  expect(() => space.policyOf({ maxEntries: 0 })).toThrow(/maxEntries: must be a whole number of at least 1/);
});

test('maxEntries as a default of the instance bounds each space', async () => {
  const { cache, space } = await makeCache({ defaults: { maxEntries: 1 } });
  const wide = cache.space('wide', { maxEntries: 3 });
  for (let i = 0; i < 5; i++) {
    await cache.read(space, `k${i}`, value(i));
    await cache.read(wide, `k${i}`, value(i));
  }
  expect([space.stats().entries, wide.stats().entries]).toEqual([1, 3]);
});

test('a waitUntil that throws fails nobody', async () => {
  const waitUntil = () => {
    throw new Error('no request');
  };
  const { cache, space, clock, events } = await makeCache({ waitUntil, defaults: { persist: new Map() } });
  const options = { ttl: 1, staleWhileRevalidate: 10 };
  expect(await cache.read(space, 'k', async () => 1, options)).toMatchObject({ value: 1, state: 'miss' });
  clock.time += 2_000;
  expect(await cache.read(space, 'k', async () => 2, options)).toMatchObject({ value: 1, state: 'stale' });
  await settle();
  while (cache.peek(space, 'k', options) === undefined) await settle();
  expect(events.filter(({ name }) => name === 'onError')).toContainEqual(expect.objectContaining({ phase: 'waitUntil' }));
});
