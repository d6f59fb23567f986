// What the private cache does with what the core decides: storing, serving, renewing, bounds, races. Against a server made of
// functions, with a clock that only the test moves.
import { describe, expect, test } from '@jest/globals';
import { PrivateCache, cacheState } from '../../js/http/private_cache.js';

const URL_A = 'https://h.example/a';
const start = Date.UTC(2023, 10, 14, 22, 13, 20);

/**
 * @param {(request: { url: string, method: string, headers: Headers, count: number, signal?: AbortSignal | null }) => Response | Promise<Response>} answer
 * @param {ConstructorParameters<typeof PrivateCache>[0]} [options]
 */
function serve(answer, options) {
  const clock = { time: start, now: () => clock.time };
  /** @type {{ url: string, method: string, headers: Headers }[]} */
  const seen = [];
  const cache = new PrivateCache({
    clock,
    fetch: async (input, init = {}) => {
      const request = { url: String(/** @type {any} */ (input).url ?? input), method: init.method ?? 'GET', headers: new Headers(init.headers), signal: init.signal };
      seen.push(request);
      return answer({ ...request, count: seen.length });
    },
    ...options,
  });
  /** @param {string} [url] @param {RequestInit} [init] */
  const get = async (url = URL_A, init) => {
    const response = await cache.fetch(url, init);
    return { response, text: await response.text(), state: cacheState(response), status: response.status, age: response.headers.get('age') };
  };
  return { cache, clock, seen, get };
}

/** @param {string} control @param {Record<string, string>} [more] */
const headers = (control, more) => ({ 'cache-control': control, date: new Date(start).toUTCString(), ...more });

test('serves what is fresh, with its age', async () => {
  const { get, clock, seen } = serve(({ count }) => new Response(`body ${count}`, { status: 203, statusText: 'Fine', headers: headers('max-age=60', { 'x-a': '1' }) }));
  expect(await get()).toMatchObject({ text: 'body 1', state: 'miss', age: null });
  clock.time += 30_900;
  const hit = await get(`${URL_A}#fragment`);
  expect(hit).toMatchObject({ text: 'body 1', state: 'hit', status: 203, age: '30' });
  expect(hit.response.statusText).toBe('Fine');
  expect(hit.response.headers.get('x-a')).toBe('1');
  expect(hit.response.url).toBe(URL_A);
  clock.time += 30_000;
  expect(await get()).toMatchObject({ text: 'body 2', state: 'miss' });
  expect(seen).toHaveLength(2);
});

test('renews by a 304, merging its headers', async () => {
  const { get, clock, seen } = serve(({ headers: sent }) =>
    sent.has('if-none-match')
      ? new Response(null, { status: 304, headers: headers('max-age=100', { etag: '"a"', 'x-b': '2', date: new Date(start + 60_000).toUTCString() }) })
      : new Response('body', { headers: headers('max-age=60', { etag: '"a"', 'x-a': '1' }) }),
  );
  await get();
  clock.time += 60_000;
  const renewed = await get();
  expect(renewed).toMatchObject({ text: 'body', state: 'renewed', status: 200, age: '0' });
  expect(seen[1].headers.get('if-none-match')).toBe('"a"');
  expect([...renewed.response.headers].filter(([name]) => name.startsWith('x-'))).toEqual([['x-a', '1'], ['x-b', '2']]);
  clock.time += 99_000;
  expect((await get()).state).toBe('hit');
});

test('asks again without conditions when a 304 is about something else', async () => {
  const { get, clock, seen } = serve(({ headers: sent, count }) =>
    sent.has('if-none-match') ? new Response(null, { status: 304, headers: { etag: '"b"' } }) : new Response(`body ${count}`, { headers: headers('max-age=60', { etag: '"a"' }) }),
  );
  await get();
  clock.time += 60_000;
  expect(await get()).toMatchObject({ text: 'body 3', state: 'miss' });
  expect(seen).toHaveLength(3);
});

test('renews in the background, once at a time, and not with the signal of the client', async () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const { get, clock, seen } = serve(async ({ count, signal }) => {
    if (count > 1) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    expect(count === 1 || signal === null).toBe(true);
    return new Response(`body ${count}`, { headers: { 'cache-control': 'max-age=60, stale-while-revalidate=60' } });
  });
  await get();
  clock.time += 70_000;
  const { signal } = new AbortController();
  expect(await get(URL_A, { signal })).toMatchObject({ text: 'body 1', state: 'stale', age: '70' });
  expect(await get()).toMatchObject({ text: 'body 1', state: 'stale' });
  expect(seen).toHaveLength(2);
  waiting[0]();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await get()).toMatchObject({ text: 'body 2', state: 'hit' });
});

test('sends again plainly what failed with its own headers, in browsers', async () => {
  const answer = (/** @type {any} */ { headers: sent, count }) => {
    if (sent.has('if-none-match') || sent.has('cache-control')) throw new TypeError('CORS');
    return new Response(`body ${count}`, { headers: headers('max-age=60', { etag: '"a"' }) });
  };
  const page = serve(answer, { plainly: true });
  await page.get();
  page.clock.time += 60_000;
  expect(await page.get()).toMatchObject({ text: 'body 3', state: 'miss' });
  expect(await page.get(URL_A, { cache: 'reload' })).toMatchObject({ text: 'body 5', state: 'miss' });
  await expect(page.get(URL_A, { headers: { 'cache-control': 'no-store' } })).rejects.toThrow('CORS');
  expect(page.seen).toHaveLength(6);
  const other = serve(answer);
  await other.get();
  other.clock.time += 60_000;
  await expect(other.get()).rejects.toThrow('CORS');
});

test('keeps one of two answers to the same request, the later one', async () => {
  const { cache, clock, get } = serve(({ count }) => new Response(`body ${count}`, { headers: headers('max-age=60') }));
  const early = await cache.fetch(URL_A);
  clock.time += 1000;
  const late = await cache.fetch(URL_A);
  await late.text();
  await early.text();
  expect(cache.size.entries).toBe(1);
  expect((await get()).text).toBe('body 2');
});

test('tells of failures in the background', async () => {
  /** @type {unknown[]} */
  const errors = [];
  const { get, clock } = serve(
    ({ count }) => {
      if (count > 1) throw new TypeError('unreachable');
      return new Response('body', { headers: headers('max-age=60, stale-while-revalidate=60') });
    },
    { onError: (error) => errors.push(error) },
  );
  await get();
  clock.time += 70_000;
  expect((await get()).state).toBe('stale');
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([expect.objectContaining({ message: 'unreachable' })]);
});

describe('when the server fails', () => {
  /** @param {string} control @param {ConstructorParameters<typeof PrivateCache>[0]} [options] */
  async function failing(control, options) {
    const server = serve(({ count }) => {
      if (count === 1) return new Response('body', { headers: headers(control) });
      if (count === 2) return new Response('sorry', { status: 503 });
      throw new TypeError('unreachable');
    }, options);
    await server.get();
    server.clock.time += 70_000;
    return server;
  }

  test('serves stale where that is allowed', async () => {
    const { get } = await failing('max-age=60, stale-if-error=60');
    expect(await get()).toMatchObject({ text: 'body', state: 'stale', age: '70' });
    expect(await get()).toMatchObject({ text: 'body', state: 'stale' });
  });

  test('by default does not', async () => {
    const { get } = await failing('max-age=60');
    expect(await get()).toMatchObject({ text: 'sorry', status: 503, state: 'bypass' });
    await expect(get()).rejects.toThrow('unreachable');
  });

  test('does when the program says so', async () => {
    const { get } = await failing('max-age=60', { staleIfError: 60_000 });
    expect(await get()).toMatchObject({ text: 'body', state: 'stale' });
  });

  test('must-revalidate is a 504, or fails', async () => {
    const { get } = await failing('max-age=60, must-revalidate, stale-if-error=60');
    expect(await get()).toMatchObject({ text: 'sorry' });
    expect(await get()).toMatchObject({ status: 504, text: '' });
    const other = await failing('max-age=60, must-revalidate', { unreachable: 'throw' });
    await other.get();
    await expect(other.get()).rejects.toThrow('unreachable');
  });

  test('an abort is an abort', async () => {
    const { get } = await failing('max-age=60, stale-if-error=60');
    await expect(get(URL_A, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

test('keeps variants apart, and users', async () => {
  const { get, seen } = serve(({ headers: sent }) => new Response(`${sent.get('accept')} ${sent.get('authorization')}`, { headers: headers('max-age=60', { vary: 'Accept' }) }));
  /** @param {string} accept @param {string} authorization */
  const ask = async (accept, authorization) => (await get(URL_A, { headers: { accept, authorization } })).text;
  for (const accept of ['a', 'b']) for (const user of ['x', 'y']) expect(await ask(accept, user)).toBe(`${accept} ${user}`);
  for (const accept of ['a', 'b']) for (const user of ['x', 'y']) expect(await ask(accept, user)).toBe(`${accept} ${user}`);
  expect(seen).toHaveLength(4);
});

test('answers HEAD, conditions and ranges from what is stored', async () => {
  const { get, seen } = serve(() => new Response('0123456789', { headers: headers('max-age=60', { etag: '"a"', 'content-type': 'text/plain' }) }));
  await get();
  expect(await get(URL_A, { method: 'HEAD' })).toMatchObject({ text: '', status: 200, state: 'hit' });
  const same = await get(URL_A, { headers: { 'if-none-match': '"a"' } });
  expect(same).toMatchObject({ text: '', status: 304 });
  expect(same.response.headers.get('content-type')).toBeNull();
  expect(same.response.headers.get('etag')).toBe('"a"');
  const part = await get(URL_A, { headers: { range: 'bytes=2-4' } });
  expect(part).toMatchObject({ text: '234', status: 206 });
  expect(part.response.headers.get('content-range')).toBe('bytes 2-4/10');
  expect(part.response.headers.get('content-length')).toBe('3');
  const none = await get(URL_A, { headers: { range: 'bytes=10-' } });
  expect(none).toMatchObject({ text: '', status: 416 });
  expect(none.response.headers.get('content-range')).toBe('bytes */10');
  expect(seen).toHaveLength(1);
});

test('does not keep parts, nor mix them up with the whole', async () => {
  const { get } = serve(({ headers: sent, count }) =>
    sent.has('range')
      ? new Response(`part ${count}`, { status: 206, headers: headers('max-age=60', { 'content-range': 'bytes 0-5/10' }) })
      : new Response(`whole ${count}`, { headers: headers('max-age=60') }),
  );
  expect((await get(URL_A, { headers: { range: 'bytes=0-5' } })).text).toBe('part 1');
  expect((await get()).text).toBe('whole 2');
  expect((await get(URL_A, { headers: { range: 'bytes=0-4' } })).text).toBe('whole');
});

describe('invalidation', () => {
  test('by unsafe methods, of what they name of the same origin', async () => {
    const { get, seen } = serve(({ method, url }) =>
      method === 'POST'
        ? new Response('ok', { status: 201, headers: { location: '/b', 'content-location': 'https://other.example/c' } })
        : new Response(url, { headers: headers('max-age=60') }),
    );
    const urls = [URL_A, 'https://h.example/b', 'https://other.example/c', 'https://h.example/d'];
    for (const url of urls) await get(url);
    await get(URL_A, { method: 'POST', body: 'x' });
    const states = [];
    for (const url of urls) states.push((await get(url)).state);
    expect(states).toEqual(['miss', 'miss', 'hit', 'hit']);
    expect(seen).toHaveLength(7);
  });

  test('not by those that failed', async () => {
    const { get } = serve(({ method }) => (method === 'DELETE' ? new Response('no', { status: 403 }) : new Response('body', { headers: headers('max-age=60') })));
    await get();
    await get(URL_A, { method: 'DELETE' });
    expect((await get()).state).toBe('hit');
  });

  test('of what was on its way meanwhile, too', async () => {
    const { cache, get } = serve(({ count, method }) => (method === 'PUT' ? new Response(null, { status: 204 }) : new Response(`body ${count}`, { headers: headers('max-age=60') })));
    const response = await cache.fetch(URL_A);
    await get(URL_A, { method: 'PUT', body: 'x' });
    expect(await response.text()).toBe('body 1');
    expect(await get()).toMatchObject({ text: 'body 3', state: 'miss' });
  });

  test('by the program', async () => {
    const { cache, get } = serve(() => new Response('body', { headers: headers('max-age=60') }));
    await get();
    await get('https://h.example/b');
    cache.delete(URL_A);
    expect((await get()).state).toBe('miss');
    expect((await get('https://h.example/b')).state).toBe('hit');
    cache.clear();
    expect(cache.size).toEqual({ entries: 0, bytes: 0 });
    expect((await get()).state).toBe('miss');
  });
});

test('keeps the answer to a POST that says that it is the resource', async () => {
  const { get } = serve(({ method }) => new Response(method, { headers: headers('max-age=60', { 'content-location': URL_A }) }));
  await get(URL_A, { method: 'POST', body: 'x' });
  expect(await get()).toMatchObject({ text: 'POST', state: 'hit' });
});

describe('modes of fetch', () => {
  test('are followed, and are not for the server', async () => {
    const { get, clock, seen } = serve(({ count }) => new Response(`body ${count}`, { headers: headers('max-age=60', { etag: `"${count}"` }) }));
    expect(await get(URL_A, { cache: 'only-if-cached' })).toMatchObject({ status: 504 });
    await get();
    expect(await get(URL_A, { cache: 'no-store' })).toMatchObject({ text: 'body 2', state: 'bypass' });
    expect(await get()).toMatchObject({ text: 'body 1', state: 'hit' });
    expect(await get(URL_A, { cache: 'no-cache' })).toMatchObject({ text: 'body 3', state: 'miss' });
    expect(seen[2].headers.get('cache-control')).toBe('max-age=0');
    expect(seen[2].headers.get('if-none-match')).toBe('"1"');
    expect(await get(URL_A, { cache: 'reload' })).toMatchObject({ text: 'body 4', state: 'miss' });
    expect(seen[3].headers.get('cache-control')).toBe('no-cache');
    expect(seen[3].headers.get('if-none-match')).toBeNull();
    clock.time += 600_000;
    expect(await get(URL_A, { cache: 'force-cache' })).toMatchObject({ text: 'body 4', state: 'stale', age: '600' });
    expect(await get(URL_A, { cache: 'only-if-cached' })).toMatchObject({ text: 'body 4', state: 'stale' });
    expect(await get(new Request(URL_A, { cache: 'no-store' }).url, { integrity: 'sha256-x' })).toMatchObject({ state: 'bypass' });
  });

  test('a Request is as good as its parts', async () => {
    const { cache, get, seen } = serve(({ headers: sent }) => new Response(sent.get('accept'), { headers: headers('max-age=60', { vary: 'accept' }) }));
    const response = await cache.fetch(new Request(URL_A, { headers: { accept: 'x' } }));
    expect(await response.text()).toBe('x');
    expect((await get(URL_A, { headers: { accept: 'x' } })).state).toBe('hit');
    expect(seen[0].url).toBe(URL_A);
    await expect(cache.fetch('/relative')).rejects.toThrow('Invalid URL');
  });
});

describe('bodies', () => {
  test('are kept once they have been read, as they were', async () => {
    const chunks = [new Uint8Array([1, 2]), new Uint8Array([3])];
    const { cache, get } = serve(() => new Response(new ReadableStream({
      pull: (controller) => (chunks.length > 0 ? controller.enqueue(chunks.shift()) : controller.close()),
    }), { headers: headers('max-age=60') }));
    const response = await cache.fetch(URL_A);
    expect(cache.size.entries).toBe(0);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) step.value.fill(9);
    expect(cache.size.entries).toBe(1);
    expect(new Uint8Array(await (await cache.fetch(URL_A)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    new Uint8Array(await (await cache.fetch(URL_A)).arrayBuffer()).fill(7);
    expect((await get()).text).toBe('\x01\x02\x03');
  });

  test('that break off or are cancelled are not', async () => {
    const { cache } = serve(({ count }) => new Response(new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      pull: (controller) => (count === 1 ? controller.error(new Error('broken off')) : undefined),
    }), { headers: headers('max-age=60') }));
    await expect((await cache.fetch(URL_A)).text()).rejects.toThrow('broken off');
    await (await cache.fetch(URL_A)).body?.cancel();
    expect(cache.size.entries).toBe(0);
  });

  test('that are large pass through', async () => {
    const { cache, get } = serve(({ url }) => new Response(url.endsWith('a') ? 'x'.repeat(1001) : 'y'.repeat(1000), { headers: headers('max-age=60') }), { maxEntryBytes: 1000 });
    expect((await get()).text).toHaveLength(1001);
    expect(cache.size.entries).toBe(0);
    await get('https://h.example/b');
    expect(cache.size.entries).toBe(1);
  });

  test('leave when there are too many, the least recently used first', async () => {
    const { cache, get } = serve(() => new Response('x'.repeat(1000), { headers: headers('max-age=60') }), { maxBytes: 10_000, maxEntryBytes: 5000 });
    await get('https://h.example/first');
    for (let i = 0; i < 20; i++) {
      await get(`https://h.example/${i}`);
      expect((await get('https://h.example/first')).state).toBe('hit');
      expect(cache.size.bytes).toBeLessThanOrEqual(10_000);
    }
    expect((await get('https://h.example/19')).state).toBe('hit');
    expect((await get('https://h.example/0')).state).toBe('miss');
  });
});

test('redirects are kept for those who handle them, and what others were led to is not', async () => {
  const { get } = serve(({ url, count }) => {
    if (url.endsWith('/moved')) return new Response(null, { status: 301, headers: headers('max-age=60', { location: '/a' }) });
    return Object.defineProperty(new Response(`body ${count}`, { headers: headers('max-age=60') }), 'redirected', { value: true });
  });
  await get('https://h.example/moved', { redirect: 'manual' });
  expect(await get('https://h.example/moved', { redirect: 'manual' })).toMatchObject({ status: 301, state: 'hit' });
  expect(await get('https://h.example/moved')).toMatchObject({ status: 301, state: 'miss' });
  await get();
  expect((await get()).state).toBe('bypass');
});

test('cacheState() knows nothing of others', () => {
  expect(cacheState(new Response())).toBeUndefined();
});
