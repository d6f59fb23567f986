/**
 * tables() and columns().
 */
import { expect, test } from '@jest/globals';
import { parseName } from '../../js/sql/names.js';
import { errorOf } from './sqlite-helpers.js';
import { makeConnection } from './sql-helpers.js';

const SCHEMA = `
  drop table pet_owners; drop table visits;
  create table boats (id integer primary key, name text not null default 'it''s', length real default (1 + 2), feet as (length * 3.28), berths int as (length / 3) stored, note);
  create table crews (boat integer, person text, primary key (person, boat)) without rowid;
  create table log (id integer primary key desc, at date);
  create table strictly (i int primary key, t text) strict;
  create table "my.table" ("or""der" decimal(10, 2));
  create view long as select id, name, length + 1 as more from boats;
  create view broken as select nope from boats;
  create virtual table notes using fts5(body);
  create temp table scratch (q);
  create temp table log (hidden);
  attach ':memory:' as other;
  create table other.boats (z blob)`;

async function make() {
  const { conn } = await makeConnection();
  await conn.execute(SCHEMA);
  return conn;
}

test('tables()', async () => {
  const conn = await make();
  const tables = await conn.tables();
  expect(tables.map(({ schema, name, type }) => `${schema}.${name} ${type}`)).toEqual([
    'main.boats table', 'main.broken view', 'main.crews table', 'main.log table', 'main.long view', 'main.my.table table', 'main.notes virtual', 'main.strictly table',
    'other.boats table', 'temp.log table', 'temp.scratch table',
  ]);
  expect(tables[2]).toEqual({ schema: 'main', name: 'crews', type: 'table', strict: false, withoutRowid: true });
  expect(tables[7]).toMatchObject({ name: 'strictly', strict: true, withoutRowid: false });
  expect(Object.isFrozen(tables) && Object.isFrozen(tables[0])).toBe(true);
  expect((await conn.tables({ schema: 'OTHER' })).map(({ name }) => name)).toEqual(['boats']);
  expect(await conn.tables({ schema: 'nope' })).toEqual([]);
  const system = (await conn.tables({ system: true, schema: 'main' })).map(({ name, type }) => `${name} ${type}`);
  expect(system).toEqual(expect.arrayContaining(['sqlite_schema table', 'notes_data shadow', 'boats table']));
  expect(await errorOf(() => conn.tables(/** @type {any} */ ({ schema: 7 })))).toMatchObject({ name: 'TypeError' });
});

test('columns()', async () => {
  const conn = await make();
  const columns = await conn.columns('boats');
  expect(columns).toEqual([
    { name: 'id', type: 'integer', databaseType: 'INTEGER', nullable: false, default: null, primaryKey: 1, generated: false },
    { name: 'name', type: 'string', databaseType: 'TEXT', nullable: false, default: "'it''s'", primaryKey: 0, generated: false },
    { name: 'length', type: 'number', databaseType: 'REAL', nullable: true, default: '1 + 2', primaryKey: 0, generated: false },
    { name: 'feet', type: 'other', databaseType: '', nullable: true, default: null, primaryKey: 0, generated: 'virtual' },
    { name: 'berths', type: 'integer', databaseType: 'INT', nullable: true, default: null, primaryKey: 0, generated: 'stored' },
    { name: 'note', type: 'other', databaseType: '', nullable: true, default: null, primaryKey: 0, generated: false },
  ]);
  expect(Object.isFrozen(columns) && Object.isFrozen(columns[0])).toBe(true);
  expect((await conn.columns('crews')).map(({ name, primaryKey, nullable }) => [name, primaryKey, nullable])).toEqual([['boat', 2, false], ['person', 1, false]]);
  // Not the row id, by an old mistake of SQLite, and so it may be null.
  expect((await conn.columns('main.log')).map(({ nullable, type }) => [nullable, type])).toEqual([[true, 'integer'], [true, 'string']]);
  expect((await conn.columns('strictly'))[0]).toMatchObject({ name: 'i', primaryKey: 1, nullable: false });
  expect((await conn.columns('long')).map(({ name, type }) => [name, type])).toEqual([['id', 'integer'], ['name', 'string'], ['more', 'other']]);
  expect((await conn.columns('notes')).map(({ name }) => name)).toEqual(['body']);
  await conn.execute('alter table boats add column late int');
  expect((await conn.columns('BOATS')).at(-1)).toMatchObject({ name: 'late' });
});

test('names: of a schema, quoted, hidden by temporary tables', async () => {
  const conn = await make();
  const nameOf = async (/** @type {any} */ table) => (await conn.columns(table))[0].name;
  expect(await nameOf('log')).toBe('hidden');
  expect(await nameOf('main.log')).toBe('id');
  expect(await nameOf('other.boats')).toBe('z');
  expect(await nameOf('Other . "boats"')).toBe('z');
  for (const table of ['"my.table"', '[my.table]', '`my.table`', 'main."my.table"', ['my.table'], ['main', 'my.table'], { name: 'my.table' }, { schema: 'main', name: 'my.table' }]) {
    expect(await nameOf(table)).toBe('or"der');
  }
  for (const table of await conn.tables()) if (table.name !== 'broken') expect((await conn.columns(table)).length).toBeGreaterThan(0);
  for (const table of ['nope', 'nope.boats', 'temp.boats', "boats'; drop table boats"]) {
    expect(await errorOf(() => conn.columns(table))).toMatchObject({ code: 'ERR_QUERY', connection: 'pets_db', phase: 'columns', message: expect.stringContaining('There is no table') });
  }
  expect(await errorOf(() => conn.columns('broken'))).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('nope') });
  for (const table of ['', ' ', '.', 'a.', '.a', 'a.b.c', '"a', 'a"b"', [], ['a', ''], [1], {}, null, undefined, 7]) {
    expect(await errorOf(() => conn.columns(/** @type {any} */ (table)))).toMatchObject({ name: 'TypeError' });
  }
});

test('parseName', () => {
  expect(parseName('a.b')).toEqual(['a', 'b']);
  expect(parseName(' my table ')).toEqual(['my table']);
  expect(parseName('"a""b".[c]')).toEqual(['a"b', 'c']);
  expect(parseName('`a``b`.d-e')).toEqual(['a`b', 'd-e']);
});
