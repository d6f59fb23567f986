/**
 * Files of web servers: one that does everything right, and some that do not.
 */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStore } from '../../js/stores/https.js';
import { all, bytesOf, failure, storeContext, textOf } from './store-contract.js';

/** @type {{ method: string, url: string, headers: import('node:http').IncomingHttpHeaders }[]} */
const seen = [];
/** @type {Record<string, { body: string | Buffer, etag?: string, modified?: string }>} */
const files = { '/files/digits.txt': { body: '0123456789', etag: '"d1"', modified: 'Mon, 02 Jan 2023 03:04:05 GMT' }, '/files/empty': { body: '' }, "/files/a%20b/%C3%BC%2B%27.txt": { body: 'hard' } };

/** What a server does wrong, by the first part of the host's path. @type {import('node:http').RequestListener} */
function answer(request, response) {
  const { method = '', url = '', headers } = request;
  seen.push({ method, url, headers });
  const { pathname } = new URL(url, 'http://x');
  const [, quirk] = /^\/(\w+)/.exec(pathname) ?? [];
  if (quirk === 'elsewhere') return void response.writeHead(302, { location: `http://127.0.0.1:${/** @type {any} */ (other.address()).port}/files/digits.txt` }).end();
  const file = files[pathname.replace(/^\/\w+/, '/files')];
  if (!file) return void response.writeHead(404).end('no such file');
  if (quirk === 'private' && headers.authorization !== 'Bearer sesame' && headers['x-team'] !== 'blue') return void response.writeHead(401).end();
  const body = Buffer.from(file.body);
  response.setHeader('content-type', 'text/plain');
  if (file.etag) response.setHeader('etag', quirk === 'weak' ? `W/${file.etag}` : file.etag);
  if (file.modified) response.setHeader('last-modified', file.modified);
  if (quirk === 'head' && method === 'HEAD') return void response.writeHead(405).end();
  const careless = quirk === 'careless';
  if (!careless && file.etag && headers['if-none-match'] === file.etag) return void response.writeHead(304).end();
  if (!careless && headers['if-none-match'] === undefined && headers['if-modified-since'] === file.modified && file.modified) return void response.writeHead(304).end();
  const range = careless ? null : /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  if (range) {
    const start = range[1] === '' ? Math.max(0, body.length - Number(range[2])) : Number(range[1]);
    const end = range[1] === '' || range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
    if (start > end) return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${body.length}`, 'content-length': end - start + 1 });
    return void response.end(body.subarray(start, end + 1));
  }
  if (quirk === 'chunked') {
    response.write(body.subarray(0, 3));
    return void response.end(body.subarray(3));
  }
  response.setHeader('content-length', body.length);
  response.end(method === 'HEAD' ? undefined : body);
}

const server = createServer(answer);
const other = createServer(answer);
let origin = '';
beforeAll(async () => {
  for (const each of [server, other]) await new Promise((resolve) => each.listen(0, '127.0.0.1', () => resolve(undefined)));
  origin = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
});
afterAll(async () => {
  for (const each of [server, other]) {
    each.closeAllConnections();
    await new Promise((resolve) => each.close(resolve));
  }
});
const open = (/** @type {any} */ config = {}, /** @type {any} */ options = undefined) => createStore(config, storeContext(options));
const folder = (quirk = 'files') => open({ url: `${origin}/${quirk}` });

describe.each(['files', 'careless', 'weak', 'chunked', 'head'])('a server of the kind %j', (quirk) => {
  test('is read, whole and in parts', async () => {
    const store = folder(quirk);
    expect(await textOf(await store.read('digits.txt'))).toBe('0123456789');
    /** @type {[any, string][]} */
    const ranges = [[{ start: 0, end: 1 }, '0'], [{ start: 3, end: 7 }, '3456'], [{ start: 7 }, '789'], [{ start: 8, end: 100 }, '89'], [{ suffix: 4 }, '6789'], [{ suffix: 100 }, '0123456789'], [{ start: 10 }, '']];
    for (const [range, expected] of ranges) {
      const reply = await store.read('digits.txt', { range });
      expect([range, await textOf(reply)]).toEqual([range, expected]);
      expect(reply.size).toBe(10);
    }
    expect(await bytesOf(await store.read('empty'))).toHaveLength(0);
  });

  test('tells the size, with nothing but GET', async () => {
    seen.length = 0;
    const store = folder(quirk);
    expect(await store.stat('digits.txt')).toEqual({ path: 'digits.txt', type: 'file', size: 10, lastModified: new Date('2023-01-02T03:04:05Z'), etag: quirk === 'weak' ? 'W/"d1"' : '"d1"', contentType: 'text/plain' });
    expect(await store.stat('empty')).toMatchObject({ size: 0 });
    expect(seen.every(({ method, headers }) => method === 'GET' && headers.range === 'bytes=0-0')).toBe(true);
  });

  test('is asked again only for what has changed', async () => {
    const store = folder(quirk);
    const { etag, lastModified } = await store.stat('digits.txt');
    expect(await store.read('digits.txt', { ifNoneMatch: etag })).toMatchObject({ notModified: true, body: null, etag });
    expect(await store.read('digits.txt', { ifModifiedSince: lastModified })).toMatchObject({ notModified: true, body: null });
    expect(await textOf(await store.read('digits.txt', { ifNoneMatch: '"other"' }))).toBe('0123456789');
    expect(await textOf(await store.read('digits.txt', { ifMatch: etag, range: { start: 9 } }))).toBe('9');
    expect(await failure(store.read('digits.txt', { ifMatch: '"other"', range: { start: 9 } }))).toMatchObject({ changed: true });
  });
});

describe('addresses', () => {
  test('of whole files, with whatever parameters they have', async () => {
    const store = open();
    seen.length = 0;
    expect(await textOf(await store.read(`${origin}/files/digits.txt?X-Amz-Signature=abc%2B&x=1#part`))).toBe('0123456789');
    expect(seen[0].url).toBe('/files/digits.txt?X-Amz-Signature=abc%2B&x=1');
    for (const path of ['digits.txt', 'http://', `${origin.replace('//', '//user:pass@')}/files/digits.txt`]) expect(await failure(store.read(path))).toBeInstanceOf(RangeError);
    expect(await store.url(`${origin}/files/digits.txt`, { expires: 5 })).toBe(`${origin}/files/digits.txt`);
  });

  test('below the one of the connection', async () => {
    const store = folder();
    expect(await textOf(await store.read("a b/ü+'.txt"))).toBe('hard');
    expect(await textOf(await store.read(`${origin}/files/digits.txt`))).toBe('0123456789');
    for (const path of ['../private/digits.txt', `${origin}/other/digits.txt`, 'https://example.com/x', `${origin}/files/../private/x`]) expect(await failure(store.read(path))).toBeInstanceOf(RangeError);
  });

  test('configurations that cannot be', () => {
    for (const config of [{ url: 'ftp://x/' }, { url: 'https://u:p@x/' }, { url: 'https://x/?sig=1' }, { url: 5 }, { auth: { type: 'bearer', token: 'x' } }, { headers: { 'x-a': 'b' } }]) {
      expect(() => open(config)).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION_CONFIG' }));
    }
  });
});

describe('credentials', () => {
  test('are sent to the server that they are for', async () => {
    for (const config of [{ auth: { type: 'bearer', token: 'sesame' } }, { headers: { 'x-team': 'blue' } }]) {
      const store = open({ url: `${origin}/private`, ...config });
      expect(await textOf(await store.read('digits.txt'))).toBe('0123456789');
      expect(await store.stat('digits.txt')).toMatchObject({ size: 10 });
      expect(await failure(store.url('digits.txt', { expires: 5 }))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    }
    expect(await failure(folder('private').read('digits.txt'))).toMatchObject({ code: 'ERR_AUTH', status: 401 });
  });

  test('do not follow a redirect to another origin', async () => {
    seen.length = 0;
    const store = open({ url: `${origin}/elsewhere`, auth: { type: 'bearer', token: 'sesame' }, headers: { 'x-team': 'blue' } });
    expect(await textOf(await store.read('digits.txt', { range: { start: 2, end: 4 } }))).toBe('23');
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-team'], headers.range])).toEqual([['Bearer sesame', 'blue', 'bytes=2-3'], [undefined, undefined, 'bytes=2-3']]);
  });
});

describe('what is not there', () => {
  test('a file', async () => {
    expect(await failure(folder().read('none'))).toMatchObject({ code: 'ERR_NOT_FOUND', path: 'none', status: 404 });
    const error = await failure(open().read(`${origin}/files/none?sig=topsecret`));
    expect(error).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('topsecret');
  });

  test('a way to write, to delete, to list', async () => {
    const store = folder();
    for (const call of [() => store.write('x', 'y'), () => store.delete('x'), () => all(store.list(''))]) expect(await failure(call())).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    expect(store.capabilities).toEqual({ write: false, list: false, presign: false });
  });
});
