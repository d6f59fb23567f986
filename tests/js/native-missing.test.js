/**
 * SQLite files without a client that can open them: what is said then. In programs of their own, which find no other packages.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from '@jest/globals';
import { findRuntime, havePackage, packageFolder } from '../../tools/runtimes.js';

const folder = mkdtempSync(join(tmpdir(), 'hawser-missing-'));
mkdirSync(join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const index = new URL('../../js/index.js', import.meta.url).href;

/**
 * The error of opening a file.
 * @param {string} url
 * @param {{ runtime?: string, packages?: Record<string, string> }} [options]
 */
function errorOf(url, { runtime = process.execPath, packages = {} } = {}) {
  for (const [name, path] of Object.entries(packages)) symlinkSync(path, join(folder, 'node_modules', name));
  const program = `
    import { createHawser } from ${JSON.stringify(index)};
    const conn = await createHawser({ secrets: [] }).connection('db', { url: ${JSON.stringify(url)} });
    await conn.query('select 1').catch(({ code, connection, message }) => console.log(JSON.stringify({ code, connection, message })));`;
  const { stdout, stderr, status } = spawnSync(runtime, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
  for (const name of Object.keys(packages)) rmSync(join(folder, 'node_modules', name));
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test('no client: the command that installs one', () => {
  const { code, connection, message } = errorOf('sqlite+better-sqlite3:///pets.db');
  expect([code, connection]).toEqual(['ERR_DRIVER_MISSING', 'db']);
  expect(message).toContain(': npm install better-sqlite3@12.');
});

test('a client that this Node.js does not have, and one that there is not', () => {
  expect(errorOf('sqlite+bun:///pets.db')).toMatchObject({ code: 'ERR_DRIVER_MISSING', message: expect.stringContaining('only in Bun') });
  const { code, message } = errorOf('sqlite+libsql:///pets.db');
  expect([code, message]).toEqual(['ERR_CONNECTION_CONFIG', 'Connection "db" has the driver "libsql", which there is not for SQLite. There are: node, bun, better-sqlite3.']);
});

const old = Number(process.versions.node.split('.')[0]) < 22;
if (old && havePackage('better-sqlite3-13')) {
  test('a better-sqlite3 that would end the process is not loaded', () => {
    const packages = { 'better-sqlite3': packageFolder('better-sqlite3-13') };
    const { code, message } = errorOf('sqlite:///pets.db', { packages });
    expect(code).toBe('ERR_DRIVER_MISSING');
    expect(message).toMatch(/better-sqlite3 13\.\d+\.\d+ is for Node\.js >=22, not for this one: npm install better-sqlite3@12/);
  });
}

const node24 = findRuntime('node24');
if (node24 && havePackage('better-sqlite3')) {
  test('one that was compiled for another Node.js', () => {
    const packages = { 'better-sqlite3': packageFolder('better-sqlite3') };
    const { code, message } = errorOf('sqlite+better-sqlite3:///pets.db', { runtime: node24, packages });
    expect(['ERR_DRIVER_MISSING', 'ERR_CONNECTION_FAILED']).toContain(code);
    expect(message).toContain('npm rebuild better-sqlite3');
  });
}
