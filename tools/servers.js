/**
 * Servers that the tests of connections talk to and that are packages: Azurite, the emulator of Azure Storage. tests/servers/package.json
 * names their versions; they are installed beside it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say, Stop } from './run.js';

const FOLDER = join(root, 'tests/servers');
const MODULES = join(FOLDER, 'node_modules');

/** Some have native modules, which are of one platform. */
const wanted = () => `${readFileSync(join(FOLDER, 'package.json'), 'utf8')}${process.platform} ${process.arch}\n`;

/**
 * @param {'azurite'} name
 * @returns {string | undefined} Path of its folder; undefined when it is not there.
 */
export function findServer(name) {
  const folder = join(MODULES, name);
  return existsSync(join(folder, 'package.json')) ? folder : undefined;
}

/** Installs them, if they are not there. When that fails it is said, and their tests are skipped. */
export function installServers() {
  const marker = join(MODULES, '.installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted()) return;
  say('installing test servers in tests/servers');
  try {
    run('npm', ['install', '--prefix', FOLDER, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
    writeFileSync(marker, wanted());
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say('what tests/servers/package.json names could not be installed: tests will be skipped');
  }
}
