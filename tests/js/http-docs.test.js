/**
 * The programs in docs/http.md print what it says. Each ```js block is run by itself, as a module, with `conn` at hand unless it imports something
 * itself: the API at https://api.example.com/v1, which is a server on this machine. A comment after console.log() is its output, several lines
 * follow a loop as comments.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_RETRY } from '../../js/http/exchange.js';
import { json } from '../servers/fault_server.js';
import { serveFaults } from './http-helpers.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = await readFile(join(root, 'docs/http.md'), 'utf8');
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);

/** What stands for the API. @type {Record<string, import('../servers/fault_server.js').Route>} */
const routes = {
  '/v1/users/1': (_, response) => json(response, { name: 'Ada' }),
  '/v1/users': ({ body }, response) => response.writeHead(201, { 'content-type': 'application/json' }).end(body),
  '/v1/search': ({ path }, response) => json(response, { query: path.split('?')[1] }),
  '/v1/report': (_, response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '12' }).end('twelve bytes'),
  '/v1/pets': (_, response) => json(response, { data: { items: [{ name: 'Rex', age: 3 }, { name: 'Tom', age: 5 }] } }),
  '/v1/prices.csv': (_, response) => response.writeHead(200, { 'content-type': 'text/csv' }).end('item,colour,price\nhay,green,4.5\n'),
  '/v1/log.ndjson': (_, response) => response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"a":1}\n'.repeat(250)),
  '/v1/items': ({ path }, response) => {
    const after = Number(new URL(path, 'http://server').searchParams.get('after') ?? 0);
    json(response, { data: [{ id: after + 1 }, { id: after + 2 }].filter(({ id }) => id <= 5), meta: { next: after + 2 < 5 ? after + 2 : null } });
  },
  '/v1/catalogue': ({ headers }, response) => {
    if (headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
    else json(response, { version: 1 }, { etag: '"1"' });
  },
  '/v1/whoami': ({ headers }, response) => json(response, { signature: headers['x-signature'] }),
  '/graphql': (_, response) => json(response, { data: { pets: [{ name: 'Tom' }, { name: 'Kim' }] } }),
  '/v1/graphql': (_, response) => json(response, { data: { pets: [{ name: 'Tom' }, { name: 'Kim' }] }, errors: [{ message: 'it is broken' }] }),
};

let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
  const folder = join(project, 'node_modules', 'hawser');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  await writeFile(join(folder, 'index.js'), `export * from ${JSON.stringify(new URL('../../js/index.js', import.meta.url).href)};`);
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(project, { recursive: true, force: true }));

/** What a program says it prints. @param {string} program */
const saidBy = (program) =>
  [...program.matchAll(/console\.log\([^\n]*\);(?: \/\/ ([^\n]*)|\n\}\n((?:\/\/ [^\n]*\n?)+))/g)]
    .map((match) => match[1] ?? match[2].replace(/^\/\/ /gm, '').trim())
    .join('\n');

test.each(blocks.map((program, index) => [index, program]))('program %i', async (index, program) => {
  const server = await serveFaults(routes);
  const prelude = `
    const { fetch: real } = globalThis;
    globalThis.fetch = (url, init) => real(String(url).replace('https://api.example.com', ${JSON.stringify(server.url)}), init);
  `;
  const own = /^import /m.test(program) ? '' : "import { connection } from 'hawser';\nconst conn = await connection('api', { type: 'http', url: 'https://api.example.com/v1' });\n";
  await writeFile(join(project, `program${index}.js`), prelude + own + program);
  const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`program${index}.js`], { cwd: project, env });
  expect(stderr).toBe('');
  expect(saidBy(program)).not.toBe('');
  expect(stdout.trim()).toBe(saidBy(program));
});

test('every link in it leads somewhere', () => {
  const places = [...text.matchAll(/^##+ (.*)$/gm)].map((match) => match[1].toLowerCase().replaceAll(/[^a-z0-9 -]/g, '').replaceAll(' ', '-'));
  for (const [, target] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(places).toContain(target);
});

test('the defaults are those of the code', () => {
  const { attempts, firstPause, maxPause, statuses } = DEFAULT_RETRY;
  expect(text).toContain(`{ attempts: ${attempts}, firstPause: '${firstPause}ms', maxPause: '${maxPause / 1000}s', statuses: [${statuses.join(', ')}] }`);
});
