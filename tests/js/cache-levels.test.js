/**
 * Every option of cached results holds for one call, for one connection (or cached function), and as a default of the instance;
 * the nearest one wins.
 */
import { describe, expect, test } from '@jest/globals';
import { BaseConnection } from '../../js/index.js';
import { makeHawser, settle } from './connection-helpers.js';

class Numbers extends BaseConnection {
  loads = 0;
  /** @type {Error | undefined} */
  failure;

  async connect() {
    return {};
  }

  /** @param {number} n @param {any} [options] @returns {Promise<number>} */
  async read(n, options) {
    return this.cached('read', [n], async () => {
      if (this.failure) throw this.failure;
      return ++this.loads;
    }, options);
  }
}

/** Where an option is given. */
const LEVELS = /** @type {const} */ (['call', 'connection', 'instance']);

/** @param {typeof LEVELS[number]} level @param {any} options @param {any} [others] On the levels above, to lose against it. */
async function make(level, options, others) {
  const at = (/** @type {string} */ here) => (level === here ? options : LEVELS.indexOf(level) < LEVELS.indexOf(/** @type {any} */ (here)) ? others : undefined);
  const { hawser, clock } = makeHawser({ random: () => 0.5, salt: 'a salt', cache: at('instance') ?? {} });
  const cache = at('connection');
  const conn = await hawser.connection('numbers', { type: Numbers, ...(cache && { cache }) });
  const read = (/** @type {number} */ n = 0, /** @type {any} */ more = {}) => conn.read(n, { ...at('call'), ...more });
  return { hawser, clock, conn, read };
}

describe.each(LEVELS)('given for the %s', (level) => {
  test('ttl', async () => {
    const { clock, conn, read } = await make(level, { ttl: 10 }, { ttl: 1 });
    await read();
    clock.time += 9_999;
    await read();
    expect(conn.loads).toBe(1);
    clock.time += 1;
    await read();
    expect(conn.loads).toBe(2);
  });

  test('staleWhileRevalidate', async () => {
    const { clock, conn, read } = await make(level, { ttl: 1, staleWhileRevalidate: 10 }, { ttl: 1, staleWhileRevalidate: 1 });
    await read();
    clock.time += 5_000;
    expect(await read()).toBe(1);
    await settle();
    expect([await read(), conn.loads]).toEqual([2, 2]);
  });

  test('staleIfError', async () => {
    const { clock, conn, read } = await make(level, { ttl: 1, staleIfError: 10 }, { staleIfError: 1 });
    await read();
    conn.failure = new Error('down');
    clock.time += 10_999;
    expect(await read()).toBe(1);
    clock.time += 1;
    await expect(read()).rejects.toThrow('down');
  });

  test('errorTtl', async () => {
    const { clock, conn, read } = await make(level, { errorTtl: 10 }, { errorTtl: 1 });
    conn.failure = new Error('down');
    await expect(read()).rejects.toThrow('down');
    conn.failure = undefined;
    clock.time += 9_999;
    await expect(read()).rejects.toThrow('down');
    clock.time += 1;
    expect(await read()).toBe(1);
  });

  test('jitter', async () => {
    const { clock, conn, read } = await make(level, { ttl: 10, jitter: 0.2 }, { jitter: 0 });
    await read();
    clock.time += 8_999;
    await read();
    expect(conn.loads).toBe(1);
    clock.time += 1; // 10 s less half of a fifth.
    await read();
    expect(conn.loads).toBe(2);
  });

  test('maxEntries', async () => {
    const { conn, read } = await make(level, { maxEntries: 2 }, { maxEntries: 1 });
    for (const n of [1, 2, 3]) await read(n);
    expect(conn.cache.stats().entries).toBe(2);
    await read(3);
    await read(2);
    expect(conn.loads).toBe(3);
  });

  test('maxBytes', async () => {
    const { conn, read } = await make(level, level === 'call' ? { maxBytes: 1 } : { maxBytes: 300 });
    for (const n of [1, 2]) await read(n); // About 270 bytes are charged for each.
    expect(conn.cache.stats().entries).toBe(level === 'call' ? 0 : 1);
  });

  test('tags', async () => {
    const { conn, read } = await make(level, { tags: ['near'] }, { tags: ['far'] });
    await read();
    conn.cache.invalidate({ tags: ['far'], hard: true });
    await read();
    expect(conn.loads).toBe(1);
    conn.cache.invalidate({ tags: ['near'], hard: true });
    await read();
    expect(conn.loads).toBe(2);
  });

  test('tags of queries, beside those of the tables', async () => {
    const options = { tags: ['near'] };
    const { hawser } = makeHawser(level === 'instance' ? { cache: options } : {});
    const conn = await hawser.connection('db', { url: 'sqlite://', ...(level === 'connection' && { cache: options }) });
    await conn.execute('create table t (a)');
    const state = async () => (await conn.query('select * from t', level === 'call' ? options : {})).cache?.state;
    expect([await state(), await state()]).toEqual(['miss', 'hit']);
    conn.cache.invalidate({ tags: ['near'], hard: true });
    expect([await state(), await state()]).toEqual(['miss', 'hit']);
    await conn.execute('insert into t values (1)');
    expect(await state()).toBe('miss');
  });

  test('cache', async () => {
    const { conn, read } = await make(level, { cache: 'reload' }, { cache: 'only-if-cached' });
    await read();
    await read();
    expect([conn.loads, await read(0, { cache: 'default' })]).toEqual([2, 2]);
  });

  test('sizeOf', async () => {
    const { conn, read } = await make(level, { sizeOf: () => 5_000 }, { sizeOf: () => 1 });
    await read();
    expect(conn.cache.stats().bytes).toBe(5_000);
  });

  test('persist', async () => {
    const [near, far] = [new Map(), new Map()];
    const { hawser, clock, read } = await make(level, { persist: near }, { persist: far });
    await read();
    await hawser.close();
    expect([near.size, far.size]).toEqual([1, 0]);
    const again = await make(level, { persist: near }, { persist: far });
    again.clock.time = clock.time;
    again.conn.loads = 10;
    expect(await again.read()).toBe(1);
  });
});

test('null takes a storage away again', async () => {
  const persist = new Map();
  const { hawser, read } = await make('instance', { persist });
  await read(0, { persist: null });
  await hawser.close();
  expect(persist.size).toBe(0);
});

test('invalidates: of a call, of a connection', async () => {
  const { hawser } = makeHawser();
  const conn = await hawser.connection('db', { url: 'sqlite://', invalidates: false });
  await conn.execute('create table t (a)');
  const state = async () => (await conn.query('select * from t')).cache?.state;
  await state();
  await conn.execute('insert into t values (1)');
  expect(await state()).toBe('hit');
  await conn.execute('insert into t values (1)', { invalidates: [] });
  expect(await state()).toBe('miss');
});
