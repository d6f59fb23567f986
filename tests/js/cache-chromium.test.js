/**
 * Results in real browser tabs: invalidation by BroadcastChannel, refreshes under Web Locks, IndexedDB and the origin private file
 * system as storages, with a quota that is too small and databases that go away.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';

/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let chromium;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** Of the page. @type {Map<string, any>} */
let files;
/** @type {import('playwright-core').Page[]} */
const pages = [];

/** Opens a tab. @param {string} name @param {string} [url] */
async function open(name, url = server.url) {
  const page = await chromium.newPage(`${url}?tab=${name}`);
  pages.push(page);
  await page.waitForFunction('globalThis.tab', undefined, { polling: 10 });
  return {
    page,
    /** @param {string} which @param {...any} args @returns {Promise<any>} */
    read: (which, ...args) => page.evaluate(([which, ...args]) => /** @type {any} */ (globalThis).tab.read(which, ...args), [which, ...args]),
    /** @param {string} which @param {string} how @param {...any} args */
    call: (which, how, ...args) => page.evaluate((all) => /** @type {any} */ (globalThis).tab.call(...all), [which, how, ...args]),
    /** @param {'hold' | 'release' | 'close' | 'pass'} what @param {number} [by] */
    do: (what, by) => page.evaluate(([what, by]) => /** @type {any} */ (globalThis).tab[/** @type {string} */ (what)](by), [what, by]),
    /** @returns {Promise<any>} */
    state: () => page.evaluate('tab.state'),
  };
}

/** Asks until it is so: messages between tabs take their time. @param {() => Promise<boolean>} ask */
async function until(ask) {
  while (!(await ask()));
}

if (!haveChromium()) test.skip('no Chromium on this machine', () => {});
else {
  beforeAll(async () => {
    const bundled = await bundle(fileURLToPath(new URL('../browser/cache_page.js', import.meta.url)), { target: 'browser' });
    files = bundled.files;
    files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${bundled.main}"></script>`));
    server = await serve(async (name) => files.get(name));
    chromium = await launchChromium();
  }, 60_000);
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
    expect(chromium.problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.close();
  });

  describe('two tabs', () => {
    test.each(/** @type {[string, any[]][]} */ ([
      ['clear()', ['memory', 'clear']],
      ['clear(args)', ['memory', 'clear', 'x']],
      ['invalidate by tag', ['memory', 'invalidate', { tags: ['x'], hard: true }]],
      ['everything', ['all', 'clear']],
      ['everything by tag', ['all', 'invalidate', { tags: ['x'], hard: true }]],
    ]))('%s in one is heard in the other', async (_how, call) => {
      const [a, b] = [await open('a'), await open('b')];
      for (const tab of [a, b]) expect(await tab.read('memory', 'x')).toMatchObject({ load: 1 });
      await b.read('memory', 'x');
      expect((await b.state()).loads).toBe(1);
      await a.call(.../** @type {[string, string]} */ (call));
      await until(async () => (await b.read('memory', 'x')).load === 2);
      expect(await a.read('memory', 'x')).toMatchObject({ load: 2, tab: 'a' });
    });

    test('soft invalidation: the other serves the old one once more, and refreshes', async () => {
      const [a, b] = [await open('a'), await open('b')];
      for (const tab of [a, b]) await tab.read('memory', 'x');
      await a.call('memory', 'invalidate', { tags: ['x'] });
      await until(async () => (await b.read('memory', 'x'), (await b.state()).stale === 1));
      await until(async () => (await b.read('memory', 'x')).load === 2);
    });

    test('what has no name means nothing elsewhere, unless everything is meant', async () => {
      const [a, b] = [await open('a'), await open('b')];
      for (const tab of [a, b]) await tab.read('nameless', 'x');
      await a.call('nameless', 'clear');
      await a.call('memory', 'clear'); // Comes after it on the same channel.
      await b.read('memory', 'y');
      expect(await b.read('nameless', 'x')).toMatchObject({ load: 1 });
      await a.call('all', 'invalidate', { tags: ['nameless'], hard: true });
      await until(async () => (await b.read('nameless', 'x')).load > 1);
    });

    test('one refreshes for all', async () => {
      const tabs = await Promise.all(['a', 'b', 'c'].map((name) => open(name)));
      for (const tab of tabs) await tab.read('memory', 'x');
      for (const tab of tabs) {
        await tab.do('pass', 120_000);
        await tab.do('hold');
      }
      for (const tab of tabs) expect(await tab.read('memory', 'x')).toMatchObject({ load: 1 }); // Stale, and not waited for.
      const loads = async () => (await Promise.all(tabs.map((tab) => tab.state()))).map((state) => state.loads);
      await until(async () => (await loads()).includes(2));
      for (const tab of tabs) await tab.read('memory', 'x'); // Tries again.
      const first = (await loads()).indexOf(2);
      await tabs[first].do('release');
      const name = ['a', 'b', 'c'][first];
      for (const tab of tabs) await until(async () => (await tab.read('memory', 'x')).load === 2);
      for (const tab of tabs) expect(await tab.read('memory', 'x')).toMatchObject({ load: 2, tab: name });
      expect((await loads()).sort()).toEqual([1, 1, 2]);
    });

    test('the one that refreshes is closed: another does', async () => {
      const [a, b] = [await open('a'), await open('b')];
      for (const tab of [a, b]) {
        await tab.read('memory', 'x');
        await tab.do('pass', 120_000);
      }
      await a.do('hold');
      await a.read('memory', 'x');
      await until(async () => (await a.state()).loads === 2);
      expect(await b.read('memory', 'x')).toMatchObject({ load: 1, tab: 'b' });
      await a.page.close();
      await until(async () => (await b.read('memory', 'x')).load === 2);
      expect((await b.state()).errors).toEqual([]);
    });
  });

  describe.each(['indexedDb', 'opfs'])('%s', (which) => {
    test('results are found after a reload, and by other tabs; what is cleared is not', async () => {
      const a = await open('a');
      await a.read(which, `${which} 1`);
      await a.do('close'); // Waits for what is being stored.
      const b = await open('b');
      expect(await b.read(which, `${which} 1`)).toMatchObject({ tab: 'a' });
      await b.call(which, 'clear');
      await b.do('close');
      const c = await open('c');
      expect(await c.read(which, `${which} 1`)).toMatchObject({ tab: 'c' });
      expect((await c.state()).errors).toEqual([]);
    });

    test('a quota that is used up fails no query, and is reported', async () => {
      const fresh = await serve(async (name) => files.get(name)); // The browser remembers for a while what an origin may use.
      const { origin } = new URL(fresh.url);
      const a = await open('a', fresh.url);
      const session = await a.page.context().newCDPSession(a.page);
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
      try {
        expect(await a.read(which, `${which} big`, 3_000_000)).toMatchObject({ tab: 'a', load: 1 });
        await until(async () => (await a.state()).errors.length > 0);
        // The file is refused when it is written, or when it is closed.
        expect((await a.state()).errors).toEqual([{ phase: 'storage', name: expect.stringMatching(/^(?:QuotaExceeded|Abort)Error$/) }]);
        expect(await a.read(which, `${which} big`, 3_000_000)).toMatchObject({ load: 1 });
      } finally {
        await session.send('Storage.overrideQuotaForOrigin', { origin });
      }
      await a.read(which, `${which} small`);
      await a.do('close');
      const b = await open('b', fresh.url);
      expect(await b.read(which, `${which} small`)).toMatchObject({ tab: 'a' });
      expect(await b.read(which, `${which} big`, 3_000_000)).toMatchObject({ tab: 'b' });
      await fresh.close();
    });
  });

  test('IndexedDB: somebody deletes the database; it is made anew', async () => {
    const a = await open('a');
    await a.read('indexedDb', 'before');
    await until(() => a.page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === 'hawser-tabs')));
    await a.page.evaluate(() => new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase('hawser-tabs'), { onsuccess: resolve, onerror: reject })));
    await a.read('indexedDb', 'after');
    await a.do('close');
    const b = await open('b');
    expect(await b.read('indexedDb', 'after')).toMatchObject({ tab: 'a' });
    expect(await b.read('indexedDb', 'before')).toMatchObject({ tab: 'b' });
  });

  test('the origin private file system: somebody removes the folder; it is made anew', async () => {
    const a = await open('a');
    await a.read('opfs', 'before');
    const remove = () => a.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      return root.removeEntry('hawser-tabs', { recursive: true }).then(() => true, () => false);
    });
    await until(remove);
    await a.read('opfs', 'between'); // May find out that the folder is gone.
    await a.read('opfs', 'after');
    await a.do('close');
    const b = await open('b');
    expect(await b.read('opfs', 'after')).toMatchObject({ tab: 'a' });
  });
}
