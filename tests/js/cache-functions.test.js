import { expect, jest, test } from '@jest/globals';
import { cacheData } from '../../js/cache/data.js';
import { cacheResource } from '../../js/cache/resources.js';
import { Table } from '../../js/table/table.js';
import { makeCache, settle } from './cache-helpers.js';

test('sync and async functions are called once for equal arguments', async () => {
  const { cache } = await makeCache();
  const add = jest.fn((/** @type {number} */ a, /** @type {number} */ b) => a + b);
  const cached = cacheData(cache, add);
  expect([await cached(1, 2), await cached(1, 2), await cached(2, 1)]).toEqual([3, 3, 3]);
  expect(add).toHaveBeenCalledTimes(2);
  const later = jest.fn(async (/** @type {{ a?: number, b?: number }} */ options) => options);
  const cachedLater = cacheData(cache, later);
  await Promise.all([cachedLater({ a: 1, b: 2 }), cachedLater({ b: 2, a: 1 })]);
  expect(later).toHaveBeenCalledTimes(1);
});

test('two functions never share results, whatever their names and source texts', async () => {
  const { cache } = await makeCache();
  const make = (/** @type {number} */ n) => cacheData(cache, () => n);
  const [one, two] = [make(1), make(2)];
  expect([await one(), await two()]).toEqual([1, 2]);
});

test('the same function with the same options is cached once, with others apart', async () => {
  const { cache } = await makeCache();
  const fn = () => 1;
  expect(cacheData(cache, fn, { ttl: 5 })).toBe(cacheData(cache, fn, { ttl: 5 }));
  expect(cacheData(cache, fn, { ttl: 5 })).not.toBe(cacheData(cache, fn));
});

test('generators are refused by name', async () => {
  const { cache } = await makeCache();
  expect(() => cacheData(cache, function* numbers() {})).toThrow(/numbers is a generator function/);
  expect(() => cacheResource(cache, async function* events() {})).toThrow(/events is a generator function/);
  expect(() => cacheData(cache, /** @type {any} */ ('text'))).toThrow(TypeError);
});

test('plain data is frozen and shared; nobody can change what the next one gets, nor can the function itself', async () => {
  const { cache } = await makeCache();
  const own = { rows: [{ n: 1 }] };
  const cached = cacheData(cache, () => own);
  const first = await cached();
  expect(() => {
    first.rows[0].n = 2;
  }).toThrow(TypeError);
  own.rows[0].n = 3;
  own.rows.push({ n: 4 });
  expect(await cached()).toEqual({ rows: [{ n: 1 }] });
  expect(await cached()).toBe(first);
});

test('what cannot be frozen is cloned for every reader', async () => {
  const { cache } = await makeCache();
  const cached = cacheData(cache, () => ({ at: new Date(0), seen: new Map([['a', new Uint8Array([1])]]) }));
  const first = await cached();
  first.at.setTime(5);
  first.seen.clear();
  const second = await cached();
  expect(second.at.getTime()).toBe(0);
  expect([...second.seen.get('a')]).toEqual([1]);
});

test('cycles and shared parts keep their shape', async () => {
  const { cache } = await makeCache();
  /** @type {any} */
  const loop = { name: 'loop', both: [{}, {}] };
  loop.self = loop;
  loop.both[1] = loop.both[0];
  const copy = await cacheData(cache, () => loop)();
  expect(copy.self).toBe(copy);
  expect(copy.both[0]).toBe(copy.both[1]);
  expect(Object.isFrozen(copy.both[0])).toBe(true);
});

test('a Table is shared as it is', async () => {
  const { cache } = await makeCache();
  const table = Table.from([{ n: 1 }]);
  expect(await cacheData(cache, () => table)()).toBe(table);
  expect((await cacheData(cache, () => ({ table }))()).table).toBe(table);
});

test.each([
  ['a function', () => ({ a: [() => 1] }), /a function \(at a\[0\]\)/],
  ['an instance', () => new (class Thing {})(), /class Thing/],
  ['an iterator', () => [1].values(), /Array Iterator|class/],
  ['a promise inside', () => ({ p: Promise.resolve() }), /class Promise/],
])('%s cannot be kept, and the error says where', async (_name, fn, message) => {
  const { cache } = await makeCache();
  await expect(cacheData(cache, fn)()).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringMatching(message) });
});

test.each([null, undefined, 0, '', NaN, 1n, false])('%p is cached like any other value', async (value) => {
  const { cache } = await makeCache();
  const fn = jest.fn(() => value);
  const cached = cacheData(cache, fn);
  expect([await cached(), await cached()]).toEqual([value, value]);
  expect(fn).toHaveBeenCalledTimes(1);
});

test('clear all, clear one call, invalidate, warm', async () => {
  const { cache } = await makeCache();
  const fn = jest.fn((/** @type {number} */ n) => n);
  const cached = cacheData(cache, fn, { tags: ['t'] });
  await cached.warm(1);
  await cached.warm(2);
  await cached(1);
  expect(fn).toHaveBeenCalledTimes(2);
  cached.clear(1);
  await cached(2);
  expect(fn).toHaveBeenCalledTimes(2);
  await cached(1);
  expect(fn).toHaveBeenCalledTimes(3);
  cached.invalidate({ tags: ['t'] });
  expect(cached.stats()).toEqual({ entries: 0, bytes: 0 });
  await cached(1);
  cached.clear();
  expect(cached.stats().entries).toBe(0);
});

test('a method: this counts by identity; clear(args) clears that call of every object', async () => {
  const { cache } = await makeCache();
  const calls = jest.fn();
  class Shop {
    /** @param {string} name */
    constructor(name) {
      this.name = name;
    }
    price = cacheData(cache, priceOf);
  }
  /** @this {Shop} @param {number} item */
  function priceOf(item) {
    calls();
    return `${this.name} ${item}`;
  }
  const [a, b] = [new Shop('a'), new Shop('b')];
  expect([await a.price(1), await b.price(1), await a.price(1), await a.price(2)]).toEqual(['a 1', 'b 1', 'a 1', 'a 2']);
  expect(calls).toHaveBeenCalledTimes(3);
  a.price.clear(1);
  await a.price(2);
  expect(calls).toHaveBeenCalledTimes(3);
  await a.price(1);
  await b.price(1);
  expect(calls).toHaveBeenCalledTimes(5);
});

test('keyIgnore and key say what the result depends on', async () => {
  const { cache } = await makeCache();
  const fn = jest.fn((/** @type {any[]} */ ..._args) => 1);
  const ignoring = cacheData(cache, fn, { keyIgnore: [0, 'log'] });
  await ignoring(() => 1, { id: 1, log: console.log });
  await ignoring(() => 2, { id: 1 });
  expect(fn).toHaveBeenCalledTimes(1);
  await ignoring(() => 2, { id: 2 });
  expect(fn).toHaveBeenCalledTimes(2);
  const keyed = cacheData(cache, fn, { key: (/** @type {{ id: number }} */ user) => user.id });
  await keyed({ id: 1, at: new (class Secret {})() });
  await keyed({ id: 1 });
  expect(fn).toHaveBeenCalledTimes(3);
  await expect(cacheData(cache, fn)(() => 1)).rejects.toMatchObject({ code: 'ERR_CACHE_KEY', path: '[0]' });
  expect(() => cacheData(cache, fn, { keyIgnore: /** @type {any} */ ('log') })).toThrow(/keyIgnore/);
});

test('tags may depend on the value and the arguments', async () => {
  const { cache } = await makeCache();
  const fn = jest.fn((/** @type {number} */ id) => ({ id, team: 'red' }));
  const cached = cacheData(cache, fn, { tags: ({ team }, id) => [team, `user:${id}`] });
  await cached(1);
  await cached(2);
  cached.invalidate({ tags: ['user:1'] });
  await cached(1);
  await cached(2);
  expect(fn).toHaveBeenCalledTimes(3);
  cache.invalidate({ tags: ['red'] });
  await cached(2);
  expect(fn).toHaveBeenCalledTimes(4);
});

test('options for one call', async () => {
  const { cache } = await makeCache();
  const fn = jest.fn(() => 1);
  const cached = cacheData(cache, fn);
  await cached.with({ ttl: 0 })();
  await cached.with({ cache: 'reload' })();
  await cached();
  expect(fn).toHaveBeenCalledTimes(2);
  await expect(cached.with({ signal: AbortSignal.abort(new Error('left')) })()).rejects.toThrow('left');
  expect(() => cached.with({ ttl: '10' })).toThrow(/ttl: "10" has no unit/);
});

test('a resource is shared by reference and released once', async () => {
  const { cache } = await makeCache();
  /** @type {any[]} */
  const released = [];
  const open = cacheResource(cache, (/** @type {string} */ name) => ({ name }), {
    maxEntries: 1,
    onRelease: ({ name }, reason) => released.push([name, reason]),
  });
  const a = await open('a');
  expect(await open('a')).toBe(a);
  await open('b');
  open.clear('b');
  open.clear('b');
  await open('c');
  cache.close();
  expect(released).toEqual([['a', 'evicted'], ['b', 'invalidated'], ['c', 'closed']]);
});

test('validate: an unfit resource is released and made anew, once for all who found it unfit', async () => {
  const { cache } = await makeCache();
  let made = 0;
  const released = jest.fn();
  const open = cacheResource(cache, () => ({ number: ++made, fit: true }), {
    validate: (resource) => resource.fit,
    onRelease: (resource) => released(resource.number),
  });
  const first = await open();
  expect(await open()).toBe(first);
  first.fit = false;
  const [second, same] = await Promise.all([open(), open()]);
  expect(second).toBe(same);
  expect(second.number).toBe(2);
  expect(released.mock.calls).toEqual([[1]]);
});

test('what onRelease throws goes to the hook', async () => {
  const { cache, events } = await makeCache();
  const open = cacheResource(cache, (/** @type {boolean} */ later) => ({ later }), {
    onRelease: ({ later }) => {
      if (later) return Promise.reject(new Error('later'));
      throw new Error('at once');
    },
  });
  await open(true);
  await open(false);
  open.clear();
  await settle();
  const errors = events.filter(({ name }) => name === 'onError').map(({ error, phase }) => [error.message, phase]);
  expect(errors.sort()).toEqual([['at once', 'release'], ['later', 'release']]);
});

test('onRelease may use the cache', async () => {
  const { cache } = await makeCache();
  /** @type {Promise<unknown>[]} */
  const again = [];
  const open = cacheResource(cache, (/** @type {number} */ n) => ({ n }), {
    maxEntries: 2,
    onRelease: ({ n }) => again.length < 20 && again.push(open(n + 10)),
  });
  for (let n = 0; n < 5; n++) await open(n);
  await Promise.all(again);
  expect(open.stats().entries).toBe(2);
});

test('memory that threads share is no copy: it is refused', async () => {
  const { cache } = await makeCache();
  const shared = cacheData(cache, () => ({ bytes: new Uint8Array(new SharedArrayBuffer(4)) }));
  await expect(shared()).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED', path: 'bytes' });
});

test('a property byteLength of plain data is data, and says nothing of its size', async () => {
  const { cache, space } = await makeCache();
  await cache.read(space, 'k', async () => ({ byteLength: 1, text: 'x'.repeat(10_000) }));
  expect(cache.stats().bytes).toBeGreaterThan(20_000);
});

test('what key() throws reaches the caller, and nothing is called', async () => {
  const { cache } = await makeCache();
  const fn = jest.fn(() => 1);
  const failing = cacheData(cache, fn, {
    key: () => {
      throw new TypeError('no key');
    },
  });
  await expect(failing()).rejects.toThrow(TypeError);
  expect([fn.mock.calls.length, cache.stats().entries]).toEqual([0, 0]);
});

test('a function that asks for its own result waits for itself, until its caller leaves', async () => {
  const { cache } = await makeCache();
  const controller = new AbortController();
  /** @type {any} */
  const fn = cacheData(cache, (/** @type {number} */ n) => (n > 0 ? fn(0) : fn(n)));
  const waiting = fn.with({ signal: controller.signal })(0).catch((/** @type {unknown} */ error) => error);
  await settle();
  expect(cache.stats()).toMatchObject({ loading: 1, joined: 1 });
  controller.abort('enough');
  expect(await waiting).toBe('enough');
});

test('a slow validate holds up nobody but its caller', async () => {
  const { cache } = await makeCache();
  /** @type {(() => void)[]} */
  const asked = [];
  const make = cacheResource(cache, (/** @type {number} */ n) => ({ n }), { validate: () => new Promise((resolve) => asked.push(() => resolve(true))) });
  const one = await make(1);
  const again = make(1);
  const other = await make(2);
  const both = make(1);
  await settle();
  expect([other.n, asked.length]).toEqual([2, 2]);
  asked[1]();
  expect(await both).toBe(one);
  asked[0]();
  expect(await again).toBe(one);
});

test('ttl 0: each call makes a resource, which belongs to its caller', async () => {
  const { cache } = await makeCache();
  const onRelease = jest.fn();
  const make = cacheResource(cache, () => ({}), { ttl: 0, onRelease });
  expect(await make()).not.toBe(await make());
  cache.close();
  expect(onRelease).not.toHaveBeenCalled();
});

test.each([
  ['Generator', () => (function* () {})()], // prettier-ignore
  ['AsyncGenerator', () => (async function* () {})()],
  ['Array Iterator', () => [1][Symbol.iterator]()],
  ['Map Iterator', async () => new Map().keys()],
])('an object of class %s can be read only once: refused, as data and as a resource', async (kind, make) => {
  const { cache } = await makeCache();
  for (const fn of [cacheData(cache, make), cacheResource(cache, make)]) {
    await expect(fn()).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining(`class ${kind}`) });
  }
  expect(cache.stats().entries).toBe(0);
});
