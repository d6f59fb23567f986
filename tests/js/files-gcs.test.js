/**
 * Google Cloud Storage: its JSON API against a double that was written from its contract, its XML API (which is S3's) against Ceph RGW.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { googleNative } from '../../js/connections/files_native.js';
import { createStore } from '../../js/stores/gcs.js';
import { GoogleStorageDouble } from '../servers/google_storage.js';
import { haveRgw, startRgw } from '../servers/rgw.js';
import { makeHawser } from './connection-helpers.js';
import { HARD_NAMES, all, failure, storeContext, textOf, writableStore } from './store-contract.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs8' }));

const google = await new GoogleStorageDouble().start();
const ACCOUNT = { type: 'service_account', client_email: 'robot@hawser.example', private_key_id: '1', private_key: PEM, token_uri: `${google.url}/token` };
const NOBODY = { ...ACCOUNT, client_email: 'nobody@hawser.example' };
for (const account of [ACCOUNT, NOBODY]) google.endpoint.register(account, publicKey);
google.keys.set(ACCOUNT.client_email, publicKey);
google.buckets.set('data', new Map());
google.buckets.set('public', new Map([['a b.txt', { bytes: Buffer.from('for all'), contentType: 'text/plain', generation: 7n, updated: new Date() }]]));
google.open.add('public');

afterAll(async () => {
  await google.stop();
  expect(google.violations ?? []).toEqual([]);
});

/** @param {Record<string, any>} [more] @param {Parameters<typeof storeContext>[0]} [options] */
const open = (more, options) => createStore({ url: 'gs://data', endpoint: google.url, credentials: ACCOUNT, ...more }, /** @type {any} */ (storeContext({ type: 'gcs', ...options })));

describe('the JSON API', () => {
  /** @type {import('../../js/stores/store.js').Store} */
  let store;
  beforeAll(async () => {
    store = await open();
  });

  writableStore(() => store);

  test('pages of lists, of files and folders, as they are asked for', async () => {
    for (let i = 0; i < 10; i++) await store.write(`many/${i}.txt`, 'x');
    for (const folder of ['a', 'b', 'z']) await store.write(`many/${folder}/x`, 'x');
    google.log.length = 0;
    expect(await all(store.list('many/'))).toHaveLength(13);
    expect(google.log).toHaveLength(5);
    const paths = (await all(store.list('many/', { recursive: false }))).map(({ path }) => path);
    expect(paths).toEqual([...Array.from({ length: 10 }, (_, i) => `many/${i}.txt`), 'many/a/', 'many/b/', 'many/z/']);
    google.log.length = 0;
    for await (const { path } of store.list('many/')) if (path === 'many/1.txt') break;
    expect(google.log).toHaveLength(1);
  });

  test('the etag is the generation, wherever it comes from', async () => {
    const { etag } = await store.write('generation', '1');
    expect(etag).toMatch(/^"\d+"$/);
    expect((await store.read('generation')).etag).toBe(etag);
    expect((await all(store.list('generation')))[0].etag).toBe(etag);
    expect(await failure(store.write('generation', '2', { ifMatch: '"no-generation"' }))).toBeInstanceOf(RangeError);
    expect(await failure(store.write('generation', '2', { ifMatch: '"1"' }))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 412 });
  });

  describe('credentials', () => {
    test('one token for many requests, another when it was refused', async () => {
      const own = await open();
      google.log.length = 0;
      await Promise.all([own.stat('generation'), own.stat('generation'), own.stat('generation')]);
      await own.stat('generation');
      expect(google.log.filter(({ path }) => path === '/token')).toHaveLength(1);
      google.endpoint.revokeAll();
      await own.stat('generation');
      expect(google.log.filter(({ path }) => path === '/token')).toHaveLength(2);
    });

    test('as the keys of the section, as text, as a token, as a function, of GOOGLE_APPLICATION_CREDENTIALS', async () => {
      const { type: _, ...section } = ACCOUNT;
      const token = (await google.endpoint.tokens.keys().next()).value;
      const folder = mkdtempSync(join(tmpdir(), 'hawser-gcs-'));
      const file = join(folder, 'account.json');
      writeFileSync(file, JSON.stringify(ACCOUNT));
      const native = googleNative({ GOOGLE_APPLICATION_CREDENTIALS: file, STORAGE_EMULATOR_HOST: new URL(google.url).host });
      try {
        for (const more of [section, { credentials: JSON.stringify(ACCOUNT) }, { token }, { token: async () => token }, native]) {
          const own = await open({ credentials: undefined, ...more });
          expect(await textOf(await own.read('generation'))).toBe('1');
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
      expect(googleNative({})).toEqual({});
      expect(await failure(open({ credentials: undefined, native: { credentials_file: file } }))).toMatchObject({ code: 'ERR_AUTH' });
      expect(await failure(open({ credentials: undefined }))).toMatchObject({ code: 'ERR_AUTH', connection: 'files' });
    });

    test('none: public buckets only', async () => {
      const own = await open({ credentials: undefined, anonymous: true, url: 'gs://public' });
      expect(await textOf(await own.read('a b.txt'))).toBe('for all');
      expect(await own.url('a b.txt', { expires: 1 })).toBe(`${google.url}/public/a%20b.txt`);
      expect(await failure((await open({ credentials: undefined, anonymous: true })).read('generation'))).toMatchObject({ code: 'ERR_AUTH', status: 401 });
    });

    test('what they may not do', async () => {
      const error = await failure((await open({ credentials: NOBODY })).read('generation'));
      expect(error).toMatchObject({ code: 'ERR_AUTH', status: 403, serverCode: 'forbidden' });
      expect(error.message).toContain('Storage Object Viewer');
      expect(await failure((await open({ token: 'wrong' })).read('generation'))).toMatchObject({ code: 'ERR_AUTH', status: 401 });
      expect(await failure((await open({ url: 'gs://nothing' })).read('generation'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    });
  });

  describe('signed URLs', () => {
    test.each(HARD_NAMES)('of %j', async (name) => {
      await store.write(`signed/${name}`, name);
      const response = await fetch(await store.url(`signed/${name}`, { expires: 60 }));
      expect([response.status, await response.text()]).toEqual([200, name]);
    });

    test('are for one method, and for a while, and need a key', async () => {
      const url = await store.url('generation', { expires: 60 });
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(403);
      const past = await open({}, { clock: { now: () => Date.now() - 120_000 } });
      expect((await fetch(await past.url('generation', { expires: 60 }))).status).toBe(400);
      const own = await open({ token: 'any' });
      expect(own.capabilities.presign).toBe(false);
      expect(await failure(own.url('generation', { expires: 60 }))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    });
  });

  test('as a connection, by its scheme', async () => {
    const { hawser } = makeHawser({ clock: Date });
    const conn = await hawser.connection('lake', { url: 'gs://data/lake', endpoint: google.url, credentials: ACCOUNT });
    expect(conn.type).toBe('gcs');
    await conn.write('pets.csv', 'name,legs\nRex,4\n');
    expect((await conn.read('pets.csv')).toArray()).toEqual([{ name: 'Rex', legs: 4 }]);
    const file = await conn.open('pets.csv');
    await conn.write('pets.csv', 'name,legs\nTweety,2\n');
    expect(await failure(file.text())).toMatchObject({ changed: true });
    expect((await conn.read('pets.csv')).toArray()).toEqual([{ name: 'Tweety', legs: 2 }]);
    expect((await all(conn.list())).map((entry) => /** @type {any} */ (entry).path)).toEqual(['pets.csv']);
  });
});

if (!haveRgw()) test.skip('no Ceph RGW: node tools/setup.js test', () => {});
else {
  describe('the XML API with HMAC keys', () => {
    /** @type {import('../servers/rgw.js').Rgw} */
    let rgw;
    /** @type {import('../../js/stores/store.js').Store} */
    let store;
    beforeAll(async () => {
      rgw = await startRgw();
      await rgw.addBucket('data');
      const { accessKeyId: access_key_id, secretAccessKey: secret_access_key } = rgw.keys;
      store = await open({ endpoint: rgw.endpoint, access_key_id, secret_access_key });
    }, 120_000);
    afterAll(() => rgw?.close());

    writableStore(() => store, { conditions: false });

    test('has addresses of Google', async () => {
      expect(store.root).toBe('gs://data/');
      /** @type {string[]} */
      const asked = [];
      const answer = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => (asked.push(String(url), new Headers(init.headers).get('authorization') ?? ''), new Response('x')));
      await (await open({ endpoint: undefined, access_key_id: 'GOOG1', secret_access_key: 'secret' }, { fetch: answer })).read('k');
      expect(asked[0]).toBe('https://storage.googleapis.com/data/k');
      expect(asked[1]).toMatch(/Credential=GOOG1\/\d+\/auto\/s3\/aws4_request/);
    });
  });
}
