/**
 * A server with one page, a program of the tests.
 */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';

/**
 * @param {URL} program
 * @param {(name: string) => string | undefined} [answer] What else there is.
 * @returns {Promise<import('../../tools/serve.js').Served>}
 */
export async function servePage(program, answer = () => undefined) {
  const { files, main } = await bundle(fileURLToPath(program), { target: 'browser' });
  files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
  files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
  return serve(async (name) => answer(name) ?? files.get(name));
}
