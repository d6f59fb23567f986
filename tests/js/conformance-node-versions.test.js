import process from 'node:process';
import { describe, test } from '@jest/globals';
import { startProcess } from '../conformance/runners/process.js';
import { conformanceTests } from '../conformance/runners/runner.js';
import { findRuntime, havePackage, packageFolder } from '../../tools/runtimes.js';

const packages = (/** @type {string} */ folder) => ({ 'better-sqlite3': packageFolder(folder) });

for (const name of /** @type {const} */ (['node22', 'node24'])) {
  const node = findRuntime(name);
  if (node) {
    describe(`${name}, in memory`, () => conformanceTests(() => startProcess(node)));
    describe(`${name}, files, node:sqlite`, () => conformanceTests(() => startProcess(node, { driver: '' })));
  } else {
    test.skip(`no ${name}: node tools/setup.js test`, () => {});
  }
}

if (havePackage('better-sqlite3')) {
  describe('this Node.js, files, better-sqlite3', () =>
    conformanceTests(() => startProcess(process.execPath, { driver: 'better-sqlite3', packages: packages('better-sqlite3') })));
} else {
  test.skip('no better-sqlite3: node tools/setup.js test', () => {});
}

const node24 = findRuntime('node24');
if (node24 && havePackage('better-sqlite3-13')) {
  describe('node24, files, better-sqlite3 13', () =>
    conformanceTests(() => startProcess(node24, { driver: 'better-sqlite3', packages: packages('better-sqlite3-13') })));
} else {
  test.skip('no better-sqlite3 13: node tools/setup.js test', () => {});
}
