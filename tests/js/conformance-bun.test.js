import { describe, test } from '@jest/globals';
import { startProcess } from '../conformance/runners/process.js';
import { conformanceTests } from '../conformance/runners/runner.js';
import { findRuntime } from '../../tools/runtimes.js';

const bun = findRuntime('bun');
if (bun) {
  describe('in memory', () => conformanceTests(() => startProcess(bun, { args: ['run'] })));
  describe('files, by what is found', () => conformanceTests(() => startProcess(bun, { args: ['run'], driver: '' })));
  describe('files, bun:sqlite', () => conformanceTests(() => startProcess(bun, { args: ['run'], driver: 'bun' })));
} else {
  test.skip('no Bun: node tools/setup.js test', () => {});
}
