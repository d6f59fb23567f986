/**
 * Google Sheets from a page in Chromium under a strict Content-Security-Policy, against a double of Google (tests/servers/google.js) of
 * another origin.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { zoo } from './gsheets-helpers.js';

/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let chromium;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {import('playwright-core').Page} */
let page;
let z;

/** @param {Record<string, any>} config @param {string} method @param {...any} args @returns {Promise<any>} */
const sheets = (config, method, ...args) => page.evaluate((all) => /** @type {any} */ (globalThis).sheets(...all), [{ ...z.where, ...config }, method, ...args]);

if (!haveChromium()) test.skip('no Chromium on this machine', () => {});
else {
  beforeAll(async () => {
    z = await zoo();
    z.spreadsheet.readers.push('anyone');
    z.google.endpoint.tokens.set('short-lived', { email: z.account.client_email, scopes: ['https://www.googleapis.com/auth/spreadsheets'], expires: Infinity });
    const { files, main } = await bundle(fileURLToPath(new URL('../browser/gsheets_page.js', import.meta.url)), { target: 'browser' });
    files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
    const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";
    site = await serve(async (name) => files.get(name), { headers: () => ({ 'Content-Security-Policy': policy }) });
    chromium = await launchChromium();
    page = await chromium.newPage(site.url);
    await page.waitForFunction('globalThis.sheets', undefined, { polling: 10 });
  }, 60_000);
  afterEach(() => expect(chromium.problems.splice(0)).toEqual([]));
  afterAll(async () => {
    await chromium?.close();
    await site?.close();
    await z?.stop();
  });

  test('a public spreadsheet, without a key and with one', async () => {
    expect((await sheets({}, 'read', { range: 'A1:C2' })).value).toEqual([{ name: 'Tom', kind: 'cat', weight: 4.5 }]);
    expect((await sheets({ key: 'AIzaTheKey' }, 'read', 'Pets', { range: 'A1:D2' })).value).toEqual([{ name: 'Tom', kind: 'cat', weight: 4.5, born: '2024-02-29' }]);
  });

  test('one that is not public is not taken for a server without a rule', async () => {
    const spreadsheet = 'private-spreadsheet';
    z.google.books.set(spreadsheet, { readers: [] });
    const { error } = await sheets({ spreadsheet }, 'read');
    chromium.problems.splice(0); // It is what this is about.
    expect(error).toMatchObject({ code: 'ERR_CORS', message: expect.stringContaining('is not public, or Google does not let pages read it') });
    expect(error.message).not.toContain('Access-Control');
  });

  test('SQL over worksheets', async () => {
    const { value } = await sheets({ key: 'AIzaTheKey' }, 'query', 'select o.owner, p.kind from "Owner\'s list" o join Pets p on p.name = o.pet order by 1');
    expect(value).toEqual([{ owner: 'Ada', kind: 'cat' }, { owner: 'Bob', kind: 'dog' }]);
  });

  test('a token that expires, from a function, reads and writes', async () => {
    expect((await sheets({ token: 'short-lived' }, 'append', { worksheet: 'Empty', data: [{ from: 'a page' }] })).value).toEqual({ rows: 1 });
    expect((await sheets({ token: 'short-lived' }, 'read', 'Empty')).value).toEqual([{ from: 'a page' }]);
  });

  test('a service account has no place in a page, unless somebody insists', async () => {
    const asked = z.google.log.length;
    const { error } = await sheets({ credentials: z.account }, 'read', 'Pets');
    expect(error).toMatchObject({ code: 'ERR_EXPOSED_SECRET', message: expect.stringContaining('dangerouslyAllowBrowser') });
    expect(z.google.log).toHaveLength(asked);
    expect((await sheets({ credentials: z.account, dangerouslyAllowBrowser: true }, 'read', 'Pets')).value).toHaveLength(4);
  });
}
