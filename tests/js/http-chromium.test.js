/**
 * Type http from a page in Chromium, under a strict Content-Security-Policy: reads of another origin, what a page must not send, and
 * what its errors say where the browser says nothing.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { servePage } from '../browser/site.js';
import { json, startFaultServer } from '../servers/fault_server.js';
import { nobody } from '../servers/nobody.js';

/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let chromium;
/** @type {Awaited<ReturnType<typeof servePage>>} */
let site;
/** @type {Awaited<ReturnType<typeof startFaultServer>>} */
let server;
/** Does not let pages read. @type {Awaited<ReturnType<typeof startFaultServer>>} */
let closed;
/** Where nobody is. */
let dead = '';
/** @type {import('playwright-core').Page} */
let page;

/** @param {string} method @param {...any} args @returns {Promise<any>} */
const http = (method, ...args) => page.evaluate(([method, ...args]) => /** @type {any} */ (globalThis).http[method](...args), [method, ...args]);

if (!haveChromium()) test.skip('no Chromium on this machine', () => {});
else {
  beforeAll(async () => {
    server = await startFaultServer({
      '/pets': ({ headers }, response) => {
        if (headers['if-none-match'] === '"p"') response.writeHead(304, { etag: '"p"' }).end();
        else json(response, [{ id: 1 }, { id: 2 }], { etag: '"p"', 'cache-control': 'no-cache' });
      },
      '/rows': (_, response) => response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"id":1}\n{"id":2}\n'),
      '/list': ({ path }, response) => json(response, [{ path }], path.includes('2') ? {} : { link: '</list?2>; rel="next"' }),
      '/graphql': (_, response) => json(response, { data: { pets: ['Rex'] } }),
    });
    closed = await startFaultServer({}, { cors: false });
    dead = await nobody();
    const policy = `${CONTENT_SECURITY_POLICY}; connect-src 'self' ${server.url} ${server.other} ${closed.url} ${dead}`;
    site = await servePage(new URL('../browser/http_page.js', import.meta.url), undefined, /** @type {any} */ ({ headers: () => ({ 'Content-Security-Policy': policy }) }));
    chromium = await launchChromium();
    page = await chromium.newPage(site.url);
    await page.waitForFunction('globalThis.http');
  }, 60_000);
  afterEach(() => {
    // The browser says aloud what is refused; that is what these tests are about.
    chromium.problems.splice(0);
    server.seen.splice(0);
    closed.seen.splice(0);
  });
  afterAll(async () => {
    await chromium?.close();
    await Promise.all([site?.close(), server?.close(), closed?.close()]);
  });

  test('get, read, stream, pages, request, query and fetch on another origin', async () => {
    expect(await http('open', { url: server.url }, 'short-lived')).toEqual({ value: true });
    expect(await http('call', 'get', 'ok')).toEqual({ value: { count: expect.any(Number) } });
    expect(await http('call', 'read', 'pets')).toEqual({ value: { rows: [{ id: 1 }, { id: 2 }], cache: 'miss' } });
    expect(await http('all', 'stream', 'rows')).toEqual({ value: [[{ id: 1 }, { id: 2 }]] });
    expect(await http('all', 'pages', 'list')).toEqual({ value: [[{ path: '/list' }], [{ path: '/list?2' }]] });
    expect(await http('request', 'echo', { method: 'POST', body: { a: 1 } })).toMatchObject({ value: { body: '{"a":1}', headers: { authorization: 'Bearer short-lived' } } });
    expect(await http('call', 'query', '{ pets }', { path: 'graphql' })).toEqual({ value: { pets: ['Rex'] } });
    expect(await http('call', 'fetch', 'ok')).toEqual({ value: expect.stringMatching(/count/) });
    expect(await http('call', 'get', 'gzip')).toEqual({ value: { zipped: true } });
  });

  test('a 304 renews without leave for If-None-Match', async () => {
    await http('open', { url: server.url });
    await http('call', 'read', 'pets', { key: 'a' });
    expect(await http('call', 'read', 'pets', { key: 'a', cache: 'default' })).toMatchObject({ value: { cache: 'hit' } });
    server.seen.splice(0);
    await http('open', { url: server.url, cacheControl: true });
    await http('call', 'read', 'pets');
    expect(await http('call', 'read', 'pets')).toMatchObject({ value: { rows: [{ id: 1 }, { id: 2 }] } });
    const asked = server.seen.map(({ headers }) => headers['if-none-match']);
    expect(asked.at(-1)).toBe('"p"');
  });

  test('errors, repetitions, timeouts, aborts and limits', async () => {
    await http('open', { url: server.url, retry: { firstPause: 0.001 } });
    expect(await http('call', 'get', 'nothing')).toMatchObject({ error: { code: 'ERR_NOT_FOUND', status: 404 } });
    expect(await http('call', 'get', '503')).toMatchObject({ error: { code: 'ERR_HTTP_STATUS', status: 503, attempts: 3 } });
    expect(await http('call', 'get', 'cut-chunked')).toEqual({ value: { count: 3 } });
    expect(await http('call', 'get', 'stalled', { timeout: '50ms' })).toMatchObject({ error: { code: 'ERR_TIMEOUT' } });
    expect(await http('abort', 'stalled')).toMatchObject({ error: { message: 'enough' } });
    expect(await http('call', 'get', 'huge', { maxBytes: 1000 })).toMatchObject({ error: { code: 'ERR_LIMIT' } });
  });

  test('a server that does not let pages read is told from one that is not there', async () => {
    await http('open', { url: closed.url, retry: false });
    const { error } = await http('call', 'get', 'ok');
    expect(error).toMatchObject({ code: 'ERR_CORS' });
    expect(error.rule).toContain(`Access-Control-Allow-Origin: ${site.url.slice(0, -1)}`);
    expect(error.message).toContain(error.rule);
    await http('open', { url: dead, retry: false });
    expect(await http('call', 'get', 'ok')).toMatchObject({ error: { code: 'ERR_CONNECTION_FAILED', lost: true } });
  });

  test('what the page’s own policy forbids is said', async () => {
    await http('open', { url: 'http://127.0.0.1:9/', retry: false });
    const { error } = await http('call', 'get', 'ok');
    expect(error).toMatchObject({ code: 'ERR_CORS', rule: "connect-src 'self' http://127.0.0.1:9" });
  });

  test('long-lived secrets are refused, unless they are said to be public', async () => {
    for (const config of [
      { auth: { type: 'bearer', token: 'fixed-token' } },
      { auth: { type: 'basic', username: 'me', password: 'fixed-token' } },
      { auth: { type: 'api-key', name: 'x-own', value: 'fixed-token' } },
      { auth: { type: 'oauth2', token_url: `${server.url}/token`, client_id: 'me', client_secret: 'fixed-token' } },
      { headers: { authorization: 'Bearer fixed-token' } },
      { params: { api_key: 'fixed-token' } },
    ]) {
      const { error } = await http('open', { url: server.url, ...config });
      expect(error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
      expect(error.message).not.toContain('fixed-token');
    }
    expect(server.seen).toEqual([]);
    await http('open', { url: server.url, auth: { type: 'bearer', token: 'fixed-token' }, dangerouslyAllowBrowser: true });
    expect(await http('call', 'get', 'echo')).toMatchObject({ value: { headers: { authorization: 'Bearer fixed-token' } } });
  });

  test('redirects: credentials stay with their origin', async () => {
    const elsewhere = `redirect?to=${server.other}/echo`;
    await http('open', { url: server.url }, 'short-lived');
    const { value } = await http('call', 'get', elsewhere);
    expect(value?.headers.authorization).toBeUndefined();
    await http('open', { url: server.url, headers: { 'x-own': 'value' } });
    expect(await http('call', 'get', elsewhere)).toMatchObject({ error: { code: 'ERR_HTTP_STATUS', message: expect.stringContaining('Give the final address') } });
    expect(server.seen.filter(({ path }) => path === '/echo').every(({ headers }) => headers['x-own'] === undefined && headers.authorization === undefined)).toBe(true);
  });
}
