/**
 * Databases that a browser keeps, when its storage is full, or taken away: real Chromium, in a profile on disk and in a private one.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { openIn, run, startTabs } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 60_000;

suite.each([['on disk', undefined], ['private, in memory', {}]])('storage %s', (_name, context) => {
  let tabs;
  beforeAll(async () => void (tabs = await startTabs()), PATIENCE);
  afterAll(() => tabs?.end());

  /** Two tabs with a new database, and a way to ask for things of their browser. */
  async function openTwo() {
    const url = tabs.newUrl();
    const one = await tabs.newPage(tabs.site.url, context);
    const two = await one.context().newPage();
    await two.goto(tabs.site.url);
    for (const page of [one, two]) await openIn(page, url);
    await run(one, 'create table t (x)');
    const session = await one.context().newCDPSession(one);
    return { one, two, url, send: (method, params) => session.send(method, { origin: new URL(tabs.site.url).origin, ...params }) };
  }
  const count = async (page) => (await run(page, 'select count(*) as n from t')).value?.[0].n;

  test('that is full: an error that says so, nothing is lost, and it goes on when there is room', async () => {
    const { one, two, url, send } = await openTwo();
    await run(two, "insert into t values (zeroblob(1000000))");
    await send('Storage.overrideQuotaForOrigin', { quotaSize: 3_000_000 });
    const errors = [];
    let rows = 1;
    for (const page of [one, two, one, two, one, two]) {
      const { code, sqliteCode, message, cause } = await run(page, 'insert into t values (randomblob(2000000))');
      if (code) errors.push({ code, sqliteCode, message, cause });
      else rows++;
    }
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toEqual({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_FULL', message: expect.stringMatching(/storage.*is full/), cause: 'QuotaExceededError' });
    }
    expect([await count(one), await count(two)]).toEqual([rows, rows]);
    expect((await run(two, 'pragma integrity_check')).value).toEqual([{ integrity_check: 'ok' }]);
    // It can be opened again, too.
    const third = await one.context().newPage();
    await Promise.all([one.close(), two.close()]);
    await third.goto(tabs.site.url);
    await openIn(third, url);
    expect(await count(third)).toBe(rows);
    const other = await third.context().newCDPSession(third);
    await other.send('Storage.overrideQuotaForOrigin', { origin: new URL(tabs.site.url).origin });
    expect(await run(third, 'insert into t values (randomblob(2000000))')).toHaveProperty('value');
    expect(await count(third)).toBe(rows + 1);
    expect((await run(third, 'pragma integrity_check')).value).toEqual([{ integrity_check: 'ok' }]);
    await third.close();
  }, PATIENCE);

  test('that is cleared while it is open: an error that says so, then a new database', async () => {
    const { one, two, send } = await openTwo();
    await run(two, 'insert into t values (1)');
    await send('Storage.clearDataForOrigin', { storageTypes: 'all' });
    const cleared = { code: 'ERR_CONNECTION_FAILED', message: expect.stringMatching(/storage was cleared/) };
    let outcome;
    do outcome = await run(two, 'insert into t values (2)'); // Now and then it is looked whether the file is there.
    while (outcome.code === undefined);
    expect(outcome).toMatchObject(cleared);
    // Both begin anew.
    for (const page of [one, two]) {
      for (let tries = 0; tries < 3; tries++) {
        if ((await run(page, 'create table if not exists t (x)')).code === undefined) break;
      }
      expect(await run(page, 'insert into t values (3)')).toHaveProperty('value');
    }
    expect([await count(one), await count(two)]).toEqual([2, 2]);
    await Promise.all([one.close(), two.close()]);
  }, PATIENCE);
});
