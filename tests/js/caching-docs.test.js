/**
 * The programs of docs/caching.md do what it says, as they stand there: each prints the text below it, in Node, workerd or Chromium.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tracingChannel } from 'node:diagnostics_channel';
import { HOOKS } from '../../js/events.js';
import { CACHE_OPTIONS } from '../../js/cache/policy.js';
import { NO_STATS } from '../../js/cache/native.js';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { startWorker } from '../conformance/runners/workerd.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs/caching.md'), 'utf8');
const index = join(root, 'js/index.js');

/** Programs with the runtime that they are for, the section they stand in, and what they print. */
const programs = [...page.matchAll(/^```js ?(\w*)\n(.*?)^```\n(?:```text\n(.*?)^```$)?/gms)].map(({ 1: runtime, 2: program, 3: prints, index: at }) => ({
  runtime: runtime || 'node',
  program,
  prints,
  section: page.slice(0, at).match(/^#+ .*$/gm)?.at(-1) ?? '',
}));

/** @param {string} runtime */
const of = (runtime) => programs.filter((program) => program.runtime === runtime && program.prints !== undefined);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hawser-caching-'));
  await mkdir(join(folder, 'node_modules/hawser'), { recursive: true });
  await writeFile(join(folder, 'node_modules/hawser/index.js'), `export * from ${JSON.stringify(pathToFileURL(index).href)};`);
  await writeFile(join(folder, 'node_modules/hawser/package.json'), '{ "name": "hawser", "type": "module", "exports": "./index.js" }');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'node_modules/@opentelemetry'), join(folder, 'node_modules/@opentelemetry'), 'dir');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param {string} program @param {string[]} [flags] */
async function run(program, flags = []) {
  await writeFile(join(folder, 'program.js'), program);
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, 'program.js'], { cwd: folder, env });
  expect(stderr).toBe('');
  return stdout;
}

describe('Node', () => {
  test.each(of('node'))('$section', async ({ program, prints }) => expect(await run(program)).toBe(prints));
});

test('OpenTelemetry: the spans of a query, one inside the other, and of one that fails', async () => {
  const [{ program }, ...more] = programs.filter(({ prints }) => prints === undefined);
  expect(more).toEqual([]);
  await writeFile(join(folder, 'spans.js'), program);
  const around = `
    import { trace } from '@opentelemetry/api';
    import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
    import { createHawser } from 'hawser';
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    await import('./spans.js');

    const hawser = createHawser({ secrets: [] });
    const conn = await hawser.connection('db', { url: 'sqlite://' });
    const count = hawser.cacheData(async () => (await conn.query('select 1 as one', { ttl: '1m' })).length, { name: 'count' });
    await count();
    await count();
    await hawser.cacheData(async () => { throw new Error('down'); }, { name: 'failing' })().catch(() => {});
    await hawser.close();

    const spans = exporter.getFinishedSpans();
    const named = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    for (const span of spans) {
      const path = [];
      for (let at = span; at; at = named.get(at.parentSpanContext?.spanId)) path.unshift(at.name.slice(7));
      const { 'hawser.key': key, 'hawser.space': space, ...attributes } = span.attributes;
      console.log(path.join(' > '), JSON.stringify({ ...attributes, ...(space?.startsWith('data:') && { space }) }), span.status.code, span.events.map(({ name }) => name).join());
    }`;
  const call = '{"hawser.connection":"db","hawser.type":"sql","hawser.phase":"query"}';
  expect((await run(around)).split('\n')).toEqual([
    'load > call > connect {"hawser.connection":"db","hawser.type":"sql"} 0 ',
    `load > call ${call} 0 `, // Whether the statement can be cached.
    `load > load > call ${call} 0 `,
    'load > load {"hawser.background":false} 0 ',
    'load {"hawser.background":false,"space":"data:count"} 0 ',
    'load {"hawser.background":false,"space":"data:failing"} 2 exception',
    '',
  ]);
});

/** Written where what it imports can be found. @param {string} program */
async function entry(program) {
  const path = join(folder, 'entry.js');
  await writeFile(path, program.replace("'hawser'", JSON.stringify(index)));
  return path;
}

test.each(of('workerd'))('workerd: $section', async ({ program, prints }) => {
  const worker = await startWorker(pathToFileURL(await entry(program)), { kvNamespaces: ['RESULTS'] });
  try {
    for (let i = 0; i < 2; i++) expect(`${await (await worker.dispatchFetch('http://localhost/')).text()}\n`).toBe(prints);
  } finally {
    await worker.dispose();
  }
}, 60_000);

if (!haveChromium()) test.skip('no Chromium on this machine', () => {});
else {
  test.each(of('chromium'))('Chromium: $section', async ({ program, prints }) => {
    const { files, main } = await bundle(await entry(program), { target: 'browser' });
    files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
    const server = await serve(async (name) => files.get(name));
    const chromium = await launchChromium();
    try {
      const tab = await chromium.newPage();
      const line = tab.waitForEvent('console');
      await tab.goto(server.url);
      expect(`${(await line).text()}\n`).toBe(prints);
      expect(chromium.problems).toEqual([]);
    } finally {
      await chromium.close();
      await server.close();
    }
  }, 60_000);
}

test('every program was tried, in each runtime there is one', () => {
  expect(of('node').length + of('workerd').length + of('chromium').length + 1).toBe(programs.length);
  expect([...page.matchAll(/^```js/gm)].length).toBe(programs.length);
  expect(new Set(programs.map(({ runtime }) => runtime))).toEqual(new Set(['node', 'workerd', 'chromium']));
});

test('options, hooks, counts, channels and reasons that there are stand there, and no others', () => {
  const rows = (/** @type {string} */ heading) => page.split(`\n${heading}`)[1].split(/\n#+ |\n\n\*\*/)[0];
  const cells = (/** @type {string} */ text) => [...text.matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \|/gm)].flatMap(([, names]) => names.replaceAll('`', '').split(', '));
  expect(cells(rows('## Options')).sort()).toEqual([...CACHE_OPTIONS, 'signal', 'key', 'scope', 'broadcast', 'refreshLock'].sort());
  expect(cells(page.split('**Hooks**')[1].split('```js')[0])).toEqual([...HOOKS]);
  for (const name of Object.keys(NO_STATS)) expect(rows('## Seeing it')).toContain(`\`${name}\``);
  for (const name of cells(page.split('**Spans.**')[1])) expect(tracingChannel(name)).toBeDefined();
});
