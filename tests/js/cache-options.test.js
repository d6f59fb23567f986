/**
 * Options of cached results: what is not an option, or not a value for one, is said at once, by its name.
 */
import { expect, test } from '@jest/globals';
import { cacheData } from '../../js/cache/data.js';
import { cacheResource } from '../../js/cache/resources.js';
import { makeHawser } from './connection-helpers.js';
import { makeCache } from './cache-helpers.js';

/** @param {() => unknown} work @returns {Promise<any>} */
const errorOf = async (work) => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each(/** @type {[string, unknown][]} */ ([
  ...['ttl', 'staleWhileRevalidate', 'staleIfError', 'errorTtl'].flatMap((name) => [NaN, '10', '', 'soon', null, true, {}, 10n].map((value) => [name, value])),
  ...[-0.1, 1.1, NaN, '0.5', null].map((value) => ['jitter', value]),
  ...[0, -1, 1.5, NaN, '5', null].map((value) => ['maxEntries', value]),
  ...[0, -1, NaN, '5', 'many', '5 parsecs', null].map((value) => ['maxBytes', value]),
  ...['a', [1], [''], {}, null].map((value) => ['tags', value]),
  ...['none', 5, null].map((value) => ['cache', value]),
  ...[{}, 5, 'map', () => {}].map((value) => ['persist', value]),
  ['sizeOf', 5],
]))('%s: %p is refused by name, wherever it is given', async (name, value) => {
  const { cache, space } = await makeCache();
  const ways = [
    () => cache.space('of its own', { defaults: { [name]: value } }),
    () => cacheData(cache, () => 1, { [name]: value, name: 'n' }),
    () => cache.read(space, 'k', async () => 1, { [name]: value }),
    () => cacheData(cache, () => 1, {}).with({ [name]: value }),
    () => makeHawser({ cache: { [name]: value } }),
  ];
  for (const way of ways) {
    const error = await errorOf(way);
    expect([`${way}`, error?.name]).toEqual([`${way}`, expect.stringMatching(/^(TypeError|RangeError)$/)]);
    expect(error.message).toContain(name);
  }
  expect(cache.stats().entries).toBe(0);
});

test('an option that there is not is named, with those that there are', async () => {
  const { cache, space } = await makeCache();
  const ways = [
    () => makeHawser({ cache: /** @type {any} */ ({ tll: '10m' }) }),
    () => cacheData(cache, () => 1, /** @type {any} */ ({ tll: '10m' })),
    () => cacheResource(cache, () => 1, /** @type {any} */ ({ tll: '10m' })),
    () => cacheData(cache, () => 1).with(/** @type {any} */ ({ tll: '10m' })),
    () => space.invalidate(/** @type {any} */ ({ tll: ['a'] })),
    () => cacheData(cache, () => 1).invalidate(/** @type {any} */ ({ tll: ['a'] })),
    () => cache.invalidate(/** @type {any} */ ({ tll: ['a'] })),
  ];
  for (const way of ways) expect(await errorOf(way)).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/no option "tll"; there (is|are): .*t/) });
});

test('a misspelt tag option invalidates nothing', async () => {
  const { cache, space } = await makeCache();
  await cache.read(space, 'k', async () => 1, { tags: ['t'] });
  for (const options of [{ tag: ['t'] }, { tags: 't' }, { tags: [5] }, { tags: null }, { hard: 'no' }, null, 't']) {
    expect((await errorOf(() => space.invalidate(/** @type {any} */ (options))))?.name).toBe('TypeError');
    expect((await errorOf(() => cache.invalidate(/** @type {any} */ (options))))?.name).toBe('TypeError');
  }
  expect(cache.peek(space, 'k')).toBeDefined();
});

test('the cache options of a connection: those of its section and of its call', async () => {
  const { hawser } = makeHawser({ secrets: [{ toml: '[connections.a]\nurl = "sqlite://"\ncache = { tll = "10m" }' }] });
  expect(await errorOf(() => hawser.connection('a'))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'a', message: expect.stringContaining('tll') });
  const { hawser: other } = makeHawser({ secrets: [{ toml: '[connections.a]\nurl = "sqlite://"\ncache = { ttl = "10" }' }] });
  expect(await errorOf(() => other.connection('a'))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'a', message: expect.stringContaining('ttl') });
  expect(await errorOf(() => makeHawser().hawser.connection('a', { url: 'sqlite://', cache: { tll: 1 } }))).toMatchObject({ message: expect.stringContaining('tll') });
});
