/**
 * Type http against a server that misbehaves: what is tried again, how long is waited, what the errors say, where redirects lead.
 */
import { expect, test } from '@jest/globals';
import { connectTo, failureOf, serveFaults } from './http-helpers.js';

test.each(['/reset', '/cut', '/cut-chunked', '/too-long', '/truncated-gzip'])('%s: what breaks off is tried again', async (path) => {
  const server = await serveFaults();
  const { conn, clock } = await connectTo(server);
  expect(await conn.get(path)).toEqual({ count: 3 });
  expect(clock.pauses).toEqual([125, 250]);
});

test('what breaks off each time is ERR_CONNECTION_FAILED, after three attempts', async () => {
  const server = await serveFaults();
  /** @type {unknown[]} */
  const resets = [];
  const { conn } = await connectTo(server, {}, { hooks: { onReset: (event) => resets.push(event) } });
  const error = await failureOf(conn.get('always-reset'));
  expect(error).toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true, attempts: 3, connection: 'api', phase: 'get', url: `${server.url}/always-reset` });
  expect(server.take()).toHaveLength(3);
  expect(error.message).toMatch(/reached nobody after 3 attempts/);
  expect(resets).toEqual([]); // There was no connection to lose.
});

test('a server that is not there', async () => {
  const server = await serveFaults();
  await server.close();
  const { conn } = await connectTo(server, { retry: false });
  expect(await failureOf(conn.get('ok'))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true, attempts: 1 });
});

test('Retry-After in seconds and as a date is what is waited, and a little more', async () => {
  const server = await serveFaults();
  const { conn, clock } = await connectTo(server);
  expect(await conn.get('429-seconds')).toEqual({ count: 3 });
  expect(clock.pauses.every((pause) => pause >= 2000 && pause <= 2250)).toBe(true);
  clock.pauses.length = 0;
  clock.time = 1_700_000_000_000;
  expect(await conn.get('503-date')).toEqual({ count: 3 });
  expect(clock.pauses[0]).toBeGreaterThanOrEqual(5000);
});

test('a longer Retry-After than maxPause ends it: the error says how long', async () => {
  const server = await serveFaults({ '/later': (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end() });
  const { conn, clock } = await connectTo(server);
  expect(await failureOf(conn.get('later'))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 429, retryAfter: 3600, attempts: 1 });
  expect(clock.pauses).toEqual([]);
});

test('a pause that would end after the timeout is not begun', async () => {
  const server = await serveFaults({ '/later': (_, response) => response.writeHead(503, { 'retry-after': '20' }).end() });
  const { conn, clock } = await connectTo(server);
  expect(await failureOf(conn.get('later', { timeout: 10 }))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 503, retryAfter: 20 });
  expect(clock.pauses).toEqual([]);
});

test('retry: how often, which statuses, how long at most', async () => {
  const server = await serveFaults();
  const { conn, clock } = await connectTo(server, { retry: { attempts: 4, firstPause: '1s', maxPause: 1.5 } });
  expect(await failureOf(conn.get('503'))).toMatchObject({ status: 503, attempts: 4, body: 'busy' });
  expect(clock.pauses).toEqual([500, 750, 750]);
  server.take();
  expect(await failureOf(conn.get('503', { retry: false }))).toMatchObject({ attempts: 1 });
  expect(await failureOf(conn.get('503', { retry: 2 }))).toMatchObject({ attempts: 2 });
  expect(await failureOf(conn.get('503', { retry: { statuses: [500] } }))).toMatchObject({ attempts: 1 });
  await expect(conn.get('503', { retry: /** @type {any} */ ({ times: 3 }) })).rejects.toThrow(/retry has no option "times"/);
});

test.each(/** @type {const} */ ([
  ['401', 'ERR_AUTH', 401],
  ['403', 'ERR_AUTH', 403],
  ['nothing', 'ERR_NOT_FOUND', 404],
  ['501', 'ERR_HTTP_STATUS', 501],
  ['500', 'ERR_HTTP_STATUS', 500],
]))('%s is %s', async (path, code, status) => {
  const server = await serveFaults();
  const { conn } = await connectTo(server, { retry: false });
  const error = await failureOf(conn.get(path));
  expect(error).toMatchObject({ code, status, url: `${server.url}/${path}`, method: 'GET', connection: 'api', phase: 'get' });
  expect(error.message).not.toContain('<h1>');
});

test('timeouts: a head that stalls, a body that stalls; of the call and of the connection', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server, { timeout: '40ms' });
  for (const path of ['stalled', 'slow-body']) {
    expect(await failureOf(conn.get(path, { timeout: '30ms' }))).toMatchObject({ code: 'ERR_TIMEOUT', timeout: 30, url: `${server.url}/${path}`, connection: 'api', phase: 'get' });
    expect(await failureOf(conn.get(path))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(await failureOf(conn.request(path, { timeout: '30ms' }).then((response) => response.text()))).toMatchObject({ code: 'ERR_TIMEOUT' });
  }
});

test('an abort rejects with its reason, wherever the call is', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  for (const path of ['stalled', 'slow-body', 'huge']) {
    const reason = new Error('enough');
    const controller = new AbortController();
    const call = failureOf(conn.get(path, { signal: controller.signal, onProgress: () => controller.abort(reason) }));
    if (path === 'stalled') setImmediate(() => controller.abort(reason));
    expect(await call).toBe(reason);
  }
  await expect(conn.get('ok', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
});

test('maxBytes ends an answer that does not end', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server, { maxBytes: '1MB' });
  expect(await failureOf(conn.get('huge'))).toMatchObject({ code: 'ERR_LIMIT', limit: 1024 ** 2 });
  expect(await failureOf(conn.get('huge', { maxBytes: 1000 }))).toMatchObject({ limit: 1000 });
  expect(await failureOf(conn.get('ok', { maxBytes: 3 }))).toMatchObject({ code: 'ERR_LIMIT', limit: 3 });
  expect(await conn.get('ok', { maxBytes: 100 })).toEqual({ count: 2 });
});

test('progress: what is there, of how much', async () => {
  const text = 'x'.repeat(200_000);
  const server = await serveFaults({ '/big': (_, response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': text.length }).end(text) });
  const { conn } = await connectTo(server);
  /** @type {any[]} */
  const steps = [];
  expect(await conn.get('big', { onProgress: (step) => steps.push(step) })).toBe(text);
  expect(steps.at(-1)).toEqual({ loaded: 200_000, total: 200_000 });
  expect(steps.every(({ loaded }, i) => i === 0 || loaded > steps[i - 1].loaded)).toBe(true);
});

test('redirects: followed, counted, and turned into GET as fetch does', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  expect(await conn.get('redirect', { params: { to: '/ok' } })).toEqual({ count: 1 });
  expect(await failureOf(conn.get('loop'))).toMatchObject({ code: 'ERR_LIMIT' });
  expect(server.take().filter((line) => line === 'GET /loop')).toHaveLength(11);
  for (const [status, method, body] of /** @type {const} */ ([[302, 'GET', ''], [303, 'GET', ''], [307, 'POST', '{"a":1}'], [308, 'POST', '{"a":1}']])) {
    const response = await conn.request('redirect', { method: 'POST', params: { to: '/echo', status }, body: { a: 1 } });
    expect(await response.json()).toMatchObject({ method, body });
    expect(response.url).toBe(`${server.url}/echo`);
  }
  expect(await failureOf(conn.get('redirect', { params: { to: 'ftp://files.test/' } }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
});

test.each([
  ['bearer', { auth: { type: 'bearer', token: 'long-lived-token' } }],
  ['basic', { auth: { type: 'basic', username: 'me', password: 'long-lived-token' } }],
  ['api-key', { auth: { type: 'api-key', name: 'x-own-key', value: 'long-lived-token' } }],
  ['a key in the query', { auth: { type: 'api-key', name: 'own', value: 'long-lived-token', in: 'query' } }],
  ['a header', { headers: { 'x-my-header': 'long-lived-token', cookie: 'session=long-lived-token' } }],
])('credentials never follow a redirect to another origin: %s', async (_what, config) => {
  const server = await serveFaults();
  const { conn } = await connectTo(server, config);
  const encoded = Buffer.from('me:long-lived-token').toString('base64');
  const sent = (/** @type {any} */ seen) => JSON.stringify(seen).includes('long-lived-token') || JSON.stringify(seen).includes(encoded);
  // Away, and back again: that does not bring them back either.
  await conn.get('redirect', { params: { to: `${server.other}/redirect?to=${server.url}/echo` } });
  expect(server.seen.map((one) => [one.path.split('?')[0], sent(one)])).toEqual([['/redirect', true], ['/redirect', false], ['/echo', false]]);
  server.seen.length = 0;
  await conn.get('redirect', { params: { to: '/echo' } });
  expect(server.seen.map(sent)).toEqual([true, true]);
});

test('writes are not sent twice, unless that does no harm', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  expect(await failureOf(conn.request('always-reset', { method: 'POST', body: 'x' }))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', attempts: 1 });
  expect(await failureOf(conn.request('503', { method: 'PATCH', body: 'x' }))).toMatchObject({ attempts: 1 });
  expect(await failureOf(conn.request('503', { method: 'PUT', body: 'x' }))).toMatchObject({ attempts: 3 });
  expect(await failureOf(conn.request('503', { method: 'DELETE' }))).toMatchObject({ attempts: 3 });
  expect(await failureOf(conn.request('503', { method: 'POST', body: 'x', repeatable: true }))).toMatchObject({ attempts: 3 });
  const stream = new Blob(['streamed']).stream();
  expect(await failureOf(conn.request('503', { method: 'PUT', body: stream }))).toMatchObject({ attempts: 1 });
});

test('a body that is cut off behind request()', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  const response = await conn.request('cut');
  expect(response.status).toBe(200);
  expect(await failureOf(response.text())).toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true, connection: 'api' });
});

test('closing the connection ends what is under way', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  const call = failureOf(conn.get('stalled'));
  await conn.request('ok');
  await conn.close();
  expect(await call).toMatchObject({ code: 'ERR_CLOSED' });
  expect(await failureOf(conn.get('ok'))).toMatchObject({ code: 'ERR_CLOSED' });
});

test('a timeout that the call does not say itself ends with the head of the answer', async () => {
  let end = () => {};
  const server = await serveFaults({
    '/long': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('one');
      end = () => response.end(' two');
    },
  });
  const { conn } = await connectTo(server, { timeout: '50ms' });
  const response = await conn.request('long');
  expect(await failureOf(conn.request('stalled'))).toMatchObject({ code: 'ERR_TIMEOUT' }); // By then the time is over.
  end();
  expect(await response.text()).toBe('one two');
});
