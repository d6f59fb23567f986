/**
 * Databases that a browser keeps, in many tabs of real Chromium at once.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { openIn, run, startTabs } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 60_000;

/** @type {Awaited<ReturnType<typeof startTabs>>} */
let tabs;

/** Tabs with a new database open; the first one leads. @param {number} count @param {object} [options] */
async function openTabs(count, options) {
  const url = tabs.newUrl();
  const pages = [];
  for (let i = 0; i < count; i++) {
    pages.push(await tabs.tab());
    await openIn(pages[i], url, options);
    await pages[i].evaluate(() => conn.raw());
  }
  await run(pages[0], 'create table if not exists t (x)');
  return pages;
}

const leads = (page) => page.evaluate(async () => (await conn.raw()).leads);
const valuesOf = async (page) => (await run(page, 'select x from t order by x')).value?.map(({ x }) => x);
const close = (...pages) => Promise.all(pages.map((page) => page.close()));

suite('tabs with one database', () => {
  beforeAll(async () => void (tabs = await startTabs()), PATIENCE);
  afterAll(() => tabs?.end());

  test('one of three has the file, all write and see what the others wrote', async () => {
    const pages = await openTabs(3);
    expect(await Promise.all(pages.map(leads))).toEqual([true, false, false]);
    await Promise.all(
      pages.map((page, i) =>
        page.evaluate(async (i) => {
          for (let n = 0; n < 20; n++) {
            if (n % 2) await conn.execute('insert into t values (?)', { params: [100 * i + n] });
            else await conn.executeMany('insert into t values (:x)', [{ x: 100 * i + n }]);
          }
        }, i),
      ),
    );
    const all = [0, 1, 2].flatMap((i) => Array.from({ length: 20 }, (_, n) => 100 * i + n));
    for (const page of pages) expect(await valuesOf(page)).toEqual(all);
    await close(...pages);
  }, PATIENCE);

  test('values of every kind, large results, streams and errors are the same in all tabs', async () => {
    const pages = await openTabs(2);
    const seen = [];
    for (const page of pages) {
      seen.push(await page.evaluate(async () => {
        await conn.execute('create table if not exists kinds (id integer primary key, v)');
        const params = [null, true, 1.5, -0, 2n ** 62n, 'Ünï 🐕\0', new Date(0), new Uint8Array([0, 255, 7]), new ArrayBuffer(3)];
        await conn.executeMany('insert or replace into kinds values (?, ?)', params.map((v, i) => [i, v]));
        const kinds = (await conn.query('select v, typeof(v) as t from kinds', { int64: 'bigint' })).toArray().map(({ v, t }) => [String(v), t]);
        const sql = "with recursive c(i) as (values (1) union all select i + 1 from c where i < 30000) select i, i / 2.0 as h, printf('é%d', i) as t, nullif(i % 3, 0) as m from c";
        const table = await conn.query(sql);
        const sums = table.toArray().reduce(([a, b, c, d], { i, h, t, m }) => [a + i, b + h, c + t.length, d + (m ?? 100)], [0, 0, 0, 0]);
        let streamed = 0;
        for await (const part of conn.stream(sql, { batchSize: 1000 })) streamed += part.length;
        const errors = [await outcome(conn.query('selec 1')), await outcome(conn.execute('insert into kinds values (1, 1)')), await outcome(conn.query('select ?'))];
        return [kinds, table.columns, sums, streamed, errors];
      }));
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0][2]).toEqual([450015000, 225007500, 168894, 1029999 + 1]);
    expect(seen[0][3]).toBe(30000);
    await close(...pages);
  }, PATIENCE);

  test('what one tab writes makes cached results of the others stale, and watch() yields again', async () => {
    const [one, two, three] = await openTabs(3, { ttl: '1h' });
    const cached = (page) => page.evaluate(async () => {
      const table = await conn.query('select count(*) as n from t');
      return [table.at(0).n, table.cache.state];
    });
    expect(await cached(two)).toEqual([0, 'miss']);
    expect(await cached(two)).toEqual([0, 'hit']);
    await three.evaluate(async () => {
      globalThis.seen = [];
      const watch = conn.watch('select count(*) as n from t');
      seen.push((await watch.next()).value.at(0).n);
      globalThis.more = watch.next().then(({ value }) => value.at(0).n);
    });
    await run(one, 'insert into t values (1)');
    expect(await three.evaluate(() => more)).toBe(1);
    await two.waitForFunction(async () => (await conn.query('select count(*) as n from t')).at(0).n === 1);
    // Other tables do not matter.
    await run(one, 'create table other (x)');
    await cached(two);
    await run(one, 'insert into other values (1)');
    await run(two, 'select 1');
    expect(await cached(two)).toEqual([1, 'hit']);
    await close(one, two, three);
  }, PATIENCE);

  test('transactions are isolated: others wait, and see nothing that is not committed', async () => {
    const [one, two, three] = await openTabs(3);
    await two.evaluate(async () => {
      globalThis.tx = await conn.session();
      await tx.execute('insert into t values (1)');
    });
    await Promise.all([one, three].map((page) => page.evaluate(() => void (globalThis.later = conn.query('select x from t').then((table) => table.toArray())))));
    expect(await two.evaluate(async () => (await tx.query('select x from t')).toArray())).toEqual([{ x: 1 }]);
    await two.evaluate(() => tx.rollback());
    await two.evaluate(async () => {
      await tx.execute('insert into t values (2)');
      await tx.commit();
      await tx.close();
    });
    expect(await one.evaluate(() => later)).toEqual([{ x: 2 }]);
    expect(await three.evaluate(() => later)).toEqual([{ x: 2 }]);
    await close(one, two, three);
  }, PATIENCE);

  test('a tab that goes away in a transaction leaves nothing of it, and nobody waits for it', async () => {
    for (const end of [(page) => page.close(), (page) => tabs.crash(page), (page) => page.goto('about:blank')]) {
      const [one, two, three] = await openTabs(3);
      await two.evaluate(async () => {
        globalThis.tx = await conn.session();
        await tx.execute('insert into t values (1)');
      });
      const waiting = run(three, 'insert into t values (2)');
      await end(two);
      expect((await waiting).code).toBeUndefined();
      expect(await valuesOf(one)).toEqual([2]);
      await close(one, two, three);
    }
  }, PATIENCE);

  test('who waits too long for another tab is told so', async () => {
    const [one, two] = await openTabs(2, { busyTimeout: 0.1 });
    await one.evaluate(async () => void (globalThis.tx = await conn.session()));
    expect(await run(two, 'select 1')).toMatchObject({ code: 'ERR_TIMEOUT', message: expect.stringMatching(/maybe of another tab/) });
    await one.evaluate(() => tx.close());
    expect((await run(two, 'select 1 as one')).value).toEqual([{ one: 1 }]);
    await close(one, two);
  }, PATIENCE);

  test('a leader that closes its connection lets others end their transactions, and none of their statements is lost', async () => {
    const [one, two, three] = await openTabs(3);
    await two.evaluate(async () => {
      globalThis.tx = await conn.session();
      await tx.execute('insert into t values (1)');
    });
    const waiting = three.evaluate(() => Promise.all([2, 3].map((x) => outcome(conn.execute('insert into t values (?)', { params: [x] })))));
    await one.evaluate(() => void (globalThis.closed = conn.close()));
    await two.evaluate(async () => {
      await tx.execute('insert into t values (4)');
      await tx.commit();
      await tx.close();
    });
    await one.evaluate(() => closed);
    expect((await waiting).map(({ code }) => code)).toEqual([undefined, undefined]);
    expect(await valuesOf(three)).toEqual([1, 2, 3, 4]);
    expect((await Promise.all([two, three].map(leads))).filter(Boolean)).toHaveLength(1);
    await close(one, two, three);
  }, PATIENCE);

  test('leaders that close their connections under load: nothing fails, is lost or doubled', async () => {
    const pages = await openTabs(4);
    for (const [i, page] of pages.entries()) {
      await page.evaluate((i) => {
        globalThis.going = true;
        globalThis.done = [];
        globalThis.failed = [];
        globalThis.ended = (async () => {
          for (let n = 0; going; n++) {
            const x = 100000 * i + n;
            try {
              if (n % 3 === 0) await conn.execute('insert into t values (?)', { params: [x] });
              else if (n % 3 === 1) await conn.transaction((tx) => tx.execute('insert into t values (?)', { params: [x] }));
              else await conn.executeMany('insert into t values (?)', [[x]]);
              done.push(x);
            } catch (error) {
              failed.push(`${error.code} ${error.message}`);
            }
          }
        })();
      }, i);
    }
    const acknowledged = [];
    for (const page of pages.slice(0, 3)) {
      await page.waitForFunction(() => done.length >= 20);
      await page.evaluate(async () => {
        going = false;
        await ended;
        await conn.close();
      });
      acknowledged.push(...(await page.evaluate(() => done)));
      expect(await page.evaluate(() => failed)).toEqual([]);
    }
    const last = pages[3];
    await last.evaluate(() => (going = false, ended));
    expect(await last.evaluate(() => failed)).toEqual([]);
    acknowledged.push(...(await last.evaluate(() => done)));
    expect(await valuesOf(last)).toEqual(acknowledged.sort((a, b) => a - b));
    expect(await leads(last)).toBe(true);
    await close(...pages);
  }, PATIENCE);

  test('tabs that ask for more safety get it', async () => {
    const url = tabs.newUrl();
    const [one, two] = [await tabs.tab(), await tabs.tab()];
    const synchronous = async (page) => Object.values((await run(page, 'pragma synchronous')).value[0])[0];
    await openIn(one, `${url}?synchronous=normal`);
    expect(await synchronous(one)).toBe(1);
    await openIn(two, url);
    expect(await synchronous(two)).toBe(2);
    await close(one, two);
  }, PATIENCE);

  test('a statement of a tab is stopped in the tab that runs it', async () => {
    const [one, two] = await openTabs(2);
    const seen = await two.evaluate(async () => {
      const stop = new AbortController();
      const forever = 'with recursive c(i) as (values (1) union all select i + 1 from c) select count(*) as n from c';
      const running = outcome(conn.query(forever, { signal: stop.signal, cache: 'no-store' }));
      const behind = conn.query('select 1 as one', { cache: 'no-store' });
      stop.abort(new Error('enough'));
      return [(await running).message, (await behind).toArray(), (await outcome(conn.query(forever, { timeout: 0.1 }))).code];
    });
    expect(seen).toEqual(['enough', [{ one: 1 }], 'ERR_TIMEOUT']);
    await close(one, two);
  }, PATIENCE);
});
