/**
 * The Worker of demo/edge, as `npm run demo:edge` runs it.
 */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startEdgeDemo } from '../../tools/edge-demo.js';

// The machine may be busy.
jest.setTimeout(120_000);

const TOKEN = 'not to be seen';

/** @type {Awaited<ReturnType<typeof startEdgeDemo>>} */
let demo;
beforeAll(async () => {
  demo = await startEdgeDemo({ secrets: { HAWSER__ADMIN__TOKEN: TOKEN } });
});
afterAll(() => demo?.close());

/** @param {string} path @param {RequestInit} [init] */
const ask = (path, init) => fetch(new URL(path, demo.url), init);

test('rows of the database that comes with it, cached', async () => {
  const cats = [{ person: 'Ines', pet: 'cat', age: 43 }, { person: 'John', pet: 'cat', age: 51 }];
  expect(await (await ask('/owners?pet=cat')).json()).toEqual({ owners: cats, cache: 'miss' });
  expect(await (await ask('/owners?pet=cat')).json()).toEqual({ owners: cats, cache: 'hit' });
  expect((await (await ask('/owners')).json()).owners).toHaveLength(4);
});

test('what is written after the response is there for the next request', async () => {
  const times = async () => (await (await ask('/visits')).json()).find((/** @type {any} */ { path }) => path === '/visits')?.times ?? 0;
  const before = await times();
  // The runtime ends the work of a request before or after the next one begins: whatever was asked is counted in the end.
  while ((await times()) <= before);
});

test('a secret from a binding', async () => {
  expect((await ask('/stats')).status).toBe(401);
  const response = await ask('/stats', { headers: { authorization: `Bearer ${TOKEN}` } });
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ connections: 2 });
  expect(text).not.toContain(TOKEN);
});

test('anything else', async () => {
  expect((await ask('/toString')).status).toBe(404);
  expect((await (await ask('/')).json()).routes).toHaveLength(3);
});
