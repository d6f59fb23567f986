/**
 * Files of S3 (Ceph RGW) from a page in Chromium, under a strict Content-Security-Policy: with temporary credentials, by presigned URLs,
 * and what errors say where the browser says nothing.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { servePage } from '../browser/site.js';
import { GoogleStorageDouble } from '../servers/google_storage.js';
import { nobody } from '../servers/nobody.js';
import { haveRgw, startRgw } from '../servers/rgw.js';

/** The XML of S3 for a rule as its console takes it. @param {string} rule JSON. */
const corsXml = (rule) =>
  `<CORSConfiguration>${JSON.parse(rule).map((/** @type {any} */ { AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds }) => {
    const list = (/** @type {string} */ name, /** @type {string[]} */ values) => values.map((value) => `<${name}>${value}</${name}>`).join('');
    return `<CORSRule>${list('AllowedOrigin', AllowedOrigins)}${list('AllowedMethod', AllowedMethods)}${list('AllowedHeader', AllowedHeaders)}${list('ExposeHeader', ExposeHeaders)}<MaxAgeSeconds>${MaxAgeSeconds}</MaxAgeSeconds></CORSRule>`;
  }).join('')}</CORSConfiguration>`;

if (!haveChromium() || !haveRgw()) test.skip('no Chromium or no Ceph RGW on this machine', () => {});
else {
  /** @type {Awaited<ReturnType<typeof launchChromium>>} */
  let chromium;
  /** @type {Awaited<ReturnType<typeof servePage>>} */
  let site;
  /** @type {import('../servers/rgw.js').Rgw} */
  let rgw;
  const google = new GoogleStorageDouble();
  /** Where nobody is. */
  let dead = '';
  /** @type {import('playwright-core').Page} */
  let page;
  /** @type {Awaited<ReturnType<import('../servers/rgw.js').Rgw['temporary']>>} */
  let temporary;

  /** @param {string} method @param {...any} args @returns {Promise<any>} */
  const files = (method, ...args) => page.evaluate(([method, ...args]) => /** @type {any} */ (globalThis).files[method](...args), [method, ...args]);
  /** With temporary credentials. @param {Record<string, any>} [more] */
  const open = (more) =>
    files('open', { type: 's3', bucket: 'open', endpoint: rgw.endpoint, access_key_id: temporary.accessKeyId, secret_access_key: temporary.secretAccessKey, session_token: temporary.sessionToken, ...more });

  beforeAll(async () => {
    rgw = await startRgw();
    for (const bucket of ['open', 'closed']) await rgw.addBucket(bucket);
    await google.start();
    google.buckets.set('data', new Map());
    google.endpoint.tokens.set('token', { email: 'robot@hawser.example', scopes: [], expires: Infinity });
    temporary = await rgw.temporary();
    dead = await nobody();
    const policy = `${CONTENT_SECURITY_POLICY}; connect-src 'self' ${rgw.endpoint} ${google.url} ${dead}`;
    site = await servePage(new URL('../browser/files_page.js', import.meta.url), undefined, /** @type {any} */ ({ headers: () => ({ 'Content-Security-Policy': policy }) }));
    chromium = await launchChromium();
    page = await chromium.newPage(site.url);
    await page.waitForFunction('globalThis.files');
  }, 120_000);
  afterEach(() => {
    chromium.problems.splice(0); // The browser says aloud what is refused; that is what these tests are about.
  });
  afterAll(async () => {
    await chromium?.close();
    await Promise.all([site?.close(), rgw?.close(), google.stop()]);
  });

  test('no rule at the bucket: the error has the one to paste, and with it the page may', async () => {
    expect(await open()).toEqual({ value: 's3' });
    const { error } = await files('call', 'write', 'first.txt', 'written by a page');
    expect(error).toMatchObject({ code: 'ERR_CORS', rule: expect.stringContaining(new URL(site.url).origin) });
    expect(error.message).toContain(error.rule);
    await rgw.ask('PUT', 'open?cors', corsXml(error.rule));
    expect((await files('call', 'write', 'first.txt', 'written by a page')).value).toMatchObject({ path: 'first.txt', size: 17 });
    expect(await files('call', 'read', 'first.txt')).toEqual({ value: 'written by a page' });
  });

  describe('with a rule', () => {
    test('temporary credentials, as text and from a function: all that one does with files', async () => {
      for (const how of [() => open(), () => files('open', { type: 's3', bucket: 'open', endpoint: rgw.endpoint }, temporary)]) {
        expect(await how()).toEqual({ value: 's3' });
        await files('call', 'write', 'dir/a b+é.csv', 'name,legs\nRex,4\n');
        expect(await files('call', 'read', 'dir/a b+é.csv', { ttl: '1ms' })).toEqual({ value: { rows: [{ name: 'Rex', legs: 4 }], cache: 'miss' } });
        // Renewed by a 304, which has no body.
        expect(await files('call', 'read', 'dir/a b+é.csv', { ttl: '1ms' })).toEqual({ value: { rows: [{ name: 'Rex', legs: 4 }], cache: 'miss' } });
        expect((await files('all', 'list', 'dir/')).value).toMatchObject([{ path: 'dir/a b+é.csv', type: 'file', size: 16 }]);
        expect((await files('call', 'stat', 'dir/a b+é.csv')).value).toMatchObject({ size: 16, contentType: 'text/csv' });
        expect((await files('parts', 'dir/a b+é.csv', [[0, 4], [10, 13], [-2]])).value).toMatchObject({ size: 16, parts: ['name', 'Rex', '4\n'] });
        expect((await files('all', 'stream', 'dir/a b+é.csv')).value).toEqual([expect.objectContaining({ rows: [{ name: 'Rex', legs: 4 }] })]);
        await files('call', 'write', 'dir/a b+é.csv', 'name,legs\nTweety,2\n');
        expect((await files('more', 4)).error).toMatchObject({ changed: true, status: 412 });
        expect(await files('call', 'delete', 'dir/a b+é.csv')).toEqual({ value: undefined });
        expect((await files('call', 'read', 'dir/a b+é.csv')).error).toMatchObject({ code: 'ERR_NOT_FOUND' });
        expect((await files('call', 'read', 'a/../b')).error).toMatchObject({ name: 'RangeError' });
      }
    });

    test('by presigned URLs, with no credentials at all', async () => {
      await open();
      await files('call', 'write', 'shared.csv', 'n\n1\n2\n');
      const { value: url } = await files('call', 'url', 'shared.csv', { expires: 60 });
      expect(await files('fetch', url)).toEqual({ value: 'n\n1\n2\n' });
      await files('open', { type: 'files', protocol: 'https' });
      expect((await files('call', 'read', url, { format: 'csv' })).value.rows).toEqual([{ n: 1 }, { n: 2 }]);
    });

    test('a wrong secret, a missing object, another bucket, a clock that is wrong', async () => {
      await open({ secret_access_key: 'mistyped', session_token: undefined, access_key_id: rgw.keys.accessKeyId, dangerouslyAllowBrowser: true });
      expect((await files('call', 'read', 'first.txt')).error).toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('secret access key is wrong') });
      await files('setClock', 7_200_000);
      await open();
      expect((await files('call', 'read', 'first.txt')).error).toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('clock') });
      await files('setClock', 0);
      await open();
      expect((await files('call', 'read', 'nothing.txt')).error).toMatchObject({ code: 'ERR_NOT_FOUND', status: 404 });
      await open({ bucket: 'closed' });
      expect((await files('call', 'read', 'nothing.txt')).error).toMatchObject({ code: 'ERR_CORS' });
    });

    test('nobody there', async () => {
      await open({ endpoint: dead });
      const { error } = await files('call', 'read', 'first.txt');
      expect(error).toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true });
    });
  });

  test('Google Cloud Storage, with a token that a function gives; a fixed one is refused', async () => {
    const config = { type: 'gcs', bucket: 'data', endpoint: google.url };
    await files('open', { ...config, token: 'token' });
    expect((await files('call', 'read', 'a b+é.csv')).error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
    await files('open', config, undefined, 'token');
    expect((await files('call', 'write', 'a b+é.csv', 'n\n1\n')).value).toMatchObject({ path: 'a b+é.csv', size: 4 });
    for (let i = 0; i < 2; i++) expect((await files('call', 'read', 'a b+é.csv', { ttl: '1ms' })).value.rows).toEqual([{ n: 1 }]);
    expect(google.log.filter(({ method }) => method === 'GET').map(({ status }) => status)).toEqual([200, 304]);
    expect((await files('parts', 'a b+é.csv', [[0, 1], [-2]])).value.parts).toEqual(['n', '1\n']);
    expect((await files('all', 'list')).value).toMatchObject([{ path: 'a b+é.csv', size: 4 }]);
    expect(await files('call', 'delete', 'a b+é.csv')).toEqual({ value: undefined });
    expect((await files('call', 'read', 'a b+é.csv')).error).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  test('keys that do not end are not sent from a page, unless it is said that they may', async () => {
    const keys = { access_key_id: rgw.keys.accessKeyId, secret_access_key: rgw.keys.secretAccessKey, session_token: undefined };
    await open(keys);
    const { error } = await files('call', 'read', 'first.txt');
    expect(error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
    expect(error.message).not.toContain(rgw.keys.secretAccessKey);
    await open({ ...keys, dangerouslyAllowBrowser: true });
    expect(await files('call', 'read', 'first.txt')).toEqual({ value: 'written by a page' });
  });
}
