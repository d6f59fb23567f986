/**
 * The programs in README.md do what it says, as they stand there, in a project of their own that has hawser installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');

/** @param {string} language @returns {string[]} The code blocks of that language. */
const blocks = (language) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]);

/** Loaded before the program: the table that the first one finds in its database. */
const PREPARE = `
import { connection } from 'hawser';
const conn = await connection('pets_db');
await conn.execute('create table pet_owners (person text, pet text)');
await conn.executeMany('insert into pet_owners values (?, ?)', [['Mary', 'dog'], ['John', 'cat'], ['Robert', 'bird']]);
`;

let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hawser-readme-'));
  await mkdir(join(project, 'node_modules'));
  await symlink(root, join(project, 'node_modules', 'hawser'), 'dir');
  await mkdir(join(project, '.hawser'));
  await writeFile(join(project, '.hawser', 'secrets.toml'), blocks('toml')[0]);
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(join(project, 'prepare.js'), PREPARE);
});

afterAll(() => rm(project, { recursive: true, force: true }));

/** @param {string} program @param {string[]} [flags] @returns {Promise<string>} What it printed. */
async function run(program, flags = []) {
  await writeFile(join(project, 'program.js'), program);
  const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, 'program.js'], { cwd: project, env });
  expect(stderr).toBe('');
  return stdout;
}

test('the first screen has the two commands and the four lines', () => {
  const screen = readme.split('\n').slice(0, 28).join('\n');
  for (const part of [...blocks('sh'), blocks('js')[0], blocks('toml')[0]]) expect(screen).toContain(part);
  expect(blocks('sh')[0]).toMatch(/^npm start\b.*\nnpm test\b/);
  expect(blocks('js')[0].split('\n').filter((line) => line !== '')).toHaveLength(4);
});

test('the four lines print the owners', async () => {
  expect(await run(blocks('js')[0], ['--import', './prepare.js'])).toBe('Mary dog\nJohn cat\nRobert bird\n');
});

test('the tour prints what one expects', async () => {
  const output = await run(blocks('js')[1]);
  expect(output).toContain("{ item: 'anchor', revenue: 930 },");
  expect(output).toContain("{ item: 'buoy', revenue: 540 }");
  expect(output).toContain('miss hit\n');
});

test('every program in it was tried', () => expect(blocks('js')).toHaveLength(2));
