/**
 * Everything that a Google Sheets connection sends, and everything that the double of Google answers, against Google's own contract.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { zoo } from '../js/gsheets-helpers.js';
import { contractText, sayUnchecked } from './contracts.js';
import { DiscoveryContract } from './discovery.js';

const FILE = 'google-sheets.v4.discovery.json';
const text = contractText(FILE);

let z;
beforeEach(async () => {
  if (text === undefined) sayUnchecked('what is sent to Google Sheets');
  else z = await zoo();
});
afterEach(() => z?.stop());

test('Google Sheets, where HAWSER_CONTRACTS names a folder: every method', async () => {
  if (text === undefined) return;
  const conn = await z.service();
  await Promise.all([conn.read('Pets'), conn.read({ gid: 712 }), conn.read('Times', { dates: 'serial' }), conn.read({ range: 'prices' })]);
  await conn.query('select kind, count(*) from Pets group by kind');
  await conn.worksheets();
  const made = await conn.create({ title: 'New', worksheet: 'First', data: [{ a: 1, b: 'x', c: true, d: null }] });
  await conn.create({ worksheet: 'Second', data: [['a'], [1]] });
  for (const interpret of [false, true]) {
    const data = Array.from({ length: 1200 }, (_, n) => ({ n, text: `=${n}+1` }));
    await conn.update({ worksheet: 'Second', data, interpret });
    await conn.update({ worksheet: 'Second', data: [[1, null, 'x']], range: 'C2', interpret });
    await conn.append({ worksheet: 'Second', data: [{ text: 'more' }], interpret });
  }
  await conn.clear({ worksheet: 'Second', range: 'A1:B2' });
  await conn.clear({ worksheet: 'Second' });
  await conn.read({ spreadsheet: made.spreadsheet });
  const methods = z.google.asked(/^\/v4/).map(({ method, path }) => `${method} ${path.replace(/\/(1Abc|made)[\w-]*/, '/ID').replace(/values\/[^:]+/, 'values/RANGE')}`);
  expect([...new Set(methods)].sort()).toEqual([
    'GET /v4/spreadsheets/ID', 'GET /v4/spreadsheets/ID/values:batchGet', 'POST /v4/spreadsheets', 'POST /v4/spreadsheets/ID/values/RANGE:append',
    'POST /v4/spreadsheets/ID/values/RANGE:clear', 'POST /v4/spreadsheets/ID/values:batchClear', 'POST /v4/spreadsheets/ID:batchUpdate',
    'PUT /v4/spreadsheets/ID/values/RANGE',
  ]);
  expect(z.google.violations).toEqual([]);
});

test('Google Sheets, where HAWSER_CONTRACTS names a folder: what is wrong is noticed', () => {
  if (text === undefined) return;
  const contract = new DiscoveryContract(text);
  const exchange = { method: 'GET', path: '/v4/spreadsheets/x', query: new URLSearchParams(), text: '', status: 200, reply: '{}' };
  contract.check({ ...exchange, path: '/v4/spreadsheet/x' });
  contract.check({ ...exchange, query: new URLSearchParams({ range: 'A1' }) });
  contract.check({ ...exchange, query: new URLSearchParams({ fields: 'sheets(properties(name))' }) });
  contract.check({ ...exchange, query: new URLSearchParams({ includeGridData: 'yes' }) });
  contract.check({ ...exchange, method: 'POST', path: '/v4/spreadsheets/x:batchUpdate', text: '{"requests":[{"addSheet":{"title":"x"}}]}' });
  contract.check({ ...exchange, method: 'PUT', path: '/v4/spreadsheets/x/values/A1', query: new URLSearchParams({ valueInputOption: 'raw' }), text: '{"values":[1]}' });
  contract.check({ ...exchange, reply: '{"id":1}' });
  expect(contract.violations).toHaveLength(8);
  contract.check({ ...exchange, query: new URLSearchParams({ fields: 'sheets.properties(title,sheetId),properties/title' }), reply: '{"sheets":[]}' });
  expect(contract.violations).toHaveLength(8);
});
