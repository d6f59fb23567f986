/**
 * Type http: what reads give, how they are cached, and how an answer that is old is renewed without being sent again.
 */
import { expect, test } from '@jest/globals';
import { json } from '../servers/fault_server.js';
import { connectTo, failureOf, serveFaults } from './http-helpers.js';

/** Answers with what `state.value` is, and a 304 to who has it. @param {{ value: unknown, tag: string, modified?: string }} state */
const tagged = (state) => (/** @type {any} */ { headers }, /** @type {any} */ response) => {
  const own = { ...(state.tag && { etag: state.tag }), ...(state.modified && { 'last-modified': state.modified }) };
  const same = (state.tag && headers['if-none-match'] === state.tag) || (!state.tag && headers['if-modified-since'] === state.modified);
  if (same) response.writeHead(304, own).end();
  else json(response, state.value, own);
};

test('JSON, text and bytes by content type', async () => {
  const server = await serveFaults({
    '/bytes': (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([1, 2, 3])),
    '/latin': (_, response) => response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from('caf\xe9', 'latin1')),
    '/problem': (_, response) => response.writeHead(200, { 'content-type': 'application/vnd.api+json' }).end('{"data":[]}'),
    '/csv': (_, response) => response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b\n1,2\n'),
  });
  const { conn } = await connectTo(server);
  expect(await conn.get('gzip')).toEqual({ zipped: true });
  expect(await conn.get('problem')).toEqual({ data: [] });
  expect(await conn.get('latin')).toBe('café');
  expect(await conn.get('csv')).toBe('a,b\n1,2\n');
  expect(await conn.get('wrong-type')).toBe('{"json":true}');
  expect(await conn.get('wrong-type', { format: 'json' })).toEqual({ json: true });
  expect(await conn.get('empty')).toBe(null);
  expect(await conn.get('empty', { format: 'text' })).toBe('');
  expect(await conn.get('ok', { format: 'bytes' })).toEqual(new TextEncoder().encode('{"count":1}'));
  expect(await failureOf(conn.get('not-json'))).toMatchObject({ code: 'ERR_FORMAT', line: 1, column: 1, connection: 'api' });
  const [one, two] = [await conn.get('bytes'), await conn.get('bytes')];
  expect([...one]).toEqual([1, 2, 3]);
  one[0] = 9;
  expect([...two]).toEqual([1, 2, 3]);
});

test('values are frozen and shared; integers are exact', async () => {
  const server = await serveFaults({ '/big': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":9007199254740993,"list":[{"a":1}]}') });
  const { conn } = await connectTo(server);
  const value = await conn.get('big', { int64: 'bigint' });
  expect(value.id).toBe(9007199254740993n);
  expect(Object.isFrozen(value) && Object.isFrozen(value.list) && Object.isFrozen(value.list[0])).toBe(true);
  expect(await conn.get('big', { int64: 'bigint' })).toBe(value);
  expect((await conn.get('big', { int64: 'string' })).id).toBe('9007199254740993');
  expect(await failureOf(conn.get('big'))).toMatchObject({ code: 'ERR_INT64_RANGE' });
  expect(server.take()).toHaveLength(3);
});

test('read() gives a Table that says how it came', async () => {
  const server = await serveFaults({ '/pets': (_, response) => json(response, { items: [{ id: 1, name: 'Rex' }, { id: 2, name: 'Tom' }] }) });
  const { conn } = await connectTo(server);
  const table = await conn.read('pets', { records: 'items' });
  expect(table.toArray()).toEqual([{ id: 1, name: 'Rex' }, { id: 2, name: 'Tom' }]);
  expect(table.cache.state).toBe('miss');
  expect((await conn.read('pets', { records: 'items' })).cache).toMatchObject({ state: 'hit', age: 0 });
  expect((await conn.read('/pets', { records: 'items' })).cache.state).toBe('hit'); // The same address.
  expect(await failureOf(conn.read('pets', { records: 'rows' }))).toMatchObject({ code: 'ERR_FORMAT' });
});

test('one load for all who ask at the same time', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  expect(await Promise.all([conn.get('ok'), conn.get('ok'), conn.get('ok')])).toEqual([{ count: 1 }, { count: 1 }, { count: 1 }]);
  expect(server.take()).toHaveLength(1);
});

test('what tells results apart: path, parameters, headers, how they are read', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  const calls = [
    () => conn.get('echo'),
    () => conn.get('echo', { params: { a: 1 } }),
    () => conn.get('echo', { params: { a: '2' } }),
    () => conn.get('echo?a=3'),
    () => conn.get('echo', { headers: { 'accept-language': 'de' } }),
    () => conn.get('echo', { format: 'text' }),
    () => conn.read('echo'),
  ];
  for (const call of [...calls, ...calls]) await call();
  expect(server.take()).toHaveLength(calls.length);
  await conn.get('echo', { params: new URLSearchParams({ a: '2' }) });
  await conn.get('echo', { headers: new Headers({ 'Accept-Language': 'de' }) });
  expect(server.take()).toEqual([]);
});

test('options that there are not are refused', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  await expect(conn.get('ok', /** @type {any} */ ({ tll: 5 }))).rejects.toThrow(/get\(\) has no option "tll"/);
  await expect(conn.get('ok', { timeout: 0 })).rejects.toThrow(RangeError);
  await expect(conn.get('ok', { params: /** @type {any} */ ({ a: {} }) })).rejects.toThrow(/params\.a/);
  await expect(conn.get('../ok')).resolves.toEqual({ count: 1 });
});

test.each([
  ['an ETag', { tag: '"v1"' }],
  ['a weak ETag', { tag: 'W/"v1"' }],
  ['Last-Modified', { tag: '', modified: 'Tue, 14 Nov 2023 22:13:20 GMT' }],
])('a 304 renews what has expired: %s', async (_what, validator) => {
  const state = /** @type {any} */ ({ value: { a: 1 }, ...validator });
  const server = await serveFaults({ '/data': tagged(state) });
  const { conn, clock } = await connectTo(server);
  const first = await conn.get('data', { ttl: '10s' });
  clock.time += 10_000;
  expect(await conn.get('data', { ttl: '10s' })).toBe(first);
  expect(server.seen[1].headers['if-none-match']).toBe(state.tag || undefined);
  // Fresh again, for as long as before.
  clock.time += 9999;
  expect(await conn.get('data', { ttl: '10s' })).toBe(first);
  expect(server.seen).toHaveLength(2);
  clock.time += 1;
  Object.assign(state, { value: { a: 2 }, tag: state.tag && '"v2"', modified: state.modified && 'Tue, 14 Nov 2023 22:14:20 GMT' });
  expect(await conn.get('data', { ttl: '10s' })).toEqual({ a: 2 });
  clock.time += 20_000;
  expect(await conn.get('data', { ttl: '10s' })).toEqual({ a: 2 });
  expect(server.seen).toHaveLength(4);
  expect(server.seen[3].headers['if-none-match'] ?? server.seen[3].headers['if-modified-since']).toBe(state.tag || state.modified);
});

test('a 304 renews Tables, and what was invalidated softly; not what was cleared, reloaded or never expires', async () => {
  const server = await serveFaults({ '/data': tagged({ value: [{ a: 1 }], tag: '"x"' }) });
  const { conn } = await connectTo(server);
  const asked = () => server.seen.splice(0).map(({ headers }) => headers['if-none-match']);
  expect((await conn.read('data')).cache.state).toBe('miss');
  conn.cache.invalidate();
  const again = await conn.read('data');
  expect([again.cache.state, again.toArray()]).toEqual(['miss', [{ a: 1 }]]);
  expect(asked()).toEqual([undefined, '"x"']);
  await conn.read('data', { cache: 'reload' });
  conn.cache.clear();
  await conn.read('data');
  await conn.read('data', { cache: 'no-store' });
  await conn.read('data', { ttl: 0 });
  expect(asked()).toEqual([undefined, undefined, undefined, undefined]);
});

test('a stale answer is served, and renewed behind it', async () => {
  const server = await serveFaults({ '/data': tagged({ value: [1], tag: '"x"' }) });
  const { conn, clock } = await connectTo(server);
  const options = { ttl: 10, staleWhileRevalidate: 100 };
  const first = await conn.get('data', options);
  clock.time += 50_000;
  expect(await conn.get('data', options)).toBe(first);
  while (server.seen.length < 2) await conn.request('ok').then((response) => response.text());
  expect(server.seen.find(({ headers }) => headers['if-none-match'] === '"x"')).toBeDefined();
});

test('an answer that is held is served to nobody when its server fails', async () => {
  let broken = false;
  const server = await serveFaults({ '/data': (request, response) => (broken ? response.writeHead(500).end() : tagged({ value: [1], tag: '"x"' })(request, response)) });
  const { conn, clock } = await connectTo(server);
  await conn.get('data', { ttl: 10 });
  await conn.get('data', { ttl: 10, staleIfError: 100, key: 'kind' });
  broken = true;
  clock.time += 20_000;
  expect(await failureOf(conn.get('data', { ttl: 10 }))).toMatchObject({ status: 500 });
  expect(await conn.get('data', { ttl: 10, staleIfError: 100, key: 'kind' })).toEqual([1]);
});

test('what is stored is renewed by a 304 in another instance', async () => {
  const server = await serveFaults({ '/data': tagged({ value: { a: 1 }, tag: '"x"' }) });
  const persist = new Map();
  const options = { ttl: '10s', persist };
  const one = await connectTo(server, {}, { salt: 'shared' });
  await one.conn.get('data', options);
  await one.hawser.close();
  const two = await connectTo(server, {}, { salt: 'shared' });
  expect(await two.conn.get('data', options)).toEqual({ a: 1 });
  expect(server.seen).toHaveLength(1);
  await two.hawser.close();
  const three = await connectTo(server, {}, { salt: 'shared' });
  three.clock.time += 60_000;
  expect(await three.conn.get('data', options)).toEqual({ a: 1 });
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"x"']);
});

test('cacheControl: what the server says of freshness is the ttl', async () => {
  const headers = /** @type {Record<string, string>} */ ({ 'cache-control': 'max-age=60', age: '20' });
  const server = await serveFaults({ '/data': (_, response, count) => json(response, { count }, headers) });
  const { conn, clock } = await connectTo(server, { cacheControl: true });
  const get = () => conn.get('data').then((/** @type {any} */ { count }) => count);
  expect(await get()).toBe(1);
  clock.time += 39_000;
  expect(await get()).toBe(1);
  clock.time += 1000;
  expect(await get()).toBe(2);
  // A ttl of one's own wins, and whoever does not ask for it has none.
  expect(await conn.get('data', { ttl: '1h', key: 'own' })).toEqual({ count: 3 });
  expect(await conn.get('data', { cacheControl: false, key: 'other' })).toEqual({ count: 4 });
  clock.time += 120_000;
  expect(await conn.get('data', { ttl: '1h', key: 'own' })).toEqual({ count: 3 });
  expect(await conn.get('data', { cacheControl: false, key: 'other' })).toEqual({ count: 4 });
  Object.assign(headers, { 'cache-control': 'no-store' });
  expect([await get(), await get()]).toEqual([5, 6]);
});

test('cacheControl: no-cache with an ETag is asked about each time, and a 304 may say another time', async () => {
  let control = 'no-cache';
  const server = await serveFaults({
    '/data': ({ headers }, response) => {
      const own = { etag: '"e"', 'cache-control': control };
      if (headers['if-none-match'] === '"e"') response.writeHead(304, own).end();
      else json(response, ['value'], own);
    },
  });
  const { conn, clock } = await connectTo(server, { cacheControl: true });
  const first = await conn.get('data');
  expect(await conn.get('data')).toBe(first);
  expect(server.seen).toHaveLength(2);
  control = 'max-age=100';
  await conn.get('data');
  clock.time += 99_000;
  expect(await conn.get('data')).toBe(first);
  expect(server.seen).toHaveLength(3);
});

test('writes forget what this connection has cached', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server);
  const count = () => conn.get('ok', { tags: ['ok'] }).then((/** @type {any} */ value) => value.count);
  expect([await count(), await count()]).toEqual([1, 1]);
  await conn.request('echo', { method: 'POST', body: { a: 1 } });
  expect(await count()).toBe(2);
  await conn.request('echo', { method: 'POST', invalidates: false });
  await conn.request('echo', { method: 'POST', invalidates: ['others'] });
  await conn.request('echo');
  expect(await count()).toBe(2);
  await conn.request('echo', { method: 'DELETE', invalidates: ['ok'] });
  expect(await count()).toBe(3);
  // What was refused has written nothing; of what failed nobody knows.
  await failureOf(conn.request('echo-error', { method: 'PUT' }));
  expect(await count()).toBe(3);
  await failureOf(conn.request('500', { method: 'POST' }));
  expect(await count()).toBe(4);
  await failureOf(conn.request('always-reset', { method: 'POST' }));
  expect(await count()).toBe(5);
});

test('request(): bodies, headers, statuses', async () => {
  const server = await serveFaults();
  const { conn } = await connectTo(server, { headers: { 'x-always': 'here', 'x-never': 'there' } });
  const sent = async (/** @type {any} */ options) => (await conn.request('echo', options)).json();
  expect(await sent({ method: 'post', body: { a: [1] } })).toMatchObject({ method: 'POST', body: '{"a":[1]}', headers: { 'content-type': 'application/json', 'x-always': 'here' } });
  expect(await sent({ method: 'PUT', body: [1], headers: { 'content-type': 'application/ld+json', 'x-never': null } })).toMatchObject({ body: '[1]', headers: { 'content-type': 'application/ld+json' } });
  expect(await sent({ method: 'POST', body: 'text' })).toMatchObject({ body: 'text' });
  expect(await sent({ method: 'POST', body: new URLSearchParams({ a: 'b' }) })).toMatchObject({ body: 'a=b' });
  expect(await sent({ method: 'POST', body: new TextEncoder().encode('bytes') })).toMatchObject({ body: 'bytes' });
  expect((await sent({ method: 'PUT', headers: { 'x-never': null } })).headers['x-never']).toBeUndefined();
  const missing = await conn.request('nothing', { accept: [404] });
  expect([missing.status, missing.ok]).toEqual([404, false]);
  expect((await conn.request('redirect', { accept: [302] })).headers.get('location')).toBe('/echo');
  expect(await failureOf(conn.request('redirect', { redirect: 'error' }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
});

test('stream(): rows as they come, and nothing more than wanted', async () => {
  let written = 0;
  const server = await serveFaults({
    '/rows': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const more = () => {
        while (response.writable && response.write(`{"id":${written++},"text":"${'x'.repeat(1000)}"}\n`));
        response.once('drain', more);
      };
      more();
    },
  });
  const { conn } = await connectTo(server);
  let rows = 0;
  for await (const table of conn.stream('rows', { batchSize: 100 })) {
    rows += table.length;
    expect(table.at(0)).toMatchObject({ id: rows - table.length });
    if (rows >= 1000) break;
  }
  expect(rows).toBe(1000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBeLessThan(50_000);
  await expect(conn.stream('rows', /** @type {any} */ ({ ttl: 5 })).next()).rejects.toThrow(/no option "ttl"/);
});

test('fetch(): responses kept and reused as HTTP says, with the credentials of the connection', async () => {
  const server = await serveFaults({
    '/fresh': (_, response, count) => json(response, { count }, { 'cache-control': 'max-age=60' }),
    '/tagged': tagged({ value: [1], tag: '"t"' }),
  });
  const { conn, clock } = await connectTo(server, { auth: { type: 'bearer', token: 'some-token' }, retry: false });
  const count = async () => (await (await conn.fetch('fresh', { params: { a: 1 } })).json()).count;
  expect([await count(), await count()]).toEqual([1, 1]);
  clock.time += 60_000;
  expect(await count()).toBe(2);
  for (let i = 0; i < 2; i++) expect(await (await conn.fetch('tagged')).json()).toEqual([1]);
  expect(server.seen.map(({ headers }) => [headers.authorization, headers['if-none-match']])).toEqual([
    ...[['Bearer some-token', undefined], ['Bearer some-token', undefined]],
    ...[['Bearer some-token', undefined], ['Bearer some-token', '"t"']],
  ]);
  expect((await conn.fetch('nothing')).status).toBe(404);
  expect((await conn.fetch('503')).status).toBe(503);
  const moved = await conn.fetch('redirect');
  expect([moved.redirected, moved.url]).toEqual([true, `${server.url}/echo`]);
  expect((await conn.fetch('redirect', { redirect: 'manual' })).status).toBe(302);
  await conn.fetch('fresh?a=1', { method: 'POST', body: 'x' });
  expect(await count()).toBe(4);
});

test('three rows of a large Parquet file move a small part of it; a server without ranges sends it once', async () => {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const count = 100_000;
  const columnData = [
    { name: 'id', data: Array.from({ length: count }, (_, i) => i), type: /** @type {const} */ ('INT32') },
    { name: 'text', data: Array.from({ length: count }, (_, i) => `row ${i * 7919} of ${count}`), type: /** @type {const} */ ('STRING') },
  ];
  const file = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 10_000 }));
  let sent = 0;
  let etag = '"1"';
  const server = await serveFaults({
    '/rows.parquet': ({ headers }, response) => {
      if (headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
      if (headers['if-match'] !== undefined && headers['if-match'] !== etag) return void response.writeHead(412, { etag }).end();
      const [, from, to] = /** @type {any} */ (/^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? []);
      const start = from === '' ? file.length - Number(to) : Number(from ?? 0);
      const part = file.subarray(start, from && to ? Number(to) + 1 : undefined);
      sent += part.length;
      response.writeHead(headers.range ? 206 : 200, { etag, ...(headers.range && { 'content-range': `bytes ${start}-${start + part.length - 1}/${file.length}` }) }).end(part);
    },
    '/whole.parquet': (_, response) => {
      sent += file.length;
      response.writeHead(200, { 'content-type': 'application/vnd.apache.parquet' }).end(file);
    },
  });
  const { conn, clock } = await connectTo(server);
  const options = { offset: 50_001, limit: 3, ttl: 10 };
  const expected = [50_001, 50_002, 50_003].map((id) => ({ id, text: `row ${id * 7919} of ${count}` }));
  const first = await conn.read('rows.parquet', options);
  expect(first.toArray()).toEqual(expected);
  expect(sent).toBeLessThan(file.length / 5);
  clock.time += 20_000;
  sent = 0;
  expect((await conn.read('rows.parquet', options)).toArray()).toEqual(expected);
  expect(sent).toBe(0);
  expect((await conn.read('whole.parquet', options)).toArray()).toEqual(expected);
  expect(sent).toBe(file.length);
  expect((await conn.read('rows.parquet')).length).toBe(count);
  // It is another file in the middle of reading.
  server.on('/changing.parquet', (_, response, time) => {
    const part = time === 1 ? file.subarray(-65536) : file.subarray(0, 10);
    const start = time === 1 ? file.length - 65536 : 0;
    response.writeHead(206, { etag: `"${time}"`, 'content-range': `bytes ${start}-${start + part.length - 1}/${file.length}` }).end(part);
  });
  expect((await failureOf(conn.read('changing.parquet', { columns: ['id'] }))).message).toMatch(/changed/);
});
