/**
 * watch(): results that come again when a table was written.
 */
import { describe, expect, test } from '@jest/globals';
import { SqlConnection } from '../../js/connections/sql.js';
import { sql } from '../../js/sql/template.js';
import { errorOf, makeChance } from './sqlite-helpers.js';
import { makeConnection, makeGate, settle } from './sql-helpers.js';

const COUNT = 'select count(*) as n from pet_owners';
const insert = (/** @type {string} */ name) => `insert into pet_owners (person) values ('${name}')`;

/** @typedef {import('../../js/connections/watch.js').Watch} Watch */

/** The count that comes next. @param {Watch} watch */
const countOf = async (watch) => (await watch.next()).value?.at(0)?.n;

/** Whether a promise is settled by now. @param {Promise<unknown>} promise */
async function isSettled(promise) {
  for (let i = 0; i < 5; i++) await settle();
  let settled = false;
  promise.then(() => (settled = true), () => (settled = true));
  await settle();
  return settled;
}

describe('changes', () => {
  /** @type {[string, (conn: import('./sql-helpers.js').SqlConnection) => Promise<any>][]} */
  const writes = [
    ['execute', (conn) => conn.execute(insert('Cy'))],
    ['execute, without forgetting', (conn) => conn.execute(insert('Cy'), { invalidates: false })],
    ['query', (conn) => conn.query(`${insert('Cy')} returning id`)],
    ['a tag', (conn) => conn.sql`insert into pet_owners (person) values (${'Cy'})`],
    ['executeMany', (conn) => conn.executeMany('insert into pet_owners (person) values (?)', [['Cy']])],
    ['a stream', async (conn) => { for await (const _ of conn.stream(`${insert('Cy')} returning id`)); }],
    ['a transaction', (conn) => conn.transaction((tx) => tx.execute(insert('Cy')))],
    ['a nested transaction', (conn) => conn.transaction((tx) => tx.transaction((inner) => inner.execute(insert('Cy'))))],
    ['a session', async (conn) => { const tx = await conn.session(); await tx.execute(insert('Cy')); await tx.commit(); await tx.close(); }],
    ['a trigger', async (conn) => {
      await conn.execute('create trigger t after insert on visits begin insert into pet_owners (person) values (new.owner); end');
      await conn.execute('insert into visits values (1, 2)');
    }],
    ['a script that fails after the write', (conn) => errorOf(() => conn.execute(`${insert('Cy')}; select nope`))],
  ];

  test.each(writes)('by %s', async (_, write) => {
    const { conn } = await makeConnection();
    const watch = conn.watch(COUNT);
    expect(await countOf(watch)).toBe(2);
    const next = countOf(watch);
    expect(await isSettled(next)).toBe(false);
    await write(conn);
    expect(await next).toBe(3);
    await watch.return();
  });

  test('import', async () => {
    const { conn } = await makeConnection();
    const bytes = await conn.export();
    await conn.execute(insert('Cy'));
    const watch = conn.watch(COUNT);
    expect(await countOf(watch)).toBe(3);
    const next = countOf(watch);
    await conn.import(bytes);
    expect(await next).toBe(2);
    await watch.return();
  });

  test('reset: what was in memory is gone', async () => {
    const { conn } = await makeConnection({ url: 'sqlite://' });
    const watch = conn.watch(COUNT);
    expect(await countOf(watch)).toBe(2);
    const last = watch.next();
    await conn.reset();
    expect(await errorOf(() => last)).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('no such table') });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  test('other tables, what is rolled back, and what is the same as before do not count', async () => {
    const { conn } = await makeConnection();
    const watch = conn.watch(COUNT);
    expect(await countOf(watch)).toBe(2);
    const next = watch.next();
    await conn.execute('insert into visits values (1, 2)');
    await errorOf(() => conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      throw new Error('no');
    }));
    const tx = await conn.session();
    await tx.execute(insert('Cy'));
    expect(await isSettled(next)).toBe(false);
    await tx.rollback();
    await tx.close();
    await conn.execute("update pet_owners set pet = 'eel'");
    await conn.execute('create table more (x)');
    expect(await isSettled(next)).toBe(false);
    await conn.execute(insert('Di'));
    expect((await next).value?.at(0)).toEqual({ n: 3 });
  });

  test('distinct: false tells of every write', async () => {
    const { conn } = await makeConnection();
    const watch = conn.watch(COUNT, { distinct: false });
    expect(await countOf(watch)).toBe(2);
    await conn.execute("update pet_owners set pet = 'eel'");
    expect(await countOf(watch)).toBe(2);
    await watch.return();
  });

  test('views, joins and what has no footprint', async () => {
    const { conn } = await makeConnection();
    await conn.execute('create view people as select person from pet_owners');
    const views = conn.watch('select p.person, v.at from people p left join visits v on v.owner = p.person', { distinct: false });
    const any = conn.watch("select (select count(*) from pragma_table_info('visits')) as n", { distinct: false });
    await views.next();
    await any.next();
    for (const write of [insert('Cy'), 'insert into visits values (1, 2)']) {
      await conn.execute(write);
      expect((await views.next()).value).toBeDefined();
      expect((await any.next()).value).toBeDefined();
    }
    await views.return();
    await any.return();
  });

  test('many writes, one result; a slow reader gets the latest', async () => {
    const { conn } = await makeConnection();
    const watch = conn.watch(COUNT);
    await watch.next();
    for (let i = 0; i < 50; i++) await conn.execute(insert('Cy'));
    expect(await countOf(watch)).toBe(52);
    expect(await isSettled(watch.next())).toBe(false);
    await watch.return();
  });

  test('templates, parameters of the moment, int64, with()', async () => {
    const { conn } = await makeConnection();
    const ids = [1];
    const watch = conn.watch('select person from pet_owners where id = ?', { params: ids });
    ids[0] = 2;
    expect((await watch.next()).value?.toArray()).toEqual([{ person: 'Ada' }]);
    const tagged = conn.with({ int64: 'bigint' }).watch(sql`select id from pet_owners where person = ${'Bo'}`);
    expect((await tagged.next()).value?.toArray()).toEqual([{ id: 2n }]);
    await conn.execute("update pet_owners set id = 7 where person = 'Bo'");
    expect((await tagged.next()).value?.toArray()).toEqual([{ id: 7n }]);
    await conn.execute("update pet_owners set person = 'Eve' where id = 1");
    expect((await watch.next()).value?.toArray()).toEqual([{ person: 'Eve' }]);
  });

  test('in a loop that writes itself', async () => {
    const { conn } = await makeConnection();
    const seen = [];
    for await (const table of conn.watch(COUNT)) {
      seen.push(table.at(0)?.n);
      if (seen.length === 4) break;
      await conn.execute(insert('Cy'));
    }
    expect(seen).toEqual([2, 3, 4, 5]);
  });
});

describe('a change while the statement runs', () => {
  /** A connection whose driver answers queries when told, and tells of writes of others. */
  class Remote extends SqlConnection {
    /** @type {(tables: readonly string[] | undefined) => void} */
    tell = () => {};
    /** @type {{ open: (table?: any) => void }[]} */
    asked = [];
    /** @override @param {any} config @returns {Promise<any>} */
    async connect(config) {
      const client = await super.connect(config);
      return {
        dialect: 'sqlite', close: () => client.close(), onWrite: (/** @type {any} */ listener) => (this.tell = listener),
        acquire: async (/** @type {any} */ options) => {
          const session = await client.acquire(options);
          return {
            footprint: (/** @type {string} */ text) => session.footprint(text), takeWrites: () => session.takeWrites(), inTransaction: () => session.inTransaction(),
            release: () => session.release(), execute: (/** @type {string} */ text, /** @type {any} */ how) => session.execute(text, how),
            query: async (/** @type {string} */ text, /** @type {any} */ how) => {
              const gate = makeGate();
              this.asked.push(gate);
              const table = session.query(text, how);
              await gate.promise;
              return table;
            },
          };
        },
      };
    }
  }

  const make = async () => /** @type {Remote} */ ((await makeConnection({ type: Remote, dialect: 'sqlite' })).conn);

  test('is not missed, and one query is in flight at a time', async () => {
    const conn = await make();
    const watch = conn.watch(COUNT, { distinct: false });
    const results = [watch.next(), watch.next(), watch.next()];
    await settle();
    expect(conn.asked).toHaveLength(1);
    conn.tell(['visits']);
    conn.tell(['pet_owners']);
    conn.tell(['pet_owners', 'visits']);
    conn.asked[0].open();
    await results[0];
    await settle();
    expect(conn.asked).toHaveLength(2);
    conn.asked[1].open();
    await results[1];
    await settle();
    expect(conn.asked).toHaveLength(2); // Nothing new.
    conn.tell(undefined);
    await settle();
    expect(conn.asked).toHaveLength(3);
    conn.tell(['other']);
    conn.asked[2].open();
    await results[2];
    expect(await isSettled(watch.next())).toBe(false);
    expect(conn.asked).toHaveLength(3);
    await watch.return();
  });

  test('writes of others forget cached results', async () => {
    const conn = await make();
    const stateOf = async () => {
      const reading = conn.query(COUNT);
      await settle();
      conn.asked.at(-1)?.open();
      return (await reading).cache.state;
    };
    expect([await stateOf(), await stateOf()]).toEqual(['miss', 'hit']);
    conn.tell(['visits']);
    expect(await stateOf()).toBe('hit');
    conn.tell(['pet_owners']);
    expect(await stateOf()).toBe('miss');
    conn.tell(undefined);
    expect(await stateOf()).toBe('miss');
  });

  test.each(['return', 'abort', 'close'])('%s ends it at once', async (how) => {
    const conn = await make();
    const abort = new AbortController();
    const watch = conn.watch(COUNT, { signal: abort.signal });
    const next = watch.next();
    await settle();
    if (how === 'return') expect(await watch.return()).toEqual({ done: true, value: undefined });
    else if (how === 'close') void conn.close();
    else abort.abort(new Error('enough'));
    if (how === 'abort') expect(await errorOf(() => next)).toMatchObject({ message: 'enough' });
    else expect(await next).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    conn.asked[0].open();
  });
});

describe('the end', () => {
  test.each(['return', 'abort', 'close', 'close of the instance', 'dispose'])('by %s while it waits', async (how) => {
    const { conn, hawser } = await makeConnection();
    const abort = new AbortController();
    const watch = conn.watch(COUNT, { signal: abort.signal });
    await watch.next();
    const waiting = [watch.next(), watch.next()];
    await settle();
    if (how === 'return') await watch.return();
    else if (how === 'dispose') await watch[/** @type {any} */ (Symbol).asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
    else if (how === 'close') await conn.close();
    else if (how === 'close of the instance') await hawser.close();
    else abort.abort(new Error('enough'));
    if (how === 'abort') expect(await errorOf(() => waiting[0])).toMatchObject({ message: 'enough' });
    else expect(await waiting[0]).toEqual({ done: true, value: undefined });
    expect(await waiting[1]).toEqual({ done: true, value: undefined });
  });

  test('a connection that was taken away says so', async () => {
    const { conn, hawser } = await makeConnection({ maxEntries: 1 });
    const watch = conn.watch(COUNT);
    await watch.next();
    const next = watch.next();
    await settle();
    await hawser.connection('other', { url: 'sqlite://', maxEntries: 1 });
    expect(await errorOf(() => next)).toMatchObject({ code: 'ERR_CLOSED', message: expect.stringContaining('more than 1') });
  });

  test('errors', async () => {
    const { conn } = await makeConnection();
    for (const [statement, wanted] of /** @type {[any, object][]} */ ([
      ['select nope', { code: 'ERR_QUERY', connection: 'pets_db', phase: 'query' }],
      ['select ?', { code: 'ERR_PARAMETER', connection: 'pets_db' }],
      ['delete from visits', { name: 'TypeError', message: expect.stringContaining('only reads') }],
      ['begin', { name: 'TypeError', message: expect.stringContaining('only reads') }],
      [7, { name: 'TypeError' }],
    ])) {
      const watch = conn.watch(statement);
      expect(await errorOf(() => watch.next())).toMatchObject(wanted);
      expect(await watch.next()).toEqual({ done: true, value: undefined });
    }
    const aborted = conn.watch(COUNT, { signal: AbortSignal.abort(new Error('enough')) });
    expect(await errorOf(() => aborted.next())).toMatchObject({ message: 'enough' });
    const later = conn.watch(COUNT);
    await later.next();
    await conn.execute('drop table pet_owners');
    expect(await errorOf(() => later.next())).toMatchObject({ code: 'ERR_QUERY' });
    await conn.close();
    expect(await errorOf(() => conn.watch(COUNT).next())).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

test.each(Array.from({ length: 20 }, (_, i) => i))('in whatever order, the last result is the last state (seed %i)', async (seed) => {
  const { conn } = await makeConnection();
  const { below, pick } = makeChance(seed + 1);
  const watches = [COUNT, 'select count(*) as n from visits', 'select (select count(*) from visits) + (select count(*) from pet_owners) as n'].map((text) => ({ text, watch: conn.watch(text), last: NaN }));
  const readers = watches.map(async (one) => {
    for await (const table of one.watch) {
      const n = /** @type {number} */ (table.at(0)?.n);
      expect(n).not.toBe(one.last);
      one.last = n;
      for (let ticks = below(5); ticks > 0; ticks--) await settle();
    }
  });
  /** @type {Promise<unknown>[]} */
  const running = [];
  for (let round = 0; round < 30; round++) {
    const write = pick([insert('Cy'), 'insert into visits values (1, 2)', 'delete from visits where owner = 1']);
    const how = below(3);
    if (how === 0) running.push(conn.execute(write));
    else if (how === 1) await conn.transaction((tx) => tx.execute(write));
    else await errorOf(() => conn.transaction(async (tx) => { await tx.execute(write); throw new Error('no'); }));
    if (below(3) === 0) await settle();
  }
  await Promise.all(running);
  const totals = [];
  for (const { text } of watches) totals.push((await conn.query(text, { cache: 'no-store' })).at(0)?.n);
  for (let i = 0; i < 40; i++) await settle();
  expect(watches.map(({ last }) => last)).toEqual(totals);
  await conn.close();
  await Promise.all(readers);
});
