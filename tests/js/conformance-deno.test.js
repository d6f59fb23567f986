import { describe, test } from '@jest/globals';
import { DENO, startProcess } from '../conformance/runners/process.js';
import { conformanceTests } from '../conformance/runners/runner.js';
import { findRuntime } from '../../tools/runtimes.js';

const deno = findRuntime('deno');
if (deno) {
  describe('in memory', () => conformanceTests(() => startProcess(deno, { args: DENO })));
  describe('files, node:sqlite', () => conformanceTests(() => startProcess(deno, { args: DENO, driver: '' })));
} else {
  test.skip('no Deno: node tools/setup.js test', () => {});
}
