/**
 * A server with one page, a program of the tests.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';

/**
 * @param {URL} program
 * @param {(name: string) => string | undefined} [answer] What else there is.
 * @param {{ isolated?: boolean }} [options] As of serve().
 * @returns {Promise<import('../../tools/serve.js').Served>}
 */
export async function servePage(program, answer = () => undefined, options = {}) {
  const { files, main } = await bundle(fileURLToPath(program), { target: 'browser' });
  // The Worker of SQLite's VFS for isolated pages.
  const proxy = 'sqlite3-opfs-async-proxy.js';
  if (options.isolated) files.set(proxy, await readFile(new URL(`../../dist/browser/${proxy}`, import.meta.url)));
  files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
  files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
  return serve(async (name) => answer(name) ?? files.get(name), options);
}
