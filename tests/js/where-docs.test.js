/**
 * Where connections may run: what the code declares is what docs/connections-where.md shows, for every type there is.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ConnectionTypes } from '../../js/connections/types.js';
import { WHERE } from '../../js/connections/where.js';

test('the table shows what is declared, of every type', () => {
  const text = readFileSync(new URL('../../docs/connections-where.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|/gm)].map(([, type, browser, edge, server]) => [type, { browser, edge, server }]);
  expect(Object.fromEntries(rows)).toEqual(WHERE);
  const types = new ConnectionTypes({ importModule: undefined }).list().map(({ name }) => name);
  expect(Object.keys(WHERE).sort()).toEqual(types.sort());
  for (const { browser, edge, server } of Object.values(WHERE)) for (const word of [browser, edge, server]) expect(text).toContain(`*${word}*`);
});
