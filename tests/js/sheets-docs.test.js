/**
 * The programs in docs/sheets.md print what it says. Each ```js block is run by itself, as a module in a project that has hawser installed,
 * with its connection to a double of Google (tests/servers/google.js). A comment after console.log() is its output; several outputs are
 * separated by ", ".
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { zoo } from './gsheets-helpers.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = await readFile(join(root, 'docs/sheets.md'), 'utf8');
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

let project = '';
let z;

beforeAll(async () => {
  z = await zoo();
  project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
  await mkdir(join(project, 'node_modules'));
  await mkdir(join(project, '.hawser'));
  await symlink(root, join(project, 'node_modules', 'hawser'), 'dir');
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  const [id] = /1AbcDEF\w+/.exec(text) ?? [''];
  z.spreadsheet.spreadsheetId = id;
  z.spreadsheet.sheets[0].rows.length = 3;
  z.google.add(z.spreadsheet);
  await writeFile(join(project, '.hawser/secrets.toml'), `[connections.zoo]
type = "gsheets"
spreadsheet = "https://docs.google.com/spreadsheets/d/${id}/edit"
credentials = '''${JSON.stringify(z.account)}'''
apiUrl = "${z.google.url}"
`);
});

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
  await z.stop();
});

/** What a program says it prints. @param {string} program */
const saidBy = (program) =>
  [...program.matchAll(/console\.log\(.*\);(?: \/\/ (.*)|\n\/\/ (.*))/g)].map((match) => match[1] ?? match[2]).join(', ');

test.each(blocks.map((program, index) => [index, program]))('double of Google: program %i', async (index, program) => {
  const whole = program.includes('import {') ? program : `import { connection } from 'hawser';\nconst conn = await connection('zoo');\n${program}`;
  await writeFile(join(project, `program${index}.js`), whole);
  const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`program${index}.js`], { cwd: project, env });
  expect(stderr).toBe('');
  expect(saidBy(program)).not.toBe('');
  const printed = stdout.trim().replace(/\s*\n\s*/g, (gap) => (gap === '\n' ? ', ' : ' ')).replace(/([[{]), /g, '$1 ').replace(/, ([\]}])/g, ' $1');
  expect(printed).toBe(saidBy(program));
});

test('every link in it leads somewhere, and every option that there is is told', async () => {
  const places = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1].toLowerCase().replaceAll(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
  for (const [, target] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(places).toContain(target);
  const source = await readFile(join(root, 'js/sheets/client.js'), 'utf8');
  const options = [...source.matchAll(/@property \{.*\} \[(\w+)\]/g)].map(([, name]) => name);
  expect(options.length).toBeGreaterThan(10);
  for (const name of options) expect(text).toContain(`\`${name}\``);
});
