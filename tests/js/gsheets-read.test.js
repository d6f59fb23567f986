/**
 * Reads of Google Sheets by a service account, against a double of Google (tests/servers/google.js).
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sheetRequests, zoo } from './gsheets-helpers.js';

let z;
beforeEach(async () => {
  z = await zoo();
});
afterEach(() => z.stop());

const columnsOf = (table) => table.columns.map(({ name, type, databaseType }) => [name, type, databaseType].filter(Boolean).join(' '));

describe('double of Google: cells', () => {
  test('a worksheet with dates, ragged rows and blanks', async () => {
    const conn = await z.service();
    const table = await conn.read('Pets');
    expect(columnsOf(table)).toEqual(['name string', 'kind string', 'weight number', 'born string date', 'tame boolean']);
    expect(table.toArray()).toEqual([
      { name: 'Tom', kind: 'cat', weight: 4.5, born: '2024-02-29', tame: true },
      { name: 'Rex', kind: 'dog', weight: 30, born: '2000-01-01', tame: false },
      { name: 'Kiki', kind: 'bird', weight: null, born: null, tame: null },
      { name: null, kind: null, weight: null, born: null, tame: true },
    ]);
    expect(table.cache.state).toBe('miss');
  });

  test('serial dates, times and durations are text in ISO 8601 without a zone', async () => {
    const table = await (await z.service()).read('Times');
    expect(columnsOf(table)).toEqual(['day string date', 'moment string datetime', 'clock string time', 'lasted string time', 'number number', 'mixed other']);
    expect(table.toArray()).toEqual([
      { day: '1899-12-31', moment: '2024-02-29T18:00:00', clock: '12:00:00', lasted: '36:00:00', number: 45351, mixed: '2024-02-29' },
      { day: '1899-12-29', moment: '2024-02-29T02:57:46.667', clock: '08:00:00', lasted: '-03:00:00', number: 0.5, mixed: 7 },
    ]);
  });

  test('dates as serial numbers, as named kinds, as Dates', async () => {
    const conn = await z.service();
    const serial = await conn.read('Times', { dates: 'serial' });
    expect(serial.at(0)).toEqual({ day: 1, moment: 45351.75, clock: 0.5, lasted: 1.5, number: 45351, mixed: 45351 });
    const named = await conn.read('Times', { dates: { day: 'date', moment: 'datetime', lasted: 'duration', number: 'date' } });
    expect(named.at(0)).toEqual({ day: '1899-12-31', moment: '2024-02-29T18:00:00', clock: 0.5, lasted: '36:00:00', number: '2024-02-29', mixed: 45351 });
    const typed = await conn.read('Times', { types: { day: 'date', moment: 'date', number: 'string', mixed: 'number' } });
    expect(typed.at(0)).toEqual({ day: new Date('1899-12-31T00:00:00Z'), moment: new Date('2024-02-29T18:00:00Z'), clock: '12:00:00', lasted: '36:00:00', number: '45351', mixed: 45351 });
    expect(z.google.asked(/batchGet/)).toHaveLength(2);
    await expect(conn.read('Times', { dates: { nothing: 'date' } })).rejects.toMatchObject({ code: 'ERR_FORMAT', message: expect.stringContaining('"nothing"') });
  });

  test('names of columns: repeated, missing, with blanks; errors are their texts, or null', async () => {
    const conn = await z.service();
    const table = await conn.read("Owner's list");
    expect(table.columns.map(({ name }) => name)).toEqual(['owner', 'pet', 'pet_2', 'column4', 'owner_2']);
    expect(table.at(1)).toEqual({ owner: 'Bob', pet: 'Rex', pet_2: '#N/A', column4: '#DIV/0!', owner_2: '#N/A' });
    const clean = await conn.read("Owner's list", { nulls: ['#N/A', '#DIV/0!'] });
    expect(columnsOf(clean)).toEqual(['owner string', 'pet string', 'pet_2 integer', 'column4 string', 'owner_2 integer']);
    expect(clean.at(1)).toEqual({ owner: 'Bob', pet: 'Rex', pet_2: null, column4: null, owner_2: null });
  });

  test('without a header, with columns chosen, a part of the rows', async () => {
    const conn = await z.service();
    const bare = await conn.read('Pets', { header: false, limit: 2 });
    expect(bare.toArray()).toEqual([
      { column1: 'name', column2: 'kind', column3: 'weight', column4: 'born', column5: 'tame' },
      { column1: 'Tom', column2: 'cat', column3: 4.5, column4: '2024-02-29', column5: true },
    ]);
    const named = await conn.read({ worksheet: 'Pets', header: false, range: 'A2:B', columns: ['who', { name: 'what', type: 'string' }], offset: 1 });
    expect(named.toArray()).toEqual([{ who: 'Rex', what: 'dog' }, { who: 'Kiki', what: 'bird' }]);
    const chosen = await conn.read('Pets', { columns: ['weight', 'name'], types: { weight: 'string' }, limit: 1 });
    expect(chosen.toArray()).toEqual([{ weight: '4.5', name: 'Tom' }]);
    await expect(conn.read('Pets', { columns: ['height'] })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(conn.read('Pets', { types: { name: 'integer' } })).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 0 });
  });

  test('an empty worksheet is an empty table', async () => {
    const table = await (await z.service()).read('Empty');
    expect([table.length, table.columns]).toEqual([0, []]);
  });
});

describe('double of Google: places', () => {
  test('by address, gid, position, titles with quotes and titles that are cells, named ranges', async () => {
    const conn = await z.service();
    const { spreadsheetId } = z.spreadsheet;
    const address = `https://docs.google.com/spreadsheets/d/${spreadsheetId}/edit?usp=sharing#gid=712`;
    expect((await conn.read({ spreadsheet: address })).at(0)?.owner).toBe('Ada');
    expect((await conn.read({ gid: 712 })).at(0)?.owner).toBe('Ada');
    expect((await conn.read(1)).at(0)?.owner).toBe('Ada');
    expect((await conn.read()).at(0)?.name).toBe('Tom');
    expect((await conn.read({ worksheet: "owner's LIST", range: 'A1:B2' })).toArray()).toEqual([{ owner: 'Ada', pet: 'Tom' }]);
    expect((await conn.read('A1')).toArray()).toEqual([{ 'the title is a cell': '=1+1' }]);
    expect((await conn.read({ range: 'prices' })).toArray()).toEqual([{ name: 'Tom', kind: 'cat', weight: 4.5 }, { name: 'Rex', kind: 'dog', weight: 30 }]);
    expect((await conn.read({ range: "'Owner''s list'!A2:B3", header: false })).length).toBe(2);
    expect((await conn.read({ worksheet: 'Pets', range: '2:2', header: false })).length).toBe(1);
  });

  test('what the connection says holds where the call says nothing', async () => {
    const conn = await z.service({ worksheet: 'Times' });
    expect((await conn.read()).columns[0].name).toBe('day');
    expect((await conn.read('Pets')).columns[0].name).toBe('name');
  });

  test('the list of worksheets', async () => {
    const conn = await z.service();
    const list = await conn.worksheets();
    expect(list.slice(0, 2)).toEqual([
      { title: 'Pets', gid: 0, index: 0, rows: 1000, columns: 26, hidden: false },
      { title: "Owner's list", gid: 712, index: 1, rows: 1000, columns: 26, hidden: false },
    ]);
    await conn.worksheets();
    expect(sheetRequests(z.google)).toHaveLength(1);
  });

  test('a worksheet that was given another name meanwhile is found by its gid', async () => {
    const conn = await z.service();
    await conn.read({ gid: 712 });
    z.spreadsheet.sheets[1].title = 'Owners';
    expect((await conn.read({ gid: 712, cache: 'reload' })).at(0)?.owner).toBe('Ada');
  });

  test.each([
    [{ worksheet: 'Nothing' }, 'ERR_NOT_FOUND', 'worksheet "Nothing"'],
    [{ gid: 123456 }, 'ERR_NOT_FOUND', 'gid "123456". There are: "Pets" (gid 0)'],
    [{ worksheet: 17 }, 'ERR_NOT_FOUND', 'index 17'],
    [{ range: 'no_such_name' }, 'ERR_NOT_FOUND', 'no_such_name'],
    [{ spreadsheet: 'x'.repeat(44) }, 'ERR_NOT_FOUND', 'There is no spreadsheet xxx'],
  ])('%j is not there', async (options, code, says) => {
    const conn = await z.service();
    await expect(conn.read(options)).rejects.toMatchObject({ name: 'HawserError', code, connection: 'zoo', message: expect.stringContaining(says) });
  });

  test.each([
    [{ spreadsheet: 'My budget' }, 'spreadsheet'],
    [{ spreadsheet: 'https://example.com/' }, 'spreadsheet'],
    [{ worksheet: '' }, 'worksheet'],
    [{ worksheet: -1 }, 'worksheet'],
    [{ worksheet: 'Pets', gid: 3 }, 'gid'],
    [{ gid: 'abc' }, 'gid'],
    [{ range: 7 }, 'range'],
    [{ header: 1 }, 'header'],
    [{ dates: 'iso' }, 'dates'],
    [{ dates: { a: 'day' } }, 'dates'],
    [{ nulls: '#N/A' }, 'nulls'],
    [{ types: { a: 'float' } }, 'types'],
    [{ limit: -1 }, 'limit'],
    [{ ttl: '10' }, 'ttl'],
    [{ sheet: 'Pets' }, 'sheet'],
  ])('%j is refused by name', async (options, name) => {
    const conn = await z.service();
    const error = await conn.read(options).catch((thrown) => thrown);
    expect(['TypeError', 'RangeError']).toContain(error.name);
    expect(error.message).toContain(name);
    expect(sheetRequests(z.google)).toHaveLength(0);
  });
});
