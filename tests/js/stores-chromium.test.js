/**
 * Stores from a page in Chromium: Azure (Azurite), the Hugging Face Hub (a double of it), web servers.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';
import { createStore } from '../../js/stores/azure.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { haveAzurite, startAzurite } from '../servers/azurite.js';
import { startHuggingFace } from '../servers/huggingface.js';
import { storeContext } from './store-contract.js';

/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let chromium;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string} */
let origin;

/** @param {string} name @param {Record<string, any>} config @param {string} call @param {...any} args @returns {Promise<any>} */
const run = (name, config, call, ...args) => page.evaluate((all) => /** @type {any} */ (globalThis).run(...all), [name, config, call, ...args]);

/** Failures of requests are what some tests are about. */
const forgive = () => void chromium.problems.splice(0);

if (!haveChromium()) test.skip('no Chromium on this machine', () => {});
else {
  beforeAll(async () => {
    const { files, main } = await bundle(fileURLToPath(new URL('../browser/stores_page.js', import.meta.url)), { target: 'browser' });
    files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";
    site = await serve(async (name) => files.get(name), { headers: () => ({ 'Content-Security-Policy': policy }) });
    origin = new URL(site.url).origin;
    chromium = await launchChromium();
    page = await chromium.newPage(site.url);
    await page.waitForFunction('globalThis.run', undefined, { polling: 10 });
  }, 60_000);
  // What is not read to its end counts as failed there.
  afterEach(() => expect(chromium.problems.splice(0).filter((problem) => !problem.startsWith('request failed: '))).toEqual([]));
  afterAll(async () => {
    await chromium?.close();
    await site?.close();
  });

  if (!haveAzurite()) test.skip('no Azurite: node tools/setup.js test', () => {});
  else {
    describe('Azure, from a page', () => {
      /** @type {Awaited<ReturnType<typeof startAzurite>>} */
      let azurite;
      /** @type {import('../../js/stores/store.js').Store} */
      let server;
      const target = () => ({ account: azurite.account, endpoint: azurite.endpoint, container: 'data' });
      /** The page's configuration for one blob. @param {string} path @param {string} [method] */
      const signed = async (path, method) => ({ ...target(), sas_token: new URL(await server.url(path, { expires: 60, method })).search });
      beforeAll(async () => {
        azurite = await startAzurite();
        await azurite.createContainer('data', 'container');
        await azurite.createContainer('closed');
        server = createStore({ ...target(), account_key: azurite.key }, storeContext());
        await server.write('a b/ü+.csv', 'a,b\n1,2\n');
      }, 60_000);
      afterAll(() => azurite?.close());

      test('without a rule the page is told which one it takes', async () => {
        const { error } = await run('azure', await signed('a b/ü+.csv'), 'read', 'a b/ü+.csv');
        forgive();
        expect(error).toMatchObject({ code: 'ERR_CORS' });
        expect(error.rule).toMatch(/^az storage cors add --services b /);
        expect(error.message).toContain(error.rule);
        expect(error.rule).toContain(`--allowed-origins ${origin}`);
        expect(error.message).not.toContain('sig=');
      });

      test('with the rule it reads, in whole and in parts, and asks whether it has changed', async () => {
        await azurite.allowOrigin(origin);
        const config = await signed('a b/ü+.csv');
        const { value } = await run('azure', config, 'read', 'a b/ü+.csv');
        expect(value).toMatchObject({ text: 'a,b\n1,2\n', size: 8 });
        expect((await run('azure', config, 'read', 'a b/ü+.csv', { range: { start: 4, end: 7 } })).value).toMatchObject({ text: '1,2', size: 8 });
        expect((await run('azure', config, 'read', 'a b/ü+.csv', { range: { suffix: 2 } })).value).toMatchObject({ text: '2\n', size: 8 });
        expect((await run('azure', config, 'read', 'a b/ü+.csv', { ifNoneMatch: value.etag })).value).toMatchObject({ notModified: true, text: null });
        expect((await run('azure', config, 'stat', 'a b/ü+.csv')).value).toMatchObject({ size: 8, etag: value.etag });
        expect((await run('azure', target(), 'list', '')).value).toEqual(['a b/ü+.csv']);
      });

      test('it writes with a signature that allows it, and is refused with another', async () => {
        expect((await run('azure', await signed('new.txt', 'PUT'), 'write', 'new.txt', 'from a page')).value).toMatchObject({ size: 11 });
        expect(await new Response((await server.read('new.txt')).body).text()).toBe('from a page');
        const refused = await run('azure', await signed('new.txt'), 'write', 'new.txt', 'again');
        const missing = await run('azure', target(), 'read', 'none');
        const closed = await run('azure', { ...target(), container: 'closed' }, 'read', 'none');
        forgive();
        expect(refused.error).toMatchObject({ code: 'ERR_AUTH', reason: 'forbidden' });
        expect(missing.error).toMatchObject({ code: 'ERR_NOT_FOUND', status: 404 });
        expect(closed.error).toMatchObject({ code: 'ERR_AUTH', reason: 'anonymous' });
      });

      test('an account key is not sent from a page unless that is said', async () => {
        const config = { ...target(), account_key: azurite.key };
        expect((await run('azure', config, 'read', 'a b/ü+.csv')).error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
        expect((await run('azure', { ...config, dangerouslyAllowBrowser: true }, 'read', 'a b/ü+.csv')).value).toMatchObject({ text: 'a,b\n1,2\n' });
      });

      test('nobody there is nobody there', async () => {
        const { error } = await run('azure', { ...target(), endpoint: 'http://127.0.0.1:1/account' }, 'read', 'x');
        forgive();
        expect(error).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
      });
    });
  }

  describe('a double of the Hugging Face Hub, from a page', () => {
    const large = 'x'.repeat(500);
    /** @type {Awaited<ReturnType<typeof startHuggingFace>>} */
    let hub;
    const config = (more = {}) => ({ endpoint: hub.endpoint, viewer_endpoint: hub.viewer, repo: 'datasets/owner/set', ...more });
    beforeAll(async () => {
      const files = { 'small.txt': 'small', 'large.txt': large, 'data/a.txt': 'a' };
      const url = 'https://huggingface.co/datasets/owner/set/resolve/refs%2Fconvert%2Fparquet/default/train/0.parquet';
      hub = await startHuggingFace({
        repos: { 'datasets/owner/set': { revisions: { main: files } }, 'datasets/owner/hidden': { private: true, revisions: { main: files } } },
        parquet: { 'owner/set': { body: { parquet_files: [{ dataset: 'owner/set', config: 'default', split: 'train', url, filename: '0.parquet', size: 5 }], pending: [], failed: [], partial: false } } },
      });
    });
    afterAll(() => hub?.close());

    test('files and their parts, wherever they are', async () => {
      expect((await run('huggingface', config(), 'read', 'small.txt')).value).toMatchObject({ text: 'small', size: 5 });
      const { value } = await run('huggingface', config(), 'read', 'large.txt');
      expect(value).toMatchObject({ text: large, size: 500 });
      expect((await run('huggingface', config(), 'read', 'large.txt', { range: { start: 10, end: 20 } })).value).toMatchObject({ text: 'x'.repeat(10), size: 500 });
      expect((await run('huggingface', config(), 'read', 'large.txt', { range: { suffix: 7 } })).value).toMatchObject({ text: 'x'.repeat(7), size: 500 });
      expect((await run('huggingface', config(), 'stat', 'large.txt')).value).toMatchObject({ size: 500, etag: value.etag });
      expect((await run('huggingface', config(), 'read', 'large.txt', { ifNoneMatch: value.etag })).value).toMatchObject({ notModified: true, text: null });
      expect(hub.seen.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
    });

    test('lists and datasets', async () => {
      expect((await run('huggingface', config(), 'list', '')).value).toEqual(['data/a.txt', 'large.txt', 'small.txt']);
      expect((await run('huggingface', config(), 'parts', '')).value.parts).toHaveLength(1);
    });

    test('a token that is fixed stays at home; one from a function is sent, and not to where large files are', async () => {
      const hidden = config({ repo: 'datasets/owner/hidden' });
      expect((await run('huggingface', { ...hidden, token: hub.token }, 'read', 'small.txt')).error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
      hub.seen.length = 0;
      expect((await run('huggingface', { ...hidden, tokenFunction: hub.token }, 'read', 'small.txt')).value).toMatchObject({ text: 'small' });
      expect((await run('huggingface', { ...hidden, tokenFunction: hub.token }, 'read', 'large.txt', { range: { start: 0, end: 3 } })).value).toMatchObject({ text: 'xxx', size: 500 });
      const [cdn] = hub.seen.filter(({ at }) => at === 'cdn');
      expect(cdn.headers.authorization).toBeUndefined();
      const { error } = await run('huggingface', hidden, 'read', 'small.txt');
      forgive();
      expect(error).toMatchObject({ code: 'ERR_AUTH', status: 401 });
    });
  });

  describe('web servers, from a page', () => {
    /** @type {string[]} */
    const asked = [];
    const server = createServer((request, response) => {
      const [, quirk, file] = /** @type {RegExpExecArray} */ (/^\/(\w+)\/(.*)$/.exec(String(request.url)) ?? ['', '', '']);
      asked.push(`${request.method} ${quirk}`);
      if (quirk !== 'closed') response.setHeader('access-control-allow-origin', '*');
      if (quirk === 'open') response.setHeader('access-control-expose-headers', 'etag, content-range');
      if (request.method === 'OPTIONS' || file !== 'digits.txt') return void response.writeHead(404).end();
      response.setHeader('etag', '"e1"').setHeader('last-modified', 'Mon, 02 Jan 2023 03:04:05 GMT');
      const range = /^bytes=(\d+)-(\d*)$/.exec(String(request.headers.range));
      if (!range) return void response.setHeader('content-length', 10).end(request.method === 'HEAD' ? undefined : '0123456789');
      const part = '0123456789'.slice(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined);
      response.writeHead(206, { 'content-range': `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/10`, 'content-length': part.length }).end(part);
    });
    /** @type {string} */
    let base;
    beforeAll(async () => {
      await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
      base = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
    });
    afterAll(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    test('no question is asked that the server would have to allow', async () => {
      for (const quirk of ['open', 'shy']) {
        const config = { url: `${base}/${quirk}/` };
        const { value } = await run('https', config, 'read', 'digits.txt');
        expect(value).toMatchObject({ text: '0123456789', size: 10 });
        expect((await run('https', config, 'read', 'digits.txt', { range: { start: 3, end: 5 } })).value).toMatchObject({ text: '34', size: quirk === 'open' ? 10 : undefined });
        expect((await run('https', config, 'stat', 'digits.txt')).value).toMatchObject({ size: 10 });
        if (quirk === 'open') expect((await run('https', config, 'read', 'digits.txt', { ifNoneMatch: value.etag })).value).toMatchObject({ notModified: true });
      }
      expect(asked.filter((one) => one.startsWith('OPTIONS'))).toEqual([]);
    });

    test('a server that allows nothing is told from one that is not there, and from a file that is not', async () => {
      const closed = await run('https', { url: `${base}/closed/` }, 'read', 'digits.txt');
      const nobody = await run('https', { url: 'http://127.0.0.1:1/' }, 'read', 'digits.txt');
      const missing = await run('https', { url: `${base}/open/` }, 'read', 'other.txt');
      forgive();
      expect(closed.error).toMatchObject({ code: 'ERR_CORS' });
      expect(closed.error.rule).toContain(`Access-Control-Allow-Origin: ${origin}`);
      expect(nobody.error).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
      expect(missing.error).toMatchObject({ code: 'ERR_NOT_FOUND', status: 404 });
    });

    test('files beside the page need no address', async () => {
      expect((await run('anywhere', {}, 'read', 'icon.svg', { range: { start: 1, end: 4 } })).value).toMatchObject({ text: 'svg' });
      expect((await run('anywhere', {}, 'read', `${base}/open/digits.txt`)).value).toMatchObject({ text: '0123456789' });
      expect((await run('anywhere', {}, 'write', 'a.txt', 'x')).error).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    });

    test('a credential that is fixed stays at home', async () => {
      expect((await run('https', { url: `${base}/open/`, auth: { type: 'bearer', token: 'x' } }, 'read', 'digits.txt')).error).toMatchObject({ code: 'ERR_EXPOSED_SECRET' });
    });
  });
}
