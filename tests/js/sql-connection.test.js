/**
 * SqlConnection: streams, closing, resets, crashes, and what errors show.
 */
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { loadEngine } from '../../js/sqlite/engine.js';
import { errorOf } from './sqlite-helpers.js';
import { makeConnection, makeGate, settle, inMemory } from './sql-helpers.js';

const OWNERS = 'select * from pet_owners';
const COUNT = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 10000) select i from c';

describe('stream', () => {
  test('batches, never cached', async () => {
    const { conn } = await makeConnection();
    for (let round = 0; round < 2; round++) {
      let next = 1;
      for await (const table of conn.stream(COUNT, { batchSize: 999 })) {
        expect(table.cache.state).toBe('bypass');
        for (const { i } of table) if (i !== next++) throw new Error(`row ${i}`);
      }
      expect(next).toBe(10_001);
    }
    const [table] = await collect(conn.stream('select ? as x, :b as y', { params: [1, 2n ** 60n], int64: 'string' }));
    expect(table.toArray()).toEqual([{ x: '1', y: String(2n ** 60n) }]);
  });

  test('others use the connection meanwhile', async () => {
    const { conn } = await makeConnection();
    let batches = 0;
    for await (const table of conn.stream(OWNERS, { batchSize: 1 })) {
      expect(table.length).toBe(1);
      await conn.execute('insert into visits values (?, null)', { params: [batches++] });
      await conn.transaction((tx) => tx.execute('insert into visits values (9, null)'));
      await conn.query('select * from visits');
    }
    expect((await conn.query('select count(*) as n from visits')).toArray()).toEqual([{ n: 4 }]);
  });

  test('break, and an iterator that is never finished, keep nobody waiting', async () => {
    const { conn } = await makeConnection();
    for await (const _ of conn.stream(COUNT)) break;
    const left = conn.stream(OWNERS, { batchSize: 1 });
    await left.next();
    await conn.execute('insert into visits values (1, 2)');
    await conn.close();
    expect(await errorOf(() => left.next())).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
  });

  test('a transaction is not left open, nor part of it shown', async () => {
    const { conn } = await makeConnection();
    await collect(conn.stream('begin'));
    await conn.transaction((tx) => tx.execute('insert into visits values (1, 2)'));
    const gate = makeGate();
    const rows = conn.stream('select * from visits', { batchSize: 1 });
    const running = conn.transaction(async (tx) => {
      await tx.execute('insert into visits values (3, 4)');
      await gate.promise;
    });
    await settle();
    const first = rows.next();
    gate.open();
    await running;
    expect((await first).value?.toArray()).toEqual([{ owner: 1, at: '2' }]);
    await rows.return();
  });

  test('reset waits for it, close does not', async () => {
    const { conn } = await makeConnection();
    const rows = conn.stream(OWNERS, { batchSize: 1 });
    await rows.next();
    let ended = false;
    const reset = conn.reset().then(() => (ended = true));
    expect((await conn.query('select 1 as x')).toArray()).toEqual([{ x: 1 }]); // From the next client.
    expect((await rows.next()).value?.at(0)).toMatchObject({ person: 'Bo' });
    expect(ended).toBe(false);
    expect((await rows.next()).done).toBe(true);
    await reset;
    if (inMemory()) expect(await errorOf(() => conn.query(OWNERS))).toMatchObject({ code: 'ERR_QUERY' });
    else expect((await conn.query(OWNERS)).length).toBe(2);
  });

  test('an abort, also while it waits for its turn', async () => {
    const { conn } = await makeConnection();
    const abort = new AbortController();
    const rows = conn.stream(COUNT, { signal: abort.signal, batchSize: 5 });
    await rows.next();
    const gate = makeGate();
    const running = conn.transaction(() => gate.promise);
    await settle();
    const next = rows.next();
    abort.abort(new Error('enough'));
    expect(await errorOf(() => next)).toMatchObject({ message: 'enough' });
    gate.open();
    await running;
  });

  test('errors', async () => {
    const { conn } = await makeConnection();
    expect(await errorOf(() => conn.stream('select nope').next())).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db', phase: 'query', offset: 7 });
    expect(await errorOf(() => conn.stream('select ?').next())).toMatchObject({ code: 'ERR_PARAMETER', connection: 'pets_db' });
    expect(await errorOf(() => conn.stream(COUNT, { batchSize: 0 }).next())).toMatchObject({ name: 'RangeError' });
    expect(await errorOf(() => conn.stream(/** @type {any} */ (7)).next())).toMatchObject({ name: 'TypeError' });
    expect((await conn.query(OWNERS)).length).toBe(2);
  });
});

describe('execute', () => {
  test('a transaction that is left open is rolled back, and said so', async () => {
    const { conn } = await makeConnection();
    for (const run of [
      () => conn.execute('begin; delete from pet_owners'),
      () => conn.query('begin'),
      () => conn.query('begin', { cache: 'no-store' }),
      () => conn.query('savepoint s', { cache: 'no-store' }),
    ]) {
      expect(await errorOf(run)).toMatchObject({ code: 'ERR_TRANSACTION', connection: 'pets_db', message: expect.stringContaining('transaction()') });
      expect((await conn.query(OWNERS, { cache: 'no-store' })).length).toBe(2);
    }
    await conn.execute("begin; insert into pet_owners (person) values ('Cy'); commit");
    expect((await conn.query(OWNERS)).length).toBe(3);
  });

  test('errors', async () => {
    const { conn } = await makeConnection();
    expect(await errorOf(() => conn.execute('select 1;\nselect nope'))).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db', phase: 'query', line: 2 });
    expect(await errorOf(() => conn.query('select :a'))).toMatchObject({ code: 'ERR_PARAMETER', connection: 'pets_db', phase: 'query' });
    expect(await errorOf(() => conn.query('select 1; select 2', { cache: 'no-store' }))).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db' });
    expect(await errorOf(() => conn.query('select 9007199254740993 as n'))).toMatchObject({ code: 'ERR_INT64_RANGE', connection: 'pets_db', column: 'n' });
    expect(await errorOf(() => conn.query('select 1', { params: [() => {}], key: () => {} }))).toMatchObject({ code: 'ERR_CACHE_KEY', connection: 'pets_db' });
    for (const odd of [undefined, null, 7, {}, ['select 1']]) {
      expect(await errorOf(() => conn.query(/** @type {any} */ (odd)))).toMatchObject({ name: 'TypeError' });
      expect(await errorOf(() => conn.execute(/** @type {any} */ (odd)))).toMatchObject({ name: 'TypeError' });
    }
  });
});

describe('closing', () => {
  test('use after close', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS);
    const tx = await conn.session();
    const hung = conn.transaction(() => new Promise(() => {}));
    await conn.close();
    await conn.close();
    for (const use of [
      () => conn.query(OWNERS), () => conn.query(OWNERS, { cache: 'no-store' }), () => conn.execute('select 1'), () => conn.stream(OWNERS).next(), () => conn.session(),
      () => conn.transaction(() => {}), () => conn.executeMany('insert into visits values (?, ?)', []), () => conn.raw(), () => hung,
    ]) {
      expect(await errorOf(use)).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
    }
    expect(await errorOf(() => tx.query(OWNERS))).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
    await tx.close();
  });

  test('while others wait for their turn, and a transaction is under way', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    /** @type {any} */
    let inside;
    const running = conn.transaction(async (tx) => {
      await tx.execute('insert into visits values (1, 2)');
      await gate.promise;
      inside = await errorOf(() => tx.query(OWNERS));
    });
    await settle();
    const waiting = [conn.query(OWNERS), conn.execute('select 1'), conn.stream(OWNERS).next(), conn.transaction(() => {})];
    const results = Promise.allSettled([running, ...waiting]);
    await conn.close();
    for (const result of await results) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CLOSED', connection: 'pets_db' } });
    gate.open();
    await settle();
    await settle();
    expect(inside).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

(inMemory() ? describe : (/** @type {string} */ _) => {})('a crash of the engine', () => {
  test.each([
    ['query', (/** @type {any} */ conn) => conn.query(OWNERS)],
    ['query without cache', (/** @type {any} */ conn) => conn.query(OWNERS, { cache: 'no-store' })],
    ['execute', (/** @type {any} */ conn) => conn.execute('delete from visits')],
    ['stream', (/** @type {any} */ conn) => conn.stream(OWNERS).next()],
    ['transaction', (/** @type {any} */ conn) => conn.transaction((/** @type {any} */ tx) => tx.query(OWNERS))],
  ])('in %s: an error, and the next use gets a fresh database', async (_, use) => {
    const { conn } = await makeConnection();
    const other = await makeConnection();
    const engine = await loadEngine();
    const { packer } = engine;
    engine.packer = { pack: () => engine.c.sqlite3_column_count(0x7ffffff0) };
    expect(await errorOf(() => use(conn))).toMatchObject({ code: 'ERR_CORE_CRASHED', connection: 'pets_db' });
    engine.packer = packer;
    expect((await conn.query('select 1 as x')).toArray()).toEqual([{ x: 1 }]);
    // The other one shared the engine.
    expect(await errorOf(() => use(other.conn))).toMatchObject({ code: 'ERR_CORE_CRASHED', connection: 'pets_db' });
    expect((await other.conn.query('select 1 as x')).toArray()).toEqual([{ x: 1 }]);
  });
});

describe('secrets', () => {
  test.each(['sqlite://', 'sqlite://ada:s3cr3t-pass@/', 'sqlite:////nowhere/s3cr3t-pass.db', 'nope://ada:s3cr3t-pass@host/db'])('no error shows one, with the url %s', async (url) => {
    const hawser = createHawser({ secrets: [{ values: { connections: { pets_db: { type: 'sql', url, token: 'tok-12345-abc' } } } }] });
    const errors = await hawser.connection('pets_db').then(
      (conn) => Promise.all([
        errorOf(() => conn.query('select "tok-12345-abc"')),
        errorOf(() => conn.query('select "tok-12345-abc"', { cache: 'no-store' })),
        errorOf(() => conn.execute('select * from "tok-12345-abc"')),
        errorOf(() => conn.transaction((tx) => tx.query('select * from "tok-12345-abc"'))),
        errorOf(() => conn.stream('select * from "tok-12345-abc"').next()),
      ]),
      (error) => [error],
    );
    for (const error of errors) {
      const own = Object.fromEntries(Object.getOwnPropertyNames(error).map((name) => [name, error[name]]));
      expect([error.message, error.stack, JSON.stringify(error), JSON.stringify(own), inspect(error)].join()).not.toMatch(/s3cr3t-pass|tok-12345/);
      expect(error).toMatchObject({ connection: 'pets_db' });
    }
    await hawser.close();
  });
});

/** @template T @param {AsyncIterable<T>} source @returns {Promise<T[]>} */
async function collect(source) {
  const list = [];
  for await (const each of source) list.push(each);
  return list;
}
