/**
 * Vite's development server for a folder, under the strict policy: `node vite-dev.js FOLDER`. Prints its address. Lives until it is
 * ended.
 */
import { createServer } from 'vite';
import { CONTENT_SECURITY_POLICY } from '../../tools/serve.js';

const server = await createServer({
  root: process.argv[2],
  logLevel: 'error',
  server: { host: '127.0.0.1', port: 0, headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY } },
});
await server.listen();
console.log(`ready ${server.resolvedUrls?.local[0]}`);
