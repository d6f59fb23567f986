/**
 * The programs in docs/sqlite.md print what it says. Each ```js block is run by itself, as a module in a project that has hawser installed, with
 * `conn` at hand unless it imports `connection` itself: a database with Ada's cat and Bo's dog. A comment after console.log() is its output; several
 * outputs are separated by ", ". Blocks for browsers, ```js browser, are not run here.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = await readFile(join(root, 'docs/sqlite.md'), 'utf8');
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

const PRELUDE = `
import { connection, createHawser } from 'hawser';
const conn = await connection('pets_db', { url: 'sqlite://' });
await conn.execute('create table pet_owners (id integer primary key, person text not null, pet text)');
await conn.execute("insert into pet_owners (person, pet) values ('Ada', 'cat'), ('Bo', 'dog')");
`;

let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
  await mkdir(join(project, 'node_modules'));
  await symlink(root, join(project, 'node_modules', 'hawser'), 'dir');
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(project, { recursive: true, force: true }));

/** What a program says it prints. @param {string} program */
const saidBy = (program) =>
  [...program.matchAll(/console\.log\(.*\);(?: \/\/ (.*)|\n\/\/ (.*))/g)].map((match) => match[1] ?? match[2]).join(', ');

test.each(blocks.map((program, index) => [index, program]))('program %i', async (index, program) => {
  const whole = /import \{[^}]*\bconnection\b/.test(program) ? program : PRELUDE + program;
  await writeFile(join(project, `program${index}.js`), whole);
  const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`program${index}.js`], { cwd: project, env });
  expect(stderr).toBe('');
  expect(saidBy(program) === '').toBe(!program.includes('console.log'));
  expect(stdout.trim().split('\n').join(', ')).toBe(saidBy(program));
});

test('every link in it leads somewhere', () => {
  const places = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1].toLowerCase().replaceAll(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
  for (const [, target] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(places).toContain(target);
});
