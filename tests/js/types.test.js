/**
 * What a program in TypeScript gets to see: the declarations made from the JSDoc, used by tests/types/.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { writeTypes } from '../../tools/types.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} project @returns {Promise<string>} What the compiler says. */
async function compile(project) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', join(root, project)], { cwd: root }).catch((error) => error);
  return stdout;
}

test('a strict consumer compiles, and what must not compile does not', async () => {
  writeTypes(join(root, 'build/types'));
  expect(await compile('tests/types/tsconfig.json')).toBe('');
}, 120_000);

test('the demo, the tools and the conformance suite have no type errors', async () => {
  expect(await compile('tests/types/programs.json')).toBe('');
}, 120_000);
