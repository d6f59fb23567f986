/** Table: columns, rows, immutability. */
import { fails, ok, same } from '../assert.js';

const PETS = `
  create table pets (id integer primary key, name text not null, weight real, photo blob, note);
  insert into pets values (1, 'Rex', 12.5, x'0102', null), (2, 'Miez', null, null, 'shy'), (3, 'Tweety', 0.5, x'', 7);`;

/** @param {import('../suite.js').Context} context */
const pets = async ({ memory }) => {
  const conn = await memory();
  await conn.execute(PETS);
  return conn;
};

/** @type {Record<string, import('../suite.js').Case>} */
export const tables = {
  'columns have name, type, nullable and the type of the database': async (context) => {
    const table = await (await pets(context)).query('select * from pets');
    same(
      table.columns.map(({ name, type, databaseType }) => [name, type, databaseType.toLowerCase()]),
      [
        ['id', 'integer', 'integer'],
        ['name', 'string', 'text'],
        ['weight', 'number', 'real'],
        ['photo', 'buffer', 'blob'],
        ['note', 'other', ''],
      ],
    );
    same(table.columns.map(({ nullable }) => nullable).slice(1), [false, true, true, true]);
  },

  'types do not depend on the values of one run': async (context) => {
    const conn = await pets(context);
    const types = async (/** @type {string} */ where) =>
      (await conn.query(`select id, name, weight, photo from pets where ${where}`)).columns.map(({ type }) => type);
    same(await types('0'), await types('1'));
    same(await types('id = 2'), await types('1'));
  },

  'rows are iterable, counted and reachable from both ends': async (context) => {
    const table = await (await pets(context)).query('select id, name from pets order by id');
    const rows = [{ id: 1, name: 'Rex' }, { id: 2, name: 'Miez' }, { id: 3, name: 'Tweety' }];
    same(table.length, 3);
    same([...table], rows);
    same(table.toArray(), rows);
    same([table.at(0), table.at(2), table.at(-1), table.at(-3)], [rows[0], rows[2], rows[2], rows[0]]);
    same([table.at(3), table.at(-4), table.at(0.5)], [undefined, undefined, undefined]);
    same(JSON.parse(JSON.stringify(table)), rows);
    for (const { id } of table) if (id === 2) break;
  },

  'a column of numbers without nulls is a typed array': async (context) => {
    const table = await (await pets(context)).query('select id, weight from pets order by id');
    const ids = table.column('id');
    ok(ArrayBuffer.isView(ids), 'it is a typed array');
    same([...ids], [1, 2, 3]);
    const weights = table.column('weight');
    ok(!ArrayBuffer.isView(weights), 'with nulls it is a Column');
    same(/** @type {any} */ (weights).toArray(), [12.5, null, 0.5]);
  },

  'other columns have length, get, iteration and toArray': async (context) => {
    const table = await (await pets(context)).query('select name, note from pets order by id');
    const names = /** @type {any} */ (table.column('name'));
    same([names.length, names.get(0), names.get(2), names.get(3)], [3, 'Rex', 'Tweety', undefined]);
    same([...names], ['Rex', 'Miez', 'Tweety']);
    same(/** @type {any} */ (table.columnAt(1)).toArray(), [null, 'shy', 7]);
  },

  'a column that is not there': async (context) => {
    const table = await (await pets(context)).query('select id from pets');
    const error = await fails(() => table.column('nmae'), RangeError);
    ok(error.message.includes('nmae') && error.message.includes('id'), error.message);
    await fails(() => table.columnAt(1), RangeError);
  },

  'of columns with equal names the last one wins in rows': async ({ memory }) => {
    const table = await (await memory()).query('select 1 as a, 2 as b, 3 as a');
    same(table.columns.map(({ name }) => name), ['a', 'b', 'a']);
    same(table.at(0), { a: 3, b: 2 });
    same([table.columnAt(0), table.columnAt(2)].map((column) => [...column]), [[1], [3]]);
  },

  'a column may be named __proto__': async ({ memory }) => {
    const table = await (await memory()).query('select 1 as "__proto__", 2 as constructor, 3 as ""');
    for (const row of [table.at(0), table.toArray()[0], [...table][0]]) {
      same(Object.entries(/** @type {object} */ (row)), [['__proto__', 1], ['constructor', 2], ['', 3]]);
    }
  },

  'a result without rows still has its columns': async (context) => {
    const table = await (await pets(context)).query('select id, name from pets where 0');
    same([table.length, table.toArray(), [...table], table.at(0)], [0, [], [], undefined]);
    same(table.columns.map(({ name }) => name), ['id', 'name']);
    same([...table.column('id')], []);
  },

  'what a reader does to his rows reaches nobody else': async (context) => {
    const conn = await pets(context);
    const read = () => conn.query('select id, name, photo from pets where id = 1', { ttl: '1m' });
    const first = await read();
    const row = /** @type {any} */ (first.at(0));
    row.name = 'changed';
    row.photo[0] = 99;
    first.toArray()[0].photo[0] = 99;
    const ids = /** @type {any} */ (first.column('id'));
    const second = await read();
    same(second.cache.state, 'hit');
    same(second.toArray(), [{ id: 1, name: 'Rex', photo: new Uint8Array([1, 2]) }]);
    same(/** @type {any} */ (second.column('photo')).get(0), new Uint8Array([1, 2]));
    ids[0] = 42;
    same([...(await read()).column('id')], [1], 'a column array');
    same(second.toArray()[0].id, 1, 'rows after the column array was changed');
    await fails(() => void (/** @type {any} */ (first).length = 9), TypeError);
    await fails(() => void (/** @type {any} */ (first.columns[0]).name = 'x'), TypeError);
  },
};
