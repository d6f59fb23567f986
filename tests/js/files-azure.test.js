/**
 * Azure Blob Storage against Azurite, Microsoft's emulator.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringToSign } from '../../js/http/signers/azure_shared_key.js';
import { createStore, nativeConfig } from '../../js/stores/azure.js';
import { azureTarget } from '../../js/stores/azure_config.js';
import { parseBlobList } from '../../js/stores/azure_list.js';
import { haveAzurite, startAzurite } from '../servers/azurite.js';
import { all, bytesOf, failure, storeContext, textOf, writableStore } from './store-contract.js';

if (!haveAzurite()) test.skip('no Azurite: node tools/setup.js test', () => {});
else {
  /** @type {Awaited<ReturnType<typeof startAzurite>>} */
  let azurite;
  /** @type {import('../../js/stores/store.js').Store} */
  let store;
  /** @type {{ method: string, url: URL, headers: Headers }[]} */
  const sent = [];
  /** @type {typeof fetch} */
  const recorded = (url, init) => {
    sent.push({ method: String(init?.method), url: new URL(String(url)), headers: new Headers(init?.headers) });
    return fetch(url, init);
  };
  /** @param {Record<string, any>} [config] @param {Parameters<typeof storeContext>[0]} [options] */
  const open = (config = {}, options) =>
    createStore({ account: azurite.account, endpoint: azurite.endpoint, container: 'data', ...config }, storeContext({ fetch: recorded, type: 'azure', ...options }));

  beforeAll(async () => {
    azurite = await startAzurite();
    await azurite.createContainer('data');
    await azurite.createContainer('public', 'container');
    store = open({ account_key: azurite.key });
  }, 60_000);
  afterAll(() => azurite?.close());

  writableStore(() => store);

  describe('large bodies', () => {
    test('go block by block, and appear at once', async () => {
      const small = open({ account_key: azurite.key, block_size: 1000 });
      const bytes = new Uint8Array(4500).map((_, at) => at % 251);
      sent.length = 0;
      /** @type {any[]} */
      const progress = [];
      expect(await small.write('large/bytes', bytes, { onProgress: (at) => progress.push(at), contentType: 'application/x-test' })).toMatchObject({ size: 4500 });
      expect(sent.map(({ url }) => url.searchParams.get('comp'))).toEqual([...Array(5).fill('block'), 'blocklist']);
      expect(progress.map(({ loaded }) => loaded)).toEqual([1000, 2000, 3000, 4000, 4500]);
      const reply = await small.read('large/bytes');
      expect(reply.contentType).toBe('application/x-test');
      expect(await bytesOf(reply)).toEqual(bytes);
      for (const length of [999, 1000, 1001, 2000]) {
        const body = new ReadableStream({
          start(controller) {
            for (let at = 0; at < length; at += 7) controller.enqueue(bytes.subarray(at, Math.min(at + 7, length)));
            controller.close();
          },
        });
        await small.write('large/stream', body);
        expect(await bytesOf(await small.read('large/stream'))).toEqual(bytes.subarray(0, length));
        await small.write('large/part', bytes.subarray(0, length));
        expect(await bytesOf(await small.read('large/part'))).toEqual(bytes.subarray(0, length));
      }
    });

    test('a body that fails leaves what was there', async () => {
      const small = open({ account_key: azurite.key, block_size: 1000 });
      await small.write('large/kept', 'old');
      const body = new ReadableStream({
        pull(controller) {
          if (controller.desiredSize === null) return;
          controller.enqueue(new Uint8Array(3000));
          controller.error(new Error('the source failed'));
        },
      });
      await expect(small.write('large/kept', body)).rejects.toThrow('the source failed');
      expect(await textOf(await small.read('large/kept'))).toBe('old');
    });
  });

  describe('credentials', () => {
    const wrongKey = Buffer.alloc(64, 7).toString('base64');

    test('a wrong account key is refused, and named as such', async () => {
      const error = await failure(open({ account_key: wrongKey }).stat('contract/list/a.txt'));
      expect(error).toMatchObject({ code: 'ERR_AUTH', status: 403, reason: 'signature' });
      expect(error.message).toContain('account_key is not a key of the account');
    });

    test('a key that is no base64', async () => {
      expect(await failure(open({ account_key: 'not base64 !' }).stat('a'))).toMatchObject({ code: 'ERR_AUTH' });
    });

    test('none: a public container, and one that is not', async () => {
      await open({ account_key: azurite.key, container: 'public' }).write('open.txt', 'for all');
      const anonymous = open({ container: 'public' });
      expect(await textOf(await anonymous.read('open.txt'))).toBe('for all');
      expect((await all(anonymous.list(''))).map(({ path }) => path)).toContain('open.txt');
      expect(await anonymous.url('open.txt', { expires: 60 })).toBe(`${azurite.endpoint}/public/open.txt`);
      const error = await failure(open({}).read('contract/list/a.txt'));
      expect(error).toMatchObject({ code: 'ERR_AUTH', reason: 'anonymous' });
      expect(error.message).toContain('it is not public');
    });

    test('a connection string, with the container as a part of paths', async () => {
      const whole = createStore({ connection_string: azurite.connectionString }, storeContext({ type: 'azure' }));
      await whole.write('data/whole/a.txt', 'by string');
      expect(await textOf(await store.read('whole/a.txt'))).toBe('by string');
      expect((await all(whole.list('data/whole/'))).map(({ path }) => path)).toEqual(['data/whole/a.txt']);
      for (const path of ['a.txt', 'data/', '/a']) expect(await failure(whole.read(path))).toBeInstanceOf(RangeError);
      const missing = await failure(whole.read('nowhere/a.txt'));
      expect(missing).toMatchObject({ code: 'ERR_NOT_FOUND', azureCode: 'ContainerNotFound' });
      expect(missing.message).toContain('"nowhere"');
    });

    test('a prefix is not part of paths', async () => {
      const below = open({ account_key: azurite.key, prefix: 'team/one/' });
      await below.write('x/y.txt', 'below');
      expect(await textOf(await store.read('team/one/x/y.txt'))).toBe('below');
      expect((await all(below.list('x/'))).map(({ path }) => path)).toEqual(['x/y.txt']);
      expect((await all(below.list('', { recursive: false }))).map(({ path }) => path)).toEqual(['x/']);
    });

    test('a token is sent as it is, and asked for again when it is refused', async () => {
      /** @type {(string | null)[]} */
      const seen = [];
      const fetch = /** @type {any} */ (async (/** @type {string} */ _url, /** @type {any} */ { headers }) => {
        const authorization = headers.get('authorization');
        seen.push(authorization);
        return authorization === 'Bearer second' ? new Response('hello') : new Response('', { status: 401, headers: { 'x-ms-error-code': 'InvalidAuthenticationInfo' } });
      });
      const token = (/** @type {{ renew: boolean }} */ { renew }) => (renew ? 'second' : 'first');
      expect(await textOf(await open({ token }, { fetch }).read('a'))).toBe('hello');
      expect(seen).toEqual(['Bearer first', 'Bearer second']);
      expect(await failure(open({ token: 'fixed' }, { fetch }).read('a'))).toMatchObject({ code: 'ERR_AUTH', reason: 'token', status: 401 });
    });
  });

  describe('presigned URLs and shared access signatures', () => {
    /** @param {string} url @returns {Promise<import('../../js/stores/store.js').Store>} A store whose only credential is that of the URL. */
    const withSasOf = async (url) => open({ sas_token: new URL(url).search });

    test('Azurite takes them for the blob and the method that they are for, and nothing else', async () => {
      for (const name of ['signed/a.txt', "signed/ü b+c%20'(1).txt"]) {
        await store.write(name, 'signed');
        const url = await store.url(name, { expires: 60 });
        expect(await (await fetch(url)).text()).toBe('signed');
        expect(await (await fetch(url, { headers: { range: 'bytes=1-2' } })).text()).toBe('ig');
        expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
        expect((await fetch(url.replace('signed/', 'signed/other'))).status).toBe(403);
        expect((await fetch(url.replace(/sig=[^&]{4}/, 'sig=AAAA'))).status).toBe(403);
        const put = await store.url(name, { expires: 60, method: 'PUT' });
        expect((await fetch(put, { method: 'PUT', body: 'put', headers: { 'x-ms-blob-type': 'BlockBlob' } })).status).toBe(201);
        expect(await textOf(await store.read(name))).toBe('put');
        expect((await fetch(await store.url(name, { expires: 60, method: 'DELETE' }), { method: 'DELETE' })).status).toBe(202);
      }
      await expect(store.url('a', { expires: 60, method: 'PATCH' })).rejects.toThrow(RangeError);
      await expect(store.url('a', { expires: 0 })).rejects.toThrow(RangeError);
      expect(await failure(open({}).url('a', { expires: 5, method: 'PUT' }))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    });

    test('a connection that has one reads with it; what it does not allow is said', async () => {
      await store.write('signed/b.txt', 'by SAS');
      const reader = await withSasOf(await store.url('signed/b.txt', { expires: 60 }));
      expect(await textOf(await reader.read('signed/b.txt'))).toBe('by SAS');
      expect(await reader.stat('signed/b.txt')).toMatchObject({ size: 6 });
      const error = await failure(reader.delete('signed/b.txt'));
      expect(error).toMatchObject({ code: 'ERR_AUTH', reason: 'forbidden' });
      expect(error.message).toContain('allows "r" only');
      expect(await failure(reader.read('contract/list/a.txt'))).toMatchObject({ code: 'ERR_AUTH', reason: 'signature' });
      expect(await failure(reader.url('signed/b.txt', { expires: 5 }))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    });

    test('one of a container reads, lists and writes what it allows', async () => {
      const whole = open({ sas_token: `?${azurite.containerSas('data', 'rcwdl')}` });
      await whole.write("sas/ü b+c'.txt", 'x'.repeat(2500));
      expect((await all(whole.list('sas/'))).map(({ path }) => path)).toEqual(["sas/ü b+c'.txt"]);
      expect(await textOf(await whole.read("sas/ü b+c'.txt", { range: { suffix: 2 } }))).toBe('xx');
      await open({ sas_token: azurite.containerSas('data', 'rcw'), block_size: 1000 }).write('sas/blocks', 'y'.repeat(2500));
      expect(await whole.stat('sas/blocks')).toMatchObject({ size: 2500 });
      await whole.delete('sas/blocks');
      expect(await failure(all(open({ sas_token: azurite.containerSas('data', 'r') }).list('sas/')))).toMatchObject({ code: 'ERR_AUTH', reason: 'forbidden' });
      const byUrl = createStore({ url: `${azurite.endpoint}/data/sas?${azurite.containerSas('data', 'rl')}` }, storeContext({ type: 'azure' }));
      expect((await all(byUrl.list(''))).map(({ path }) => path)).toEqual(["ü b+c'.txt"]);
    });

    test('one that has expired names the time', async () => {
      const clock = { now: () => Date.parse('2024-02-03T04:05:06Z') };
      const url = await open({ account_key: azurite.key }, { clock }).url('contract/list/a.txt', { expires: 60 });
      expect((await fetch(url)).status).toBe(403);
      const error = await failure((await withSasOf(url)).read('contract/list/a.txt'));
      expect(error).toMatchObject({ code: 'ERR_AUTH', reason: 'expired' });
      expect(error.message).toContain('expired at 2024-02-03T04:06:06.000Z');
    });
  });

  describe('listing', () => {
    test('directories of hierarchical namespaces are none of the blobs', () => {
      const blob = (/** @type {string} */ name, /** @type {string} */ more) => `<Blob><Name>${name}</Name><Properties><Content-Length>3</Content-Length><Etag>0x1</Etag>${more}</Properties></Blob>`;
      const xml = `<EnumerationResults><Blobs>${blob('a', '<ResourceType>directory</ResourceType>')}${blob('a/b', '<ResourceType>file</ResourceType>')}<Blob><Name Encoded="true">c%EF%BF%BE</Name></Blob></Blobs><NextMarker>m</NextMarker></EnumerationResults>`;
      const { entries, next } = parseBlobList(`\uFEFF${xml}`);
      expect(entries).toMatchObject([{ path: 'a/b', size: 3, etag: '"0x1"' }, { path: 'c\uFFFE', size: undefined }]);
      expect(next).toBe('m');
    });

    test('page after page, as they are asked for', async () => {
      const writer = open({ account_key: azurite.key, container: 'public' });
      for (const name of ['p/a', 'p/b', 'p/c', 'p/d', 'p/e']) await writer.write(name, name);
      let pages = 0;
      const small = /** @type {any} */ ((/** @type {string} */ url, /** @type {any} */ init) => {
        pages += 1;
        return fetch(`${url}&maxresults=2`, init);
      });
      const anonymous = open({ container: 'public' }, { fetch: small });
      expect((await all(anonymous.list('p/'))).map(({ path }) => path)).toEqual(['p/a', 'p/b', 'p/c', 'p/d', 'p/e']);
      expect(pages).toBe(3);
      for await (const { path } of anonymous.list('p/')) if (path === 'p/b') break;
      expect(pages).toBe(4);
    });
  });

  test('a clock that is wrong is told from a wrong key', async () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const fetch = /** @type {any} */ (async () => new Response('', { status: 403, headers: { date: new Date(now + 3_600_000).toUTCString(), 'x-ms-error-code': 'AuthenticationFailed' } }));
    const error = await failure(open({ account_key: azurite.key }, { fetch, clock: { now: () => now } }).read('a'));
    expect(error).toMatchObject({ code: 'ERR_AUTH', reason: 'clock' });
    expect(error.message).toContain('2026-01-01T01:00:00.000Z');
  });

  test('names that Azure would change are refused for new objects', async () => {
    for (const path of ['a.', 'a./b', 'a\\b']) expect(await failure(store.write(path, 'x'))).toBeInstanceOf(RangeError);
  });

  test('no key, signature or token is in any error', async () => {
    const sas = new URL(await store.url('contract/list/a.txt', { expires: 60 })).searchParams;
    const wrong = new URLSearchParams(sas);
    wrong.set('sig', Buffer.from('a signature that is none').toString('base64'));
    const refused = /** @type {any} */ (async () => new Response(`<Error><Code>AuthenticationFailed</Code><AuthenticationErrorDetail>${azurite.key}</AuthenticationErrorDetail></Error>`, { status: 403 }));
    const lost = /** @type {any} */ (async () => { throw new TypeError('fetch failed'); });
    const stores = [
      open({ account_key: azurite.key }), open({ account_key: azurite.key }, { fetch: refused }), open({ account_key: azurite.key }, { fetch: lost }),
      open({ sas_token: String(wrong) }), open({ sas_token: String(wrong) }, { fetch: lost }), open({ token: 'the-token' }, { fetch: refused }), open({ token: 'the-token' }, { fetch: lost }),
    ];
    for (const each of stores) {
      for (const call of [() => each.read('no such'), () => each.stat('no such'), () => each.delete('no such'), () => all(each.list('no such')), () => each.write('x.', 'y')]) {
        const error = await call().then(() => undefined, (reason) => reason);
        const text = [String(error), error?.stack, JSON.stringify(error), JSON.stringify(Object.entries(error ?? {})), each.root].join('\n');
        for (const secret of [azurite.key, String(wrong.get('sig')), encodeURIComponent(String(wrong.get('sig'))), 'the-token']) expect(text).not.toContain(secret);
      }
    }
  });
}

describe('Shared Key', () => {
  test('the text that is signed, as documented by Microsoft', () => {
    const url = new URL('https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=metadata&timeout=20');
    const headers = new Headers({ 'x-ms-version': '2015-02-21', 'x-ms-date': 'Fri, 26 Jun 2015 23:39:12 GMT' });
    expect(stringToSign({ method: 'GET', url, headers }, 'myaccount')).toBe(
      'GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20',
    );
    const list = new URL('https://myaccount.blob.core.windows.net/mycontainer?restype=container&comp=list&include=snapshots&include=metadata&include=uncommittedblobs');
    expect(stringToSign({ method: 'GET', url: list, headers: new Headers() }, 'myaccount').split('\n').slice(12)).toEqual([
      '/myaccount/mycontainer', 'comp:list', 'include:metadata,snapshots,uncommittedblobs', 'restype:container',
    ]);
  });

  test('the length of a body, its type, conditions and the range are signed', () => {
    const headers = new Headers({ 'content-type': 'text/plain', 'if-match': '"e"', 'if-none-match': '*', range: 'bytes=0-1', date: 'never', 'x-ms-date': 'now', 'X-Ms-Meta': '  a  b ' });
    const lines = (/** @type {any} */ body) => stringToSign({ method: 'put', url: new URL('https://a/b%20c//d'), headers, body }, 'acct').split('\n');
    expect(lines('grüße')).toEqual(['PUT', '', '', '7', '', 'text/plain', '', '', '"e"', '*', '', 'bytes=0-1', 'x-ms-date:now', 'x-ms-meta:a  b', '/acct/b%20c//d']);
    expect(lines(new Uint8Array(3))[3]).toBe('3');
    expect(lines(new Blob(['four']))[3]).toBe('4');
    expect(lines('')[3]).toBe('');
    expect(() => lines(new Blob(['x']).stream())).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }));
  });
});

describe('configuration', () => {
  const target = (/** @type {Record<string, any>} */ config) => azureTarget(config, 'files');

  test('where things are', () => {
    expect(target({ account: 'acct', container: 'c' })).toMatchObject({ endpoint: 'https://acct.blob.core.windows.net', container: 'c', prefix: '', credentials: { kind: 'anonymous' } });
    expect(target({ account_name: 'acct', key: 'a2V5', container: 'c', prefix: '/p/q/' })).toMatchObject({ prefix: 'p/q/', credentials: { kind: 'key', key: 'a2V5' } });
    expect(target({ account: 'acct', endpoint_suffix: 'core.usgovcloudapi.net' }).endpoint).toBe('https://acct.blob.core.usgovcloudapi.net');
    expect(target({ endpoint: 'http://127.0.0.1:10000/devstore/' })).toMatchObject({ account: 'devstore', endpoint: 'http://127.0.0.1:10000/devstore' });
    expect(target({ endpoint: 'https://acct.blob.core.windows.net/' }).account).toBe('acct');
  });

  test('URLs', () => {
    for (const scheme of ['azure', 'az', 'abfs', 'abfss']) expect(target({ account: 'acct', url: `${scheme}://c/p/q` })).toMatchObject({ container: 'c', prefix: 'p/q/' });
    expect(target({ url: 'abfss://c@acct.dfs.core.windows.net/p' })).toMatchObject({ account: 'acct', container: 'c', prefix: 'p/', endpoint: 'https://acct.blob.core.windows.net' });
    expect(target({ url: 'https://acct.blob.core.windows.net/c/p%20q?sv=1&sig=a%2Bb' })).toMatchObject({ account: 'acct', container: 'c', prefix: 'p q/', endpoint: 'https://acct.blob.core.windows.net' });
    expect(/** @type {any} */ (target({ url: 'https://acct.blob.core.windows.net/c?sv=1&sig=a%2Bb' }).credentials).sas.get('sig')).toBe('a+b');
    expect(target({ url: 'http://127.0.0.1:10000/devstore/c' })).toMatchObject({ account: 'devstore', container: 'c', endpoint: 'http://127.0.0.1:10000/devstore' });
  });

  test('connection strings', () => {
    expect(target({ connection_string: 'DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5PQ==;EndpointSuffix=core.windows.net' })).toMatchObject({ account: 'acct', credentials: { kind: 'key', key: 'a2V5PQ==' } });
    expect(target({ connection_string: 'BlobEndpoint=https://acct.blob.core.windows.net/;SharedAccessSignature=sv=1&sig=x%3D' })).toMatchObject({ account: 'acct', credentials: { kind: 'sas' } });
    expect(target({ connection_string: 'UseDevelopmentStorage=true' })).toMatchObject({ account: 'devstoreaccount1', endpoint: 'http://127.0.0.1:10000/devstoreaccount1' });
    expect(target({ connection_string: 'AccountName=acct;AccountKey=a2V5PQ==', sas_token: '?sig=x' }).credentials.kind).toBe('sas');
    for (const connection_string of ['nonsense', 'AccountKey=a2V5PQ==', '=x']) expect(() => target({ connection_string })).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION_CONFIG' }));
  });

  test('the environment stands below all, and its credentials stay with their account', () => {
    const environment = { AZURE_STORAGE_ACCOUNT: 'env', AZURE_STORAGE_KEY: 'ZW52', UNRELATED: 'x' };
    expect(nativeConfig({ UNRELATED: 'x' })).toEqual({});
    const native = nativeConfig(environment);
    expect(target(native)).toMatchObject({ account: 'env', credentials: { kind: 'key', key: 'ZW52' } });
    expect(target({ ...native, sas_token: 'sig=x' })).toMatchObject({ account: 'env', credentials: { kind: 'sas' } });
    expect(target({ ...native, account: 'other' })).toMatchObject({ account: 'other', endpoint: 'https://other.blob.core.windows.net', credentials: { kind: 'anonymous' } });
    expect(target({ ...native, anonymous: true }).credentials.kind).toBe('anonymous');
    expect(target({ ...nativeConfig({ AZURE_STORAGE_KEY: 'ZW52' }), account: 'mine' })).toMatchObject({ account: 'mine', credentials: { kind: 'key' } });
    expect(target(nativeConfig({ AZURE_STORAGE_CONNECTION_STRING: 'AccountName=acct;AccountKey=a2V5PQ==' }))).toMatchObject({ account: 'acct', credentials: { kind: 'key' } });
  });

  test('what is missing or contradictory', () => {
    for (const config of [{}, { account: 'a b' }, { account: 'a', endpoint: 'nowhere' }, { account: 'a', sas_token: 'sv=1' }, { account: 'a', sas_token: 'sig=1', account_key: 'x' },
      { account: 'a', endpoint: 'https://a.blob.core.windows.net/data' }, { account: 'a', container: 'A/b' }, { account: 'a', prefix: 'x' }]) {
      expect(() => target(config)).toThrow(expect.objectContaining({ code: 'ERR_CONNECTION_CONFIG', connection: 'files' }));
    }
  });
});
