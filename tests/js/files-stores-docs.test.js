/**
 * The programs in docs/files-azure-hf-local.md print what it says. Each ```js block is run by itself in a project whose secrets are those of
 * the document, with the addresses of test servers: Azurite, a double of the Hugging Face Hub, a web server. A comment after console.log()
 * is its output; several outputs are separated by ", ".
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { haveAzurite, startAzurite } from '../servers/azurite.js';
import { startHuggingFace } from '../servers/huggingface.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = await readFile(join(root, 'docs/files-azure-hf-local.md'), 'utf8');
const programs = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);
const configurations = [...text.matchAll(/^```toml\n(.*?)^```$/gms)].map((match) => match[1]);

let project = '';
/** @type {{ close: () => Promise<void> }[]} */
const servers = [];

if (!haveAzurite()) test.skip('no Azurite: node tools/setup.js test', () => {});
else {
  beforeAll(async () => {
    const azurite = await startAzurite();
    await azurite.createContainer('reports');
    const rows = parquetWriteBuffer({ columnData: [{ name: 'name', data: ['Ada', 'Bo', 'Cy'] }] });
    const url = 'https://huggingface.co/datasets/owner/set/resolve/refs%2Fconvert%2Fparquet/default/train/0000.parquet';
    const hub = await startHuggingFace({
      repos: { 'datasets/owner/set': { revisions: { main: { 'data/pets.csv': 'name\nAda\nBo\n' }, 'refs/convert/parquet': { 'default/train/0000.parquet': new Uint8Array(rows) } } } },
      parquet: { 'owner/set': { body: { parquet_files: [{ dataset: 'owner/set', config: 'default', split: 'train', url, filename: '0000.parquet', size: rows.byteLength }], pending: [], failed: [], partial: false } } },
    });
    const web = createServer((request, response) => {
      const known = request.url === '/reports/sales.csv';
      response.statusCode = known ? 200 : 404;
      response.end(known ? 'region,total\nnorth,12\nsouth,30\n' : '');
    });
    await new Promise((resolve) => web.listen(0, '127.0.0.1', () => resolve(undefined)));
    servers.push(azurite, hub, { close: () => new Promise((resolve) => void (web.close(() => resolve()), web.closeAllConnections())) });
    const secrets = configurations
      .join('\n')
      .replace('account = "contoso"', `account = "${azurite.account}"\nendpoint = "${azurite.endpoint}"`)
      .replace(/account_key = "…".*/, `account_key = "${azurite.key}"`)
      .replace(/token = "hf_…".*/, `token = "${hub.token}"\nendpoint = "${hub.endpoint}"\nviewer_endpoint = "${hub.viewer}"`)
      .replace('https://example.com/', `http://127.0.0.1:${/** @type {any} */ (web.address()).port}/`);
    expect(secrets).not.toContain('…');
    project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
    await mkdir(join(project, '.hawser'));
    await writeFile(join(project, '.hawser/secrets.toml'), secrets);
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  }, 60_000);
  afterAll(async () => {
    for (const server of servers) await server.close();
    await rm(project, { recursive: true, force: true });
  });

  /** What a program says it prints. @param {string} program */
  const saidBy = (program) => [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map((match) => match[1]).join(', ');

  test.each(programs.map((program, index) => [index, program]))('program %i', async (index, program) => {
    const own = program.replace("'hawser'", `'${pathToFileURL(join(root, 'js/index.js')).href}'`);
    await writeFile(join(project, `program${index}.js`), own);
    const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [`program${index}.js`], { cwd: project, env });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').join(', ')).toBe(saidBy(program));
  });
}
