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

test('a strict consumer compiles, and what must not compile does not', async () => {
  writeTypes(join(root, 'build/types'));
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tests/types')];
  const { stdout } = await promisify(execFile)(process.execPath, tsc, { cwd: root }).catch((error) => error);
  expect(stdout).toBe('');
}, 120_000);
