/** query(): parameters of every kind, tagged templates, what a statement may be. */
import { fails, ok, same } from '../assert.js';

/** @type {Record<string, import('../suite.js').Case>} */
export const queries = {
  'named parameters, with each sigil and more than once': async ({ memory }) => {
    const conn = await memory();
    const table = await conn.query('select :a as a, @b as b, $c as c, :a + 1 as again', { params: { a: 1, b: 'two', c: null } });
    same(table.toArray(), [{ a: 1, b: 'two', c: null, again: 2 }]);
  },

  'positional parameters': async ({ memory }) => {
    const conn = await memory();
    same((await conn.query('select ? as a, ? as b', { params: ['x', 2] })).at(0), { a: 'x', b: 2 });
    same((await conn.query('select ?2 as a, ?1 as b, ?2 as c', { params: ['x', 2] })).at(0), { a: 2, b: 'x', c: 2 });
  },

  'every type that can be a parameter': async ({ memory }) => {
    const conn = await memory();
    const bytes = new Uint8Array([0, 1, 255]);
    const given = [null, 1, -1.5, 'text', '', true, false, 12n, bytes, bytes.buffer, new Date(86400000), -0, Infinity];
    const sql = `select ${given.map((_, i) => `typeof(?${i + 1}) as t${i}, ?${i + 1} as v${i}`).join(', ')}`;
    const row = /** @type {any} */ ((await conn.query(sql, { params: given })).at(0));
    same(
      given.map((_, i) => row[`t${i}`]),
      ['null', 'integer', 'real', 'text', 'text', 'integer', 'integer', 'integer', 'blob', 'blob', 'text', 'real', 'real'],
    );
    same(
      given.map((_, i) => row[`v${i}`]),
      [null, 1, -1.5, 'text', '', 1, 0, 12, bytes, bytes, '1970-01-02T00:00:00.000Z', -0, Infinity],
    );
  },

  'a parameter is never part of the statement': async ({ memory }) => {
    const conn = await memory();
    const evil = "'; drop table t; --";
    await conn.execute('create table t (a)');
    same((await conn.query('select :evil as a', { params: { evil } })).at(0), { a: evil });
    same((await conn.query('select count(*) as n from t')).at(0), { n: 0 });
  },

  'a tagged template binds its values': async ({ memory }) => {
    const conn = await memory();
    const [name, age] = ["O'Neil", 7];
    same((await conn.sql`select ${name} as name, ${age} + 1 as older`).at(0), { name: "O'Neil", older: 8 });
    same((await conn.with({ ttl: '1m' }).sql`select ${null} as none`).at(0), { none: null });
  },

  'a missing parameter is named': async ({ memory }) => {
    const conn = await memory();
    const error = await fails(conn.query('select :there, :missing', { params: { there: 1 } }), 'ERR_PARAMETER');
    ok(error.message.includes(':missing'), error.message);
    await fails(conn.query('select :missing'), 'ERR_PARAMETER');
    await fails(conn.query('select ?, ?', { params: [1] }), 'ERR_PARAMETER');
    await fails(conn.query('select ?', { params: [1, 2] }), 'ERR_PARAMETER');
    await fails(conn.query('select 1', { params: [1] }), 'ERR_PARAMETER');
    await fails(conn.query('select :a', { params: { a: undefined } }), 'ERR_PARAMETER');
    await fails(conn.query('select ?', { params: { a: 1 } }), 'ERR_PARAMETER');
  },

  'what cannot be bound is refused by name': async ({ memory }) => {
    const conn = await memory();
    for (const a of [() => 1, Symbol('s'), [1], { b: 1 }, NaN, new Date(NaN), 2n ** 63n]) {
      const error = await fails(conn.execute('select :a', { params: { a } }), 'ERR_PARAMETER');
      ok(error.message.includes(':a'), error.message);
    }
    same((await conn.query('select :a as a', { params: { a: -(2n ** 63n) }, int64: 'bigint' })).at(0), { a: -(2n ** 63n) });
  },

  'params of the wrong kind are a TypeError': async ({ memory }) => {
    const conn = await memory();
    for (const params of /** @type {any[]} */ (['text', 7, true])) await fails(async () => conn.query('select 1', { params }), TypeError);
    await fails(async () => conn.query(/** @type {any} */ (undefined)), TypeError);
    await fails(async () => conn.query(/** @type {any} */ (['select 1'])), TypeError);
  },

  'properties of an object\'s prototype are no parameters': async ({ memory }) => {
    const conn = await memory();
    await fails(conn.query('select :toString', { params: {} }), 'ERR_PARAMETER');
    same((await conn.query('select :a as a', { params: Object.assign(Object.create(null), { a: 1 }) })).at(0), { a: 1 });
  },

  'a statement may end in a semicolon and hold comments': async ({ memory }) => {
    const conn = await memory();
    same((await conn.query('-- first\nselect 1 as a; /* and */ -- last')).at(0), { a: 1 });
  },

  'query takes one statement, and one that is there': async ({ memory }) => {
    const conn = await memory();
    await fails(conn.query('select 1; select 2'), 'ERR_QUERY');
    await fails(conn.query(''), 'ERR_QUERY');
    await fails(conn.query('-- nothing'), 'ERR_QUERY');
  },

  'many rows, more than one batch of every size': async ({ memory }) => {
    const conn = await memory();
    const sql = `with recursive n(i) as (select 1 union all select i + 1 from n where i < :last)
      select i, i / 2.0 as half, 'row ' || i as name, case when i % 3 then 'ü' || i end as maybe from n`;
    for (const last of [1, 2047, 2048, 2049, 10000]) {
      const table = await conn.query(sql, { params: { last } });
      same(table.length, last);
      let i = 0;
      for (const row of table) {
        i++;
        same(row, { i, half: i / 2, name: `row ${i}`, maybe: i % 3 ? `ü${i}` : null }, `row ${i} of ${last}`);
      }
      same(i, last);
    }
  },

  'two hundred columns': async ({ memory }) => {
    const conn = await memory();
    const names = Array.from({ length: 200 }, (_, i) => `c${i}`);
    const table = await conn.query(`select ${names.map((name, i) => `${i} as ${name}`).join(', ')}`);
    same(table.columns.map(({ name }) => name), names);
    same(Object.values(/** @type {object} */ (table.at(0))), names.map((_, i) => i));
  },

  'queries at the same time do not disturb each other': async ({ memory }) => {
    const conn = await memory();
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    const tables = await Promise.all(numbers.map((i) => conn.query('select :i as i, :i * 2 as two', { params: { i } })));
    same(tables.map((table) => table.at(0)), numbers.map((i) => ({ i, two: i * 2 })));
  },
};
