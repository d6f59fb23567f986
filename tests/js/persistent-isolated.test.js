/**
 * Databases that a browser keeps, on a page that is cross-origin isolated: as files of their own (`vfs=opfs`), and stopped by shared
 * memory. Real Chromium.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { openIn, run, startTabs } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 60_000;

suite('a page that is cross-origin isolated', () => {
  let tabs;
  beforeAll(async () => void (tabs = await startTabs({ isolated: true })), PATIENCE);
  afterAll(() => tabs?.end());

  test.each(['opfs', 'opfs-sahpool'])('keeps a database with vfs=%s, shares it among tabs and hands it on', async (vfs) => {
    const url = `${tabs.newUrl().replace('.db', '')}/of/mine.db?vfs=${vfs}`;
    const [one, two] = [await tabs.tab(), await tabs.tab()];
    for (const page of [one, two]) await openIn(page, url);
    expect(await one.evaluate(() => crossOriginIsolated)).toBe(true);
    await run(one, 'create table t (x)');
    for (const page of [one, two]) await run(page, 'insert into t values (1)');
    expect((await run(two, 'pragma journal_mode')).value).toEqual([{ journal_mode: 'wal' }]);
    const file = await one.evaluate(async (path) => {
      let folder = await navigator.storage.getDirectory();
      try {
        for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
        return (await (await folder.getFileHandle(path.at(-1))).getFile()).size >= 0;
      } catch (error) {
        return error.name;
      }
    }, url.slice('sqlite:///'.length).split('?')[0].split('/'));
    expect(file).toBe(vfs === 'opfs' ? true : 'NotFoundError');
    await one.close();
    await run(two, 'select 1');
    expect(await run(two, 'insert into t values (2)')).toHaveProperty('value');
    expect((await run(two, 'select sum(x) as s from t')).value).toEqual([{ s: 4 }]);
    await two.reload();
    await openIn(two, url);
    expect((await run(two, 'select sum(x) as s from t')).value).toEqual([{ s: 4 }]);
    await two.close();
    expect(tabs.problems).toEqual([]);
  }, PATIENCE);

  test('stops statements, in its own Worker and in that of another tab', async () => {
    const url = tabs.newUrl();
    const pages = [await tabs.tab(), await tabs.tab()];
    for (const page of pages) await openIn(page, url);
    for (const page of pages) {
      const seen = await page.evaluate(async () => {
        const stop = new AbortController();
        const running = outcome(conn.query('with recursive c(i) as (values (1) union all select i + 1 from c) select count(*) from c', { signal: stop.signal, cache: 'no-store' }));
        const behind = conn.query('select 1 as one', { cache: 'no-store' });
        stop.abort(new Error('enough'));
        return [(await running).message, (await behind).toArray()];
      });
      expect(seen).toEqual(['enough', [{ one: 1 }]]);
    }
  }, PATIENCE);
});
