/**
 * Type errors outside of js/. What a program in TypeScript gets to see is tested with the package, see package.test.js.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} project @returns {Promise<string>} What the compiler says. */
async function compile(project) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', join(root, project)], { cwd: root }).catch((error) => error);
  return stdout;
}

test('the demo, the tools and the conformance suite have no type errors', async () => {
  expect(await compile('tests/types/programs.json')).toBe('');
}, 120_000);
