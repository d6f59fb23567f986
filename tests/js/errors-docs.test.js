/**
 * docs/errors.md and the closed list of codes say the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../js/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('docs/errors.md lists exactly the codes there are, with their meaning', () => {
  const rows = [...readFileSync(`${root}docs/errors.md`, 'utf8').matchAll(/^\| `(ERR_\w+)` \| ([^|]+) \|/gm)];
  expect(Object.fromEntries(rows.map(([, code, meaning]) => [code, meaning.trim()]))).toEqual({ ...ERROR_CODES });
  expect(rows).toHaveLength(Object.keys(ERROR_CODES).length);
});

test('every code that is thrown is in the list, and every code in the list is thrown', () => {
  /** @type {Set<string>} */
  const used = new Set();
  for (const folder of ['js', 'src', 'wasm']) {
    for (const name of readdirSync(root + folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|cc|h)$/.test(name) || (folder === 'js' && name === 'error_codes.js')) continue;
      for (const [code] of readFileSync(`${root}${folder}/${name}`, 'utf8').matchAll(/\bERR_[A-Z0-9_]+\b/g)) used.add(code);
    }
  }
  const foreign = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_INVALID_ARG_TYPE', 'ERR_OUT_OF_RANGE', 'ERR_SQLITE_ERROR']); // Of runtimes.
  const ours = [...used].filter((code) => !foreign.has(code));
  expect(ours.filter((code) => !Object.hasOwn(ERROR_CODES, code))).toEqual([]);
  expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code))).toEqual([]);
});
