/**
 * S3 against Ceph's object gateway, which refuses wrong signatures.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createStore } from '../../js/stores/s3.js';
import { haveRgw, startRgw } from '../servers/rgw.js';
import { makeHawser } from './connection-helpers.js';
import { HARD_NAMES, all, bytesOf, failure, storeContext, textOf, writableStore } from './store-contract.js';

/** Names that only S3 has. */
const MORE_NAMES = ['/leading', '//x', 'a/', 'tab\tnew\nline\rreturn', 'back\\slash', '%2e%2e', '%2F', 'a.', '...', '\u0001'];

if (!haveRgw()) test.skip('no Ceph RGW: node tools/setup.js test', () => {});
else {
  /** @type {import('../servers/rgw.js').Rgw} */
  let rgw;
  /** @type {import('../../js/stores/store.js').Store} */
  let store;
  /** @type {{ method: string, url: URL, headers: Headers }[]} */
  const sent = [];
  /** @type {typeof fetch} */
  const recorded = (url, init) => {
    sent.push({ method: String(init?.method), url: new URL(String(url)), headers: new Headers(init?.headers) });
    return fetch(url, init);
  };
  /** @param {Record<string, any>} [more] */
  const config = (more) => ({ url: 's3://data', endpoint: rgw.endpoint, access_key_id: rgw.keys.accessKeyId, secret_access_key: rgw.keys.secretAccessKey, ...more });
  /** @param {Record<string, any>} [more] @param {Parameters<typeof storeContext>[0]} [options] */
  const open = (more, options) => createStore(config(more), /** @type {any} */ (storeContext({ fetch: recorded, type: 's3', ...options })));

  beforeAll(async () => {
    rgw = await startRgw();
    await rgw.addBucket('data');
    store = open();
    await store.write('temporary.txt', 'yes');
  }, 120_000);
  afterAll(() => rgw?.close());

  writableStore(() => store, { names: [...HARD_NAMES, ...MORE_NAMES], conditions: false });

  describe('places', () => {
    test('a prefix, a bucket in the path, whole addresses', async () => {
      const below = open({ url: 's3://data/some/where' });
      expect(below.root).toBe('s3://data/some/where/');
      await below.write('one.txt', 'one');
      expect(await textOf(await store.read('some/where/one.txt'))).toBe('one');
      expect((await all(below.list(''))).map(({ path }) => path)).toEqual(['one.txt']);
      expect(await textOf(await below.read('s3://data/some/where/one.txt'))).toBe('one');
      await expect(below.read('s3://data/else.txt')).rejects.toThrow('not below s3://data/some/where/');
      await expect(below.read('s3://other/some/where/one.txt')).rejects.toThrow(RangeError);
      const anywhere = open({ url: undefined });
      expect(await textOf(await anywhere.read('data/some/where/one.txt'))).toBe('one');
      expect(await textOf(await anywhere.read('s3://data/some/where/one.txt'))).toBe('one');
      expect((await all(anywhere.list('data/some/')))[0].path).toBe('data/some/where/one.txt');
      await expect(anywhere.read('one')).rejects.toThrow(TypeError);
      await expect(anywhere.read('/one')).rejects.toThrow('name of a bucket');
    });

    test('addresses: the bucket is part of the host, unless it cannot be', async () => {
      /** @type {string[]} */
      const asked = [];
      const answer = async (/** @type {any} */ url) => (asked.push(String(url)), new Response('x'));
      const at = (/** @type {any} */ more) => open({ endpoint: undefined, ...more }, { fetch: /** @type {any} */ (answer) }).read('k/ä');
      await at({ region: 'eu-west-1' });
      await at({ region: 'eu-west-1', force_path_style: true });
      await at({ region: 'cn-north-1' });
      await at({ bucket: 'with.dots', url: undefined });
      await at({ endpoint: 'https://store.example/base/' });
      await at({ endpoint: 'https://store.example:8443', force_path_style: false });
      expect(asked).toEqual([
        'https://data.s3.eu-west-1.amazonaws.com/k/%C3%A4',
        'https://s3.eu-west-1.amazonaws.com/data/k/%C3%A4',
        'https://data.s3.cn-north-1.amazonaws.com.cn/k/%C3%A4',
        'https://s3.us-east-1.amazonaws.com/with.dots/k/%C3%A4',
        'https://store.example/base/data/k/%C3%A4',
        'https://data.store.example:8443/k/%C3%A4',
      ]);
    });

    test.each([
      [{ url: 's3:data' }, 'url must look like s3://bucket/prefix'],
      [{ url: undefined, bucket: 'a/b' }, 'bucket is not the name of one'],
      [{ url: undefined, prefix: 'x/' }, 'prefix needs a bucket'],
      [{ region: 'eu west/1' }, 'region is not the name of one'],
      [{ endpoint: 'store.example' }, 'endpoint must be an http: or https: address'],
    ])('%j is refused', (more, why) => {
      expect(() => open(more)).toThrow(why);
    });
  });

  describe('lists', () => {
    test('page after page, as they are asked for', async () => {
      for (let i = 0; i < 1005; i += 15) await Promise.all(Array.from({ length: 15 }, (_, j) => store.write(`pages/${String(i + j).padStart(4, '0')} é+`, 'x')));
      sent.length = 0;
      const entries = await all(store.list('pages/'));
      expect(entries).toHaveLength(1005);
      expect(entries[1004].path).toBe('pages/1004 é+');
      expect(sent).toHaveLength(2);
      sent.length = 0;
      for await (const entry of store.list('pages/')) if (entry.path.startsWith('pages/0001')) break;
      expect(sent).toHaveLength(1);
    }, 60_000);
  });

  describe('credentials', () => {
    test('temporary ones, as text and from a function that is asked when they end', async () => {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await rgw.temporary();
      const fixed = open({ access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken });
      expect(await textOf(await fixed.read('temporary.txt'))).toBe('yes');
      await fixed.write('temporary-too.txt', 'yes');
      const url = await fixed.url('temporary.txt', { expires: 60 });
      expect(new URL(url).searchParams.get('X-Amz-Security-Token')).toBe(sessionToken);
      expect(await (await fetch(url)).text()).toBe('yes');
      let asked = 0;
      let expires = new Date(Date.now() + 30_000);
      const credentials = async () => (asked++, { accessKeyId, secretAccessKey, sessionToken, expiration: expires });
      const asking = open({ access_key_id: undefined, secret_access_key: undefined, credentials });
      await bytesOf(await asking.read('temporary.txt'));
      expires = expiration;
      await bytesOf(await asking.read('temporary.txt'));
      await Promise.all([1, 2, 3].map(async () => bytesOf(await asking.read('temporary.txt'))));
      expect(asked).toBe(2);
    });

    test('a token that was refused is replaced once', async () => {
      const { expiration: _, ...good } = await rgw.temporary();
      let asked = 0;
      const credentials = async () => (asked++, good);
      let refused = 0;
      const expired = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';
      const once = /** @type {typeof fetch} */ (async (url, init) => (refused++ === 0 ? new Response(expired, { status: 400 }) : fetch(url, init)));
      const asking = open({ access_key_id: undefined, secret_access_key: undefined, credentials }, { fetch: once });
      expect(await textOf(await asking.read('temporary.txt'))).toBe('yes');
      expect(asked).toBe(2);
      const always = /** @type {typeof fetch} */ (async () => new Response(expired, { status: 400 }));
      expect(await failure(open({ credentials }, { fetch: always }).read('x'))).toMatchObject({ code: 'ERR_AUTH', serverCode: 'ExpiredToken' });
    });

    test('none: public objects only', async () => {
      await store.write('public.txt', 'for all');
      expect(await failure(open({ anonymous: true }).read('public.txt'))).toMatchObject({ code: 'ERR_AUTH', status: 403 });
      await rgw.ask('PUT', 'data?policy', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::data/public.txt'] }] }));
      sent.length = 0;
      const anonymous = open({ anonymous: true });
      expect(await textOf(await anonymous.read('public.txt'))).toBe('for all');
      expect(sent[0].headers.get('authorization')).toBeNull();
      expect(await anonymous.url('public.txt', { expires: 1 })).toBe(`${rgw.endpoint}/data/public.txt`);
    });

    test.each([
      [{ access_key_id: undefined, secret_access_key: undefined }, 'it has none'],
      [{ access_key_id: undefined }, 'access_key_id is missing'],
      [{ secret_access_key: '' }, 'secret_access_key is missing'],
      [{ secret_access_key: 'copied\n' }, 'secretAccessKey has a space'],
    ])('%j are refused before anything is sent', (more, why) => {
      expect(() => open(more)).toThrow(expect.objectContaining({ code: 'ERR_AUTH', message: expect.stringContaining(why) }));
    });
  });

  describe('presigned URLs', () => {
    test.each(HARD_NAMES)('of %j', async (name) => {
      await store.write(`presigned/${name}`, name);
      const response = await fetch(await store.url(`presigned/${name}`, { expires: 60 }));
      expect([response.status, await response.text()]).toEqual([200, name]);
    });

    test('are for one method, and for a while', async () => {
      const url = await store.url('presigned/new', { expires: 60, method: 'PUT' });
      expect((await fetch(url, { method: 'PUT', body: 'new' })).status).toBe(200);
      expect((await fetch(url)).status).toBe(403);
      expect(await textOf(await store.read('presigned/new'))).toBe('new');
      const past = open({}, { clock: { now: () => Date.now() - 120_000 } });
      expect((await fetch(await past.url('presigned/new', { expires: 60 }))).status).toBe(403);
      for (const expires of [0, 604_801, 1.5]) expect(await failure(store.url('presigned/new', { expires }))).toBeInstanceOf(RangeError);
    });
  });

  describe('diagnosis', () => {
    test.each(/** @type {const} */ (['read', 'stat']))('%s: a wrong secret, an unknown key, no bucket, nobody there', async (verb) => {
      const quick = /** @param {Record<string, any>} more */ (more) => failure(open(more)[verb]('temporary.txt'));
      const wrong = await quick({ secret_access_key: 'wrong' });
      expect(wrong).toMatchObject({ code: 'ERR_AUTH', serverCode: 'SignatureDoesNotMatch', status: 403 });
      expect(wrong.canonicalRequest).toMatch(/^(GET|HEAD)\n\/data\/temporary\.txt\n\nhost:127/);
      expect(await quick({ access_key_id: 'NOBODY' })).toMatchObject({ code: 'ERR_AUTH', serverCode: 'InvalidAccessKeyId' });
      expect(await quick({ url: 's3://nowhere' })).toMatchObject({ code: 'ERR_NOT_FOUND' });
      expect(await quick({ endpoint: 'http://127.0.0.1:9' })).toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true });
    });

    test('a clock that is wrong is made up for', async () => {
      for (const hours of [-2, 2]) {
        sent.length = 0;
        const off = open({}, { clock: { now: () => Date.now() + hours * 3_600_000 } });
        expect(await textOf(await off.read('temporary.txt'))).toBe('yes');
        expect(await textOf(await off.read('temporary.txt'))).toBe('yes');
        expect(sent).toHaveLength(3);
      }
    });

    test('another region, with the one to say', async () => {
      const redirect = (/** @type {string} */ body, /** @type {any} */ init) => /** @type {any} */ (async () => new Response(body, init));
      const moved = redirect('<Error><Code>PermanentRedirect</Code><Endpoint>data.s3.eu-west-1.amazonaws.com</Endpoint></Error>', { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } });
      const error = await failure(open({ endpoint: undefined }, { fetch: moved }).read('x'));
      expect(error).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', region: 'eu-west-1', serverCode: 'PermanentRedirect' });
      expect(error.message).toContain('Say region = "eu-west-1".');
      const malformed = redirect('<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>', { status: 400 });
      expect(await failure(open({}, { fetch: malformed }).read('x'))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', region: 'eu-north-1' });
    });

    test('what the server saw of the request, where it tells', async () => {
      const said = (/** @type {string} */ canonical) => /** @type {any} */ (
        async () => new Response(`<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>${canonical}</CanonicalRequest></Error>`, { status: 403 })
      );
      const token = { session_token: 'sessionTokenThatNobodyShallSee' };
      const one = await failure(open(token, { fetch: said('GET\n/other') }).read('x'));
      expect(one.message).toContain('line 2 of what was signed is "/data/x" here and "/other" there');
      expect(JSON.stringify(one)).not.toContain('NobodyShallSee');
    });
  });

  describe('as a connection', () => {
    test('reads tables and values, lists, writes, deletes, presigns', async () => {
      const { hawser } = makeHawser();
      const conn = await hawser.connection('lake', { ...config(), url: 's3://data/lake' });
      expect(conn.type).toBe('s3');
      await conn.write('pets.csv', 'name,legs\nRex,4\nTweety,2\n');
      await conn.write('pets.json', '{"a":[1,2]}');
      await conn.write('pets.txt', 'Rex');
      await conn.write('pets.ndjson', '{"name":"Rex"}\n{"name":"Tweety"}\n');
      expect((await conn.read('pets.csv')).toArray()).toEqual([{ name: 'Rex', legs: 4 }, { name: 'Tweety', legs: 2 }]);
      expect((await conn.read('pets.ndjson')).toArray()).toEqual([{ name: 'Rex' }, { name: 'Tweety' }]);
      expect(await conn.read('pets.json')).toEqual({ a: [1, 2] });
      expect(await conn.read('pets.txt')).toBe('Rex');
      expect(await conn.read('pets.csv', { format: 'text' })).toContain('Tweety,2');
      expect([...(await conn.read('pets.txt', { format: 'bytes' }))]).toEqual([82, 101, 120]);
      expect((await all(conn.list())).map((entry) => /** @type {any} */ (entry).path)).toEqual(['pets.csv', 'pets.json', 'pets.ndjson', 'pets.txt']);
      expect(await conn.stat('pets.csv')).toMatchObject({ size: 25, contentType: 'text/csv' });
      expect(await (await fetch(await conn.url('pets.txt', { expires: '1m' }))).text()).toBe('Rex');
      /** @type {any[]} */
      const rows = [];
      for await (const table of conn.stream('pets.csv', { batchSize: 1 })) rows.push(table.toArray());
      expect(rows).toEqual([[{ name: 'Rex', legs: 4 }], [{ name: 'Tweety', legs: 2 }]]);
      await conn.delete('pets.txt');
      expect(await failure(conn.read('pets.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND', connection: 'lake', phase: 'read' });
      expect(await failure(conn.read('pets.csv', { tll: 1 }))).toBeInstanceOf(TypeError);
      expect(await failure(conn.read('a/../b'))).toBeInstanceOf(RangeError);
      expect(await failure(conn.read('pets.unknown'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    });

    test('opens a file and reads parts of one version of it', async () => {
      const { hawser } = makeHawser();
      const conn = await hawser.connection('lake', config());
      await conn.write('parts.txt', '0123456789');
      const file = await conn.open('parts.txt');
      expect(file).toMatchObject({ path: 'parts.txt', size: 10 });
      expect(await file.text()).toBe('0123456789');
      const text = async (/** @type {any[]} */ ...range) => new TextDecoder().decode(await file.slice(...range));
      expect([await text(2, 4), await text(8), await text(-3), await text(20), await text(4, 2)]).toEqual(['23', '89', '789', '', '']);
      expect(await new Response(await file.stream()).text()).toBe('0123456789');
      await conn.write('parts.txt', 'another one');
      for (const work of [() => file.slice(0, 2), () => file.bytes(), () => file.stream()]) {
        expect(await failure(work())).toMatchObject({ changed: true, status: 412, connection: 'lake' });
      }
      expect(await failure(conn.open('nothing'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    });

    test('takes AWS_* of the environment, below the secrets, and never one key with the token of another', async () => {
      const { awsNative } = await import('../../js/connections/files_native.js');
      const environment = { AWS_ACCESS_KEY_ID: rgw.keys.accessKeyId, AWS_SECRET_ACCESS_KEY: rgw.keys.secretAccessKey, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: rgw.endpoint };
      const native = awsNative(environment);
      expect(native).toEqual({ region: 'eu-west-1', endpoint: rgw.endpoint, native: { access_key_id: rgw.keys.accessKeyId, secret_access_key: rgw.keys.secretAccessKey } });
      expect(await textOf(await open({ ...native, access_key_id: undefined, secret_access_key: undefined }).read('temporary.txt'))).toBe('yes');
      const mixed = awsNative({ ...environment, AWS_ACCESS_KEY_ID: 'OTHER', AWS_SESSION_TOKEN: 'of another key', AWS_ENDPOINT_URL_S3: rgw.endpoint });
      expect(await textOf(await open({ ...mixed, ...config() }).read('temporary.txt'))).toBe('yes');
      expect(awsNative({ AWS_ACCESS_KEY_ID: 'half' })).toEqual({});
    });
  });
}
