/**
 * Serves the pages, isolated from other origins: SQLocal needs that for its files.
 */
import { createServer } from 'node:http';
import { extname } from 'node:path';

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** @param {Map<string, Uint8Array>} files A page for each script: `x.html` runs `x.js`. */
export async function servePage(files) {
  const server = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://127.0.0.1').pathname.slice(1);
    const body = name.endsWith('.html') ? `<!doctype html><script type="module" src="${name.replace('.html', '.js')}"></script>` : files.get(name);
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': TYPES[extname(name)] ?? 'text/plain',
      'Cache-Control': 'no-store',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
