/** execute, executeMany, transactions. */
import { fails, ok, same } from '../assert.js';

/** @param {import('../suite.js').Context} context */
async function people({ memory }) {
  const conn = await memory();
  await conn.execute('create table people (id integer primary key, name text not null unique, age integer)');
  return conn;
}

/** @param {import('../../../js/index.js').SqlConnection} conn */
const names = async (conn) => (await conn.query('select name from people order by id', { ttl: 0 })).toArray().map(({ name }) => name);

/** @type {Record<string, import('../suite.js').Case>} */
export const writes = {
  'execute tells how many rows it changed': async (context) => {
    const conn = await people(context);
    const insert = 'insert into people (name, age) values (:name, :age)';
    same((await conn.execute(insert, { params: { name: 'Ada', age: 36 } })).rowsAffected, 1);
    same((await conn.execute(insert, { params: { name: 'Bob', age: null } })).rowsAffected, 1);
    same((await conn.execute('update people set age = 1')).rowsAffected, 2);
    same((await conn.execute('delete from people where id = 1')).rowsAffected, 1);
    same((await conn.execute('delete from people where 0')).rowsAffected, 0);
    same((await conn.execute('create table other (a)')).rowsAffected, 0);
  },

  'returning gives rows': async (context) => {
    const conn = await people(context);
    const table = await conn.execute("insert into people (name) values ('Ada'), ('Bob') returning id, upper(name) as loud");
    same(table.toArray(), [{ id: 1, loud: 'ADA' }, { id: 2, loud: 'BOB' }]);
    same(table.rowsAffected, 2);
  },

  'executeMany takes rows as objects': async (context) => {
    const conn = await people(context);
    const rows = [{ name: 'Ada', age: 36 }, { name: 'Bob', age: null }];
    same((await conn.executeMany('insert into people (name, age) values (:name, :age)', rows)).rowsAffected, 2);
    same(await names(conn), ['Ada', 'Bob']);
  },

  'executeMany takes rows as arrays': async (context) => {
    const conn = await people(context);
    await conn.executeMany('insert into people (name, age) values (?, ?)', [['Ada', 36], ['Bob', null], ['Cyd', 5]]);
    same(await names(conn), ['Ada', 'Bob', 'Cyd']);
  },

  'executeMany takes columns': async (context) => {
    const conn = await people(context);
    const columns = { name: ['Ada', 'Bob', 'Cyd'], age: new Float64Array([1, 2.5, 3]) };
    same((await conn.executeMany('insert into people (name, age) values (:name, :age)', columns)).rowsAffected, 3);
    same((await conn.query('select age from people order by id')).toArray(), [{ age: 1 }, { age: 2.5 }, { age: 3 }]);
  },

  'executeMany takes many rows': async ({ memory }) => {
    const conn = await memory();
    await conn.execute('create table t (i integer, r real, a text, b text)');
    const rows = Array.from({ length: 5000 }, (_, i) => ({ i, r: i / 3, a: `row ${i}`, b: i % 5 ? `größe ${i}` : null }));
    same((await conn.executeMany('insert into t values (:i, :r, :a, :b)', rows)).rowsAffected, 5000);
    same((await conn.query('select * from t order by i')).toArray(), rows);
  },

  'executeMany of nothing does nothing': async (context) => {
    const conn = await people(context);
    same((await conn.executeMany('insert into people (name) values (?)', [])).rowsAffected, 0);
    same((await conn.executeMany('insert into people (name) values (:name)', { name: [] })).rowsAffected, 0);
    same(await names(conn), []);
  },

  'executeMany is all or nothing, and names the row': async (context) => {
    const conn = await people(context);
    const rows = Array.from({ length: 3000 }, (_, i) => [`n${i === 2500 ? 7 : i}`]);
    const error = await fails(conn.executeMany('insert into people (name) values (?)', rows), 'ERR_QUERY');
    same(error.row, 2500);
    same(await names(conn), []);
    const bad = [{ name: 'Ada' }, { name: 'Bob' }, { nmae: 'Cyd' }];
    const missing = await fails(conn.executeMany('insert into people (name) values (:name)', bad), 'ERR_PARAMETER');
    same(missing.row, 2);
    same(await names(conn), []);
    await conn.executeMany('insert into people (name) values (?)', [['fine']]);
    same(await names(conn), ['fine']);
  },

  'columns of different length are refused': async (context) => {
    const conn = await people(context);
    const columns = { name: ['a', 'b'], age: [1] };
    await fails(async () => conn.executeMany('insert into people (name, age) values (:name, :age)', columns), TypeError);
    same(await names(conn), []);
  },

  'a transaction commits and gives what its function gives': async (context) => {
    const conn = await people(context);
    const result = await conn.transaction(async (tx) => {
      await tx.execute("insert into people (name) values ('Ada')");
      await tx.executeMany('insert into people (name) values (?)', [['Bob'], ['Cyd']]);
      return 'done';
    });
    same(result, 'done');
    same(await names(conn), ['Ada', 'Bob', 'Cyd']);
  },

  'a transaction that throws is rolled back, and its error comes through': async (context) => {
    const conn = await people(context);
    const mine = new Error('my own');
    const seen = await conn
      .transaction(async (tx) => {
        await tx.execute("insert into people (name) values ('Ada')");
        throw mine;
      })
      .catch((error) => error);
    ok(seen === mine, 'the very error');
    same(await names(conn), []);
    await conn.transaction((tx) => tx.execute("insert into people (name) values ('Bob')"));
    same(await names(conn), ['Bob']);
  },

  'a failed statement in a transaction rolls all of it back': async (context) => {
    const conn = await people(context);
    const error = await fails(
      conn.transaction(async (tx) => {
        await tx.execute("insert into people (name) values ('Ada')");
        await tx.execute("insert into people (name) values ('Ada')");
      }),
      'ERR_QUERY',
    );
    same(error.sqliteCode, 'SQLITE_CONSTRAINT_UNIQUE');
    same(await names(conn), []);
  },

  'reads in a transaction see its writes and are never cached': async (context) => {
    const conn = await people(context);
    const count = 'select count(*) as n from people';
    same((await conn.query(count, { ttl: '1h' })).at(0), { n: 0 });
    await conn.transaction(async (tx) => {
      await tx.execute("insert into people (name) values ('Ada')");
      const inside = await tx.query(count);
      same([inside.at(0), inside.cache.state], [{ n: 1 }, 'bypass']);
      await tx.execute("insert into people (name) values ('Bob')");
      same((await tx.query(count)).at(0), { n: 2 });
      same((await tx.sql`select name from people where id = ${2}`).at(0), { name: 'Bob' });
    });
    same((await conn.query(count, { ttl: '1h' })).at(0), { n: 2 });
  },

  'others wait for a transaction, and never see it half done': async (context) => {
    const conn = await people(context);
    /** @type {() => void} */
    let go = () => {};
    const gate = new Promise((resolve) => (go = () => resolve(undefined)));
    const writing = conn.transaction(async (tx) => {
      await tx.execute("insert into people (name) values ('Ada')");
      await gate;
      throw new Error('not after all');
    });
    const outside = names(conn);
    const other = conn.transaction((tx) => tx.execute("insert into people (name) values ('Bob')"));
    go();
    await writing.catch(() => {});
    ok(!(await outside).includes('Ada'), 'what was rolled back was never seen');
    await other;
    same(await names(conn), ['Bob']);
  },

  'a transaction cannot be used after its end': async (context) => {
    const conn = await people(context);
    let kept;
    await conn.transaction(async (tx) => void (kept = tx));
    const tx = /** @type {any} */ (kept);
    await fails(async () => tx.execute("insert into people (name) values ('late')"), 'ERR_CLOSED');
    await fails(async () => tx.query('select 1'), 'ERR_CLOSED');
    same(await names(conn), []);
  },

  'a transaction needs a function': async (context) => {
    const conn = await people(context);
    await fails(async () => conn.transaction(/** @type {any} */ (undefined)), TypeError);
  },
};
