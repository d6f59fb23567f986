/**
 * The server of the kill tests: their page, and the reports of its tabs.
 */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';

/**
 * @param {(outcome: string, id: string, code: string) => void} onReport Called for each report before it is answered.
 * @returns {Promise<import('../../tools/serve.js').Served>}
 */
export async function startSite(onReport) {
  const { files, main } = await bundle(fileURLToPath(new URL('workload.js', import.meta.url)), { target: 'browser' });
  files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
  files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
  return serve(async (name) => {
    const report = /^report\/(\w+)\/([\w-]+)\/(.*)\.json$/.exec(name);
    if (!report) return files.get(name);
    onReport(report[1], report[2], decodeURIComponent(report[3]));
    return '{}';
  });
}
