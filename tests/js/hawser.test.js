/**
 * createHawser and the default instance.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { errorOf, makeClass, makeHawser, settle } from './connection-helpers.js';

test.each(/** @type {[any, RegExp][]} */ ([
  [null, /options must be an object/],
  ['x', /options must be an object/],
  [{ secret: [] }, /has no option "secret"; there are: secrets, merge/],
  [{ secrets: {} }, /secrets must be/],
  [{ merge: 'both' }, /merge must be/],
  [{ cache: 7 }, /cache must be/],
  [{ cache: { ttl: '12' } }, /ttl/],
  [{ cache: { maxBytes: -1 } }, /maxBytes/],
  [{ clock: {} }, /clock must have/],
  [{ clock: null }, /clock must have/],
  [{ random: 1 }, /random must be/],
  [{ fetch: 1 }, /fetch must be/],
  [{ waitUntil: {} }, /waitUntil must be/],
  [{ hooks: null }, /hooks must be/],
  [{ hooks: { onFoo() {} } }, /no hook "onFoo"/],
  [{ hooks: { onHit: 1 } }, /Hook onHit must be/],
  [{ flightScope: 'all' }, /flightScope/],
  [{ salt: '' }, /salt must be/],
]))('options are checked: %p', (options, message) => {
  expect(() => createHawser(options)).toThrow(message);
  try {
    createHawser(options);
  } catch (error) {
    expect(['TypeError', 'RangeError']).toContain(/** @type {Error} */ (error).name);
  }
});

test('instances share nothing', async () => {
  const { Counted } = makeClass();
  const one = makeHawser({ secrets: [{ values: { word: 'one', connections: { a: { type: 'mine' } } } }] }).hawser;
  const two = makeHawser({ secrets: [{ values: { word: 'two' } }] }).hawser;
  one.registerType('mine', Counted);
  const conn = await one.connection('a');
  expect(await two.connection('a', { type: Counted })).not.toBe(conn);
  expect(await errorOf(two.connection('a'))).toMatchObject({ code: 'ERR_SECRET_MISSING' });
  expect([one.secrets.get('word'), two.secrets.get('word')]).toEqual(['one', 'two']);
  const fn = (/** @type {number} */ n) => ({ n });
  const [first, second] = [one.cacheData(fn), two.cacheData(fn)];
  expect(first).not.toBe(second);
  expect(await first(1)).not.toBe(await second(1));
  await conn.read('x');
  const { entries } = one.stats();
  two.cache.clear();
  expect([one.stats().entries, two.stats().entries]).toEqual([entries, 0]);
  await two.close();
  expect(await conn.read('x')).toBe('x of 1');
  expect(one.stats()).toMatchObject({ connections: 1, entries, hits: 1 });
});

test('stats', async () => {
  const { Counted } = makeClass();
  const { hawser } = makeHawser();
  expect(hawser.stats()).toMatchObject({ connections: 0, entries: 0, hits: 0, misses: 0 });
  const conn = await hawser.connection('a', { type: Counted });
  for (const what of ['x', 'x', 'y']) await conn.read(what);
  expect(hawser.stats()).toMatchObject({ connections: 1, entries: 2, hits: 1, misses: 2 });
});

test('hooks: given at the start, added and taken away; what they throw goes to onError', async () => {
  const { Counted } = makeClass();
  /** @type {string[]} */
  const seen = [];
  const { hawser } = makeHawser({ hooks: { onConnect: ({ connection }) => seen.push(`connect ${connection}`), onReset: undefined } });
  const off = hawser.on('onConnect', () => {
    throw new Error('hook');
  });
  hawser.on('onError', ({ error, phase }) => seen.push(`${phase}: ${error.message}`));
  const conn = await hawser.connection('a', { type: Counted });
  await conn.raw();
  off();
  await conn.reset();
  await conn.raw();
  expect(seen).toEqual(['connect a', 'hook onConnect: hook', 'connect a']);
  expect(() => hawser.on(/** @type {any} */ ('onFoo'), () => {})).toThrow('There is no hook "onFoo"');
});

test('close: everything is closed and forgotten, and says so', async () => {
  const { Counted, ended } = makeClass();
  const { hawser } = makeHawser();
  const conn = await hawser.connection('a', { type: Counted });
  await conn.read('x');
  /** @type {any[]} */
  const released = [];
  await hawser.cacheResource(() => 'thing', { onRelease: (thing) => released.push(thing) })();
  const closing = hawser.close();
  expect(hawser.close()).toBe(closing);
  await closing;
  expect([ended, released, hawser.stats().entries, hawser.stats().connections]).toEqual([[1], ['thing'], 0, 0]);
  for (const use of [() => hawser.connection('a'), async () => hawser.cacheData(() => 1), async () => hawser.cacheResource(() => 1), async () => hawser.request()]) {
    expect(await errorOf(use)).toMatchObject({ code: 'ERR_CLOSED', message: 'This instance of Hawser is closed.' });
  }
});

test('close while a connection is being made: nothing stays behind', async () => {
  const { Counted } = makeClass();
  const { hawser } = makeHawser();
  const making = errorOf(hawser.connection('a', { type: Counted }));
  await hawser.close();
  expect(await making).toMatchObject({ code: 'ERR_CLOSED', connection: 'a' });
  await settle();
  expect(hawser.stats().connections).toBe(0);
});

test('the default instance is made when it is first used', async () => {
  const index = new URL('../../js/index.js', import.meta.url).href;
  const folder = fileURLToPath(new URL('../../', import.meta.url));
  // Secrets that are malformed would be noticed by anything that reads them.
  const program = `
    process.env.HAWSER_SECRETS_TOML = 'malformed =';
    const { connection, hawser, secrets, cacheData, cacheResource, BaseConnection } = await import(${JSON.stringify(index)});
    process.env.HAWSER_SECRETS_TOML = '[connections.a]\\nuser = "Ada"\\n[other]\\nword = 1';
    class C extends BaseConnection { async connect(config) { return config; } }
    const conn = await connection('a', { type: C });
    const out = [(await conn.raw()).user, secrets.other.word, hawser.secrets.get('other.word')];
    out.push((await hawser.connection('a', { type: C })) === conn, hawser.stats().connections);
    out.push(await cacheData((n) => n + 1)(1), await cacheResource(() => 'r')());
    await hawser.close();
    console.log(JSON.stringify(out));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual(['Ada', 1, 1, true, 1, 2, 'r']);
});
