/** Web APIs: reads, renewal, pages, GraphQL, writes, faults, redirects. The server is a function in the place of fetch. */
import { fails, ok, same } from '../assert.js';

/** @typedef {(request: { method: string, url: URL, headers: Headers, body: any }, count: number) => Response} Route */

/**
 * A connection whose server has these routes, by path.
 * @param {import('../suite.js').Context} context
 * @param {Record<string, Route>} routes
 * @param {Record<string, any>} [config]
 */
async function serving({ hawser }, routes, config = {}) {
  /** @type {string[]} */
  const seen = [];
  /** @type {any} */
  const fetch = async (/** @type {string} */ address, /** @type {any} */ { method = 'GET', headers, body, mode }) => {
    if (mode === 'no-cors') throw new TypeError('nobody is there'); // What a page asks to tell CORS from a server that is not there.
    const url = new URL(address);
    seen.push(`${method} ${url.host}${url.pathname}${url.search}`);
    const count = seen.filter((line) => line.includes(url.pathname)).length;
    return routes[url.pathname]?.({ method, url, headers: new Headers(headers), body }, count) ?? new Response('nothing here', { status: 404 });
  };
  const clock = { at: 1_700_000_000_000, now: () => clock.at, sleep: async (/** @type {number} */ ms) => void (clock.at += ms) };
  const conn = await hawser({ clock, fetch, random: () => 0, flightScope: 'isolate' }).connection('api', { type: 'http', url: 'https://api.test/v1', ...config });
  return { conn, clock, seen };
}

/** @param {unknown} value @param {Record<string, string>} [headers] */
const json = (value, headers = {}) => new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json', ...headers } });

/** @type {Record<string, import('../suite.js').Case>} */
export const http = {
  async 'values and tables, cached'(context) {
    const { conn, seen } = await serving(context, {
      '/v1/pets': () => json({ items: [{ id: 1, name: 'Rex' }, { id: 2, name: 'Miez' }] }),
      '/v1/pets.csv': () => new Response('id,name\n1,Rex\n', { headers: { 'content-type': 'text/csv' } }),
      '/v1/note': () => new Response('grüezi', { headers: { 'content-type': 'text/plain' } }),
    });
    same(await conn.get('pets'), { items: [{ id: 1, name: 'Rex' }, { id: 2, name: 'Miez' }] });
    ok(Object.isFrozen((await conn.get('pets')).items[0]), 'values are frozen');
    same((await conn.read('pets', { records: 'items' })).toArray(), [{ id: 1, name: 'Rex' }, { id: 2, name: 'Miez' }]);
    same((await conn.read('pets.csv')).toArray(), [{ id: 1, name: 'Rex' }]);
    same(await conn.get('note'), 'grüezi');
    same(seen.length, 4);
  },

  async 'a 304 renews'(context) {
    const { conn, clock, seen } = await serving(context, {
      '/v1/list': ({ headers }) => (headers.get('if-none-match') === '"1"' ? new Response(null, { status: 304, headers: { etag: '"1"' } }) : json([1, 2], { etag: '"1"' })),
    }, { origins: [] });
    const first = await conn.get('list', { ttl: 10 });
    clock.at += 10_000;
    const second = await conn.get('list', { ttl: 10 });
    same(second, first);
    clock.at += 9000;
    ok((await conn.get('list', { ttl: 10 })) === second, 'it is the same one');
    same(seen.length, 2);
  },

  async 'pages and streams'(context) {
    const { conn } = await serving(context, {
      '/v1/items': ({ url }) => (url.searchParams.has('p') ? json([{ id: 2 }]) : json([{ id: 1 }], { link: '</v1/items?p=2>; rel="next"' })),
      '/v1/rows': () => new Response('{"id":1}\n{"id":2}\n{"id":3}\n', { headers: { 'content-type': 'application/x-ndjson' } }),
    });
    const ids = [];
    for await (const page of conn.pages('items')) ids.push(page.at(0)?.id);
    same(ids, [1, 2]);
    const sizes = [];
    for await (const table of conn.stream('rows', { batchSize: 2 })) sizes.push(table.length);
    same(sizes, [2, 1]);
  },

  async 'writes forget, GraphQL errors are errors'(context) {
    const { conn, seen } = await serving(context, {
      '/v1/count': (_, count) => json({ count }),
      '/v1/graphql': ({ body }) => json(body.includes('broken') ? { errors: [{ message: 'it broke' }], data: { a: 1 } } : { data: { a: 1 } }),
    });
    same(await conn.get('count'), { count: 1 });
    same(await (await conn.request('count', { method: 'POST', body: { a: 1 } })).json(), { count: 2 });
    same(await conn.get('count'), { count: 3 });
    same(await conn.query('{ a }', { path: 'graphql' }), { a: 1 });
    const error = await fails(conn.query('{ broken }', { path: 'graphql' }), 'ERR_QUERY');
    same([/** @type {any} */ (error).errors, /** @type {any} */ (error).data], [[{ message: 'it broke' }], { a: 1 }]);
    same(seen.length, 5);
  },

  async 'faults are tried again, and told'(context) {
    const { conn, clock, seen } = await serving(context, {
      '/v1/later': (_, count) => (count < 3 ? new Response('busy', { status: 503, headers: { 'retry-after': '5' } }) : json('now')),
      '/v1/never': () => {
        throw new TypeError('fetch failed');
      },
    });
    same(await conn.get('later'), 'now');
    same(clock.at, 1_700_000_010_000);
    const error = await fails(conn.get('never'), 'ERR_CONNECTION_FAILED');
    same(/** @type {any} */ (error).attempts, 3);
    await fails(conn.get('missing'), 'ERR_NOT_FOUND');
    ok(seen.length >= 7, 'three attempts each');
  },

  async 'credentials stay with their origin'(context) {
    /** @type {(string | null)[]} */
    const sent = [];
    /** @type {Route} */
    const note = ({ headers }) => (sent.push(headers.get('authorization')), json('there'));
    const { conn } = await serving(context, {
      '/v1/here': ({ headers }) => (sent.push(headers.get('authorization')), new Response(null, { status: 302, headers: { location: '/v1/near' } })),
      '/v1/near': ({ headers }) => (sent.push(headers.get('authorization')), new Response(null, { status: 302, headers: { location: 'https://other.test/far' } })),
      '/far': note,
    }, { auth: { type: 'bearer', token: () => 'some-token' } });
    same(await conn.get('here'), 'there');
    same(sent, ['Bearer some-token', 'Bearer some-token', null]);
  },
};
