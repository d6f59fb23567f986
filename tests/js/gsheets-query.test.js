/**
 * SQL over worksheets of Google Sheets, against a double of Google (tests/servers/google.js).
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from '../../js/index.js';
import { sheetRequests, zoo } from './gsheets-helpers.js';

let z;
let conn;
beforeEach(async () => {
  z = await zoo();
  conn = await z.service();
});
afterEach(() => z.stop());

const rangesAsked = () => sheetRequests(z.google).map(({ query }) => query.getAll('ranges'));

test('double of Google: one worksheet, with parameters of all kinds', async () => {
  const table = await conn.query('select name, weight * 2 as twice from Pets where kind = :kind', { params: { kind: 'cat' } });
  expect(table.toArray()).toEqual([{ name: 'Tom', twice: 9 }]);
  expect((await conn.query('select name from Pets where weight > ? order by 1', { params: [1] })).toArray()).toEqual([{ name: 'Rex' }, { name: 'Tom' }]);
  expect((await conn.query(sql`select count(*) as n from Pets where kind = ${'dog'}`)).at(0)).toEqual({ n: 1 });
  expect(rangesAsked()).toEqual([["'Pets'"]]);
});

test('double of Google: joins, subqueries and titles with quotes; what is named is read in one request, nothing else is', async () => {
  const table = await conn.query(`
    select o.owner, p.name, p.born, p.tame from "Owner's list" o join Pets p on p.name = o.pet
     where p.born in (select day from Times union select p.born) order by 1`);
  expect(table.toArray()).toEqual([
    { owner: 'Ada', name: 'Tom', born: '2024-02-29', tame: 1 },
    { owner: 'Bob', name: 'Rex', born: '2000-01-01', tame: 0 },
  ]);
  expect(rangesAsked().map((ranges) => ranges.sort())).toEqual([["'Owner''s list'", "'Pets'", "'Times'"]]);
});

test('double of Google: common table expressions and the names in them are no worksheets', async () => {
  const table = await conn.query('with heavy as (select * from Pets where weight > 10) select name from heavy');
  expect(table.toArray()).toEqual([{ name: 'Rex' }]);
  expect((await conn.query('select 1 as one')).toArray()).toEqual([{ one: 1 }]);
  expect(rangesAsked()).toEqual([["'Pets'"]]);
});

test('double of Google: tables that are ranges, other worksheets, other spreadsheets', async () => {
  const { spreadsheet } = await conn.create({ title: 'Other', data: [{ code: 1, text: 'one' }] });
  const worksheets = {
    heavy: { worksheet: 'Pets', range: 'A1:C3', types: { weight: 'string' } }, owners: { gid: 712 }, empty: 3, CODES: { spreadsheet }, a1: 'A1',
  };
  expect((await conn.query('select name, typeof(weight) as t from heavy', { worksheets })).at(0)).toEqual({ name: 'Tom', t: 'text' });
  expect((await conn.query('select owner from owners', { worksheets })).length).toBe(2);
  expect((await conn.query('select * from empty', { worksheets })).length).toBe(0);
  expect((await conn.query('select text from codes', { worksheets })).at(0)).toEqual({ text: 'one' });
  expect((await conn.query('select * from a1', { worksheets })).length).toBe(1);
});

test('double of Google: worksheets stay cached for other statements, and what is written is seen', async () => {
  expect((await conn.query('select count(*) as n from Pets')).cache).toMatchObject({ state: 'miss', age: 0 });
  z.clock.time += 60_000;
  expect((await conn.query('select max(weight) as n from Pets')).cache).toMatchObject({ state: 'hit', age: 60 });
  expect((await conn.read('Pets')).cache.state).toBe('hit');
  expect(sheetRequests(z.google)).toHaveLength(1);
  await conn.append({ worksheet: 'Pets', data: [{ name: 'Zoe' }] });
  expect((await conn.query('select count(*) as n from Pets')).at(0)).toEqual({ n: 5 });
  expect((await conn.query('select count(*) as n from Pets', { cache: 'reload' })).cache.state).toBe('miss');
});

test('double of Google: columns that differ in their case only', async () => {
  await conn.update({ worksheet: 'Empty', data: [['Name', 'name', 'NAME'], [1, 2, 3]] });
  expect((await conn.query('select * from Empty')).toArray()).toEqual([{ Name: 1, name_2: 2, NAME_3: 3 }]);
});

test.each([
  ['select * from Unknown', 'ERR_NOT_FOUND', 'Unknown'],
  ['select nothing from Pets', 'ERR_QUERY', 'nothing'],
  ['selec 1', 'ERR_QUERY', 'selec'],
  ['delete from Pets', 'ERR_QUERY', 'update()'],
  ['select 1; select 2', 'ERR_QUERY', 'several'],
  ['', 'ERR_QUERY', 'no statement'],
])('double of Google: %s', async (statement, code, says) => {
  await expect(conn.query(statement)).rejects.toMatchObject({ code, message: expect.stringContaining(says), connection: 'zoo' });
});

test('double of Google: options that there are not', async () => {
  await expect(conn.query('select * from Pets', { types: { a: 'string' } })).rejects.toThrow(/types/);
  await expect(conn.query('select * from Pets', { worksheets: { pets: { sheet: 1 } } })).rejects.toThrow(/sheet/);
});
