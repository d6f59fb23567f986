/**
 * Databases that a browser keeps, in one tab: real Chromium, strict Content-Security-Policy, no isolation.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { openIn, run, startTabs } from './persistent-helpers.js';

const suite = haveChromium() ? describe : describe.skip;
const PATIENCE = 60_000;

suite('a database that a browser keeps', () => {
  /** @type {Awaited<ReturnType<typeof startTabs>>} */
  let tabs;
  beforeAll(async () => void (tabs = await startTabs()), PATIENCE);
  afterAll(() => tabs?.end());

  test('is there again after a reload, and in the modes that it should be in', async () => {
    const page = await tabs.tab();
    const url = tabs.newUrl();
    for (let visit = 1; visit <= 3; visit++) {
      await openIn(page, url);
      await run(page, 'create table if not exists t (id integer primary key, name text, bytes blob, n real)');
      await run(page, 'insert into t (name, n) values (?, ?)', { params: ['Réx 🐕', visit / 4] });
      expect((await run(page, 'select count(*) as n, sum(n) as s, min(name) as name from t')).value).toEqual([{ n: visit, s: [0.25, 0.75, 1.5][visit - 1], name: 'Réx 🐕' }]);
      expect(await page.evaluate(() => [conn.persistent, globalThis.crossOriginIsolated])).toEqual([true, false]);
      const settings = await page.evaluate(async () => {
        const of = async (name) => Object.values((await conn.query(`pragma ${name}`)).at(0))[0];
        return [await of('journal_mode'), await of('locking_mode'), await of('synchronous'), await of('foreign_keys')];
      });
      expect(settings).toEqual(['wal', 'exclusive', 2, 0]);
      await page.reload();
    }
    expect(tabs.problems).toEqual([]);
  }, PATIENCE);

  test('is closed and opened again, under any of its names', async () => {
    const page = await tabs.tab();
    const rows = await page.evaluate(async () => {
      const one = await open('sqlite:///shop/a%3Fb.db');
      await one.execute('create table t (x)');
      await one.execute('insert into t values (1)');
      await one.close();
      const two = await open('sqlite:////shop/./x/../a%3Fb.db?synchronous=normal&foreign_keys=on');
      const rows = (await two.query('select x, (select foreign_keys from pragma_foreign_keys) as keys, (select synchronous from pragma_synchronous) as sync from t')).toArray();
      await two.close();
      return rows;
    });
    expect(rows).toEqual([{ x: 1, keys: 1, sync: 1 }]);
  }, PATIENCE);

  test('what it is told wrongly is said', async () => {
    const page = await tabs.tab();
    const codes = await page.evaluate(async () => {
      const codes = [];
      for (const [url, options] of [
        ['sqlite:///a.db?persits=required'], ['sqlite:///a.db?persist=maybe'], ['sqlite:///a.db', { vfs: 'kvvfs' }], [`sqlite:///${'x'.repeat(300)}`], ['sqlite:///..'],
        ['sqlite:///a.db?vfs=opfs'],
      ]) {
        codes.push(await outcome((await open(url, options)).query('select 1')));
      }
      return codes.map(({ code, message }) => [code, message]);
    });
    const config = 'ERR_CONNECTION_CONFIG';
    expect(codes).toEqual([
      [config, expect.stringMatching(/persits.*There are: busyTimeout, persist, vfs/)], [config, expect.stringMatching(/persist must be one of required, preferred/)],
      [config, expect.stringMatching(/vfs must be/)], [config, expect.stringMatching(/too long/)], [config, expect.stringMatching(/empty/)],
      ['ERR_NOT_SUPPORTED', expect.stringMatching(/cross-origin isolated/)],
    ]);
  }, PATIENCE);

  test('two connections of one page are two users of one database', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async (url) => {
      const [one, two] = [await open(url), await open(url, { ttl: 60 })];
      await one.execute('create table t (x)');
      const before = (await two.query('select count(*) as n from t')).at(0).n;
      const heard = [];
      (await two.raw()).onWrite((tables) => heard.push(tables));
      (await one.raw()).onWrite(() => heard.push('of the other'));
      await one.execute('insert into t values (1)');
      const after = await two.query('select count(*) as n from t');
      const waited = [];
      await one.transaction(async (tx) => {
        const other = two.execute('insert into t values (2)').then(() => waited.push('other'));
        await tx.execute('insert into t values (3)');
        await tx.query('select 1');
        waited.push('own');
        globalThis.other = other;
      });
      await other;
      await one.close();
      await two.execute('insert into t values (4)');
      return [before, after.at(0).n, after.cache.state, heard, waited, (await two.query('select x from t order by x')).toArray().map(({ x }) => x)];
    }, tabs.newUrl());
    expect(seen).toEqual([0, 1, 'miss', [['t'], ['t'], 'of the other'], ['own', 'other'], [1, 2, 3, 4]]);
  }, PATIENCE);

  test('streams come batch by batch and are closed by leaving', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async (url) => {
      const conn = await open(url);
      const sql = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 100000) select i, printf(\'é%d\', i) as t from c';
      let sum = 0;
      let texts = 0;
      for await (const table of conn.stream(sql)) {
        for (const { i, t } of table) {
          sum += i;
          texts += t === `é${i}`;
        }
      }
      await conn.execute('create table t (x)');
      for await (const table of conn.stream('with recursive c(i) as (values (1) union all select i + 1 from c where i < 10) select i from c left join t', { batchSize: 3 })) {
        sum += table.length;
        break;
      }
      await conn.execute('drop table t'); // Refused while a statement reads.
      return [sum, texts];
    }, tabs.newUrl());
    expect(seen).toEqual([5000050003, 100000]);
  }, PATIENCE);

  test('rows of executeMany come from anywhere, and errors as they are', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async (url) => {
      const conn = await open(url);
      await conn.execute('create table t (a integer primary key, b text)');
      async function* generate() {
        for (let i = 0; i < 5000; i++) yield { a: i, b: `row ${i}` };
      }
      const affected = (await conn.executeMany('insert into t values (:a, :b)', generate())).rowsAffected;
      class Row {
        get a() { return 6000; }
        get b() { return 'from a getter'; }
      }
      await conn.executeMany('insert into t values (:a, :b)', [new Row(), Object.create({ a: 6001, b: 'inherited' })]);
      const own = new Error('mine');
      const errors = [];
      const failing = [
        () => conn.executeMany('insert into t values (?, ?)', (function* () { yield [7000, 'x']; throw own; })()),
        () => conn.executeMany('insert into t values (?, ?)', [[7000, 'x'], [1, 'twice']]),
        () => conn.executeMany('insert into t values (?, ?)', [[7000, 'x'], [7001, () => {}]]),
        () => conn.executeMany('insert into t values (?, ?)', [[7000, 'x'], [7001, Symbol()]]),
        () => conn.executeMany('insert into t values (?, ?)', [[7000, 'x'], 'text']),
        () => conn.execute('insert into t values (:a, :b)', { params: { a: 1 } }),
        () => conn.execute('insert into t values (:a, :b)', { params: { a: 8000, b: new Map(), c: () => {} } }),
        () => conn.query('select ? as x', { params: [2n ** 64n] }),
        () => conn.query('selec 1'),
      ];
      for (const work of failing) errors.push(await work().catch((error) => (error === own ? 'own' : [error.code, error.row, error.parameter, error.offset, error.message])));
      return [affected, errors, (await conn.query('select count(*) as n, max(b) as b from t')).toArray()];
    }, tabs.newUrl());
    expect(seen).toEqual([
      5000,
      [
        'own',
        ['ERR_QUERY', 1, undefined, undefined, expect.stringMatching(/^Row 1: SQLite: UNIQUE/)],
        ['ERR_PARAMETER', 1, '2', undefined, expect.stringMatching(/a function, which cannot be bound/)],
        ['ERR_PARAMETER', 1, '2', undefined, expect.stringMatching(/a symbol, which cannot be bound/)],
        ['ERR_PARAMETER', 1, undefined, undefined, expect.stringMatching(/neither an array nor an object/)],
        ['ERR_PARAMETER', undefined, 'b', undefined, expect.stringMatching(/has no value/)],
        ['ERR_PARAMETER', undefined, 'b', undefined, expect.stringMatching(/an object, which cannot be bound/)],
        ['ERR_PARAMETER', undefined, '1', undefined, expect.stringMatching(/64 bits/)],
        ['ERR_QUERY', undefined, undefined, 0, expect.stringMatching(/syntax error/)],
      ],
      [{ n: 5002, b: 'row 999' }],
    ]);
  }, PATIENCE);

  test('a statement stops when its signal or its time says so, and the next one runs', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async (url) => {
      const conn = await open(url);
      const forever = 'with recursive c(i) as (values (1) union all select i + 1 from c) select count(*) as n from c';
      const stop = new AbortController();
      const running = outcome(conn.query(forever, { signal: stop.signal, cache: 'no-store' }));
      const behind = conn.query('select 1 as one', { cache: 'no-store' }); // Answered when the other has been stopped.
      stop.abort(new Error('enough'));
      const stopped = await running;
      const one = (await behind).toArray();
      await conn.execute('create table t (x)');
      const late = await outcome(conn.execute(`insert into t select n from (${forever})`, { timeout: 0.2 }));
      return [stopped.message, one, late.code, (await conn.query('select count(*) as n from t')).toArray()];
    }, tabs.newUrl());
    expect(seen).toEqual(['enough', [{ one: 1 }], 'ERR_TIMEOUT', [{ n: 0 }]]);
  }, PATIENCE);

  test('its content goes out and in as a whole', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async ([from, to]) => {
      const one = await open(from);
      await one.execute("create table t (x); insert into t values ('old')");
      const bytes = await one.export();
      const two = await open(to);
      await two.execute('create table other (y)');
      await two.import(bytes);
      const names = (await two.query('select name from sqlite_schema')).toArray();
      const memory = await open('sqlite://');
      await memory.execute("pragma page_size = 1024; create table small (z); insert into small values (1)");
      await two.import(await memory.export());
      const bad = await outcome(two.import(new Uint8Array(5000)));
      await two.close();
      const three = await open(to);
      return [names, bad.code, (await three.query('select z from small')).toArray(), Object.values((await three.query('pragma integrity_check')).at(0))];
    }, [tabs.newUrl(), tabs.newUrl()]);
    expect(seen).toEqual([[{ name: 't' }], 'ERR_DATABASE_INVALID', [{ z: 1 }], ['ok']]);
  }, PATIENCE);

  test('does what takes room aside: vacuum, sorting, temporary tables, attached databases', async () => {
    const page = await tabs.tab();
    const seen = await page.evaluate(async (url) => {
      const conn = await open(url);
      await conn.execute('create table t (id integer primary key, a text)');
      await conn.execute("with recursive c(i) as (values (1) union all select i + 1 from c where i < 200000) insert into t select i, hex(randomblob(40)) from c");
      const sorted = (await conn.query('select count(*) as n from (select distinct a from t order by a)')).at(0).n;
      await conn.execute('create temp table u as select * from t');
      await conn.execute('delete from t where id > 10');
      await conn.execute('vacuum');
      await conn.execute("attach '/other.db' as other; create table other.v (x); insert into other.v values (1)");
      await conn.transaction(async (tx) => {
        await tx.execute('insert into other.v values (2)');
        await tx.execute('insert into t (a) values (2)');
      });
      await conn.close();
      const again = await open(url);
      await again.execute("attach '/other.db' as other");
      return [sorted, (await again.query('select count(*) as n, (select count(*) from other.v) as m, (select count(*) from sqlite_schema) as tables from t')).at(0)];
    }, tabs.newUrl());
    expect(seen).toEqual([200000, { n: 11, m: 2, tables: 1 }]);
  }, PATIENCE);

  test('opened for the first time in a browser without the file system: an error, or by wish a database in memory', async () => {
    const page = await tabs.tab();
    await page.addInitScript(() => delete StorageManager.prototype.getDirectory);
    await page.reload();
    const seen = await page.evaluate(async () => {
      const required = await outcome((await open('sqlite:///a.db')).query('select 1'));
      const conn = await open('sqlite:///a.db?persist=preferred');
      const rows = (await conn.query('select 1 as one')).toArray();
      return [required.code, required.message, rows, conn.persistent, fallbacks];
    });
    expect(seen).toEqual([
      'ERR_NOT_SUPPORTED', expect.stringMatching(/cannot keep a database.*persist: "preferred"/), [{ one: 1 }], false,
      [{ connection: 'kept', reason: expect.stringMatching(/cannot keep/) }],
    ]);
  }, PATIENCE);
});
