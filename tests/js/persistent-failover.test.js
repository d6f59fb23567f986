/**
 * Databases that a browser keeps, when the tab that has the file goes away: real Chromium.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { openIn, run, startTabs } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 90_000;

/** @type {Awaited<ReturnType<typeof startTabs>>} */
let tabs;

/** Takes its time, so that it is likely to be under way when the leader goes away. */
const LONG = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 5000000) select count(*) as n from c';

const FOREVER = 'with recursive c(i) as (values (1) union all select i + 1 from c) select count(*) as n from c';

const LOSSES = {
  'is closed': (page) => page.close(),
  'crashes': (page) => tabs.crash(page),
  'goes to another page': (page) => page.goto('about:blank'),
};

/** Waits until a tab knows the next leader: what is written before may be for nobody, and is then not known to have happened. */
const settled = (page) => run(page, 'select 1');

const valuesOf = async (page) => (await run(page, 'select x from t order by x')).value?.map(({ x }) => x);

/** Puts what comes of a statement into `globalThis.later`, and resolves when the leader is at it. */
async function begin(page, leader, statement) {
  await page.evaluate((statement) => void (globalThis.later = outcome(conn[statement.how ?? 'execute'](statement.sql, { cache: 'no-store' }))), statement);
  // The leader answers nobody else while it is at it, and its own requests come after what was sent before.
  await leader.evaluate(() => void conn.query('select 2', { cache: 'no-store' }).catch(() => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));
}

suite.each(Object.entries(LOSSES))('the tab that has the file %s', (_name, lose) => {
  beforeAll(async () => void (tabs = await startTabs()), PATIENCE);
  afterAll(() => tabs?.end());

  let url;
  /** @type {import('playwright-core').Page[]} */
  let pages;
  async function openThree() {
    url = tabs.newUrl();
    pages = [];
    for (let i = 0; i < 3; i++) {
      pages.push(await tabs.tab());
      await openIn(pages[i], url);
      await pages[i].evaluate(() => conn.raw());
    }
    await run(pages[0], 'create table t (x); insert into t values (1)');
    return pages;
  }
  /** What must be true in the end. @param {number[]} values */
  async function expectValues(values) {
    for (const page of pages.slice(1)) expect(await valuesOf(page)).toEqual(values);
    expect((await run(pages[1], 'pragma integrity_check')).value).toEqual([{ integrity_check: 'ok' }]);
    for (const page of pages) await page.close().catch(() => {});
  }

  test('while nobody does anything: the next one takes over, with all that was committed', async () => {
    const [one, two, three] = await openThree();
    await run(two, 'insert into t values (2)');
    await run(three, 'insert into t values (3)');
    await lose(one);
    await settled(two);
    expect(await run(two, 'insert into t values (4)')).toHaveProperty('value');
    await expectValues([1, 2, 3, 4]);
  }, PATIENCE);

  test('while another reads: the answer comes from the next one', async () => {
    const [one, two] = await openThree();
    await begin(two, one, { how: 'query', sql: LONG });
    await lose(one);
    expect(await two.evaluate(() => later)).toEqual({ value: [{ n: 5000000 }] });
    await expectValues([1]);
  }, PATIENCE);

  test('while another writes: whether it happened is not known, and said so', async () => {
    const [one, two, three] = await openThree();
    await begin(two, one, { sql: `insert into t select 2 from (${FOREVER})` });
    await three.evaluate(() => void (globalThis.later = outcome(conn.execute('insert into t values (3)'))));
    await lose(one);
    for (const page of [two, three]) {
      expect(await page.evaluate(() => later)).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN', message: expect.stringMatching(/closed, crashed or frozen.*look at the data/) });
    }
    await expectValues([1]);
  }, PATIENCE);

  test('while another is in a transaction: it is rolled back, and nothing of it can be added', async () => {
    const [one, two] = await openThree();
    await two.evaluate(async () => {
      globalThis.go = undefined;
      const waiting = new Promise((resolve) => (globalThis.go = resolve));
      globalThis.later = outcome(conn.transaction(async (tx) => {
        await tx.execute('insert into t values (2)');
        await waiting;
        globalThis.inner = await outcome(tx.execute('insert into t values (3)'));
        globalThis.nested = await outcome(tx.transaction((inner) => inner.execute('insert into t values (4)')));
      }));
      globalThis.session = await new Promise((resolve) => setTimeout(resolve, 100));
    });
    await lose(one);
    await settled(pages[2]);
    await run(pages[2], 'insert into t values (5)');
    await two.evaluate(() => go());
    const gone = { code: 'ERR_TRANSACTION', rolledBack: true, message: expect.stringMatching(/rolled back, because the tab/) };
    expect(await two.evaluate(() => later)).toMatchObject(gone);
    expect(await two.evaluate(() => [inner, nested])).toMatchObject([gone, gone]);
    await run(two, 'insert into t values (6)');
    await expectValues([1, 5, 6]);
  }, PATIENCE);

  test('while a statement of a transaction, or its commit, is under way', async () => {
    const [one, two, three] = await openThree();
    await two.evaluate(async (sql) => {
      globalThis.tx = await conn.session();
      await tx.execute('insert into t values (2)');
      globalThis.later = outcome(tx.execute(sql));
    }, `insert into t select 3 from (${FOREVER})`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lose(one);
    expect(await two.evaluate(() => later)).toMatchObject({ code: 'ERR_TRANSACTION', rolledBack: true });
    expect(await two.evaluate(() => outcome(tx.commit()))).toMatchObject({ code: 'ERR_TRANSACTION', rolledBack: true });
    await two.evaluate(() => tx.close());
    for (const page of [two, three]) await settled(page);
    // A commit that the leader never comes to: for all that the other one knows, it may have.
    const leader = (await two.evaluate(async () => (await conn.raw()).leads)) ? two : three;
    const other = leader === two ? three : two;
    await other.evaluate(async (long) => {
      globalThis.tx = await conn.session();
      await tx.execute('insert into t values (4)');
      void outcome(tx.query(long));
      globalThis.later = outcome(tx.commit());
    }, FOREVER);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lose(leader);
    expect(await other.evaluate(() => later)).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN' });
    expect(await valuesOf(other)).toEqual([1]);
    for (const page of pages) await page.close().catch(() => {});
  }, PATIENCE);

  test('while another streams: it is told that the stream has ended early', async () => {
    const [one, two] = await openThree();
    await two.evaluate(async () => {
      const sql = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 100000) select i from c';
      globalThis.stream = conn.stream(sql);
      globalThis.first = (await stream.next()).value.length;
    });
    await lose(one);
    await settled(two);
    expect(await run(two, 'insert into t values (2)')).toHaveProperty('value');
    expect(await two.evaluate(() => outcome(stream.next()))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', message: expect.stringMatching(/stream was interrupted/) });
    await expectValues([1, 2]);
  }, PATIENCE);

  test('cached results of before are not served any more', async () => {
    const [one, two, three] = await openThree();
    const cached = (page) => page.evaluate(async () => (await conn.query('select max(x) as m from t', { ttl: '1h' })).at(0).m);
    expect(await cached(two)).toBe(1);
    await lose(one);
    await settled(three);
    await run(three, 'insert into t values (2)');
    await settled(two);
    expect(await cached(two)).toBe(2);
    await expectValues([1, 2]);
  }, PATIENCE);

  test('user functions go with the file', async () => {
    const [one, two] = await openThree();
    await two.evaluate(() => conn.function('twice', { module: './functions.js', name: 'twice' }));
    expect((await run(two, 'select twice(x) as y from t')).value).toEqual([{ y: 2 }]);
    await lose(one);
    expect((await run(two, 'select twice(x) as y from t')).value).toEqual([{ y: 2 }]);
    await expectValues([1]);
  }, PATIENCE);
});
