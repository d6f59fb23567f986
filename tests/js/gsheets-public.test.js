/**
 * Public spreadsheets, without credentials and with a key, against a double of Google (tests/servers/google.js).
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sheetRequests, zoo } from './gsheets-helpers.js';

let z;
beforeEach(async () => {
  z = await zoo();
  z.spreadsheet.readers.push('anyone');
});
afterEach(() => z.stop());

describe('double of Google: without credentials', () => {
  test('the first worksheet, as it is shown', async () => {
    const conn = await z.open();
    const table = await conn.read();
    expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['name string', 'kind string', 'weight number', 'born string', 'tame boolean']);
    expect(table.toArray()).toEqual([
      { name: 'Tom', kind: 'cat', weight: 4.5, born: '2/29/2024', tame: true },
      { name: 'Rex', kind: 'dog', weight: 30, born: '1/1/2000', tame: false },
      { name: 'Kiki', kind: 'bird', weight: null, born: null, tame: null },
      { name: null, kind: null, weight: null, born: null, tame: true },
    ]);
    expect(z.google.log[0]).toMatchObject({ path: `/spreadsheets/d/${z.spreadsheet.spreadsheetId}/export` });
    expect(z.google.log[0].headers.authorization).toBeUndefined();
    expect((await conn.read()).cache.state).toBe('hit');
  });

  test('by gid, as the option, as digits, in the address; by title; ranges', async () => {
    const conn = await z.open();
    const id = z.spreadsheet.spreadsheetId;
    const first = async (...options) => Object.values((await conn.read(...options)).at(0) ?? {})[0];
    expect(await first({ gid: 712 })).toBe('Ada');
    expect(await first('712')).toBe('Ada');
    expect(await first({ spreadsheet: `https://docs.google.com/spreadsheets/d/${id}/edit#gid=712` })).toBe('Ada');
    expect(await first({ spreadsheet: `https://docs.google.com/spreadsheets/d/${id}/edit?gid=712` })).toBe('Ada');
    expect(await first({ spreadsheet: `https://docs.google.com/spreadsheet/ccc?key=${id}` })).toBe('Tom');
    expect(await first("Owner's list")).toBe('Ada');
    expect(await first(0)).toBe('Tom');
    expect((await conn.read({ range: 'A1:B2' })).toArray()).toEqual([{ name: 'Tom', kind: 'cat' }]);
  });

  test('a copy that was published to the web', async () => {
    z.spreadsheet.publishedAs = '2PACX-1vTheCopy';
    z.spreadsheet.readers.length = 0;
    for (const conn of [await z.open(), await z.service()]) {
      const table = await conn.read({ spreadsheet: 'https://docs.google.com/spreadsheets/d/e/2PACX-1vTheCopy/pubhtml', gid: 712 });
      expect(table.at(0)?.owner).toBe('Ada');
      await expect(conn.read({ spreadsheet: '2PACX-1vTheCopy', worksheet: 'Pets' })).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    }
  });

  test('types, nulls, columns', async () => {
    const conn = await z.open();
    const table = await conn.read({ gid: 712, nulls: ['#N/A', '#DIV/0!'], types: { pet_2: 'string' }, columns: ['owner', 'pet_2'] });
    expect(table.toArray()).toEqual([{ owner: 'Ada', pet_2: '1' }, { owner: 'Bob', pet_2: null }]);
    expect((await conn.query('select count(*) as n from Pets')).at(0)).toEqual({ n: 4 });
  });

  test('integers of more digits than a number has', async () => {
    z.spreadsheet.sheets[3].rows = [[{ value: 'id' }], [{ value: '1234567890123456789' }]];
    const conn = await z.open();
    await expect(conn.read({ gid: 4 })).rejects.toMatchObject({ code: 'ERR_INT64_RANGE' });
    expect((await conn.read({ gid: 4, int64: 'bigint' })).at(0)).toEqual({ id: 1234567890123456789n });
    expect((await conn.query('select id from ids', { worksheets: { ids: { gid: 4, types: { id: 'string' } } } })).at(0)).toEqual({ id: '1234567890123456789' });
    expect((await (await z.keyed()).read('Empty')).at(0)).toEqual({ id: '1234567890123456789' });
    expect((await (await z.keyed()).read('Times', { int64: 'bigint', columns: ['mixed', 'number'], dates: 'serial', offset: 1 })).at(0)).toEqual({ mixed: 7n, number: 0.5 });
  });

  test('what is not public, not there, or not to be had this way', async () => {
    const conn = await z.open();
    await expect(conn.read(1)).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining('gid') });
    await expect(conn.read({ range: 'prices' })).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    await expect(conn.read({ dates: { born: 'date' } })).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    await expect(conn.worksheets()).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    await expect(conn.read({ gid: 4711 })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    await expect(conn.read({ spreadsheet: 'x'.repeat(44) })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    z.spreadsheet.readers.length = 0;
    await expect(conn.read({ cache: 'reload' })).rejects.toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('not public') });
    await expect((await z.hawser.connection('other', { type: 'gsheets' })).read()).rejects.toMatchObject({ code: 'ERR_CONNECTION_CONFIG' });
  });
});

describe('double of Google: with a key', () => {
  test('everything that can be read is read by the API', async () => {
    const conn = await z.keyed();
    expect((await conn.read('Pets')).at(0)).toMatchObject({ name: 'Tom', born: '2024-02-29' });
    expect((await conn.worksheets()).length).toBe(5);
    expect((await conn.query('select count(*) as n from Pets')).at(0)).toEqual({ n: 4 });
    expect(sheetRequests(z.google).every(({ query }) => query.get('key') === 'AIzaTheKey')).toBe(true);
  });

  test('a wrong key, and one that may not', async () => {
    const wrong = await z.hawser.connection('wrong', { type: 'gsheets', ...z.where, key: 'AIzaAnother' });
    const error = await wrong.read('Pets').catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('API key') });
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain('AIzaAnother');
    z.spreadsheet.readers.length = 0;
    await expect((await z.keyed()).read('Pets')).rejects.toMatchObject({ code: 'ERR_AUTH', status: 403, message: expect.stringContaining('shared') });
  });
});
