/**
 * SqlConnection: cached queries, and writes that make them stale.
 */
import { describe, expect, test } from '@jest/globals';
import { sql } from '../../js/sql/template.js';
import { errorOf, makeChance } from './sqlite-helpers.js';
import { makeConnection, makeGate, settle } from './sql-helpers.js';

const OWNERS = 'select * from pet_owners';
const VISITS = 'select * from visits';

/** @param {import('./sql-helpers.js').SqlConnection} conn @param {string} text @param {object} [options] */
const stateOf = async (conn, text, options) => (await conn.query(text, options)).cache.state;

describe('query', () => {
  test('a miss, then hits that share what they hold', async () => {
    const { conn, clock } = await makeConnection();
    const first = await conn.query(OWNERS, { ttl: '10m' });
    expect(first.cache).toMatchObject({ state: 'miss', age: 0 });
    expect(first.toArray()).toEqual([{ id: 1, person: 'Ada', pet: 'cat' }, { id: 2, person: 'Bo', pet: 'dog' }]);
    clock.time += 5000;
    const second = await conn.query(OWNERS, { ttl: '10m' });
    expect(second.cache).toMatchObject({ state: 'hit', age: 5, key: first.cache.key });
    expect(second.toArray()).toEqual(first.toArray());
    expect(first.cache.state).toBe('miss'); // A reader's own account.
    clock.time += 600_000;
    expect(await stateOf(conn, OWNERS, { ttl: '10m' })).toBe('miss');
    expect(await stateOf(conn, OWNERS)).toBe('hit'); // Without a ttl.
  });

  test('concurrent readers share one load', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS);
    await conn.execute("insert into pet_owners (person) values ('Cy')");
    const states = (await Promise.all([1, 2, 3].map(() => conn.query(OWNERS)))).map(({ cache }) => cache.state);
    expect(states).toEqual(['miss', 'joined', 'joined']);
  });

  test('parameters, int64 and text are parts of the key', async () => {
    const { conn } = await makeConnection();
    const text = 'select id from pet_owners where id = :id';
    expect(await stateOf(conn, text, { params: { id: 1 } })).toBe('miss');
    expect(await stateOf(conn, text, { params: { id: 2 } })).toBe('miss');
    expect(await stateOf(conn, text, { params: { id: '1' } })).toBe('miss');
    expect(await stateOf(conn, text, { params: { id: 1n } })).toBe('miss');
    expect(await stateOf(conn, text, { params: { id: 1 }, int64: 'bigint' })).toBe('miss');
    expect(await stateOf(conn, `${text} `, { params: { id: 1 } })).toBe('miss');
    expect(await stateOf(conn, text, { params: { id: 1 } })).toBe('hit');
    expect(await stateOf(conn, text, { params: { id: 1 }, int64: 'number' })).toBe('hit');
    expect((await conn.query(text, { params: { id: 1 }, int64: 'bigint' })).toArray()).toEqual([{ id: 1n }]);
  });

  test('parameters that no key can have: run as they are, or named by the error', async () => {
    const { conn } = await makeConnection();
    const text = 'select id from pet_owners where id = :id';
    const mine = new (class Mine { id = 2; });
    for (let i = 0; i < 2; i++) {
      const table = await conn.query(text, { params: /** @type {any} */ (mine) });
      expect([table.cache.state, table.toArray()]).toEqual(['bypass', [{ id: 2 }]]);
      expect((await conn.query(text, { params: { id: 1, log: () => {} } })).toArray()).toEqual([{ id: 1 }]);
      for (const value of [() => 1, Symbol('a'), new String('a')]) {
        expect(await errorOf(() => conn.query(text, { params: { id: value } }))).toMatchObject({ code: 'ERR_PARAMETER', parameter: 'id', connection: 'pets_db' });
        expect(await errorOf(() => conn.sql`select ${value} as a`)).toMatchObject({ code: 'ERR_PARAMETER', connection: 'pets_db' });
      }
      expect(await errorOf(() => conn.query('select 1', { params: /** @type {any} */ (null) }))).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/^params must be/) });
      await conn.query('select 1');
    }
    expect(await errorOf(() => conn.query(text, { params: { id: Symbol('a') }, cache: 'only-if-cached' }))).toMatchObject({ code: 'ERR_CACHE_KEY' });
  });

  test('parameters are those of the time of the call, whatever becomes of them', async () => {
    const { conn } = await makeConnection();
    const text = 'select :id as id, :at as at, :bytes as bytes';
    const values = (/** @type {number} */ n) => ({ id: n, at: new Date(n), bytes: Buffer.from([n]), list: new Float32Array([n]), view: new DataView(new ArrayBuffer(1)), buffer: new ArrayBuffer(1) });
    for (let round = 0; round < 2; round++) { // The second one knows the statement.
      const [a, b] = [10 * round + 1, 10 * round + 2];
      const params = values(a);
      const first = conn.query(text, { params });
      Object.assign(params, { id: b }).at.setTime(b);
      params.bytes[0] = b;
      const expected = (/** @type {number} */ n) => ({ id: n, at: new Date(n).toISOString(), bytes: new Uint8Array([n]) });
      expect((await first).at(0)).toEqual(expected(a));
      expect((await conn.query(text, { params: values(a) })).at(0)).toEqual(expected(a));
      expect((await conn.query(text, { params: values(b) })).at(0)).toEqual(expected(b));
    }
    const row = [0];
    const writes = [5, 6, 7].map((owner) => {
      row[0] = owner;
      return conn.execute('insert into visits (owner) values (?)', { params: row });
    });
    await Promise.all(writes);
    expect([...(await conn.query('select owner from visits')).column('owner')]).toEqual([5, 6, 7]);
  });

  test('a key of the caller replaces text and parameters', async () => {
    const { conn } = await makeConnection();
    expect(await stateOf(conn, 'select 1', { key: ['one'] })).toBe('miss');
    const table = await conn.query('select 2', { key: ['one'] });
    expect([table.cache.state, table.toArray()]).toEqual(['hit', [{ 1: 1 }]]);
    expect(await stateOf(conn, 'select 1', { key: ['two'] })).toBe('miss');
  });

  test('modes of the cache', async () => {
    const { conn } = await makeConnection();
    expect(await errorOf(() => conn.query(OWNERS, { cache: 'only-if-cached' }))).toMatchObject({ code: 'ERR_CACHE_MISS', connection: 'pets_db' });
    expect(await stateOf(conn, OWNERS, { cache: 'no-store' })).toBe('bypass');
    expect(await stateOf(conn, OWNERS)).toBe('miss');
    expect(await stateOf(conn, OWNERS, { cache: 'no-store' })).toBe('bypass');
    expect(await stateOf(conn, OWNERS, { cache: 'reload' })).toBe('miss');
    expect(await stateOf(conn, OWNERS, { ttl: 0 })).toBe('bypass');
    expect(await stateOf(conn, OWNERS)).toBe('hit');
  });

  test('what does not only read is run each time', async () => {
    const { conn } = await makeConnection();
    for (let id = 3; id < 6; id++) {
      const table = await conn.query("insert into pet_owners (person) values ('Cy') returning id");
      expect([table.cache.state, table.toArray(), table.rowsAffected, table.lastInsertId]).toEqual(['bypass', [{ id }], 1, id]);
      expect((await conn.query('select last_insert_rowid() as id')).toArray()).toEqual([{ id }]);
      expect((await conn.query('select last_insert_rowid() as id', { cache: 'no-store' })).toArray()).toEqual([{ id }]);
    }
    expect(await stateOf(conn, 'pragma table_info(pet_owners)')).toBe('bypass');
  });

  test('tags in templates: values are bound', async () => {
    const { conn } = await makeConnection();
    const name = "Ada'; drop table pet_owners; --";
    await conn.execute(sql`insert into pet_owners (person, pet) values (${name}, ${null})`);
    expect((await conn.sql`select person from pet_owners where person = ${name}`).toArray()).toEqual([{ person: name }]);
    const some = sql`where id in (${sql.list([1, 2])})`;
    expect((await conn.sql`select ${sql.id('person')} from ${sql.id('pet_owners')} ${some}`).length).toBe(2);
    expect((await conn.with({ ttl: '1h' }).sql`select ${1} as x`).cache.state).toBe('miss');
    expect((await conn.with({ ttl: '1h' }).sql`select ${1} as x`).cache.state).toBe('hit');
    expect((await conn.with({ cache: 'no-store' }).query(OWNERS)).cache.state).toBe('bypass');
    expect(await errorOf(() => conn.query(sql`select 1`, { params: [1] }))).toMatchObject({ name: 'TypeError' });
  });

  test('an abort rejects its caller alone', async () => {
    const { conn } = await makeConnection();
    const abort = new AbortController();
    const gate = makeGate();
    const holding = conn.transaction(() => gate.promise);
    await settle();
    const left = conn.query(OWNERS, { signal: abort.signal });
    const stays = conn.query(OWNERS);
    abort.abort(new Error('enough'));
    expect(await errorOf(() => left)).toMatchObject({ message: 'enough' });
    gate.open();
    await holding;
    expect((await stays).length).toBe(2);
    for (const cache of /** @type {const} */ (['default', 'no-store'])) {
      expect(await errorOf(() => conn.query(OWNERS, { signal: abort.signal, cache }))).toMatchObject({ message: 'enough' });
    }
  });
});

describe('writes', () => {
  test.each([
    ['execute', (/** @type {any} */ conn) => conn.execute('insert into visits values (1, ?)', { params: ['now'] })],
    ['executeMany', (/** @type {any} */ conn) => conn.executeMany('insert into visits values (?, ?)', [[1, 'now']])],
    ['query', (/** @type {any} */ conn) => conn.query("insert into visits values (1, 'now') returning *")],
    ['a stream', async (/** @type {any} */ conn) => { for await (const _ of conn.stream("insert into visits values (1, 'now') returning *")); }],
    ['a transaction', (/** @type {any} */ conn) => conn.transaction((/** @type {any} */ tx) => tx.sql`insert into visits values (1, ${'now'})`)],
    ['a session', async (/** @type {any} */ conn) => {
      const tx = await conn.session();
      await tx.execute("insert into visits values (1, 'now')");
      await tx.commit();
      await tx.close();
    }],
  ])('through %s forget what reads the table, and nothing else', async (_, write) => {
    const { conn } = await makeConnection();
    await conn.execute('create view latest as select max(at) as at from visits');
    for (const text of [OWNERS, VISITS, 'select * from latest', 'select 1', 'select value from json_each(?)']) {
      await conn.query(text, text.includes('?') ? { params: ['[1]'] } : {});
    }
    await write(conn);
    expect(await stateOf(conn, OWNERS)).toBe('hit');
    expect(await stateOf(conn, 'select 1')).toBe('hit');
    expect((await conn.query(VISITS)).toArray()).toEqual([{ owner: 1, at: 'now' }]);
    expect((await conn.query('select * from latest')).toArray()).toEqual([{ at: 'now' }]);
    expect(await stateOf(conn, 'select value from json_each(?)', { params: ['[1]'] })).toBe('miss'); // A virtual table: who knows.
  });

  test.each(['delete from visits', 'create table more (x)', 'alter table visits add column more'])('%s: all is forgotten', async (text) => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS);
    await conn.execute(text);
    expect(await stateOf(conn, OWNERS)).toBe('miss');
  });

  test('what was rolled back, or failed and changed nothing, forgets nothing', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS);
    await conn.query(OWNERS, { tags: ['mine'], params: [] });
    await errorOf(() => conn.transaction(async (tx) => {
      await tx.execute("insert into pet_owners (person) values ('Cy')");
      throw new Error('no');
    }, { invalidates: ['mine'] }));
    const tx = await conn.session({ invalidates: ['mine'] });
    await tx.execute("insert into pet_owners (person) values ('Cy')");
    await tx.rollback();
    await tx.execute("insert into pet_owners (person) values ('Cy')");
    await tx.close();
    expect(await stateOf(conn, OWNERS)).toBe('hit');
    expect(await stateOf(conn, OWNERS, { params: [] })).toBe('hit');
  });

  test('invalidates: tags of the caller, those of the configuration, or nothing', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS, { tags: ['people'] });
    await conn.execute('insert into visits values (1, 2)', { invalidates: ['people'] });
    expect(await stateOf(conn, OWNERS, { tags: ['people'] })).toBe('miss');
    await conn.execute("insert into pet_owners (person) values ('Cy')", { invalidates: false });
    expect(await stateOf(conn, OWNERS)).toBe('hit');
    await conn.transaction(() => {}, { invalidates: ['people'] });
    expect(await stateOf(conn, OWNERS)).toBe('miss');

    const other = (await makeConnection({ invalidates: ['people'] })).conn;
    await other.query(OWNERS, { tags: ['people'] });
    await other.query(VISITS);
    expect(await stateOf(other, OWNERS)).toBe('hit');
    await other.execute('insert into visits values (1, 2)');
    expect(await stateOf(other, OWNERS)).toBe('miss');

    const never = (await makeConnection({ invalidates: false })).conn;
    await never.query(VISITS);
    await never.execute('insert into visits values (1, 2)');
    expect(await stateOf(never, VISITS)).toBe('hit');
  });

  test('by hand: the cache of the connection', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS, { tags: ['a'] });
    await conn.query(VISITS);
    conn.cache.invalidate({ tags: ['a'] });
    expect([await stateOf(conn, OWNERS), await stateOf(conn, VISITS)]).toEqual(['miss', 'hit']);
    conn.cache.clear();
    expect([await stateOf(conn, OWNERS), await stateOf(conn, VISITS)]).toEqual(['miss', 'miss']);
  });

  test.each(Array.from({ length: 30 }, (_, i) => i))('one reads one’s own writes, in whatever order they run (seed %i)', async (seed) => {
    const { conn } = await makeConnection();
    const { below, pick } = makeChance(seed + 1);
    let next = 100;
    for (let round = 0; round < 20; round++) {
      const work = Array.from({ length: 1 + below(8) }, async () => {
        for (let ticks = below(6); ticks > 0; ticks--) await undefined;
        if (below(4) === 0) await settle();
        const write = `insert into ${pick(['visits (owner)', 'pet_owners (person)'])} values (${next++})`;
        switch (below(7)) {
          case 0:
            return conn.execute(write);
          case 1:
            return conn.transaction((tx) => tx.execute(write));
          case 2:
            return errorOf(() => conn.transaction(async (tx) => {
              await tx.execute(write);
              await settle();
              throw new Error('no');
            }));
          case 3:
            return conn.executeMany('insert into visits (owner) values (?)', [[next++]]);
          default:
            return conn.query(pick([OWNERS, VISITS]), pick([{}, { ttl: 5 }, { cache: /** @type {const} */ ('reload') }]));
        }
      });
      await Promise.all(work);
      for (const text of [OWNERS, VISITS]) {
        const table = await conn.query(text);
        expect([table.cache.state, table.toArray()]).toEqual([table.cache.state, (await conn.query(text, { cache: 'no-store' })).toArray()]);
      }
    }
  });
});
