/**
 * SqlConnection: transactions, sessions, several rows at once, and statements that wait for each other.
 */
import { describe, expect, test } from '@jest/globals';
import { sql } from '../../js/sql/template.js';
import { Table } from '../../js/table/table.js';
import { errorOf } from './sqlite-helpers.js';
import { makeConnection, makeGate, settle } from './sql-helpers.js';

const OWNERS = 'select * from pet_owners';

/** @param {import('./sql-helpers.js').SqlConnection | import('../../js/connections/transaction.js').Transaction} conn */
const peopleOf = async (conn) => (await conn.query(OWNERS)).toArray().map(({ person }) => person);
const insert = (/** @type {string} */ person) => `insert into pet_owners (person) values ('${person}')`;

describe('transaction', () => {
  test('commits, and gives what its callback gives', async () => {
    const { conn } = await makeConnection();
    const result = await conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      expect((await tx.query(OWNERS)).cache.state).toBe('bypass');
      await tx.sql`insert into pet_owners (person) values (${'Di'})`;
      return (await peopleOf(tx)).length;
    });
    expect(result).toBe(4);
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Di']);
  });

  test('rolls back, and throws what its callback throws', async () => {
    const { conn } = await makeConnection();
    for (const own of [new Error('mine'), Object.freeze(new TypeError('frozen')), 'text', undefined, null]) {
      const thrown = await conn.transaction(async (tx) => {
        await tx.execute(insert('Cy'));
        throw own;
      }).then(() => 'nothing', (error) => error);
      expect(thrown).toBe(own);
    }
    await errorOf(() => conn.transaction(() => { throw new Error('not async'); }));
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });

  test('errors of its statements say where they come from, inside too', async () => {
    const { conn } = await makeConnection();
    /** @type {any} */
    let inside;
    const outside = await errorOf(() => conn.transaction(async (tx) => {
      inside = await errorOf(() => tx.execute('select nope'));
      throw inside;
    }));
    expect(inside).toBe(outside);
    expect(inside).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db', phase: 'query', offset: 7 });
    expect(await errorOf(() => conn.transaction((tx) => tx.query('select ?')))).toMatchObject({ code: 'ERR_PARAMETER', connection: 'pets_db', phase: 'query' });
    expect(await errorOf(() => conn.transaction(async (tx) => { for await (const _ of tx.stream('select nope')); }))).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db' });
  });

  test('a caught error leaves the rest in place', async () => {
    const { conn } = await makeConnection();
    await conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      await errorOf(() => tx.execute("insert into pet_owners values (1, 'Di', null)"));
      await tx.execute(insert('Ed'));
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Ed']);
  });

  test('nested ones are savepoints', async () => {
    const { conn } = await makeConnection();
    const own = new Error('inner');
    await conn.transaction(async (tx) => {
      await tx.transaction(async (a) => {
        await a.execute(insert('Cy'));
        expect(await errorOf(() => a.transaction(async (b) => {
          await b.execute(insert('Di'));
          throw own;
        }))).toBe(own);
        await a.transaction((b) => b.execute(insert('Ed')));
        expect(await errorOf(() => tx.execute(insert('Flo')))).toMatchObject({ code: 'ERR_TRANSACTION', connection: 'pets_db', phase: 'transaction' });
      });
      expect(await errorOf(() => tx.transaction(async (a) => {
        await a.execute(insert('Gus'));
        throw own;
      }))).toBe(own);
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Ed']);
  });

  test('two nested ones at a time are refused', async () => {
    const { conn } = await makeConnection();
    await conn.transaction(async (tx) => {
      const results = await Promise.allSettled([tx.transaction((a) => a.execute(insert('Cy'))), tx.transaction((b) => b.execute(insert('Di')))]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy']);
  });

  test('used after its end, also by a nested one that nobody awaited', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    /** @type {any[]} */
    const kept = [];
    /** @type {Promise<unknown> | undefined} */
    let left;
    await conn.transaction(async (tx) => {
      kept.push(tx);
      left = tx.transaction(async (inner) => {
        kept.push(inner);
        await gate.promise;
        await inner.execute(insert('Cy'));
      });
      await settle();
    });
    gate.open();
    expect(await errorOf(() => left)).toMatchObject({ code: 'ERR_CLOSED' });
    for (const tx of kept) {
      for (const use of [() => tx.query(OWNERS), () => tx.execute(OWNERS), () => tx.sql`select 1`, () => tx.stream(OWNERS).next(), () => tx.transaction(() => {}),
        () => tx.executeMany('insert into visits values (?, ?)', []), () => tx.commit()]) {
        expect(await errorOf(use)).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
      }
      await tx.close();
    }
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });

  test('a statement that ends it: what follows is not lost silently', async () => {
    const { conn } = await makeConnection();
    for (const end of ['commit', 'rollback']) {
      expect(await errorOf(() => conn.transaction((tx) => tx.execute(end)))).toMatchObject({ code: 'ERR_TRANSACTION', connection: 'pets_db', phase: 'commit' });
    }
    await conn.execute('create table once (x unique on conflict rollback)');
    expect(await errorOf(() => conn.transaction(async (tx) => {
      await tx.execute('insert into once values (1)');
      await errorOf(() => tx.execute('insert into once values (1)'));
    }))).toMatchObject({ code: 'ERR_TRANSACTION' });
    expect((await conn.query('select * from once')).length).toBe(0);
  });

  test('a constraint that is checked at the end', async () => {
    const { conn } = await makeConnection();
    await conn.execute('pragma foreign_keys = on; create table toys (owner int references pet_owners (id) deferrable initially deferred)');
    expect(await errorOf(() => conn.transaction((tx) => tx.execute('insert into toys values (99)')))).toMatchObject({
      code: 'ERR_QUERY', sqliteCode: 'SQLITE_CONSTRAINT_FOREIGNKEY', connection: 'pets_db',
    });
    expect((await conn.query('select * from toys')).length).toBe(0);
    const tx = await conn.session();
    await tx.execute('insert into toys values (99)');
    expect(await errorOf(() => tx.commit())).toMatchObject({ code: 'ERR_QUERY' });
    await tx.execute('update toys set owner = 1');
    await tx.commit();
    await tx.close();
    expect((await conn.query('select * from toys')).length).toBe(1);
  });

  test('an abort before the end', async () => {
    const { conn } = await makeConnection();
    const abort = new AbortController();
    expect(await errorOf(() => conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      abort.abort(new Error('enough'));
      expect(await errorOf(() => tx.query(OWNERS))).toMatchObject({ message: 'enough' });
    }, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(await errorOf(() => conn.transaction(() => 1, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });
});

describe('what is under way when a transaction ends', () => {
  test('streams are ended with it, and keep no table from being dropped', async () => {
    const { conn } = await makeConnection();
    /** @type {any} */
    let left;
    await conn.transaction(async (tx) => {
      left = tx.stream(OWNERS, { batchSize: 1 });
      await left.next();
    });
    await conn.transaction(async (tx) => {
      await errorOf(() => tx.transaction(async (inner) => {
        await inner.execute(insert('Cy'));
        await inner.stream(OWNERS, { batchSize: 1 }).next();
        throw new Error('no');
      }));
      await tx.execute('drop table visits');
    });
    const session = await conn.session();
    await session.stream(OWNERS, { batchSize: 1 }).next();
    await session.close();
    await conn.execute('drop table pet_owners');
    expect(await errorOf(() => left.next())).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('a nested one waits for its executeMany, awaited or not', async () => {
    const { conn } = await makeConnection();
    const slow = async function* (/** @type {any[]} */ rows) {
      for (const row of rows) {
        await settle();
        yield row;
      }
    };
    await conn.transaction(async (tx) => {
      await tx.transaction(async (inner) => {
        void inner.executeMany('insert into pet_owners (person) values (?)', slow([['Cy'], ['Di']]));
        void inner.executeMany('insert into pet_owners (person) values (?)', slow([['Ed'], [null]])).catch(() => {});
        await settle();
      });
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Di']);
  });

  test('a stream that was left keeps a table from being dropped, and the error says so', async () => {
    const { conn } = await makeConnection();
    for await (const _ of conn.stream(OWNERS, { batchSize: 1 })) {
      expect(await errorOf(() => conn.execute('drop table visits'))).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_LOCKED', message: expect.stringContaining('finish its loop') });
      await conn.execute('create table if not exists more (x)');
    }
    await conn.execute('drop table visits');
  });
});

describe('waiting', () => {
  test('others see a transaction whole or not at all', async () => {
    const { conn } = await makeConnection();
    const gate = makeGate();
    const running = conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      await gate.promise;
      await tx.execute(insert('Di'));
    });
    await settle();
    const reads = [peopleOf(conn), peopleOf(conn), conn.query(OWNERS, { cache: 'no-store' }).then((table) => table.toArray().map(({ person }) => person))];
    const write = conn.execute(insert('Ed'));
    await settle();
    gate.open();
    await running;
    for (const read of reads) expect((await read).slice(0, 4)).toEqual(['Ada', 'Bo', 'Cy', 'Di']);
    await write;
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Di', 'Ed']);
  });

  test('statements of the connection inside a transaction: an error that says what to use', async () => {
    const { conn } = await makeConnection({ busyTimeout: '1ms' });
    for (const use of [
      () => conn.query(OWNERS), () => conn.query(OWNERS, { cache: 'no-store' }), () => conn.execute(insert('Cy')), () => conn.transaction(() => {}), () => conn.session(),
      () => conn.stream(OWNERS).next(), () => conn.executeMany('insert into visits values (?, ?)', [[1, 2]]),
    ]) {
      const error = await conn.transaction(() => errorOf(use));
      expect(error).toMatchObject({ code: 'ERR_TIMEOUT', connection: 'pets_db', phase: 'acquire' });
      expect(error.message).toMatch(/tx\.query\(\).*busyTimeout/s);
    }
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });

  test('an endless patience', async () => {
    const { conn } = await makeConnection({ busyTimeout: Infinity });
    const gate = makeGate();
    const running = conn.transaction(() => gate.promise);
    const read = peopleOf(conn);
    await settle();
    gate.open();
    await running;
    expect(await read).toEqual(['Ada', 'Bo']);
    expect(await errorOf(() => makeConnection({ busyTimeout: 'soon' }))).toMatchObject({ message: expect.stringContaining('busyTimeout') });
  });
});

describe('session', () => {
  test('commit, rollback, close', async () => {
    const { conn } = await makeConnection();
    await conn.query(OWNERS);
    const tx = await conn.session();
    await tx.execute(insert('Cy'));
    await tx.commit();
    await tx.execute(insert('Di'));
    await tx.rollback();
    await tx.execute(insert('Ed'));
    await tx.close();
    await tx.close();
    expect(await errorOf(() => tx.query(OWNERS))).toMatchObject({ code: 'ERR_CLOSED', connection: 'pets_db' });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy']);
  });

  test('after a failure for good it says so, and can begin anew', async () => {
    const { conn } = await makeConnection();
    await conn.execute('create table once (x unique on conflict rollback)');
    const tx = await conn.session();
    await tx.execute('insert into once values (1)');
    await errorOf(() => tx.execute('insert into once values (1)'));
    expect(await errorOf(() => tx.commit())).toMatchObject({ code: 'ERR_TRANSACTION' });
    await tx.rollback();
    await tx.execute('insert into once values (2)');
    await tx.commit();
    await tx.close();
    expect((await conn.query('select * from once')).toArray()).toEqual([{ x: 2 }]);
  });

  test('nested in it, and commit() where it does not belong', async () => {
    const { conn } = await makeConnection();
    const tx = await conn.session();
    await tx.transaction(async (inner) => {
      await inner.execute(insert('Cy'));
      expect(await errorOf(() => inner.commit())).toMatchObject({ code: 'ERR_TRANSACTION', phase: 'commit' });
    });
    await tx.commit();
    await tx[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
    expect(await errorOf(() => conn.transaction((inner) => inner.commit()))).toMatchObject({ code: 'ERR_TRANSACTION' });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy']);
  });
});

describe('executeMany', () => {
  const INSERT = 'insert into pet_owners (person, pet) values (:person, :pet)';

  test.each([
    ['rows', [{ person: 'Cy', pet: 'eel' }, { person: 'Di', pet: null }]],
    ['columns', { person: ['Cy', 'Di'], pet: ['eel', null] }],
    ['a table', Table.from([{ person: 'Cy', pet: 'eel' }, { person: 'Di', pet: null }])],
    ['columns of a table', { person: Table.from({ p: ['Cy', 'Di'] }).column('p'), pet: ['eel', null] }],
  ])('%s', async (_, rows) => {
    const { conn } = await makeConnection();
    expect(await conn.executeMany(INSERT, /** @type {any} */ (rows))).toMatchObject({ rowsAffected: 2, length: 0 });
    expect((await conn.query('select person, pet from pet_owners where id > 2')).toArray()).toEqual([{ person: 'Cy', pet: 'eel' }, { person: 'Di', pet: null }]);
    await conn.transaction((tx) => tx.executeMany(INSERT, /** @type {any} */ (rows)));
    expect((await peopleOf(conn)).length).toBe(6);
  });

  test('the statement is text', async () => {
    const { conn } = await makeConnection();
    for (const run of [conn, await conn.session()]) {
      expect(await errorOf(() => run.executeMany(/** @type {any} */ (sql`insert into visits values (1, 2)`), []))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('as text') });
    }
  });

  test.each([
    ['text', 'TypeError'], [null, 'TypeError'], [{}, 'TypeError'], [{ person: 'Cy' }, 'TypeError'], [{ person: ['a'], pet: ['b', 'c'] }, 'TypeError'],
  ])('%j is refused', async (rows, name) => {
    const { conn } = await makeConnection();
    expect(await errorOf(() => conn.executeMany(INSERT, /** @type {any} */ (rows)))).toMatchObject({ name });
    expect(await errorOf(() => conn.transaction((tx) => tx.executeMany(INSERT, /** @type {any} */ (rows))))).toMatchObject({ name });
  });

  test('all or nothing, in a transaction that goes on too', async () => {
    const { conn } = await makeConnection();
    const rows = Array.from({ length: 3000 }, (_, i) => ({ person: i === 2500 ? null : `p${i}`, pet: null }));
    const wanted = { code: 'ERR_QUERY', sqliteCode: 'SQLITE_CONSTRAINT_NOTNULL', row: 2500, connection: 'pets_db', phase: 'query' };
    expect(await errorOf(() => conn.executeMany(INSERT, rows))).toMatchObject(wanted);
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
    await conn.transaction(async (tx) => {
      await tx.execute(insert('Cy'));
      expect(await errorOf(() => tx.executeMany(INSERT, rows))).toMatchObject(wanted);
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy']);
  });

  test('several at a time in one transaction, with statements between', async () => {
    const { conn } = await makeConnection();
    const slow = async function* (/** @type {string} */ person) {
      for (let i = 0; i < 3; i++) {
        await settle();
        yield { person, pet: null };
      }
    };
    await conn.transaction(async (tx) => {
      await Promise.all([tx.executeMany(INSERT, slow('Cy')), tx.execute(insert('Di')), tx.executeMany(INSERT, slow('Ed')), tx.query(OWNERS)]);
      void tx.executeMany(INSERT, slow('Flo')); // Not awaited: the commit waits for it.
      await settle();
    });
    expect((await peopleOf(conn)).sort()).toEqual(['Ada', 'Bo', 'Cy', 'Cy', 'Cy', 'Di', 'Ed', 'Ed', 'Ed', 'Flo', 'Flo', 'Flo']);
  });

  test('rows that are made by statements of the same transaction would wait for ever: said so', async () => {
    const { conn } = await makeConnection();
    const read = async function* (/** @type {any} */ tx) {
      for (const { person } of await tx.query(OWNERS)) yield { person, pet: null };
    };
    const streamed = async function* (/** @type {any} */ tx) {
      for await (const table of tx.stream(OWNERS, { batchSize: 1 })) yield* table;
    };
    for (const rows of [read, streamed]) {
      await conn.transaction(async (tx) => {
        expect(await errorOf(() => tx.executeMany(INSERT, rows(tx)))).toMatchObject({ code: 'ERR_TRANSACTION', connection: 'pets_db' });
        await tx.execute(insert('Cy'));
      });
    }
    await conn.transaction(async (tx) => {
      for await (const table of tx.stream('select person, pet from pet_owners where id <= 2', { batchSize: 1 })) await tx.executeMany(INSERT, table);
    });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo', 'Cy', 'Cy', 'Ada', 'Bo']);
  });

  test('rows that are made by queries of the same connection wait for themselves: said so', async () => {
    const { conn } = await makeConnection({ busyTimeout: '1ms' });
    const rows = async function* () {
      yield { person: (await peopleOf(conn))[0], pet: null };
    };
    expect(await errorOf(() => conn.executeMany(INSERT, rows()))).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });

  test('an abort', async () => {
    const { conn } = await makeConnection();
    const abort = new AbortController();
    const rows = async function* () {
      yield { person: 'Cy', pet: null };
      abort.abort(new Error('enough'));
      await new Promise(() => {});
    };
    expect(await errorOf(() => conn.executeMany(INSERT, rows(), { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(await peopleOf(conn)).toEqual(['Ada', 'Bo']);
  });
});

describe('what the caller does with his objects meanwhile', () => {
  test('parameters are those of the call', async () => {
    const { conn } = await makeConnection();
    const params = [1];
    const bytes = new Uint8Array([1, 2]);
    const stream = conn.stream('select person, ? as bytes from pet_owners where id = ?', { params: [bytes, 1] });
    const named = { id: 1 };
    const watch = conn.watch('select person from pet_owners where id = :id', { params: named });
    await conn.transaction(async (tx) => {
      const query = tx.query('select person from pet_owners where id = ?', { params });
      const streamed = tx.stream('select person from pet_owners where id = ?', { params });
      params[0] = named.id = 2;
      bytes.fill(9);
      expect((await query).toArray()).toEqual([{ person: 'Ada' }]);
      expect((await streamed.next()).value?.toArray()).toEqual([{ person: 'Ada' }]);
    });
    expect((await stream.next()).value?.toArray()).toEqual([{ person: 'Ada', bytes: new Uint8Array([1, 2]) }]);
    expect((await watch.next()).value?.toArray()).toEqual([{ person: 'Ada' }]);
    await stream.return();
    await watch.return();
  });

  test('a signal that is none is named', async () => {
    const { conn } = await makeConnection();
    const signal = /** @type {any} */ ({});
    const named = { name: 'TypeError', message: 'signal: must be an AbortSignal.' };
    /** @type {(() => unknown)[]} */
    const calls = [
      () => conn.query('select * from visits', { signal }), () => conn.query('select * from visits', { signal, cache: 'no-store' }),
      () => conn.execute('delete from visits', { signal }), () => conn.executeMany('insert into visits values (?, ?)', [[1, 'a']], { signal }),
      () => conn.stream('select 1', { signal }).next(), () => conn.watch('select 1', { signal }).next(), () => conn.session({ signal }),
      () => conn.transaction(() => {}, { signal }), () => conn.transaction((tx) => tx.query('select 1', { signal })),
    ];
    for (const call of calls) expect(await errorOf(async () => void (await call()))).toMatchObject(named);
    expect((await conn.query('select count(*) as n from visits')).toArray()).toEqual([{ n: 0 }]);
  });
});

test('what was undone makes no result stale', async () => {
  const { conn } = await makeConnection();
  await conn.query('select * from visits');
  /** @type {unknown[]} */
  const told = [];
  const watch = conn.watch('select count(*) as n from visits', { distinct: false });
  await watch.next();
  const next = watch.next().then((result) => told.push(result.value?.toArray()));
  expect(await errorOf(() => conn.executeMany('insert into visits values (?, ?)', [[1, 'a'], [2]]))).toMatchObject({ code: 'ERR_PARAMETER' });
  expect(await errorOf(() => conn.transaction(async (tx) => {
    await tx.execute("insert into visits values (1, 'a')");
    throw new Error('changed my mind');
  }))).toMatchObject({ message: 'changed my mind' });
  expect((await conn.query('select * from visits')).cache.state).toBe('hit');
  expect(told).toEqual([]);
  await conn.execute("insert into visits values (1, 'a')");
  await next;
  expect(told).toEqual([[{ n: 1 }]]);
  expect((await conn.query('select * from visits')).cache.state).toBe('miss');
  await watch.return();
});
