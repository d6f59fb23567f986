/**
 * timeout: of calls, of connections and of transactions.
 */
import { describe, expect, test } from '@jest/globals';
import { makeConnection, makeGate, settle } from './sql-helpers.js';
import { errorOf } from './sqlite-helpers.js';

/** Runs for as long as nobody stops it. */
const ENDLESS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n';
const ENDLESS_ROWS = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i, i from n';
const INSERT = `insert into visits ${ENDLESS_ROWS}`;
const TIMED_OUT = { code: 'ERR_TIMEOUT', connection: 'pets_db' };

/** @param {import('./sql-helpers.js').SqlConnection} conn */
const visits = async (conn) => /** @type {any} */ ((await conn.query('select count(*) as n from visits', { cache: 'no-store', timeout: Infinity })).at(0)).n;

/** @type {[string, (conn: any, options: any) => Promise<unknown>][]} */
const CALLS = [
  ['query', (conn, options) => conn.query(ENDLESS, options)],
  ['query, not cached', (conn, options) => conn.query(ENDLESS, { ...options, cache: 'no-store' })],
  ['query that writes', (conn, options) => conn.query(`${INSERT} returning owner`, options)],
  ['tagged', (conn, options) => conn.with(options).sql`with recursive n(i) as (select ${1} union all select i + 1 from n) select count(*) from n`],
  ['execute', (conn, options) => conn.execute(INSERT, options)],
  ['a script', (conn, options) => conn.execute(`create table other (x); ${INSERT}`, options)],
  ['executeMany', (conn, options) => conn.executeMany('insert into visits values (?, ?)', endless(), options)],
  ['executeMany that waits for rows', (conn, options) => conn.executeMany('insert into visits values (?, ?)', never(), options)],
  ['stream', async (conn, options) => {
    for await (const _ of conn.stream(ENDLESS, options));
  }],
  ['watch', (conn, options) => conn.watch(ENDLESS, options).next()],
  ['transaction', (conn, options) => conn.transaction(() => new Promise(() => {}), options)],
  ['a statement of a transaction', (conn, options) => conn.transaction((/** @type {any} */ tx) => tx.query(ENDLESS, options))],
  ['a script of a transaction', (conn, options) => conn.transaction((/** @type {any} */ tx) => tx.execute(INSERT, options))],
  ['executeMany of a transaction', (conn, options) => conn.transaction((/** @type {any} */ tx) => tx.executeMany('insert into visits values (?, ?)', never(), options))],
  ['a stream of a transaction', (conn, options) => conn.transaction(async (/** @type {any} */ tx) => {
    for await (const _ of tx.stream(ENDLESS, options));
  })],
];

function* endless() {
  for (;;) yield [1, 'now'];
}

async function* never() {
  yield [1, 'now'];
  await new Promise(() => {});
}

test.each(CALLS)('%s', async (_, call) => {
  const { conn } = await makeConnection();
  expect(await errorOf(() => call(conn, { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
  expect(await visits(conn)).toBe(0);
  expect((await conn.query('select person from pet_owners order by id', { timeout: '1m' })).toArray()).toEqual([{ person: 'Ada' }, { person: 'Bo' }]);
});

test.each(CALLS.filter(([name]) => name !== 'transaction'))('the connection’s: %s', async (_, call) => {
  const { conn } = await makeConnection({ timeout: 0.04 });
  expect(await errorOf(() => call(conn, {}))).toMatchObject(TIMED_OUT);
  expect(await visits(conn)).toBe(0);
});

test('the call’s is the one that counts', async () => {
  const { conn } = await makeConnection({ timeout: '40ms' });
  expect(await errorOf(() => conn.query(ENDLESS))).toMatchObject({ ...TIMED_OUT, timeout: 40 });
  expect(await errorOf(() => conn.query(ENDLESS, { timeout: '60ms' }))).toMatchObject({ ...TIMED_OUT, timeout: 60 });
  const long = 'with recursive n(i) as (select 1 union all select i + 1 from n limit 1000000) select count(*) as n from n';
  for (const timeout of ['1m', Infinity]) expect((await conn.query(long, { timeout, cache: 'reload' })).toArray()).toEqual([{ n: 1_000_000 }]);
});

test('says how long it was', async () => {
  const { conn } = await makeConnection();
  expect(await errorOf(() => conn.query(ENDLESS, { timeout: '40ms' }))).toMatchObject({ timeout: 40 });
  expect(await errorOf(() => conn.transaction(() => new Promise(() => {}), { timeout: 0.04 }))).toMatchObject({
    timeout: 40, message: expect.stringContaining('40 ms'),
  });
});

test.each(/** @type {[unknown, RegExp][]} */ ([
  [0, /timeout: must be more than 0/], [-1, /timeout: must be more than 0/], [NaN, /NaN/], ['5', /no unit/], ['soon', /not a duration/], [null, /null/],
]))('%p is none', async (timeout, message) => {
  const { conn } = await makeConnection();
  for (const call of [
    () => conn.query('select 1 as never', /** @type {any} */ ({ timeout })), () => conn.execute('select 1', /** @type {any} */ ({ timeout })),
    () => conn.executeMany('insert into visits values (?, ?)', [], /** @type {any} */ ({ timeout })),
    () => conn.transaction(() => {}, /** @type {any} */ ({ timeout })), () => conn.stream('select 1', /** @type {any} */ ({ timeout })).next(),
    () => conn.watch('select 1', /** @type {any} */ ({ timeout })).next(),
    () => conn.transaction((tx) => tx.query('select 1', /** @type {any} */ ({ timeout }))), ...(timeout === null ? [] : [() => makeConnection(/** @type {any} */ ({ timeout }))]),
  ]) {
    expect((await errorOf(call)).message).toMatch(message);
  }
});

describe('waiting', () => {
  test('for a transaction to end counts', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    const long = conn.transaction(async (tx) => {
      await tx.execute("insert into visits values (1, 'today')");
      await gate.promise;
    });
    await settle();
    for (const call of [
      () => conn.query('select 1 as a', { timeout: '20ms' }), () => conn.query('select 1 as b', { timeout: '20ms', cache: 'no-store' }),
      () => conn.execute('delete from visits', { timeout: '20ms' }), () => conn.transaction(() => {}, { timeout: '20ms' }),
    ]) {
      expect(await errorOf(call)).toMatchObject(TIMED_OUT);
    }
    gate.open();
    await long;
    expect(await visits(conn)).toBe(1);
  });

  test('for somebody else’s load counts, and ends nobody else’s', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    const long = conn.transaction(() => gate.promise);
    await settle();
    const patient = conn.query('select count(*) as n from pet_owners');
    const hasty = conn.query('select count(*) as n from pet_owners', { timeout: '20ms' });
    expect(await errorOf(() => hasty)).toMatchObject(TIMED_OUT);
    gate.open();
    await long;
    expect((await patient).toArray()).toEqual([{ n: 2 }]);
  });

  test('whoever has more time loads it himself', async () => {
    const { conn } = await makeConnection();
    const long = 'with recursive n(i) as (select 1 union all select i + 1 from n limit 1000000) select count(*) as n from n';
    await conn.query(`${long} where 0`).catch(() => {});
    const gate = makeGate();
    const turn = conn.transaction(() => gate.promise);
    await settle();
    const hasty = conn.query(long, { timeout: '1s', key: 'same' }).catch((error) => error);
    const patient = conn.query(long, { key: 'same' });
    gate.open();
    await turn;
    const results = await Promise.all([hasty, patient]);
    expect(results[1].toArray()).toEqual([{ n: 1_000_000 }]);
  });
});

describe('transactions', () => {
  test('when its time is over, all is undone, and what it still does is refused', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    /** @type {Promise<any> | undefined} */
    let late;
    const work = async (/** @type {any} */ tx) => {
      await tx.execute("insert into visits values (1, 'today')");
      await gate.promise;
      late = errorOf(() => tx.execute("insert into visits values (2, 'today')"));
      await late;
    };
    expect(await errorOf(() => conn.transaction(work, { timeout: '20ms' }))).toMatchObject(TIMED_OUT);
    expect(await visits(conn)).toBe(0);
    gate.open();
    await settle();
    expect(await late).toMatchObject({ code: 'ERR_CLOSED' });
    expect(await visits(conn)).toBe(0);
  });

  test('statements have what is left', async () => {
    const { conn } = await makeConnection();
    expect(await errorOf(() => conn.transaction((tx) => tx.query(ENDLESS), { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
    expect(await errorOf(() => conn.transaction((tx) => tx.query(ENDLESS, { timeout: '1h' }), { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
    expect(await errorOf(() => conn.transaction((tx) => tx.transaction((inner) => inner.query(ENDLESS)), { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
  });

  test('a write that was stopped has ended it: nothing more gets in', async () => {
    const { conn } = await makeConnection();
    /** @type {any[]} */
    const errors = [];
    const work = async (/** @type {any} */ tx) => {
      await tx.execute("insert into visits values (1, 'today')");
      errors.push(await errorOf(() => tx.execute(INSERT, { timeout: '40ms' })));
      for (const call of [
        () => tx.execute("insert into visits values (2, 'today')"), () => tx.query('select 1'), () => tx.stream('select 1').next(),
        () => tx.executeMany('insert into visits values (?, ?)', [[3, 'today']]), () => tx.transaction(() => {}),
      ]) {
        errors.push(await errorOf(call));
      }
    };
    expect(await errorOf(() => conn.transaction(work))).toMatchObject({ code: 'ERR_TRANSACTION', message: expect.stringContaining('failed for good') });
    expect(errors.map(({ code }) => code)).toEqual(['ERR_TIMEOUT', ...Array(5).fill('ERR_TRANSACTION')]);
    expect(await visits(conn)).toBe(0);
  });

  test('a query that was stopped has not', async () => {
    const { conn } = await makeConnection();
    await conn.transaction(async (tx) => {
      await tx.execute("insert into visits values (1, 'today')");
      expect(await errorOf(() => tx.query(ENDLESS, { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
      await tx.execute("insert into visits values (2, 'today')");
    });
    expect(await visits(conn)).toBe(2);
  });

  test('a session begins anew after rollback()', async () => {
    const { conn } = await makeConnection();
    const tx = await conn.session();
    expect(await errorOf(() => tx.execute(INSERT, { timeout: '40ms' }))).toMatchObject(TIMED_OUT);
    expect(await errorOf(() => tx.query('select 1'))).toMatchObject({ code: 'ERR_TRANSACTION' });
    await tx.rollback();
    await tx.execute("insert into visits values (1, 'today')");
    await tx.commit();
    await tx.close();
    expect(await visits(conn)).toBe(1);
  });
});

test('a stream: what its reader takes does not count', async () => {
  const { conn } = await makeConnection();
  let read = 0;
  for await (const table of conn.stream('select id from pet_owners', { batchSize: 1, timeout: '200ms' })) {
    read += table.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect(read).toBe(2);
});

test('signals go on to be honoured, with their reasons', async () => {
  const { conn } = await makeConnection();
  const gate = makeGate();
  const long = conn.transaction(() => gate.promise);
  await settle();
  const controller = new AbortController();
  const waiting = conn.query('select 3 as x', { timeout: '1m', signal: controller.signal });
  controller.abort(new Error('Not wanted.'));
  expect(await errorOf(() => waiting)).toMatchObject({ message: 'Not wanted.' });
  gate.open();
  await long;
});

test('errors of SQL are what they are', async () => {
  const { conn } = await makeConnection({ timeout: '1m' });
  expect(await errorOf(() => conn.query('select nothing'))).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db' });
});
