/**
 * Serves files to a browser on this machine the way a careful production server would: strict Content-Security-Policy,
 * exact MIME types, nothing guessed. Used by the demo and by the tests in Chromium.
 */
import { createServer } from 'node:http';
import { extname } from 'node:path';

/** The policy that Hawser promises to work under: no eval, no inline script or style, no other origin. */
export const CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.map': 'application/json',
  '.toml': 'application/toml; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
};

/**
 * @typedef {object} Served
 * @property {string} url Address with a slash at the end.
 * @property {() => Promise<void>} close
 */

/**
 * @param {(name: string) => Promise<Uint8Array | string | undefined>} find Contents of a file; its name has no slash in
 *   front, and is `index.html` for the root; undefined means 404.
 * @param {object} [options]
 * @param {number} [options.port] Default 0: any free one. A port that is taken is replaced by a free one.
 * @param {boolean} [options.isolated] Whether pages are cross-origin isolated, so that they may share memory. Default false.
 * @param {(name: string) => Record<string, string>} [options.headers] More of them, or others, for a file.
 * @returns {Promise<Served>} Listens on 127.0.0.1 only.
 */
export async function serve(find, { port = 0, isolated = false, headers: more = () => ({}) } = {}) {
  const server = createServer((request, response) => {
    answer(find, request).then(
      ({ name, status, headers, body }) => response.writeHead(status, { ...headers, ...(isolated && ISOLATION), ...more(name) }).end(request.method === 'HEAD' ? undefined : body),
      (error) => response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error}`),
    );
  });
  try {
    await listen(server, port);
  } catch (error) {
    if (port === 0 || /** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error;
    await listen(server, 0);
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {import('node:http').Server} server @param {number} port @returns {Promise<void>} */
const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

/**
 * @param {Parameters<typeof serve>[0]} find
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{ name: string, status: number, headers: Record<string, string>, body: Uint8Array | string }>}
 */
async function answer(find, { method, url = '/' }) {
  const headers = {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
    'Content-Type': TYPES['.html'],
  };
  const name = new URL(url, 'http://127.0.0.1').pathname.slice(1) || 'index.html';
  if (method !== 'GET' && method !== 'HEAD') {
    return { name, status: 405, headers: { ...headers, Allow: 'GET, HEAD' }, body: 'Only GET and HEAD.' };
  }
  const type = TYPES[extname(name)];
  const body = type && (await find(name));
  if (body === undefined || body === '') return { name, status: 404, headers, body: 'Not found.' };
  return { name, status: 200, headers: { ...headers, 'Content-Type': type }, body };
}
