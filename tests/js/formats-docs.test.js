/**
 * The programs in docs/formats.md print what it says. Each ```js block is run by itself, with `data` at hand: a folder with the files below.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatOf } from '../../js/formats/formats.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = await readFile(join(root, 'docs/formats.md'), 'utf8');
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

const PRELUDE = "import { connection } from 'hawser';\nconst data = await connection('data', { type: 'files', url: 'data/' });\n";
const FILES = {
  'birds.csv': 'id,name,weight\n1,robin,0.018\n2,wren,0.009\n3,"crow, hooded",0.5\n',
  'page.json': '{"data":{"items":[{"id":1,"tags":["a"]},{"id":2}]}}',
  'big.json': '[{"id":9007199254740993}]',
};

let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
  await mkdir(join(project, 'node_modules'));
  await mkdir(join(project, 'data'));
  await symlink(root, join(project, 'node_modules', 'hawser'), 'dir');
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(project, 'data', name), content);
});

afterAll(() => rm(project, { recursive: true, force: true }));

/** What a program says it prints. @param {string} program */
const saidBy = (program) => [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map((match) => match[1]).join(', ');

test.each(blocks.map((program, index) => [index, program]))('program %i', async (index, program) => {
  await writeFile(join(project, `program${index}.js`), /import \{[^}]*\bconnection\b/.test(program) ? program : PRELUDE + program);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`program${index}.js`], { cwd: project, env: { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' } });
  expect(stderr).toBe('');
  expect(saidBy(program)).not.toBe('');
  expect(stdout.trim().split('\n').join(', ')).toBe(saidBy(program));
});

test('every suffix and content type of the table is known', () => {
  for (const [, name, suffixes, types] of text.matchAll(/^\| `(\w+)`[^|]*\| ([^|]*) \| ([^|]*) \|/gm)) {
    for (const [, suffix] of suffixes.matchAll(/`\.([\w]+)`/g)) expect([suffix, formatOf({ path: `x.${suffix}` }).name]).toEqual([suffix, name]);
    for (const [, type] of types.matchAll(/`(\w+\/[\w.+-]+)`/g)) expect([type, formatOf({ contentType: type }).name]).toEqual([type, name]);
  }
});

test('every link in it leads somewhere', () => {
  const places = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1].toLowerCase().replaceAll(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
  for (const [, target] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(places).toContain(target);
});
