/**
 * Lists in pages, and the addresses that requests go to.
 */
import { expect, test } from '@jest/globals';
import { joinPath, parseBase } from '../../js/http/urls.js';
import { json } from '../servers/fault_server.js';
import { connectTo, failureOf, serveFaults } from './http-helpers.js';

const ALL = Array.from({ length: 7 }, (_, i) => ({ id: i + 1 }));

/** @param {AsyncIterable<any>} pages @returns {Promise<number[][]>} Ids by page. */
async function idsOf(pages) {
  /** @type {number[][]} */
  const all = [];
  for await (const table of pages) all.push(table.toArray().map((/** @type {any} */ { id }) => id));
  return all;
}

/** Seven records, three on a page, in every way there is. */
const routes = {
  '/items': (/** @type {any} */ { path }, /** @type {any} */ response) => {
    const { searchParams: asked } = new URL(path, 'http://server');
    const how = asked.get('how');
    const from = how === 'page' ? (Number(asked.get('page')) - 1) * 3 : Number(asked.get('offset') ?? asked.get('after') ?? 0);
    const items = ALL.slice(from, from + 3);
    const next = from + 3 < ALL.length ? from + 3 : null;
    const address = `/items?how=${how}&after=${next}`;
    const headers = how === 'link' && next ? { link: `<${address}>; rel="next", </items>; rel="first"` } : {};
    json(response, how === 'link' ? items : { items, meta: { next: how === 'next' ? next && address : next, total: ALL.length, pages: 3 } }, headers);
  },
};
const PAGES = [[1, 2, 3], [4, 5, 6], [7]];

test.each(/** @type {[string, any][]} */ ([
  ['link', undefined],
  ['link', { type: 'link' }],
  ['cursor', { type: 'cursor', param: 'after', path: 'meta.next' }],
  ['next', { type: 'next', path: ['meta', 'next'] }],
  ['offset', { type: 'offset', limit: 3 }],
  ['offset', { type: 'offset', limit: 3, total: 'meta.total' }],
  ['page', { type: 'page', size: 3 }],
  ['page', { type: 'page', pages: 'meta.pages' }],
  ['own', (/** @type {any} */ { body, index }) => (index < 2 ? { params: { after: body.meta.next } } : undefined)],
  ['own', async (/** @type {any} */ { url, body }) => body.meta.next && new URL(`?how=own&after=${body.meta.next}`, url)],
]))('pages by %s: %j', async (how, paginate) => {
  const server = await serveFaults(routes);
  const { conn } = await connectTo(server);
  const records = how === 'link' ? undefined : 'items';
  expect(await idsOf(conn.pages('items', { params: { how }, paginate, ...(records && { records }) }))).toEqual(PAGES);
  expect(server.take()).toHaveLength(3);
});

test('pages until one is empty; the connection says how; leaving ends it', async () => {
  const server = await serveFaults(routes);
  const { conn } = await connectTo(server, { paginate: { type: 'page' } });
  expect(await idsOf(conn.pages('items?how=page', { records: 'items' }))).toEqual([...PAGES, []]);
  server.take();
  for await (const table of conn.pages('items', { params: { how: 'page', page: 2 }, records: 'items' })) {
    expect(table.at(0)).toEqual({ id: 4 });
    break;
  }
  expect(server.take()).toEqual(['GET /items?how=page&page=2']);
});

test('a list that repeats itself or never ends is ERR_LIMIT', async () => {
  const server = await serveFaults({
    ...routes,
    '/round': ({ path }, response) => json(response, [{ id: 1 }], { link: `<${path.includes('b') ? '/round?a' : '/round?b'}>; rel=next` }),
    '/same': (_, response) => json(response, { items: [], cursor: 'c' }),
    '/endless': (_, response, count) => json(response, [{ id: count }], { link: `</endless?page=${count}>; rel=next` }),
  });
  const { conn } = await connectTo(server);
  expect(await failureOf(idsOf(conn.pages('round?a')))).toMatchObject({ code: 'ERR_LIMIT', connection: 'api', phase: 'pages' });
  expect(await failureOf(idsOf(conn.pages('same', { records: 'items', paginate: { type: 'cursor', path: 'cursor' } })))).toMatchObject({ code: 'ERR_LIMIT' });
  const error = await failureOf(idsOf(conn.pages('endless', { maxPages: 5 })));
  expect(error).toMatchObject({ code: 'ERR_LIMIT', limit: 5 });
  expect(server.seen.filter(({ path }) => path.startsWith('/endless'))).toHaveLength(5);
});

test('a next page on another origin gets no credentials: it is refused, unless it is allowed', async () => {
  const server = await serveFaults({
    '/first': (_, response) => json(response, [{ id: 1 }], { link: `<http://localhost:${new URL(server.url).port}/last>; rel=next` }),
    '/last': (_, response) => json(response, [{ id: 2 }]),
  });
  const { conn } = await connectTo(server, { auth: { type: 'bearer', token: 'some-token' } });
  const error = await failureOf(idsOf(conn.pages('first')));
  expect(error).toMatchObject({ code: 'ERR_CONNECTION_CONFIG' });
  expect(error.message).toContain(`origins: ['${server.other}']`);
  expect(server.take()).toEqual(['GET /first']);
  const { conn: allowed } = await connectTo(server, { origins: [server.other] });
  expect(await idsOf(allowed.pages('first'))).toEqual([[1], [2]]);
});

test('pages of CSV by links, and pages that fail for a while', async () => {
  const server = await serveFaults({
    '/rows': ({ path }, response, count) => {
      if (count === 2) return void response.writeHead(503).end();
      const last = path.includes('2');
      response.writeHead(200, { 'content-type': 'text/csv', ...(!last && { link: '</rows?2>; rel="next"' }) }).end(last ? 'id\n2\n' : 'id\n1\n');
    },
  });
  const { conn } = await connectTo(server);
  expect(await idsOf(conn.pages('rows'))).toEqual([[1], [2]]);
});

test.each(/** @type {[any, RegExp][]} */ ([
  ['cursor', /paginate\.path/],
  ['links', /one of link, cursor/],
  [{ type: 'offset' }, /paginate\.limit/],
  [{ type: 'page', path: 'x' }, /type page has no "path"/],
]))('paginate %j is refused', async (paginate, message) => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  await expect(conn.pages('ok', { paginate }).next()).rejects.toThrow(message);
});

test('paths go below the base, and nowhere else', () => {
  const { base } = parseBase('https://api.test/v1?version=2');
  const at = (/** @type {any} */ path, /** @type {any} */ options) => joinPath(base, path, options).href;
  const good = {
    '': 'https://api.test/v1',
    users: 'https://api.test/v1/users',
    '/users': 'https://api.test/v1/users',
    'users/': 'https://api.test/v1/users/',
    '?a=1': 'https://api.test/v1?a=1',
    'a/../b': 'https://api.test/v1/b',
    '//other.test/x': 'https://api.test/v1//other.test/x',
    'mailto:x': 'https://api.test/v1/mailto:x',
    'a b/ü': 'https://api.test/v1/a%20b/%C3%BC',
    'a%2Fb': 'https://api.test/v1/a%2Fb',
    'x?y=../../z?': 'https://api.test/v1/x?y=../../z?',
    'https://api.test/v1/users': 'https://api.test/v1/users',
  };
  for (const [path, url] of Object.entries(good)) expect(at(path)).toBe(url);
  for (const path of ['..', '../v2', 'a/../../v2', '%2e%2e/v2', '.%2E/v2', '\\..\\..\\v2', 'https://api.test/v2', 'https://api.test/v10']) {
    expect(() => at(path)).toThrow(/leads out of \/v1/);
    expect(at(path, { origins: ['https://api.test'] })).toMatch(/^https:\/\/api\.test\//);
  }
  for (const path of ['https://other.test/v1', 'http://api.test/v1', 'https://api.test:8443/v1', 'https://api.test.other/v1']) {
    expect(() => at(path)).toThrow(/is not the origin of this connection/);
    expect(at(path, { origins: [new URL(path).origin] })).toBe(path);
  }
  for (const path of ['a#b', 'a\nb', 'a\tb', 'https://me:you@api.test/v1']) expect(() => at(path)).toThrow(RangeError);
  expect(() => at(5)).toThrow(TypeError);
  expect(() => parseBase('ftp://x')).toThrow(/http: or https:/);
  expect(() => parseBase('api.test')).toThrow(/absolute/);
});

test('parameters: those of the call, of the path, of the connection', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo({ url: `${server.url}?version=1` }, { params: { lang: 'de', a: 'default' } });
  const path = async (/** @type {string} */ way, /** @type {any} */ params) => (await conn.get(way, { params })).path;
  expect(await path('echo', undefined)).toBe('/echo?version=1&lang=de&a=default');
  expect(await path('echo?lang=fr', { a: [1, 'x y', true], b: null, c: undefined, d: new Date(0), e: 10n ** 20n })).toBe(
    '/echo?lang=fr&version=1&a=1&a=x+y&a=true&d=1970-01-01T00%3A00%3A00.000Z&e=100000000000000000000',
  );
  expect(await path('echo', [['b', 1], ['b', 2]])).toBe('/echo?version=1&lang=de&a=default&b=1&b=2');
});
