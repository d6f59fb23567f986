/**
 * The web server of bench/http.js, in a thread of its own: /<bytes> is JSON of about that size, with an ETag.
 */
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** @type {Map<string, Buffer>} */
const bodies = new Map();

/** @param {string} size */
function bodyOf(size) {
  const known = bodies.get(size);
  if (known) return known;
  const rows = [];
  for (let i = 0, bytes = 0; bytes < Number(size); i++) {
    const row = { id: i, name: `name ${i}`, price: i * 1.5, sold: i % 2 === 0, tags: ['a', 'b'] };
    bytes += JSON.stringify(row).length + 1;
    rows.push(row);
  }
  const body = Buffer.from(JSON.stringify(rows));
  bodies.set(size, body);
  return body;
}

const server = createServer(({ url = '', headers }, response) => {
  const body = bodyOf(url.slice(1));
  const etag = `"${body.length}"`;
  if (headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, { etag, 'content-type': 'application/json', 'content-length': body.length }).end(body);
});

server.listen(0, '127.0.0.1', () => parentPort?.postMessage(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
