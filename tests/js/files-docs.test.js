/**
 * The programs in docs/files.md print what it says. They are run as one, in a project whose secrets are those of the document, with the
 * address of Ceph RGW. A comment after console.log() is its output; several outputs are separated by ", ".
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { corsRule } from '../../js/http/diagnosis.js';
import { createStore } from '../../js/stores/s3.js';
import { haveRgw, startRgw } from '../servers/rgw.js';
import { storeContext } from './store-contract.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs/files.md'), 'utf8');
const programs = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]);
const [configuration] = [...page.matchAll(/^```toml\n(.*?)^```$/gms)].map((match) => match[1]);

test('the rule for CORS is the one that errors have', () => {
  const [, rule] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
  expect(JSON.parse(rule)).toEqual(JSON.parse(corsRule({ origin: 'https://app.example', kind: 's3' })));
});

if (!haveRgw()) test.skip('no Ceph RGW: node tools/setup.js test', () => {});
else {
  /** @type {import('../servers/rgw.js').Rgw} */
  let rgw;
  let project = '';
  beforeAll(async () => {
    rgw = await startRgw();
    await rgw.addBucket('reports');
    const { accessKeyId, secretAccessKey } = rgw.keys;
    const store = createStore({ bucket: 'reports', endpoint: rgw.endpoint, access_key_id: accessKeyId, secret_access_key: secretAccessKey }, /** @type {any} */ (storeContext()));
    await store.write('2026/sales.csv', 'region,total\nnorth,12\nsouth,30\n', { contentType: 'text/csv' });
    await store.write('2026/report.json', JSON.stringify({ title: 'Sales', data: { rows: [{ region: 'north' }, { region: 'south' }] } }));
    const secrets = configuration
      .replace('AKIA…', accessKeyId)
      .replace('"…"', JSON.stringify(secretAccessKey))
      .replace('region =', `endpoint = "${rgw.endpoint}"\nregion =`);
    expect(secrets).not.toContain('…');
    project = await mkdtemp(join(tmpdir(), 'hawser-docs-'));
    await mkdir(join(project, '.hawser'));
    await writeFile(join(project, '.hawser/secrets.toml'), secrets);
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  }, 120_000);
  afterAll(async () => {
    await rgw?.close();
    await rm(project, { recursive: true, force: true });
  });

  test('the programs', async () => {
    const program = programs.join('\n').replace("'hawser'", `'${pathToFileURL(join(root, 'js/index.js')).href}'`);
    const said = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].flatMap((match) => match[1].split(', '));
    await writeFile(join(project, 'program.js'), program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['program.js'], { cwd: project, env: { PATH: process.env.PATH, HOME: project, NO_COLOR: '1' } });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(said);
    expect(said.length).toBeGreaterThan(10);
  }, 60_000);
}
