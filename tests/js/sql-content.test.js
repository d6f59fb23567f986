/**
 * A database as a whole: export, import, backup, and databases that are opened from bytes.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { loadEngine } from '../../js/sqlite/engine.js';
import { errorOf, makeChance, memoryUsed } from './sqlite-helpers.js';
import { inMemory, makeConnection, makeGate, settle } from './sql-helpers.js';

const OWNERS = 'select * from pet_owners';
const ROWS = [{ id: 1, person: 'Ada', pet: 'cat' }, { id: 2, person: 'Bo', pet: 'dog' }];

/** The bytes of a database with a table `boats`, an index, a view and enough rows for many pages. */
async function boats() {
  const { conn } = await makeConnection();
  await conn.execute('drop table pet_owners; drop table visits; create table boats (name text unique, length real); create view long as select * from boats where length > 10');
  await conn.executeMany('insert into boats values (?, ?)', Array.from({ length: 2000 }, (_, i) => [`boat ${i}`, i / 100]));
  return conn.export();
}

/** @param {import('./sql-helpers.js').SqlConnection} conn */
const peopleOf = async (conn) => (await conn.query(OWNERS)).toArray();

describe('export and import', () => {
  test('bytes of a database file, there and back', async () => {
    const { conn } = await makeConnection();
    const bytes = await conn.export();
    expect(new TextDecoder().decode(bytes.subarray(0, 15))).toBe('SQLite format 3');
    await conn.execute('drop table pet_owners');
    await conn.import(bytes);
    expect(await peopleOf(conn)).toEqual(ROWS);
    await conn.execute("insert into pet_owners (person) values ('Cy')");
    expect((await conn.query(OWNERS)).length).toBe(3);
    expect((await conn.query('pragma integrity_check')).at(0)).toEqual({ integrity_check: 'ok' });
    expect((await conn.export()).length).toBe(bytes.length);
  });

  test('an empty database', async () => {
    const hawser = createHawser({ secrets: [] });
    const conn = /** @type {import('./sql-helpers.js').SqlConnection} */ (await hawser.connection('empty', { url: 'sqlite://' }));
    const bytes = await conn.export();
    await conn.import(bytes);
    expect((await conn.query('select * from sqlite_schema')).length).toBe(0);
    await hawser.close();
  });

  /** @type {Promise<Uint8Array>} */
  let bytes;
  beforeAll(() => (bytes = boats()));
  /** @type {[string, (bytes: Uint8Array) => any][]} */
  const sources = [
    ['an ArrayBuffer', (whole) => whole.buffer],
    ['a DataView', (whole) => new DataView(whole.buffer, whole.byteOffset, whole.byteLength)],
    ['a Blob', (whole) => new Blob([/** @type {any} */ (whole)])],
    ['a Response', (whole) => new Response(/** @type {any} */ (whole))],
    ['a promise of a Response', async (whole) => new Response(/** @type {any} */ (whole))],
    ['a stream', (whole) => new Blob([/** @type {any} */ (whole)]).stream()],
    ['an array of bytes', (whole) => [whole.subarray(0, 3), new Uint8Array(), whole.subarray(3, 5000), whole.subarray(5000)]],
    ['an async generator that uses one buffer', async function* (whole) {
      const buffer = new Uint8Array(1000);
      for (let at = 0; at < whole.length; at += 1000) {
        const part = whole.subarray(at, at + 1000);
        buffer.set(part);
        await undefined;
        yield buffer.subarray(0, part.length);
        buffer.fill(0);
      }
    }],
  ];

  test.each(sources)('from %s', async (_, make) => {
    const { conn } = await makeConnection();
    await conn.import(make(await bytes));
    expect((await conn.query('select count(*) as n from long')).toArray()).toEqual([{ n: 999 }]);
    expect(await errorOf(() => peopleOf(conn))).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('no such table') });
  });

  test('cached results of the old content are forgotten, statements prepared for it too', async () => {
    const { conn } = await makeConnection();
    const other = (await makeConnection()).conn;
    // Tables of the same names at other places, and as many changes of the schema.
    await other.execute("drop table visits; drop table pet_owners; create table visits (at int, owner text); create table pet_owners (person text, pet text, id int); insert into pet_owners values ('Zoe', 'yak', 9)");
    await conn.execute('create table x (y); drop table x; create table x (y); drop table x');
    const insert = "insert into pet_owners (id, person, pet) values (7, 'Eve', 'eel')";
    await conn.execute(insert);
    await peopleOf(conn);
    await conn.import(await other.export());
    expect(await peopleOf(conn)).toEqual([{ person: 'Zoe', pet: 'yak', id: 9 }]);
    await conn.execute(insert);
    expect(await peopleOf(conn)).toEqual([{ person: 'Zoe', pet: 'yak', id: 9 }, { person: 'Eve', pet: 'eel', id: 7 }]);
  });

  test('a database that was written in WAL mode', async () => {
    const { conn } = await makeConnection();
    const written = await conn.export();
    written[18] = written[19] = 2;
    await conn.import(written);
    expect(await peopleOf(conn)).toEqual(ROWS);
    expect(written[18]).toBe(2); // The caller's own.
  });

  test('temporary tables, settings and attached databases stay', async () => {
    const { conn } = await makeConnection();
    await conn.execute("create temp table mine (x); insert into mine values (1); pragma foreign_keys = on; attach ':memory:' as other; create table other.t (x)");
    await conn.import(await bytes);
    expect((await conn.query('select * from mine, pragma_foreign_keys')).toArray()).toEqual([{ x: 1, foreign_keys: 1 }]);
    expect((await conn.query('select count(*) as n from other.t, boats')).at(0)).toEqual({ n: 0 });
  });

  test('an export waits for the transaction under way', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    const running = conn.transaction(async (tx) => {
      await tx.execute("insert into pet_owners (person) values ('Cy')");
      await gate.promise;
      await tx.execute("insert into pet_owners (person) values ('Di')");
    });
    await settle();
    const exported = conn.export();
    const imported = conn.import(await bytes);
    await settle();
    gate.open();
    await running;
    const other = (await makeConnection()).conn;
    await other.import(await exported);
    expect((await peopleOf(other)).length).toBe(4);
    await imported;
    expect((await conn.query('select * from boats')).length).toBe(2000);
  });

  test('no memory is lost', async () => {
    const { conn } = await makeConnection();
    const engine = await loadEngine();
    const image = await bytes;
    const damaged = image.slice();
    damaged.fill(0xab, 8192, 8300);
    const round = async () => {
      await conn.import(image);
      await errorOf(() => conn.import(damaged));
      const rows = conn.stream('select * from boats', { batchSize: 1 });
      await rows.next();
      await errorOf(() => conn.import(image));
      await rows.return();
      await conn.export();
    };
    await round();
    const before = memoryUsed(engine);
    for (let i = 0; i < 5; i++) await round();
    expect(memoryUsed(engine) - before).toBeLessThan(20_000);
  });
});

describe('what is not imported leaves everything as it was', () => {
  /** @type {Promise<Uint8Array>} */
  let image;
  beforeAll(() => (image = boats()));
  /** @type {[string, (bytes: Uint8Array) => any, object][]} */
  const refused = [
    ['no bytes', () => new Uint8Array(), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('no bytes') }],
    ['a page of HTML', () => new TextEncoder().encode('<!doctype html><title>404</title>'), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('not an SQLite database') }],
    ['a failed response', () => new Response('nope', { status: 404 }), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('404') }],
    ['a header alone', (bytes) => bytes.subarray(0, 60), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('incomplete') }],
    ['half of it', (bytes) => bytes.subarray(0, bytes.length / 2), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('incomplete') }],
    ['all but a byte', (bytes) => bytes.subarray(0, -1), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('incomplete') }],
    ['a damaged page', (bytes) => bytes.slice().fill(0xab, 8192, 8300), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('damaged') }],
    ['a damaged schema', (bytes) => bytes.slice().fill(0xab, 100, 300), { code: 'ERR_DATABASE_INVALID', message: expect.stringContaining('damaged') }],
    ['text', () => 'pets.db', { name: 'TypeError' }],
    ['nothing', () => undefined, { name: 'TypeError' }],
    ['numbers', () => [1, 2, 3], { name: 'TypeError' }],
    ['an object', () => ({}), { name: 'TypeError' }],
    ['a stream of text', () => new ReadableStream({ start(c) { c.enqueue('SQLite'); c.close(); } }), { name: 'TypeError' }],
    ['a stream that fails', () => new ReadableStream({ start(c) { c.error(new Error('lost')); } }), { message: 'lost' }],
  ];

  test.each(refused)('%s', async (_, make, wanted) => {
    const { conn } = await makeConnection();
    await peopleOf(conn);
    expect(await errorOf(async () => conn.import(make(await image)))).toMatchObject(wanted);
    expect((await conn.query(OWNERS)).cache.state).toBe('hit');
    expect((await conn.query(OWNERS, { cache: 'no-store' })).toArray()).toEqual(ROWS);
    await conn.execute("insert into pet_owners (person) values ('Cy')");
  });

  test('any damage of the file is found, or harmless', async () => {
    const { conn } = await makeConnection();
    const whole = await image;
    const { below } = makeChance(5);
    let found = 0;
    for (let i = 0; i < 60; i++) {
      const damaged = whole.slice();
      const at = below(whole.length - 64);
      damaged.fill(below(256), at, at + 1 + below(64));
      const error = await conn.import(damaged).then(() => undefined, (reason) => reason);
      if (error) {
        expect(error).toMatchObject({ code: 'ERR_DATABASE_INVALID', connection: 'pets_db', phase: 'import' });
        found++;
      } else {
        await conn.query('select count(*), sum(length), max(name) from boats', { cache: 'no-store' });
      }
    }
    expect(found).toBeGreaterThan(20);
    expect((await conn.query('select 1 as x')).at(0)).toEqual({ x: 1 });
  });

  test('a stream that reads: said so', async () => {
    const { conn } = await makeConnection();
    const rows = conn.stream(OWNERS, { batchSize: 1 });
    await rows.next();
    expect(await errorOf(async () => conn.import(await image))).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_BUSY', message: expect.stringContaining('stream') });
    expect((await conn.export()).length).toBeGreaterThan(0);
    expect((await rows.next()).value?.at(0)).toMatchObject({ person: 'Bo' });
    await rows.return();
    await conn.import(await image);
  });

  test('an abort, while bytes are awaited and while it waits for its turn', async () => {
    const { conn } = await makeConnection();
    const abort = new AbortController();
    let left = false;
    const endless = new ReadableStream({ cancel() { left = true; } });
    const hung = conn.import(endless, { signal: abort.signal });
    const gate = makeGate();
    const running = conn.transaction(() => gate.promise);
    await settle();
    const waits = [conn.import(await image, { signal: abort.signal }), conn.export({ signal: abort.signal })].map((promise) => promise.catch((error) => error));
    await settle();
    abort.abort(new Error('enough'));
    expect(await errorOf(() => hung)).toMatchObject({ message: 'enough' });
    for (const wait of waits) expect(await wait).toMatchObject({ message: 'enough' });
    gate.open();
    await running;
    await settle();
    expect(left).toBe(true);
    expect(await peopleOf(conn)).toEqual(ROWS);
    expect(await errorOf(async () => conn.import(await image, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
  });

  test('a closed connection', async () => {
    const { conn } = await makeConnection();
    await conn.close();
    for (const use of [() => conn.export(), async () => conn.import(await image), async () => conn.backup((await makeConnection()).conn)]) {
      expect(await errorOf(use)).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
    }
  });

  test('data that later constraints do not allow, and what the program has not: imported all the same', async () => {
    const { conn } = await makeConnection();
    await conn.execute(`create table t (a check (a > 0)); pragma ignore_check_constraints = on; insert into t values (-1);
      pragma ignore_check_constraints = off; pragma writable_schema = on;
      insert into sqlite_schema values ('view', 'v', 'v', 0, 'create view v as select nope(a) from t'); pragma writable_schema = off`);
    await conn.import(await conn.export());
    expect((await conn.query('select * from t')).toArray()).toEqual([{ a: -1 }]);
  });
});

describe('backup', () => {
  test('to another connection', async () => {
    const { conn } = await makeConnection();
    const other = (await makeConnection()).conn;
    await other.execute('delete from pet_owners');
    expect(await peopleOf(other)).toEqual([]);
    await conn.backup(other);
    expect(await peopleOf(other)).toEqual(ROWS);
    await other.execute('delete from pet_owners where id = 1');
    expect(await peopleOf(conn)).toEqual(ROWS);
  });

  test('errors', async () => {
    const { conn } = await makeConnection();
    const other = (await makeConnection()).conn;
    for (const odd of [undefined, null, 7, {}, conn]) expect(await errorOf(() => conn.backup(/** @type {any} */ (odd)))).toMatchObject({ name: 'TypeError' });
    if (inMemory()) expect(await errorOf(() => conn.backup('copy.db'))).toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining('export()') });
    await other.close();
    expect(await errorOf(() => conn.backup(other))).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('opened from bytes', () => {
  /** @type {Promise<Uint8Array>} */
  let image;
  beforeAll(() => (image = boats()));
  const COUNT = 'select count(*) as n from boats';

  /** @param {Record<string, any>} options @returns {Promise<import('./sql-helpers.js').SqlConnection>} */
  const open = async (options) => (await makeHawser().connection('shipped', { url: 'sqlite://', ...options }));
  /** @type {import('../../js/hawser.js').Hawser[]} */
  const instances = [];
  const makeHawser = () => {
    const hawser = createHawser({ secrets: [] });
    instances.push(hawser);
    return /** @type {any} */ (hawser);
  };
  afterAll(() => Promise.all(instances.map((hawser) => hawser.close())));

  test.each([
    ['bytes', (/** @type {Uint8Array} */ bytes) => bytes],
    ['a Blob', (/** @type {any} */ bytes) => new Blob([bytes])],
    ['a function', (/** @type {any} */ bytes) => async () => new Response(bytes)],
  ])('%s', async (_, make) => {
    const conn = await open({ content: make(await image) });
    expect((await conn.query(COUNT)).toArray()).toEqual([{ n: 2000 }]);
    await conn.execute('delete from boats where length > 10');
    expect((await conn.query(COUNT)).toArray()).toEqual([{ n: 1001 }]);
    await conn.reset();
    expect((await conn.query(COUNT, { cache: 'no-store' })).toArray()).toEqual([{ n: 2000 }]);
  });

  test('readOnly', async () => {
    const conn = await open({ content: await image, readOnly: true });
    expect((await conn.query(COUNT)).toArray()).toEqual([{ n: 2000 }]);
    for (const write of ['delete from boats', 'create table t (x)', 'drop view long']) {
      expect(await errorOf(() => conn.execute(write))).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_READONLY' });
    }
    await conn.execute('create temp table t as select * from long');
    expect((await conn.query('select count(*) as n from t')).toArray()).toEqual([{ n: 999 }]);
    expect(await errorOf(async () => conn.import(await image))).toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining('readOnly') });
    expect((await conn.export()).length).toBe((await image).length);
  });

  test('errors', async () => {
    expect(await errorOf(async () => (await open({ content: (await image).subarray(0, 9000) })).query(COUNT))).toMatchObject({ code: 'ERR_DATABASE_INVALID', connection: 'shipped' });
    expect(await errorOf(async () => (await open({ content: 7 })).query(COUNT))).toMatchObject({ message: expect.stringContaining('content must be bytes') });
    expect(await errorOf(async () => (await open({ content: () => Promise.reject(new Error('offline')) })).query(COUNT))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', message: expect.stringContaining('offline') });
    expect(await errorOf(async () => (await open({ readOnly: true })).query(COUNT))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', message: expect.stringContaining('content') });
    expect(await errorOf(async () => (await open({ content: await image, readOnly: 'yes' })).query(COUNT))).toMatchObject({ message: expect.stringContaining('readOnly') });
  });
});
