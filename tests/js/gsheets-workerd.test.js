/**
 * Google Sheets from a real workerd, where one request cannot wait for another, against a double of Google (tests/servers/google.js).
 */
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorker } from '../conformance/runners/workerd.js';
import { sheetRequests, zoo } from './gsheets-helpers.js';

/** @type {import('miniflare').Miniflare} */
let worker;
let z;
beforeAll(async () => {
  z = await zoo();
  worker = await startWorker(new URL('../workerd/sheets.js', import.meta.url));
}, 60_000);
afterAll(async () => {
  await worker?.dispose();
  await z?.stop();
});

/** @param {object} body @returns {Promise<any>} */
async function ask(body) {
  const response = await worker.dispatchFetch('http://localhost/', { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text);
}

test('double of Google: an encrypted key, in requests that come at the same time', async () => {
  const encrypted = createPrivateKey(z.account.private_key).export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open sesame' });
  const config = { ...z.where, credentials: { ...z.account, private_key: encrypted, private_key_passphrase: 'open sesame' } };
  const all = await Promise.all(Array.from({ length: 8 }, (_, n) => ask({ config, titles: n % 2 ? ['Pets', 'Empty'] : ['Times'] })));
  for (const [n, rows] of all.entries()) {
    if (n % 2) expect(rows[0]).toMatchObject({ name: 'Tom', born: '2024-02-29' });
    else expect(rows[0]).toMatchObject({ moment: '2024-02-29T18:00:00' });
  }
});

test('double of Google: a connection of one request reads together', async () => {
  const before = sheetRequests(z.google).length;
  const config = { ...z.where, credentials: z.account };
  const rows = await ask({ config, scope: 'request', titles: ['Pets', 'Times', 'A1'] });
  expect(rows[0].name).toBe('Tom');
  expect(sheetRequests(z.google).length - before).toBe(1);
});
