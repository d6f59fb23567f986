/**
 * The demo page in real Chromium, from the demo server, under its strict Content-Security-Policy.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startServer } from '../../tools/demo-server.js';
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.js';
import { haveChromium, openPage } from '../browser/chromium.js';

/** @type {import('../../tools/serve.js').Served} */
let server;

beforeAll(async () => void (server = await startServer()), 60_000);
afterAll(() => server?.close());

describe('the server', () => {
  test('sends the policy and the exact types', async () => {
    const types = { '': 'text/html', 'app.js': 'text/javascript', 'style.css': 'text/css', 'core.wasm': 'application/wasm', 'data/movies.json': 'application/json' };
    for (const [name, type] of Object.entries(types)) {
      const response = await fetch(server.url + name);
      expect([name, response.status, response.headers.get('content-type')]).toEqual([name, 200, expect.stringContaining(type)]);
      expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(500);
    }
  });

  test.each(['nothing.html', 'package.json', 'data/..%2fpackage.json', 'data/%2e%2e/package.json', '../package.json', 'quickstart.js', 'constructor'])(
    'has no %s',
    async (name) => expect((await fetch(server.url + name)).status).toBe(404),
  );

  test('takes another port when its own is taken', async () => {
    const port = Number(new URL(server.url).port);
    const second = await startServer({ port });
    expect(second.url).not.toBe(server.url);
    expect((await fetch(second.url)).status).toBe(200);
    await second.close();
  });

  test('answers nothing but GET and HEAD', async () => {
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
    expect(await (await fetch(server.url, { method: 'HEAD' })).text()).toBe('');
  });
});

if (haveChromium()) describe('the page', pageTests);
else test.skip('the page: no Chromium on this machine', () => {});

function pageTests() {
  /** @type {Awaited<ReturnType<typeof openPage>>} */
  let browser;
  /** @type {import('playwright-core').Page} */
  let page;

  beforeAll(async () => {
    browser = await openPage(server.url);
    page = browser.page;
  }, 60_000);
  afterAll(() => browser?.close());

  beforeEach(() => void browser.problems.splice(0));
  const noProblems = () => expect(browser.problems).toEqual([]);

  /** @param {number} number Waits until this run is on the page. */
  const ran = (number) => page.locator(`#runs li[value="${number}"]`).waitFor();
  const cells = (row = 0) => page.locator('#rows tbody tr').nth(row).locator('td').allTextContents();

  test('runs its first query: a miss', async () => {
    await ran(1);
    expect(await page.locator('#state').textContent()).toMatch(/^miss 4 rows · /);
    expect(await page.locator('#rows th').allTextContents()).toEqual(['person', 'pet', 'age']);
    expect(await cells()).toEqual(['Ingrid', 'cat', '11']);
    expect(await page.locator('#about').textContent()).toMatch(/^5 rows \(.*\) loaded in /);
    noProblems();
  });

  test('runs it again: a hit with its age', async () => {
    await page.getByRole('button', { name: 'Run' }).click();
    await ran(2);
    expect(await page.locator('#state').textContent()).toMatch(/^hit 4 rows · .* s old/);
    noProblems();
  });

  test('runs edited SQL at Ctrl+Enter', async () => {
    await page.getByLabel('SQL').fill("select upper(pet) as loud, '<b>bold</b>' as html from pet_owners where person = :who");
    await page.getByLabel('Parameters').fill('{ "who": "Mary" }');
    await page.keyboard.press('Control+Enter');
    await ran(3);
    expect(await page.locator('#state .badge').textContent()).toBe('miss');
    expect(await cells()).toEqual(['DOG', '<b>bold</b>']);
    noProblems();
  });

  test('shows an SQL error with its place, and recovers', async () => {
    await page.getByLabel('SQL').fill('select person,\n  nosuch\nfrom pet_owners');
    await page.getByLabel('SQL').press('Control+Enter');
    await ran(4);
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('ERR_QUERY');
    expect(await alert.locator('mark').textContent()).toBe('nosuch');
    expect(await alert.textContent()).toContain('line 2, column 3');
    expect(await page.locator('#rows tr').count()).toBe(0);

    await page.getByLabel('Parameters').fill('{ who');
    await page.getByLabel('SQL').press('Control+Enter');
    await ran(5);
    expect(await alert.textContent()).toContain('Parameters are not JSON');

    await page.getByLabel('Parameters').fill('');
    await page.getByLabel('SQL').fill('select 1 as one');
    await page.getByLabel('SQL').press('Control+Enter');
    await ran(6);
    expect(await alert.textContent()).toBe('');
    expect(await cells()).toEqual(['1']);
    noProblems();
  });

  test('clears the cache', async () => {
    await page.getByRole('button', { name: 'Clear cache' }).click();
    expect(await page.locator('#state').textContent()).toContain('Cleared');
    await page.getByRole('button', { name: 'Run' }).click();
    await ran(7);
    expect(await page.locator('#state .badge').textContent()).toBe('miss');
    noProblems();
  });

  test('shows at most 200 rows, and says how many there are', async () => {
    await page.getByLabel('SQL').fill('with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) select i from n');
    await page.getByLabel('SQL').press('Control+Enter');
    await ran(8);
    expect(await page.locator('#rows tbody tr').count()).toBe(200);
    expect(await page.locator('#rows .note').textContent()).toBe('The first 200 of 2,500 rows.');
    noProblems();
  });

  test.each([['Movies', 9, 'title', '3,201 rows'], ['Flights', 10, 'origin', '25,366 rows']])('%s: the real data set', async (name, number, head, about) => {
    await page.getByRole('radio', { name }).check();
    await ran(number);
    expect(await page.locator('#about').textContent()).toContain(about);
    expect(await page.locator('#rows th').first().textContent()).toBe(head);
    expect(await page.locator('#rows tbody tr').count()).toBe(8);
    noProblems();
  });

  test('works with the keyboard alone', async () => {
    await page.locator('input[value=flights]').focus();
    await page.keyboard.press('ArrowLeft');
    await ran(11);
    expect(await page.locator('#state .badge').textContent()).toBe('hit');
    await page.locator('#params').focus();
    await page.keyboard.press('Enter');
    await ran(12);
    noProblems();
  });
}
