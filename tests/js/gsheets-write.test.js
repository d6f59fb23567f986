/**
 * Writes to Google Sheets, against a double of Google (tests/servers/google.js).
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Table } from '../../js/index.js';
import { sheetRequests, zoo } from './gsheets-helpers.js';

let z;
let conn;
beforeEach(async () => {
  z = await zoo();
  conn = await z.service();
});
afterEach(() => z.stop());

const sheet = (title) => z.spreadsheet.sheets.find((one) => one.title === title);
const values = (title) =>
  sheet(title).rows.map((row) => {
    const cells = Array.from(row, (cell) => cell?.value ?? null);
    while (cells.length && cells.at(-1) === null) cells.pop();
    return cells;
  });

describe('double of Google: writes', () => {
  test('update replaces a whole worksheet in one request', async () => {
    expect(await conn.update({ worksheet: 'Pets', data: [{ name: 'Ann', age: 3 }, { name: 'Bo', born: true }] })).toEqual({ rows: 2 });
    expect(values('Pets')).toEqual([['name', 'age', 'born'], ['Ann', 3], ['Bo', null, true]]);
    expect(z.google.asked(/:batchUpdate$/)).toHaveLength(1);
    expect((await conn.read('Pets')).toArray()).toEqual([{ name: 'Ann', age: 3, born: null }, { name: 'Bo', age: null, born: true }]);
  });

  test('nothing is looked into for formulas, numbers or dates, unless asked', async () => {
    const data = [{ text: '=1+2', number: '007', day: '2024-02-29', quote: "'x" }];
    await conn.update({ worksheet: 'Pets', data });
    expect(values('Pets')[1]).toEqual(['=1+2', '007', '2024-02-29', "'x"]);
    await conn.append({ worksheet: 'Pets', data });
    await conn.update({ worksheet: 'Pets', range: 'A4', data: [['=1+2', '007']] });
    expect(values('Pets').slice(2)).toEqual([['=1+2', '007', '2024-02-29', "'x"], ['=1+2', '007']]);

    await conn.update({ worksheet: 'Times', data, interpret: true });
    await conn.append({ worksheet: 'Times', data, interpret: true });
    await conn.update({ worksheet: 'Times', range: 'A4', data: [['=1+2', '007']], interpret: true });
    expect(values('Times')).toEqual([['text', 'number', 'day', 'quote'], [3, 7, 45351, "'x"], [3, 7, 45351, "'x"], [3, 7]]);
    expect((await conn.read('Times')).at(0)).toEqual({ text: 3, number: 7, day: '2024-02-29', quote: "'x" });
  });

  test('what is there is gone when less is written, in both ways', async () => {
    for (const interpret of [false, true]) {
      await conn.update({ worksheet: 'Pets', data: [['a', 'b', 'c'], [1, 2, 3], [4, 5, 6]], interpret });
      await conn.update({ worksheet: 'Pets', data: [['x'], [9]], interpret });
      expect((await conn.read('Pets')).toArray()).toEqual([{ x: 9 }]);
      await conn.update({ worksheet: 'Pets', data: [], interpret });
      expect((await conn.read('Pets')).columns).toEqual([]);
    }
  });

  test('a worksheet grows for what is written', async () => {
    const data = Array.from({ length: 1500 }, (_, n) => Array.from({ length: 30 }, (_unused, c) => n * c));
    for (const interpret of [false, true]) {
      await conn.update({ worksheet: interpret ? 'Times' : 'Pets', data, interpret });
      const table = await conn.read(interpret ? 'Times' : 'Pets', { header: false });
      expect([table.length, table.columns.length]).toEqual([1500, 30]);
    }
  });

  test('tables, rows, columns; values of all kinds', async () => {
    const day = new Date('2024-02-29T12:00:00Z');
    await conn.update({ worksheet: 'Pets', data: Table.from([{ n: 1, t: 'x' }, { n: null, t: 'y' }]) });
    expect(values('Pets')).toEqual([['n', 't'], [1, 'x'], [null, 'y']]);
    await conn.update({ worksheet: 'Pets', data: { n: [1, 2], big: [2n ** 60n, 5n], day: [day, undefined] } });
    expect(values('Pets')).toEqual([['n', 'big', 'day'], [1, '1152921504606846976', '2024-02-29T12:00:00.000Z'], [2, 5]]);
    await conn.update({ worksheet: 'Pets', data: [{ n: 1 }], header: false });
    expect(values('Pets')).toEqual([[1]]);
    expect(await conn.update({ worksheet: 'Pets', range: 'B2', data: [{ n: 7 }], header: true })).toEqual({ rows: 1 });
    expect(values('Pets')).toEqual([[1], [null, 'n'], [null, 7]]);
  });

  test('append puts values below the columns of their names, after the last row that holds anything', async () => {
    expect(await conn.append({ worksheet: 'Pets', data: [{ tame: false, name: 'Zoe' }] })).toEqual({ rows: 1 });
    expect(values('Pets').at(-1)).toEqual(['Zoe', null, null, null, false]);
    await conn.append({ worksheet: 'Pets', data: [['just', 'values']] });
    expect(values('Pets').at(-1)).toEqual(['just', 'values']);
    await expect(conn.append({ worksheet: 'Pets', data: [{ height: 3 }] })).rejects.toMatchObject({ code: 'ERR_FORMAT', message: expect.stringContaining('"height"') });
    await conn.append({ worksheet: 'Empty', data: [{ a: 1 }] });
    await conn.append({ worksheet: 'Empty', data: [{ a: 2 }] });
    expect(values('Empty')).toEqual([['a'], [1], [2]]);
    expect(await conn.append({ worksheet: 'Empty', data: [] })).toEqual({ rows: 0 });
  });

  test('clear takes values away, of a worksheet or a range', async () => {
    await conn.clear({ worksheet: 'Pets', range: 'B2:C3' });
    expect((await conn.read('Pets')).at(0)).toMatchObject({ name: 'Tom', kind: null, weight: null });
    await conn.clear({ gid: 712 });
    expect((await conn.read({ gid: 712 })).length).toBe(0);
    await conn.clear();
    expect((await conn.read()).length).toBe(0);
  });

  test('create makes a worksheet, or a spreadsheet', async () => {
    const made = await conn.create({ worksheet: 'New', data: [{ a: 1 }] });
    expect(made).toEqual({
      spreadsheet: z.spreadsheet.spreadsheetId, url: `${z.google.url}/spreadsheets/d/${z.spreadsheet.spreadsheetId}/edit#gid=${made.worksheet.gid}`,
      worksheet: { title: 'New', gid: expect.any(Number), index: 5, rows: 1000, columns: 26, hidden: false },
    });
    expect((await conn.read('New')).toArray()).toEqual([{ a: 1 }]);
    await expect(conn.create({ worksheet: 'New' })).rejects.toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('already exists') });
    const other = await conn.create({ title: 'Other', data: { a: [1, 2] } });
    expect(other.url).toContain(other.spreadsheet);
    expect((await conn.read({ spreadsheet: other.spreadsheet })).toArray()).toEqual([{ a: 1 }, { a: 2 }]);
    await expect(conn.create({})).rejects.toThrow(/worksheet/);
    await expect(conn.create({ title: 'x', spreadsheet: 'y' })).rejects.toThrow(/title/);
  });

  test.each([
    [[{ a: NaN }], 'row 0, column "a" holds NaN'],
    [[{ a: 1 }, { a: Infinity }], 'row 1, column "a"'],
    [[{ a: { b: 1 } }], 'row 0, column "a"'],
    [[[1, Symbol('x')]], 'row 0, column 1'],
    [[{ a: 'x'.repeat(50_001) }], '50000'],
    [{ a: [1], b: [1, 2] }, 'equal length'],
    [7, 'data'],
    [[{ a: 1 }, 7], 'row 1'],
  ])('what a cell cannot hold is refused before anything is sent: %#', async (data, says) => {
    for (const verb of ['update', 'append', 'create']) {
      const error = await conn[verb]({ worksheet: 'Other', data }).catch((thrown) => thrown);
      expect(['TypeError', 'RangeError']).toContain(error.name);
      expect(error.message).toContain(says);
    }
    expect(sheetRequests(z.google)).toHaveLength(0);
  });

  test('a write that is too large for its range, or to a place that is not there, changes nothing', async () => {
    const before = values('Pets');
    await expect(conn.update({ worksheet: 'Pets', range: 'A1:B2', data: [[1, 2, 3]] })).rejects.toMatchObject({ code: 'ERR_QUERY' });
    await expect(conn.update({ worksheet: 'None', data: [[1]] })).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(values('Pets')).toEqual(before);
  });

  test('who may only read is told so', async () => {
    for (const open of [z.keyed(), z.open()]) {
      await expect((await open).append({ worksheet: 'Pets', data: [[1]] })).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining('append()') });
    }
    const reader = await z.service({ readOnly: true });
    expect((await reader.read('Pets')).length).toBe(4);
    await expect(reader.clear({ worksheet: 'Pets' })).rejects.toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
    expect([...z.google.endpoint.tokens.values()].at(-1).scopes).toEqual(['https://www.googleapis.com/auth/spreadsheets.readonly']);
    z.spreadsheet.editors.length = 0;
    z.spreadsheet.readers.push(z.account.client_email);
    await expect(conn.clear({ worksheet: 'Pets' })).rejects.toMatchObject({ code: 'ERR_AUTH', status: 403, message: expect.stringContaining('role Editor') });
  });
});

describe('double of Google: writes and what is cached', () => {
  test('a write forgets what was read of its spreadsheet, and of no other', async () => {
    const other = await conn.create({ title: 'Other', data: { a: [1] } });
    const states = async () => [(await conn.read('Pets')).cache.state, (await conn.read({ spreadsheet: other.spreadsheet })).cache.state];
    await states();
    expect(await states()).toEqual(['hit', 'hit']);
    await conn.append({ worksheet: 'Times', data: [[1]] });
    expect(await states()).toEqual(['miss', 'hit']);
    await conn.append({ worksheet: 'Times', data: [[1]], invalidates: false });
    expect(await states()).toEqual(['hit', 'hit']);
    await conn.append({ spreadsheet: other.spreadsheet, worksheet: 'Sheet1', data: [[1]] });
    expect(await states()).toEqual(['hit', 'miss']);
  });

  test('also when it failed, as something of it may have happened', async () => {
    await conn.read('Pets');
    z.google.onRequest = ({ method }) => {
      if (method === 'PUT') z.google.quota = 0;
    };
    const write = conn.update({ worksheet: 'Pets', range: 'A1', data: [[1]] });
    await expect(write).rejects.toMatchObject({ code: 'ERR_HTTP_STATUS', status: 429 });
    z.google.quota = Infinity;
    z.google.onRequest = undefined;
    expect((await conn.read('Pets')).cache.state).toBe('miss');
  });

  test('a read that was under way during a write is not kept', async () => {
    await conn.worksheets();
    let release = () => {};
    let arrived = () => {};
    const reading = new Promise((resolve) => (arrived = resolve));
    const held = new Promise((resolve) => (release = resolve));
    z.google.onRequest = async ({ method, path }) => {
      if (method !== 'GET' || path.includes('values') || z.google.onRequest === undefined) return;
      z.google.onRequest = undefined;
      arrived();
      await held;
    };
    const read = conn.read('Pets');
    await reading;
    await conn.update({ worksheet: 'Pets', data: [{ name: 'Only' }] });
    release();
    await read;
    expect((await conn.read('Pets')).toArray()).toEqual([{ name: 'Only' }]);
  });

  test('tags of calls and of the connection are forgotten, too', async () => {
    const tagged = await z.service({ invalidates: ['zoo'] });
    await tagged.read('Pets', { tags: ['mine'] });
    tagged.cache.invalidate({ tags: ['mine'] });
    expect((await tagged.read('Pets')).cache.state).not.toBe('hit');
  });
});
