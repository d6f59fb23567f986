/**
 * The parts that Google Sheets connections are made of: addresses, A1 notation, serial dates, gathered reads, turns.
 */
import { describe, expect, test } from '@jest/globals';
import { columnLetters, isCells, quoteTitle, rangeOf, splitRange } from '../../js/sheets/a1.js';
import { parseSpreadsheet, parseWorksheet } from '../../js/sheets/address.js';
import { cellsOfGrid, cellsOfValues } from '../../js/sheets/cells.js';
import { Ranges } from '../../js/sheets/ranges.js';
import { serialDate, serialText } from '../../js/sheets/serial.js';
import { Slots } from '../../js/sheets/slots.js';

/** A generator of numbers in [0, 1) that gives the same ones each time. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('addresses', () => {
  test.each([
    ['https://docs.google.com/spreadsheets/d/1AbC-_d/edit#gid=12', { id: '1AbC-_d', published: false, gid: '12' }],
    ['https://docs.google.com/spreadsheets/d/1AbC-_d/edit?gid=12#gid=13', { id: '1AbC-_d', published: false, gid: '13' }],
    ['https://docs.google.com/spreadsheets/d/1AbC-_d/edit?usp=sharing&gid=12', { id: '1AbC-_d', published: false, gid: '12' }],
    ['https://docs.google.com/spreadsheets/u/1/d/1AbC-_d/', { id: '1AbC-_d', published: false }],
    ['https://docs.google.com/a/example.com/spreadsheets/d/1AbC-_d#range=A1&gid=7', { id: '1AbC-_d', published: false, gid: '7' }],
    ['https://docs.google.com/spreadsheets/d/e/2PACX-1v/pub?gid=3&single=true&output=csv', { id: '2PACX-1v', published: true, gid: '3' }],
    ['https://docs.google.com/spreadsheet/ccc?key=1AbC-_d&gid=5', { id: '1AbC-_d', published: false, gid: '5' }],
    [' 1AbC-_d ', { id: '1AbC-_d', published: false }],
    ['2PACX-1v', { id: '2PACX-1v', published: true }],
  ])('%s', (value, expected) => expect(parseSpreadsheet(value)).toEqual(expected));

  test.each([['My budget'], [''], [7], [undefined], ['https://docs.google.com/spreadsheets/'], ['../../x'], ['https://docs.google.com/spreadsheet/ccc?key=../x']])('%j is none', (value) => {
    expect(() => parseSpreadsheet(value)).toThrow(/^spreadsheet: /);
  });

  test('worksheets', () => {
    expect(parseWorksheet({})).toEqual({});
    expect(parseWorksheet({ worksheet: 'Pets' })).toEqual({ title: 'Pets' });
    expect(parseWorksheet({ worksheet: 0 })).toEqual({ index: 0 });
    expect(parseWorksheet({ gid: 0 })).toEqual({ gid: '0' });
    for (const wrong of [{ worksheet: 1.5 }, { worksheet: null }, { gid: -1 }, { gid: 'x' }]) expect(() => parseWorksheet(wrong)).toThrow(/^(worksheet|gid): /);
  });
});

describe('A1 notation', () => {
  test('letters of columns', () => {
    expect([0, 25, 26, 51, 52, 701, 702, 18277].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA', 'ZZZ']);
  });

  test('titles of all kinds come back from their quotes', () => {
    for (const title of ['Pets', "it's", "''", 'A1', 'a!b', "'!'", 'ü "x"', '=x', 'Sheet 1!A1']) {
      expect(splitRange(quoteTitle(title))).toEqual({ title, cells: undefined });
      expect(splitRange(rangeOf(title, 'A1:B2'))).toEqual({ title, cells: 'A1:B2' });
    }
    expect(splitRange('Pets!A1')).toEqual({ title: 'Pets', cells: 'A1' });
    expect(splitRange('prices')).toEqual({ title: undefined, cells: 'prices' });
  });

  test('what are cells', () => {
    for (const cells of ['A1', '$A$1', 'A1:B2', 'A:C', 'A2:C', '2:5', 'zz9', 'A1:3', 'AAA1:ZZZ99']) expect([cells, isCells(cells)]).toEqual([cells, true]);
    for (const name of ['prices', 'A', '7', 'A0', 'AAAA1', 'A1:', 'A1:B2:C3', 'my_1', "'Pets'!A1"]) expect([name, isCells(name)]).toEqual([name, false]);
  });
});

describe('serial dates', () => {
  test('every day of two hundred years, and times of day, as Date has them', () => {
    const random = seeded(1);
    for (let serial = -40_000; serial < 40_000; serial += 7) {
      const day = new Date(Date.UTC(1899, 11, 30 + serial)).toISOString();
      expect(serialText(serial, 'date')).toBe(day.slice(0, 10));
      const ms = Math.floor(random() * 864e5);
      const moment = new Date(Date.parse(day) + ms).toISOString();
      expect(`${serialText(serial + ms / 864e5, 'datetime').padEnd(20, '.').padEnd(23, '0')}Z`).toBe(moment);
      expect(serialDate(serial + ms / 864e5).toISOString()).toBe(moment);
    }
  });

  test.each([
    [0, 'date', '1899-12-30'], [60, 'date', '1900-02-28'], [61, 'date', '1900-03-01'], [2_958_465, 'date', '9999-12-31'],
    [45351.999999999, 'datetime', '2024-03-01T00:00:00'], [45351.99999, 'datetime', '2024-02-29T23:59:59.136'], [45351.5, 'date', '2024-02-29'],
    [-0.25, 'datetime', '1899-12-29T18:00:00'], [0.999999999999, 'time', '24:00:00'], [0, 'time', '00:00:00'], [100, 'duration', '2400:00:00'],
    [-1.5, 'duration', '-36:00:00'], [1 / 86_400_000, 'duration', '00:00:00.001'],
  ])('%d as %s is %s', (serial, kind, text) => expect(serialText(serial, kind)).toBe(text));
});

describe('cells', () => {
  test('of both forms, without empty ends', () => {
    const values = cellsOfValues({ values: [[], ['a', '', 1], ['', '', ''], [true, '']] });
    expect(values.rows).toEqual([[], ['a', null, 1], [], [true]]);
    expect(cellsOfValues({}).rows).toEqual([]);
    const format = { numberFormat: { type: 'DATE' } };
    const grid = cellsOfGrid({
      rowData: [
        {}, { values: [{ effectiveValue: { stringValue: 'a' } }, { effectiveFormat: format }, { effectiveValue: { numberValue: 1 }, effectiveFormat: format }] },
        { values: [{}, { effectiveValue: { stringValue: '' } }] }, { values: [{ effectiveValue: { boolValue: true }, effectiveFormat: format }, { effectiveValue: { errorValue: { type: 'NEW' } } }] },
        { values: [{ effectiveFormat: format }] }, {},
      ],
    });
    expect(grid.rows).toEqual([[], ['a', null, 1], [], [true, '#ERROR!']]);
    expect(grid.kinds.slice(0, 4)).toEqual([[], [undefined, undefined, 'date'], [], []]);
    expect(cellsOfGrid({}).rows).toEqual([]);
  });
});

/** An API that answers when it is told to. */
function held() {
  const calls = [];
  const api = {
    shared: true,
    call: (call) => new Promise((resolve, reject) => calls.push({ ...call, resolve, reject, answer: () => resolve({ valueRanges: call.query.ranges.map((range) => ({ values: [[range]] })) }) })),
  };
  return { calls, ranges: new Ranges(/** @type {any} */ (api)) };
}
const flushed = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('gathered reads', () => {
  test('one request for what is asked at the same time, and each gets its own', async () => {
    const { calls, ranges } = held();
    const all = ["'a'", "'b'", "'a'"].map((range) => ranges.read('x', range, 'values'));
    const other = ranges.read('y', "'a'", 'values');
    await flushed();
    expect(calls.map(({ path, query }) => [path, query.ranges])).toEqual([['/x/values:batchGet', ["'a'", "'b'"]], ['/y/values:batchGet', ["'a'"]]]);
    calls.forEach(({ answer }) => answer());
    expect((await Promise.all([...all, other])).map(({ rows }) => rows[0][0])).toEqual(["'a'", "'b'", "'a'", "'a'"]);
  });

  test('who has given up before it is sent is not asked for; who comes then is not given up with him', async () => {
    const { calls, ranges } = held();
    const controller = new AbortController();
    const gone = ranges.read('x', "'a'", 'values', controller.signal);
    controller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const here = ranges.read('x', "'b'", 'values');
    await flushed();
    expect(calls.map(({ query }) => query.ranges)).toEqual([["'b'"]]);
    calls[0].answer();
    expect((await here).rows).toEqual([["'b'"]]);
  });

  test('the request goes on while somebody waits', async () => {
    const { calls, ranges } = held();
    const [one, two] = [new AbortController(), new AbortController()];
    const reads = [one, two].map(({ signal }) => ranges.read('x', "'a'", 'values', signal));
    await flushed();
    one.abort(new Error('one'));
    await expect(reads[0]).rejects.toThrow('one');
    expect(calls[0].signal.aborted).toBe(false);
    two.abort(new Error('two'));
    await expect(reads[1]).rejects.toThrow('two');
    expect(calls[0].signal.aborted).toBe(true);
    calls[0].reject(new Error('aborted'));
    await flushed();
  });

  test('a failure reaches all who wait', async () => {
    const { calls, ranges } = held();
    const reads = ["'a'", "'b'"].map((range) => ranges.read('x', range, 'values'));
    await flushed();
    calls[0].reject(Object.assign(new Error('away'), { status: 503 }));
    for (const { reason } of await Promise.allSettled(reads)) expect(reason.message).toBe('away');
    expect(calls).toHaveLength(1);
  });

  test('grids are told apart by worksheet and order', async () => {
    const { calls, ranges } = held();
    const reads = ["'b'!A1", "'A'", "'b'", "'a'!B2"].map((range) => ranges.read('x', range, 'grid'));
    const named = ranges.read('x', 'prices', 'grid');
    await flushed();
    const grid = (text) => ({ rowData: [{ values: [{ effectiveValue: { stringValue: text } }] }] });
    const whole = calls.find(({ query }) => query.ranges.length === 4);
    whole.resolve({ sheets: [{ properties: { title: 'A' }, data: [grid('A'), grid('A!B2')] }, { properties: { title: 'B' }, data: [grid('B!A1'), grid('B')] }] });
    calls.find(({ query }) => query.ranges.length === 1).resolve({ sheets: [{ properties: { title: 'A' }, data: [grid('prices')] }] });
    expect((await Promise.all([...reads, named])).map(({ rows }) => rows[0][0])).toEqual(['B!A1', 'A', 'B', 'A!B2', 'prices']);
  });
});

test('turns: so many at a time, in order, and who gives up waiting is out', async () => {
  const slots = new Slots(2);
  const started = [];
  const ends = [];
  const work = (name) => () => new Promise((resolve) => (started.push(name), ends.push(resolve)));
  const controller = new AbortController();
  const all = [slots.run(work('a')), slots.run(work('b')), slots.run(work('c'), controller.signal), slots.run(work('d'))];
  const out = expect(all[2]).rejects.toThrow('enough');
  await flushed();
  expect(started).toEqual(['a', 'b']);
  controller.abort(new Error('enough'));
  await out;
  ends[0]();
  await flushed();
  expect(started).toEqual(['a', 'b', 'd']);
  ends[1]();
  ends[2]();
  await Promise.all([all[0], all[1], all[3]]);
  await expect(slots.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  await expect(slots.run(async () => 'free')).resolves.toBe('free');
});
