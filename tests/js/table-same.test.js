/**
 * Whether two results are the same.
 */
import { expect, test } from '@jest/globals';
import { sameRows } from '../../js/table/same.js';
import { Table } from '../../js/table/table.js';
import { makeSession } from './sqlite-helpers.js';

const COUNT = 'with recursive c(i) as (values (1) union all select i + 1 from c where i < 5000)';

test.each([
  'select 1 as a',
  `${COUNT} select i, i * 0.5 as r, 'text ' || i as t, 'é' || i as u from c`,
  `${COUNT} select iif(i % 3, i, null) as n, iif(i % 2, i, 'x' || i) as m, iif(i % 5, null, 'y') as y, cast(i as blob) as b from c`,
  `${COUNT} select i + 9007199254740992 as big from c`,
  'select 1 as a where 0',
])('the same query twice, and one with a difference: %s', async (sql) => {
  const { query, stream, close } = await makeSession();
  const options = { int64: 'bigint' };
  const one = query(sql, undefined, options);
  expect(sameRows(one, query(sql, undefined, options))).toBe(true);
  expect(sameRows(one, query(`${sql} limit ${Math.max(0, one.length - 1)}`, undefined, options))).toBe(one.length === 0);
  // The same rows in other batches.
  const parts = [];
  for await (const table of stream(sql, { ...options, batchSize: 700 })) parts.push(...table.toArray());
  const { columns } = one;
  const whole = Table.from(one.toArray(), columns);
  expect(sameRows(whole, Table.from(parts, columns))).toBe(true);
  expect(sameRows(one, whole)).toBe(true);
  for (const { name } of columns) {
    for (const row of one.length ? [0, one.length - 1] : []) {
      const rows = one.toArray();
      rows[row][name] = 'other';
      expect(sameRows(one, Table.from(rows, columns))).toBe(false);
    }
  }
  close();
});

test('names, types, nulls, signs, dates, bytes, objects', () => {
  const from = (/** @type {any[]} */ values, /** @type {any} */ column = {}) => Table.from({ a: values }, [{ name: 'a', type: 'other', ...column }]);
  expect(sameRows(from([1]), Table.from({ b: [1] }, [{ name: 'b', type: 'other' }]))).toBe(false);
  expect(sameRows(from([1]), from([1], { type: 'integer' }))).toBe(false);
  expect(sameRows(Table.from({ a: [1] }), Table.from({ a: [1], b: [1] }))).toBe(false);
  for (const [one, other, same] of /** @type {[any, any, boolean][]} */ ([
    [null, null, true], [null, 0, false], [0, -0, false], ['', null, false], [1, '1', false], [1n, 1, false], [new Date(5), new Date(5), true], [new Date(5), new Date(6), false],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2]), true], [new Uint8Array([1, 2]), new Uint8Array([1, 3]), false], [new Uint8Array(), null, false], [{ x: 1 }, { x: 1 }, false],
  ])) {
    expect([one, other, sameRows(from([one]), from([other]))]).toEqual([one, other, same]);
    expect(sameRows(from([other, 'x']), from([one, 'x']))).toBe(same);
  }
});
