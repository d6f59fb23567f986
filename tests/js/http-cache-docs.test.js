/**
 * The program in docs/http-cache.md prints what it says: `conn` is a connection to a server on this machine.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';

const text = await readFile(fileURLToPath(new URL('../../docs/http-cache.md', import.meta.url)), 'utf8');
const programs = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

/** @param {string} program */
const asModule = (program) => `export default async (conn, console) => {\n${program}\n};`;

test.each(programs)('program %#', async (program) => {
  /** @type {string[]} */
  const requests = [];
  const hawser = createHawser({
    secrets: [],
    fetch: async (url, init) => {
      const condition = new Headers(init?.headers).get('if-none-match');
      requests.push(`${String(url)} ${condition}`);
      const headers = { 'cache-control': 'max-age=60', etag: '"1"' };
      return condition === '"1"' ? new Response(null, { status: 304, headers }) : new Response('rope 12.50', { headers });
    },
  });
  const conn = await hawser.connection('api', { type: 'http', url: 'https://api.example.com/v1' });
  /** @type {string[]} */
  const printed = [];
  const { default: run } = await import(`data:text/javascript,${encodeURIComponent(asModule(program))}`);
  await run(conn, { log: (/** @type {unknown[]} */ ...values) => printed.push(values.map(String).join(' ')) });
  expect(printed).toEqual([...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]));
  expect(requests).toEqual(['https://api.example.com/v1/prices null', 'https://api.example.com/v1/prices "1"']);
  await hawser.close();
});
