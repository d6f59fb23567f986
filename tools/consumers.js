/**
 * Bundlers and checks that the tests of the packed package use. tests/consumers/package.json names their versions; they are
 * installed beside it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say, Stop } from './run.js';

const FOLDER = join(root, 'tests/consumers');

/** Where they are. */
export const CONSUMER_MODULES = join(FOLDER, 'node_modules');

/** Some have native modules, which are of one platform. */
const wanted = () => `${readFileSync(join(FOLDER, 'package.json'), 'utf8')}${process.platform} ${process.arch}\n`;

/** @returns {boolean} Whether they are there. */
export const haveConsumers = () => {
  const marker = join(CONSUMER_MODULES, '.installed');
  return existsSync(marker) && readFileSync(marker, 'utf8') === wanted();
};

/** Installs them, if they are not there. When that fails it is said, and their tests are skipped. */
export function installConsumers() {
  if (haveConsumers()) return;
  say('installing bundlers in tests/consumers');
  try {
    // Without a lock: mirrors do not hold what is optional on other platforms, and npm ci refuses to go without.
    run('npm', ['install', '--prefix', FOLDER, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
    writeFileSync(join(CONSUMER_MODULES, '.installed'), wanted());
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say('what tests/consumers/package.json names could not be installed: tests will be skipped');
  }
}
