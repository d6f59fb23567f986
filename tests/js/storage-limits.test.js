/**
 * Databases in browsers whose storage is full, is cleared while they are open, or is none: clear errors, no damage.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { haveFirefox, launchFirefox } from '../browser/firefox.js';
import { servePage } from '../browser/site.js';
import { haveWebKit, launchWebKit } from '../browser/webkit.js';

const PATIENCE = 180_000;

/** @type {import('../../tools/serve.js').Served} */
let server;
/** @type {() => Promise<void>} */
let closeBrowser = async () => {};

beforeAll(async () => void (server = await servePage(new URL('../browser/database-page.js', import.meta.url))), PATIENCE);
afterEach(() => closeBrowser(), PATIENCE);
afterAll(() => server?.close());

/** @typedef {{ evaluate: (fn: (argument: any) => any, argument?: any) => Promise<any>, close: () => Promise<unknown> }} Page */

/** The functions of database-page.js, called in a page. @param {Page} page */
const databaseOf = (page) => ({
  open: (/** @type {string} */ url, options = {}) =>
    page.evaluate(([url, options]) => /** @type {any} */ (globalThis).database.open(url, options), [url, options]),
  run: (/** @type {string} */ sql) => page.evaluate((sql) => /** @type {any} */ (globalThis).database.run(sql), sql),
  fill: (/** @type {number} */ most) => page.evaluate((most) => /** @type {any} */ (globalThis).database.fill(most), most),
  fallbacks: () => page.evaluate(() => /** @type {any} */ (globalThis).database.fallbacks()),
});

/** A page of Chromium, and its protocol. @param {object} [options] Makes it private. */
async function chromiumPage(options) {
  const browser = await launchChromium();
  closeBrowser = browser.close;
  const page = await browser.newPage(server.url, options);
  const protocol = await page.context().newCDPSession(page);
  const origin = new URL(server.url).origin;
  return {
    page,
    newPage: () => browser.newPage(server.url),
    allow: (/** @type {number | undefined} */ quotaSize) => protocol.send('Storage.overrideQuotaForOrigin', { origin, quotaSize }),
    clear: () => protocol.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' }),
  };
}

/** Ten rows of 100 KB, and how to find them unharmed. @param {ReturnType<typeof databaseOf>} database */
async function expectUnharmed(database, /** @type {number} */ rows) {
  expect(await database.run('select count(*) as n, sum(length(text)) as bytes from big')).toEqual({ rows: [{ n: rows, bytes: rows ? rows * 100_000 : null }] });
  expect(await database.run('pragma integrity_check')).toEqual({ rows: [{ integrity_check: 'ok' }] });
}

/** @param {ReturnType<typeof databaseOf>} database @param {() => Promise<unknown>} clear Of the site's storage. */
async function expectClearedToBeNoticed(database, clear) {
  expect(await database.open('sqlite:///cleared.db')).toEqual({ persistent: true });
  await database.run('create table big (id int, text text)');
  await database.fill(10);
  await clear();
  const { error } = await database.fill(2000); // It is noticed within half a second.
  expect(error).toMatchObject({ name: 'HawserError', code: 'ERR_CONNECTION_FAILED', cleared: true, message: expect.stringMatching(/cleared/) });
  expect(await database.run('create table big (id int, text text)')).toEqual({ rows: [] });
  expect(await database.fill(3)).toEqual({ acknowledged: 3 });
  await expectUnharmed(database, 3);
}

const FULL = { name: 'HawserError', code: 'ERR_QUERY', sqliteCode: 'SQLITE_FULL', message: expect.stringMatching(/storage.*full/i) };

if (haveChromium()) describe('Chromium', chromiumTests);
else test.skip('no Chromium on this machine', () => {});

function chromiumTests() {
  test('a full storage: the insert fails, what was committed stays, and goes on when there is room', async () => {
    const { page, newPage, allow } = await chromiumPage();
    const database = databaseOf(page);
    expect(await database.open('sqlite:///full.db')).toEqual({ persistent: true });
    await database.run('create table big (id int, text text)');
    await allow(4_000_000);
    const { acknowledged, error } = await database.fill(200);
    expect(error).toMatchObject(FULL);
    expect(acknowledged).toBeGreaterThan(5);
    await expectUnharmed(database, acknowledged);

    await allow(undefined);
    expect(await database.fill(5)).toEqual({ acknowledged: 5 });
    await page.close();
    const again = databaseOf(await newPage());
    await again.open('sqlite:///full.db');
    await expectUnharmed(again, acknowledged + 5);
  }, PATIENCE);

  test('no room for a database at all: it is refused, or kept in memory when that is asked for', async () => {
    const { page, allow } = await chromiumPage();
    const database = databaseOf(page);
    await allow(1000);
    const { error } = await database.open('sqlite:///none.db');
    expect(error).toMatchObject({ name: 'HawserError', message: expect.stringMatching(/full|quota|space/i) });
    expect(await database.open('sqlite:///none.db', { persist: 'preferred' })).toEqual({ persistent: false });
    expect(await database.fallbacks()).toEqual([{ connection: 'kept', code: error.code, reason: error.message }]);
  }, PATIENCE);

  test.each([['', undefined], [', in private mode', {}]])('storage that is cleared while a database is open%s: an error says so, and the next use begins anew', async (_, options) => {
    const { page, clear } = await chromiumPage(options);
    await expectClearedToBeNoticed(databaseOf(page), clear);
  }, PATIENCE);
}

if (haveFirefox()) describe('Firefox', firefoxTests);
else test.skip('no Firefox on this machine', () => {});

function firefoxTests() {
  test('a full storage: the insert fails, what was committed stays', async () => {
    const browser = await launchFirefox({ preferences: { 'dom.quotaManager.temporaryStorage.fixedLimit': 12 * 1024 } });
    closeBrowser = browser.close;
    const page = await browser.newPage(server.url);
    const database = databaseOf(page);
    expect(await database.open('sqlite:///full.db')).toEqual({ persistent: true });
    await database.run('create table big (id int, text text)');
    const { acknowledged, error } = await database.fill(200);
    expect(error).toMatchObject(FULL);
    expect(acknowledged).toBeGreaterThan(5);
    await expectUnharmed(database, acknowledged);
    await page.close();
    const again = databaseOf(await browser.newPage(server.url));
    await again.open('sqlite:///full.db');
    await expectUnharmed(again, acknowledged);
  }, PATIENCE);

  test('storage that is cleared while a database is open: an error says so, and the next use begins anew', async () => {
    const browser = await launchFirefox();
    closeBrowser = browser.close;
    await expectClearedToBeNoticed(databaseOf(await browser.newPage(server.url)), () => browser.clear('127.0.0.1'));
  }, PATIENCE);
}

if (haveWebKit()) describe('WebKitGTK, whose sessions are private', webKitTests);
else test.skip('no WebKitGTK on this machine', () => {});

function webKitTests() {
  /** The functions are there then, and fail when they are used. */
  const FEATURES = ['+FileSystem', '+AccessHandle', '+StorageAPI'];

  test.each([['nothing to keep it in', []], ['functions that fail', FEATURES]])('%s: an error by default, a visible database in memory when asked for', async (_, features) => {
    const browser = await launchWebKit({ features });
    closeBrowser = browser.close;
    const database = databaseOf(/** @type {any} */ (await browser.newPage(server.url)));
    const { error } = await database.open('sqlite:///private.db');
    expect(error).toMatchObject({ name: 'HawserError', code: 'ERR_NOT_SUPPORTED', message: expect.stringMatching(/cannot keep a database/) });
    expect(await database.open('sqlite:///private.db', { persist: 'required' })).toEqual({ error });
    expect(await database.fallbacks()).toEqual([]);

    expect(await database.open('sqlite:///private.db', { persist: 'preferred' })).toEqual({ persistent: false });
    expect(await database.fallbacks()).toEqual([{ connection: 'kept', code: 'ERR_NOT_SUPPORTED', reason: error.message }]);
    await database.run('create table big (id int, text text)');
    expect(await database.fill(3)).toEqual({ acknowledged: 3 });
    await expectUnharmed(database, 3);
  }, PATIENCE);
}
