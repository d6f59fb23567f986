/**
 * Pages of users, with each bundler and with none: the packed package in an empty folder, the examples of docs/bundlers.md, a real
 * Chromium under the strict policy.
 */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { haveConsumers } from '../../tools/consumers.js';
import { CONTENT_SECURITY_POLICY, serve } from '../../tools/serve.js';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { startProgram } from '../browser/programs.js';
import { commands, example, startProjects } from '../consumers/project.js';

// The machine may be busy.
jest.setTimeout(120_000);

/** @typedef {import('../consumers/project.js').Project} Project */

const ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const ANSWER = 'memory 2 miss hit. kept 2 miss hit.';

/** @type {Awaited<ReturnType<typeof startProjects>>} */
let projects;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;
/** What is to be ended after each test. @type {(() => unknown)[]} */
const endings = [];

const there = haveConsumers() && haveChromium();
(there ? describe : describe.skip)('pages', () => {
  beforeAll(async () => {
    [projects, browser] = await Promise.all([startProjects(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    projects?.end();
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  test('Vite: the build', async () => {
    const project = projects.project('vite', ['vite']);
    project.add('app.js', 'index.html');
    await project.run(commands('Vite'));
    expect(await said(await site(join(project.folder, 'dist')))).toBe(ANSWER);
  });

  test('Vite: the development server, without a configuration; a module that is replaced keeps its connections', async () => {
    const project = projects.project('vite-dev', ['vite']);
    project.add('app.js', 'index.html', 'hot.js');
    project.write('icon.svg', ICON);
    const hot = (/** @type {number} */ version) => `${example('hot.js')}
      import { connection } from 'hawser';
      const shared = await connection('sql', { url: 'sqlite://' });
      await shared.execute('create table if not exists visits (version)');
      await shared.execute('insert into visits values (${version})');
      const own = await hawser.connection('sql', { url: 'sqlite:///hot.db' });
      await own.execute('create table if not exists visits (version)');
      await own.execute('insert into visits values (${version})');
      const count = async (conn) => (await conn.query('select count(*) as n from visits')).at(0).n;
      const text = ['version', ${version}, await count(shared), await count(own), previous?.closed].join(' ');
      import.meta.hot.data.own = own;
      document.querySelector('p').textContent = text;`.replace('const own', 'const previous = import.meta.hot.data.own;\nconst own');
    project.write('hot-page.js', hot(1));
    project.write('hot.html', '<!doctype html><title>Hot</title><link rel="icon" href="icon.svg" /><p></p><script type="module" src="hot-page.js"></script>');

    const program = await startProgram(process.execPath, [fileURLToPath(new URL('../consumers/vite-dev.js', import.meta.url)), project.folder], { ready: /ready (\S+)/ });
    endings.push(program.end);
    expect(await said({ url: program.announced, check: false })).toBe(ANSWER);

    const page = await browser.newPage(`${program.announced}hot.html`);
    endings.push(() => page.close());
    const text = (/** @type {RegExp} */ pattern) => page.waitForFunction((source) => new RegExp(source).test(document.body.innerText) && document.body.innerText.trim(), pattern.source);
    expect(await (await text(/version 1/)).jsonValue()).toBe('version 1 1 1');
    await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
    project.write('hot-page.js', hot(2));
    expect(await (await text(/version 2/)).jsonValue()).toBe('version 2 2 2 true');
    expect(await page.evaluate(() => /** @type {any} */ (globalThis).notReloaded)).toBe(true);
  });

  test('webpack', async () => {
    const project = projects.project('webpack', ['webpack']);
    project.add('app.js', 'webpack.config.js');
    const printed = await project.run(commands('webpack'));
    expect(printed.replaceAll(/WARNING in (asset|entrypoint) size limit[^]*?(?=\n\n|$)/g, '')).not.toContain('WARNING');
    expect(await said(await site(join(project.folder, 'dist')))).toBe(ANSWER);
  });

  test('Rollup', async () => {
    const project = projects.project('rollup', ['rollup', '@rollup/plugin-node-resolve', '@web/rollup-plugin-import-meta-assets']);
    project.add('app.js', 'rollup.config.js');
    await project.run(commands('Rollup'));
    expect(await said(await site(join(project.folder, 'dist')))).toBe(ANSWER);
  });

  test('esbuild, and what is said when the files are forgotten', async () => {
    const project = projects.project('esbuild');
    project.add('app.js');
    await project.run(commands('esbuild'));
    const dist = join(project.folder, 'dist');
    expect(await said(await site(dist, { base: 'some/folder/' }))).toBe(ANSWER);

    rmSync(join(dist, 'sqlite_worker_main.js'));
    const noWorker = await site(dist);
    expect(await said({ ...noWorker, check: false })).toMatch(/^memory 2 miss hit. HawserError: .*sqlite_worker_main.js could not be loaded.*locateFiles\(\)/);
    for (const name of ['core', 'secrets', 'sqlite3']) rmSync(join(dist, `${name}.wasm`));
    const noWasm = await site(dist);
    expect(await said({ ...noWasm, check: false })).toMatch(
      new RegExp(`^HawserError: ${noWasm.url}(core|secrets).wasm could not be loaded: the server answered 404. .*locateFiles\\(\\)`),
    );
  });

  describe('without a bundler', () => {
    /** @type {Project} */
    let project;
    beforeAll(() => {
      project = projects.project('plain');
      project.add('app.js', 'import-map.html');
    });

    test('an import map', async () => {
      const page = example('import-map.html');
      const map = /<script type="importmap">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
      const hash = createHash('sha256').update(map).digest('base64');
      const policy = CONTENT_SECURITY_POLICY.replace("'self' 'wasm", `'self' 'sha256-${hash}' 'wasm`);
      expect(await said(await site(project.folder, { page, policy }))).toBe(ANSWER);
    });

    /**
     * A page without an import map, whose script says what is to be said.
     * @param {string} script
     * @param {Parameters<typeof site>[1] & { check?: boolean }} [options]
     */
    const run = async (script, options) => {
      project.write('script.js', `import * as hawser from './node_modules/hawser/dist/browser/index.js';
        const say = (...words) => document.body.append(words.join(' '));
        try { ${script} } catch (error) { say(error); }
        document.title = 'done';`);
      const place = await site(project.folder, { page: example('index.html').replace('app.js', 'script.js'), ...options });
      return { text: await said({ ...place, check: options?.check ?? options?.change === undefined }), url: place.url };
    };
    const ASK = `const conn = await hawser.connection('sql', { url: 'sqlite://' });
      say((await conn.query('select 1 as one')).at(0).one);`;

    test('no SharedArrayBuffer is there, nor wanted', async () => {
      expect((await run(`say(typeof SharedArrayBuffer, crossOriginIsolated); ${ASK}`)).text).toBe('undefined false1');
    });

    test('a server that does not know the type of wasm', async () => {
      const change = (/** @type {string} */ name) => (name.endsWith('.wasm') ? { type: 'application/octet-stream' } : undefined);
      expect((await run(ASK, { change })).text).toBe('1');
    });

    test('a page in the place of a file', async () => {
      const change = (/** @type {string} */ name) => (name.endsWith('.wasm') ? { type: 'text/html; charset=utf-8', body: '<!doctype html>' } : undefined);
      const { text, url } = await run(ASK, { change });
      expect(text).toContain(`${url}node_modules/hawser/dist/browser/core.wasm could not be loaded: what is there is not WebAssembly (text/html)`);
    });

    test('what a development server of Vite 7 says', async () => {
      const { text } = await run(`hawser.locateFiles('/node_modules/.vite/deps/'); ${ASK}`, { change: () => undefined, check: false });
      expect(text).toMatch(/\.vite\/deps\/core\.wasm could not be loaded: .* Put optimizeDeps: \{ exclude: \['hawser'\] \} into vite\.config\.js\.$/);
    });

    test('a policy that forbids WebAssembly', async () => {
      const { text } = await run(ASK, { policy: "default-src 'self'", check: false });
      expect(text).toMatch(/core\.wasm could not be loaded: the page's Content-Security-Policy forbids WebAssembly; add 'wasm-unsafe-eval'/);
    });

    test('files elsewhere: told, and tried again', async () => {
      cpSync(join(projects.installed, 'dist/browser'), join(project.folder, 'elsewhere'), { recursive: true });
      const change = (/** @type {string} */ name) => (/^node_modules.*(\.wasm|_main\.js)$/.test(name) ? { status: 404 } : undefined);
      const { text } = await run(
        `const failed = await hawser.connection('sql', { url: 'sqlite://' }).then((conn) => conn.query('select 1')).catch((error) => error.code);
        hawser.locateFiles('elsewhere');
        for (const url of ['sqlite://', 'sqlite:///elsewhere.db']) {
          const conn = await hawser.connection('sql', { url });
          say(failed, (await conn.query('select 1 as one')).at(0).one);
        }`,
        { change },
      );
      expect(text).toBe('ERR_WASM_LOAD 1ERR_WASM_LOAD 1');
    });

    test('each kind of thing that locateFiles() takes', async () => {
      cpSync(join(projects.installed, 'dist/browser'), join(project.folder, 'elsewhere'), { recursive: true });
      const change = (/** @type {string} */ name) => (/^node_modules.*\.wasm$/.test(name) ? { status: 404 } : undefined);
      const { text } = await run(
        `const address = (name) => new URL('elsewhere/' + name, location.href);
        const data = 'data:application/wasm;base64,' + btoa(String.fromCharCode(...new Uint8Array(await (await fetch(address('row_binder.wasm'))).arrayBuffer())));
        hawser.locateFiles(async (name) => {
          if (name === 'core.wasm') return WebAssembly.compileStreaming(fetch(address(name)));
          if (name === 'row_packer.wasm') return new Uint8Array(await (await fetch(address(name))).arrayBuffer());
          if (name === 'row_binder.wasm') return data;
          if (name === 'sqlite3.wasm') return fetch(address(name));
          return name.endsWith('.wasm') ? address(name) : undefined;
        });
        for (const url of ['sqlite://', 'sqlite:///given.db']) {
          const conn = await hawser.connection('sql', { url });
          await conn.execute('create table t (x)');
          await conn.executeMany('insert into t values (?)', [[1], [2]]);
          say((await conn.query('select sum(x) as sum from t')).at(0).sum);
        }`,
        { change },
      );
      expect(text).toBe('33');
    });

    test('two copies on one page', async () => {
      cpSync(projects.installed, join(project.folder, 'node_modules/other'), { recursive: true });
      const { text } = await run(
        `const other = await import('./node_modules/other/dist/browser/index.js');
        say(other.createHawser !== hawser.createHawser, '');
        const [one, two] = await Promise.all([hawser, other].map(({ connection }) => connection('sql', { url: 'sqlite://' })));
        await one.execute('create table t (x)');
        say(await two.query('select * from t').catch((error) => [error.code, error instanceof other.HawserError, error instanceof hawser.HawserError]), '');
        const [mine, yours] = await Promise.all([hawser, other].map(({ connection }) => connection('sql', { url: 'sqlite:///both.db' })));
        await mine.execute('create table t (x)');
        await yours.execute('insert into t values (7)');
        say((await mine.query('select x from t')).at(0).x, '');
        await hawser.hawser.close();
        say((await yours.query('select x from t')).at(0).x);`,
      );
      expect(text).toBe('true ERR_QUERY,true,false 7 7');
    });
  });
});

/**
 * Serves a folder to the test.
 * @param {string} folder
 * @param {object} [options]
 * @param {string} [options.page] What stands for index.html when there is none.
 * @param {string} [options.policy]
 * @param {string} [options.base] The folder of the site that it is.
 * @param {(name: string) => { status?: number, type?: string, body?: string } | undefined} [options.change] Of what is answered.
 */
async function site(folder, { page = example('index.html'), policy = CONTENT_SECURITY_POLICY, base = '', change = () => undefined } = {}) {
  const served = await serve(
    async (name) => {
      const path = name.startsWith(base) ? name.slice(base.length) : name;
      if (path === 'icon.svg') return ICON;
      const changed = change(path);
      if (changed?.status === 404) return undefined;
      if (changed?.body) return changed.body;
      const found = await readFile(join(folder, path)).catch(() => undefined);
      return found ?? (path === 'index.html' ? page : undefined);
    },
    { headers: (name) => ({ 'Content-Security-Policy': policy, ...(change(name)?.type && { 'Content-Type': /** @type {string} */ (change(name)?.type) }) }) },
  );
  endings.push(served.close);
  return { url: served.url + base, address: `${served.url}${base}index.html` };
}

/**
 * What a page says when it has said all.
 * @param {{ url: string, address?: string, check?: boolean }} place `check`: whether nothing may be amiss, default true.
 */
async function said({ url, address = url, check = true }) {
  browser.problems.length = 0;
  const page = await browser.newPage(address);
  endings.push(() => page.close());
  await page.waitForFunction(() => document.title === 'done' || /kept .*\.\s*$|Error/.test(document.body.innerText));
  if (check) expect(browser.problems).toEqual([]);
  return (await page.evaluate(() => document.body.innerText)).trim();
}
