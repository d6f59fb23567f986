/**
 * Databases that a browser keeps, when a tab is frozen in the background: real Chromium.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectCdp } from '../browser/cdp.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { startSite } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 60_000;
const FOREVER = 'with recursive c(i) as (values (1) union all select i + 1 from c) select count(*) as n from c';

suite('a tab that is frozen', () => {
  let site;
  let chromium;
  let cdp;
  let count = 0;
  beforeAll(async () => {
    site = await startSite();
    chromium = await launchChromium();
    await chromium.browser.close(); // Playwright's end of it.
    cdp = await connectCdp(chromium.program.announced);
  }, PATIENCE);
  afterAll(async () => {
    cdp?.close();
    await chromium?.close();
    await site?.close();
  });

  /** Two tabs with a new database: the first one leads, the second one is shown. */
  async function openTwo() {
    const url = `sqlite:///frozen${++count}.db`;
    const pages = [];
    for (let i = 0; i < 2; i++) {
      pages.push(await cdp.newPage(site.url));
      await pages[i].evaluate(async (url) => {
        globalThis.conn = await globalThis.open(url);
        await conn.execute('create table if not exists t (x)');
        document.addEventListener('freeze', () => (globalThis.frozen = true));
      }, url);
    }
    await pages[1].show();
    expect(await pages[0].evaluate(() => document.visibilityState)).toBe('hidden');
    return pages;
  }
  const values = (page) => page.evaluate(async () => (await conn.query('select x from t order by x', { cache: 'no-store' })).toArray().map(({ x }) => x));
  const leads = (page) => page.evaluate(async () => (await conn.raw()).leads);
  const insert = (page, x) => page.evaluate(async (x) => (await outcome(conn.execute('insert into t values (?)', { params: [x] }))).code, x);

  test('lets another have the file, and goes on with that one when it is back', async () => {
    const [one, two] = await openTwo();
    expect([await leads(one), await leads(two)]).toEqual([true, false]);
    await insert(one, 1);
    for (let round = 0; round < 3; round++) {
      await one.setState('frozen');
      // Chromium may take its time over it, and what the first one was asked meanwhile has an unknown fate.
      do await values(two);
      while (!(await leads(two)));
      expect(await values(two)).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, 1 + 2 * round));
      expect(await insert(two, 2 + 2 * round)).toBeUndefined();
      await one.setState('active');
      expect(await one.evaluate(() => globalThis.frozen)).toBe(true);
      expect(await insert(one, 3 + 2 * round)).toBeUndefined();
    }
    expect(await values(one)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([await leads(one), await leads(two)]).toEqual([false, true]);
    await Promise.all([one.close(), two.close()]);
  }, PATIENCE);

  test('has lost its transaction, which the others need not wait for', async () => {
    for (const leader of [true, false]) {
      const [one, two] = await openTwo();
      const [frozen, other] = leader ? [one, two] : [two, one];
      await other.show();
      await frozen.evaluate(async () => {
        globalThis.tx = await conn.session();
        await tx.execute('insert into t values (1)');
      });
      await frozen.setState('frozen');
      expect(await values(other)).toEqual([]);
      expect(await insert(other, 2)).toBeUndefined();
      await frozen.setState('active');
      expect(await frozen.evaluate(() => outcome(tx.execute('insert into t values (3)')))).toMatchObject({ code: 'ERR_TRANSACTION', rolledBack: true });
      await frozen.evaluate(() => tx.close());
      expect(await insert(frozen, 4)).toBeUndefined();
      expect(await values(other)).toEqual([2, 4]);
      await Promise.all([one.close(), two.close()]);
    }
  }, PATIENCE);

  test('what was under way: reads are run again, of writes it is not known', async () => {
    const [one, two] = await openTwo();
    await one.evaluate((forever) => {
      globalThis.later = [outcome(conn.execute(`insert into t select 1 from (${forever})`)), outcome(conn.query('select count(*) as n from t', { cache: 'no-store' }))];
    }, FOREVER);
    await one.setState('frozen');
    expect(await values(two)).toEqual([]);
    expect(await insert(two, 2)).toBeUndefined();
    await one.setState('active');
    const [write, read] = await one.evaluate(() => Promise.all(later));
    expect(write).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
    expect(read).toEqual({ value: [{ n: 1 }] });
    await Promise.all([one.close(), two.close()]);
  }, PATIENCE);

  test('alone, finds all when it is back', async () => {
    const [one, two] = await openTwo();
    await two.evaluate(() => conn.close());
    await insert(one, 1);
    await one.setState('frozen');
    await one.setState('active');
    expect(await values(one)).toEqual([1]);
    await Promise.all([one.close(), two.close()]);
  }, PATIENCE);
});
