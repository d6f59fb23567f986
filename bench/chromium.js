/**
 * The same contests in a page of Chromium, the boundary of a Worker, and the cold start of a page.
 */
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../tests/browser/chromium.js';
import { bundlePage } from './page/bundle.js';
import { servePage } from './page/serve.js';

const CONTESTS = (process.env.HAWSER_CONTESTS ?? 'rows,insert,lookup,stream,worker').split(',');
const COLD = ['hawser', 'official oo1', 'sql.js', 'wa-sqlite'];
const COLD_ROUNDS = 11;

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--js-flags=--expose-gc'];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const files = await bundlePage([new URL('page/page.js', import.meta.url), new URL('page/cold.js', import.meta.url)].map((url) => fileURLToPath(url)));
  const server = await servePage(files);
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  const sections = [];
  try {
    for (const contest of CONTESTS) {
      // A page of its own: what one has compiled and left in memory is not the next one's.
      const page = await (await browser.newContext()).newPage();
      page.on('console', (message) => message.type() === 'log' && progress(message.text()));
      page.on('pageerror', (error) => progress(String(error)));
      await page.goto(`${server.url}page.html`);
      await page.waitForFunction(() => 'bench' in globalThis);
      sections.push(...(await page.evaluate((name) => /** @type {any} */ (globalThis).bench(name), contest)));
      await page.context().close();
    }
    sections.push(await coldStart(browser, server.url, progress));
  } finally {
    await browser.close();
    await server.close();
  }
  return sections;
}

/**
 * The cold start of a page, with cold.js on the server.
 * @param {import('playwright-core').Browser} browser @param {string} url @param {(text: string) => void} progress
 * @returns {Promise<import('./measure.js').Section>}
 */
export async function coldStart(browser, url, progress) {
  progress(`cold start: ${COLD.length} contestants, ${COLD_ROUNDS} fresh contexts each`);
  /** @type {number[][]} */
  const times = COLD.map(() => []);
  for (let round = 0; round < COLD_ROUNDS; round++) {
    for (const [i, name] of COLD.entries()) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${url}cold.html`);
      await page.waitForFunction(() => 'start' in globalThis);
      const { ms, answer } = await page.evaluate((name) => /** @type {any} */ (globalThis).start(name), name);
      if (answer !== 1) throw new Error(`${name} answers ${answer}`);
      times[i].push(ms);
      await page.context().close();
    }
  }
  const rows = COLD.map((name, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1], min: sorted[0] };
  });
  return { title: 'Import to first row, in a page', note: 'Files from a server on this machine, nothing cached.', unit: 'ms', baseline: 'official oo1', rows };
}
