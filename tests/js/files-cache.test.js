/**
 * What a files connection caches: revalidation by etag, invalidation by writes, lists, ranges of one version.
 */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { GoogleStorageDouble } from '../servers/google_storage.js';
import { makeGate, makeHawser } from './connection-helpers.js';
import { all, failure } from './store-contract.js';

const google = await new GoogleStorageDouble().start();
google.endpoint.tokens.set('token', { email: 'robot@hawser.example', scopes: [], expires: Infinity });
afterAll(() => google.stop());

/** @type {Map<string, import('../servers/google_storage.js').Stored>} */
let bucket;
let generation = 1000n;

/** Somebody else writes. @param {string} name @param {string | Uint8Array} content @param {string} [contentType] */
const put = (name, content, contentType = 'application/octet-stream') =>
  void bucket.set(name, { bytes: Buffer.from(content), contentType, generation: (generation += 1n), updated: new Date() });

beforeEach(() => {
  bucket = new Map();
  google.buckets.set('data', bucket);
  google.log.length = 0;
});

/** What was asked since the last time, as method and status. */
const asked = () => google.log.splice(0).map(({ method, status }) => `${method} ${status}`);

/** @param {Record<string, any>} [more] @param {Record<string, any>} [options] Of createHawser. */
async function connect(more, options) {
  const made = makeHawser(options);
  const conn = await made.hawser.connection('lake', { type: 'gcs', bucket: 'data', endpoint: google.url, token: async () => 'token', ...more });
  return { ...made, conn };
}

describe('read', () => {
  test('tags that are no list are refused', async () => {
    const { conn } = await connect();
    await expect(conn.read('pets.csv', { tags: 'all' })).rejects.toThrow(TypeError);
    await expect(conn.read('pets.csv', { tags: 'all' })).rejects.toThrow('tags: must be a list of texts');
    expect(asked()).toEqual([]);
  });

  test('from the cache while it is fresh; then asked whether it has changed', async () => {
    const { conn, clock } = await connect();
    put('pets.csv', 'name\nRex\n');
    const first = await conn.read('pets.csv', { ttl: 60 });
    expect(first.cache.state).toBe('miss');
    const second = await conn.read('pets.csv', { ttl: 60 });
    expect(second.cache.state).toBe('hit');
    expect(asked()).toEqual(['GET 200']);
    clock.time += 61_000;
    const third = await conn.read('pets.csv', { ttl: 60 });
    expect(third.cache).toMatchObject({ state: 'miss', age: 0 });
    expect(third.toArray()).toEqual([{ name: 'Rex' }]);
    expect(asked()).toEqual(['GET 304']);
    clock.time += 59_000;
    expect((await conn.read('pets.csv', { ttl: 60 })).cache).toMatchObject({ state: 'hit', age: 59 });
    put('pets.csv', 'name\nTweety\n');
    clock.time += 2_000;
    expect((await conn.read('pets.csv', { ttl: 60 })).toArray()).toEqual([{ name: 'Tweety' }]);
    expect(asked()).toEqual(['GET 200']);
  });

  test('a very short ttl asks each time, and is answered without a body; 0 reads all of it each time', async () => {
    const { conn, clock } = await connect();
    put('a.json', '{"a":1}');
    for (let i = 0; i < 3; i++, clock.time += 1) expect(await conn.read('a.json', { ttl: '1ms' })).toEqual({ a: 1 });
    expect(asked()).toEqual(['GET 200', 'GET 304', 'GET 304']);
    await conn.read('a.json', { ttl: 0 });
    expect(asked()).toEqual(['GET 200']);
  });

  test('reload asks for all of it; only-if-cached for nothing', async () => {
    const { conn } = await connect();
    put('a.txt', 'one');
    expect(await failure(conn.read('a.txt', { cache: 'only-if-cached' }))).toMatchObject({ code: 'ERR_CACHE_MISS' });
    await conn.read('a.txt');
    await conn.read('a.txt', { cache: 'reload' });
    await conn.read('a.txt', { cache: 'no-store' });
    expect(asked()).toEqual(['GET 200', 'GET 200', 'GET 200']);
  });

  test('many at a time are one request', async () => {
    const { conn } = await connect();
    put('a.txt', 'one');
    expect(await Promise.all([1, 2, 3].map(() => conn.read('a.txt')))).toEqual(['one', 'one', 'one']);
    expect(asked()).toEqual(['GET 200']);
  });

  test('how it is read is part of what is cached; how it is named is not', async () => {
    const { conn } = await connect();
    put('a.csv', 'n\n1\n');
    expect((await conn.read('a.csv')).at(0)).toEqual({ n: 1 });
    expect((await conn.read('a.csv', { types: { n: 'string' } })).at(0)).toEqual({ n: '1' });
    expect(await conn.read('a.csv', { format: 'text' })).toBe('n\n1\n');
    expect(asked()).toHaveLength(3);
    expect((await conn.read('gs://data/a.csv')).cache.state).toBe('hit');
    expect(asked()).toEqual([]);
  });

  test('values are frozen, bytes are everybody\'s own', async () => {
    const { conn } = await connect();
    put('a.json', '{"a":{"b":[1]}}');
    put('a.bin', Uint8Array.of(1, 2));
    const value = await conn.read('a.json');
    expect(Object.isFrozen(value.a.b)).toBe(true);
    expect(await conn.read('a.json')).toBe(value);
    const bytes = await conn.read('a.bin');
    bytes[0] = 9;
    expect([...(await conn.read('a.bin'))]).toEqual([1, 2]);
  });

  test('JSON is a value, and a Table when something is said of its records', async () => {
    const { conn } = await connect();
    put('a.json', '{"items":[{"n":1},{"n":2}]}');
    expect(await conn.read('a.json')).toEqual({ items: [{ n: 1 }, { n: 2 }] });
    expect((await conn.read('a.json', { records: 'items' })).toArray()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('the suffix says the format, then the content type; nothing at all is an error', async () => {
    const { conn } = await connect();
    put('a.csv', 'n\n1\n', 'application/json');
    put('noname', '{"a":1}', 'application/json; charset=utf-8');
    put('unknown', 'x', 'application/x-unknown');
    put('latin.txt', Uint8Array.of(0xe4), 'text/plain; charset=iso-8859-1');
    expect((await conn.read('a.csv')).at(0)).toEqual({ n: 1 });
    expect(await conn.read('noname')).toEqual({ a: 1 });
    expect(await failure(conn.read('unknown'))).toBeInstanceOf(TypeError);
    expect(await conn.read('unknown', { format: 'text' })).toBe('x');
    expect(await conn.read('latin.txt')).toBe('ä');
  });

  test('failures are not cached; a stale result is served when asked for', async () => {
    const { conn, clock } = await connect();
    expect(await failure(conn.read('a.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND', connection: 'lake', phase: 'read', path: 'a.txt' });
    put('a.txt', 'one');
    expect(await conn.read('a.txt', { ttl: 1, staleIfError: 60 })).toBe('one');
    bucket.delete('a.txt');
    clock.time += 2_000;
    expect(await conn.read('a.txt', { ttl: 1, staleIfError: 60 })).toBe('one');
    clock.time += 60_000;
    expect(await failure(conn.read('a.txt', { ttl: 1, staleIfError: 60 }))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  test('an answer that comes too late, and one that is given up', async () => {
    const gate = makeGate();
    const slow = /** @type {typeof fetch} */ (async (url, init) => {
      await Promise.race([gate.promise, new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))]);
      return fetch(url, init);
    });
    const { conn } = await connect({}, { fetch: slow });
    put('a.txt', 'one');
    expect(await failure(conn.read('a.txt', { timeout: '20ms' }))).toMatchObject({ code: 'ERR_TIMEOUT' });
    const controller = new AbortController();
    const reading = failure(conn.read('a.txt', { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await reading).message).toBe('enough');
    gate.open();
    expect(await conn.read('a.txt')).toBe('one');
  });

  test('is kept in a storage, and renewed from there', async () => {
    const storage = new Map();
    put('a.txt', 'one');
    const secrets = [{ values: { connections: { lake: { type: 'gcs', bucket: 'data', endpoint: google.url, token: 'token' } } } }];
    const make = () => makeHawser({ secrets, cache: { persist: storage, ttl: 60 }, salt: 'shared by both' });
    const one = make();
    expect(await (await one.hawser.connection('lake')).read('a.txt')).toBe('one');
    await one.hawser.close();
    const two = make();
    two.clock.time += 61_000;
    expect(asked()).toEqual(['GET 200']);
    expect(await (await two.hawser.connection('lake')).read('a.txt')).toBe('one');
    expect(asked()).toEqual(['GET 304']);
  });
});

describe('writes', () => {
  test('make stale what was read of that path, and lists; nothing else', async () => {
    const { conn } = await connect();
    await conn.write('a.txt', 'one');
    put('b.txt', 'b');
    expect([await conn.read('a.txt'), await conn.read('b.txt')]).toEqual(['one', 'b']);
    expect(await all(conn.list('', { ttl: 60 }))).toHaveLength(2);
    asked();
    await conn.write('gs://data/a.txt', 'two');
    expect([await conn.read('a.txt'), await conn.read('b.txt')]).toEqual(['two', 'b']);
    await all(conn.list('', { ttl: 60 }));
    expect(asked()).toEqual(['POST 200', 'GET 200', 'GET 200']);
    await conn.delete('a.txt');
    expect(await failure(conn.read('a.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(await all(conn.list('', { ttl: 60 }))).toHaveLength(1);
  });

  test('that failed may have been done', async () => {
    const { conn } = await connect({}, {
      fetch: /** @type {typeof fetch} */ (async (url, init) => {
        const response = await fetch(url, init);
        return init?.method === 'POST' ? new Response('gone', { status: 400 }) : response;
      }),
    });
    put('a.txt', 'one');
    await conn.read('a.txt');
    expect(await failure(conn.write('a.txt', 'two'))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 400 });
    expect(await conn.read('a.txt')).toBe('two');
  });

  test('may say what else is stale, or that nothing is', async () => {
    const { conn } = await connect();
    put('a.txt', 'one');
    put('b.txt', 'one');
    await conn.read('a.txt', { tags: ['all'] });
    await conn.read('b.txt', { tags: () => ['all'] });
    put('b.txt', 'two');
    await conn.write('a.txt', 'two', { invalidates: ['all'] });
    expect([await conn.read('a.txt'), await conn.read('b.txt')]).toEqual(['two', 'two']);
    await conn.write('a.txt', 'three', { invalidates: false });
    expect(await conn.read('a.txt')).toBe('two');
  });

  test('while a read is under way leave nothing old in the cache', async () => {
    const gate = makeGate();
    let hold = true;
    const { conn } = await connect({}, {
      fetch: /** @type {typeof fetch} */ (async (url, init) => {
        const response = await fetch(url, init);
        if (hold && init?.method === 'GET') {
          hold = false;
          await gate.promise;
        }
        return response;
      }),
    });
    put('a.txt', 'one');
    const reading = conn.read('a.txt');
    while (hold) await new Promise((resolve) => setImmediate(resolve));
    await conn.write('a.txt', 'two');
    gate.open();
    expect(await reading).toBe('one');
    expect(await conn.read('a.txt')).toBe('two');
  });
});

describe('lists', () => {
  test('are asked for each time, and cached when there is a ttl', async () => {
    const { conn, clock } = await connect();
    for (const name of ['a', 'b', 'c', 'd']) put(name, name);
    for (let i = 0; i < 2; i++) expect(await all(conn.list())).toHaveLength(4);
    expect(asked()).toHaveLength(4);
    for (let i = 0; i < 2; i++) {
      const entries = /** @type {any[]} */ (await all(conn.list('', { ttl: 60 })));
      expect(entries.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd']);
      expect(Object.prototype.toString.call(entries[0].lastModified)).toBe('[object Date]');
      entries[0].path = 'changed';
      entries[0].lastModified.setTime(0);
    }
    expect(asked()).toHaveLength(2);
    clock.time += 61_000;
    await all(conn.list('', { ttl: 60 }));
    expect(asked()).toHaveLength(2);
  });

  test('are not gone through further than somebody wants', async () => {
    const { conn } = await connect();
    for (let i = 0; i < 10; i++) put(`${i}`, 'x');
    for await (const entry of conn.list()) if (entry) break;
    expect(asked()).toHaveLength(1);
    await conn.close();
    expect(await failure(all(conn.list()))).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('parts', () => {
  /** @param {number} count */
  const parquet = (count) =>
    new Uint8Array(parquetWriteBuffer({
      rowGroupSize: 1000,
      columnData: [
        { name: 'n', data: Array.from({ length: count }, (_, i) => i), type: 'INT32' },
        { name: 'text', data: Array.from({ length: count }, (_, i) => `row ${i} of many, which differ`), type: 'STRING' },
      ],
    }));

  test('of Parquet: a few rows move a small part of it, all of one version', async () => {
    const { conn, clock } = await connect();
    const bytes = parquet(50_000);
    put('big.parquet', bytes);
    const table = await conn.read('big.parquet', { limit: 3, ttl: 1 });
    expect(table.toArray()).toEqual([0, 1, 2].map((n) => ({ n, text: `row ${n} of many, which differ` })));
    const parts = google.log.splice(0).filter(({ path }) => path.includes('/o/'));
    expect(parts[0].headers.range).toBe('bytes=-65536');
    for (const { headers, query } of parts.slice(1)) {
      expect(headers.range).toMatch(/^bytes=\d+-\d+$/);
      expect(query.get('ifGenerationMatch')).toMatch(/^\d+$/);
    }
    expect(parts.length).toBeLessThan(6);
    expect(bytes.byteLength).toBeGreaterThan(400_000);
    clock.time += 1000;
    expect((await conn.read('big.parquet', { limit: 3, ttl: 1 })).length).toBe(3);
    expect(asked()).toEqual(['GET 304']);
  });

  test('of a small one: one request', async () => {
    const { conn } = await connect();
    put('small.parquet', parquet(10));
    expect(await conn.read('small.parquet')).toHaveLength(10);
    expect(asked()).toEqual(['GET 206']);
  });

  test('of a file that changes while it is read do not mix', async () => {
    let reads = 0;
    const { conn } = await connect({}, {
      fetch: /** @type {typeof fetch} */ (async (url, init) => {
        if (new Headers(init?.headers).has('range') && reads++ === 1) put('big.parquet', parquet(40_000));
        return fetch(url, init);
      }),
    });
    put('big.parquet', parquet(50_000));
    expect(await failure(conn.read('big.parquet', { limit: 3 }))).toMatchObject({ changed: true, status: 412, connection: 'lake' });
    expect((await conn.read('big.parquet', { limit: 3 })).length).toBe(3);
  });

  test('of a stream, in constant memory, ended when nobody wants more', async () => {
    const { conn } = await connect();
    put('rows.csv', `n\n${Array.from({ length: 20_000 }, (_, i) => i).join('\n')}\n`);
    let rows = 0;
    for await (const table of conn.stream('rows.csv', { batchSize: 1000 })) {
      rows += table.length;
      if (rows >= 2000) break;
    }
    expect(rows).toBe(2000);
    put('part.parquet', parquet(5000));
    let sum = 0;
    for await (const table of conn.stream('part.parquet')) sum += table.length;
    expect(sum).toBe(5000);
  });
});
