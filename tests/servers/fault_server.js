/**
 * A web server that misbehaves, on node:http. Routes are functions by path; the ones here are faults that real servers have.
 */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

/**
 * @typedef {object} Seen
 * @property {string} method
 * @property {string} path With its query.
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} body
 */
/** @typedef {(request: Seen, response: import('node:http').ServerResponse, count: number) => unknown} Route `count`: how often that path was asked for, from 1 on. */

/** Lets pages of any origin read, without credentials. */
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization', 'access-control-allow-methods': '*', 'access-control-expose-headers': '*' };

/**
 * @param {Record<string, Route>} [routes] By path without query. They win over those of this file.
 * @param {{ cors?: boolean }} [options] cors: default true.
 */
export async function startFaultServer(routes = {}, { cors = true } = {}) {
  /** @type {Seen[]} */
  const seen = [];
  /** @type {Map<string, number>} */
  const counts = new Map();
  const all = /** @type {Record<string, Route>} */ ({ ...FAULTS, ...routes });
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const path = /** @type {string} */ (request.url);
      const [name] = path.split('?');
      if (cors) for (const [header, value] of Object.entries(CORS)) response.setHeader(header, value);
      if (cors && request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
      const one = { method: /** @type {string} */ (request.method), path, headers: request.headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const route = all[name];
      if (route) route(one, response, count);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"there is nothing here"}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** The same server as another origin. */
    other: `http://localhost:${port}`,
    seen,
    /** What was asked for so far, as 'GET /path'; forgets it. */
    take: () => seen.splice(0).map(({ method, path }) => `${method} ${path}`),
    /** @param {string} path @param {Route} route */
    on(path, route) {
      all[path] = route;
      counts.delete(path);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {import('node:http').ServerResponse} response @param {unknown} value @param {Record<string, string>} [headers] */
export function json(response, value, headers = {}) {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Answers from the third time on. @param {Route} fault @returns {Route} */
export const twice = (fault) => (request, response, count) => (count <= 2 ? fault(request, response, count) : json(response, { count }));

/** @type {Record<string, Route>} */
const FAULTS = {
  '/ok': (_, response, count) => json(response, { count }),
  '/reset': twice((_, response) => response.destroy()),
  '/always-reset': (_, response) => response.destroy(),
  '/cut': twice((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"count":', () => response.destroy());
  }),
  '/cut-chunked': twice((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"count":', () => response.destroy());
  }),
  /** Never answers. */
  '/stalled': () => {},
  /** Begins to answer. */
  '/slow-body': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('[1');
  },
  '/truncated-gzip': twice((_, response) => {
    const whole = gzipSync(JSON.stringify({ text: 'x'.repeat(100_000) }));
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(whole.subarray(0, whole.length - 20));
  }),
  '/gzip': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync('{"zipped":true}'));
  },
  '/429-seconds': twice((_, response) => response.writeHead(429, { 'retry-after': '2' }).end('slow down')),
  '/503-date': twice((_, response) => response.writeHead(503, { 'retry-after': new Date(1_700_000_000_000 + 5000).toUTCString() }).end()),
  '/503': (_, response) => response.writeHead(503, { 'content-type': 'text/plain' }).end('busy'),
  '/500': (_, response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Oops</h1>'),
  '/501': (_, response) => response.writeHead(501).end(),
  '/401': (_, response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(),
  '/403': (_, response) => response.writeHead(403).end('no'),
  /** Says back what it was sent. */
  '/echo': ({ method, path, headers, body }, response) => json(response, { method, path, headers, body }),
  '/echo-error': ({ path, headers }, response) => response.writeHead(400, { 'content-type': 'text/plain' }).end(JSON.stringify({ path, headers })),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  /** To where `to` says, with the status that `status` says. */
  '/redirect': ({ path }, response) => {
    const { searchParams } = new URL(path, 'http://server');
    response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '/echo' }).end();
  },
  '/wrong-type': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"json":true}'),
  '/no-type': (_, response) => response.writeHead(200).end('plain'),
  '/not-json': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
  '/too-long': twice((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000', connection: 'close' }).end('{"short":true}');
  }),
  '/huge': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const more = () => {
      while (response.writable && response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  },
  '/empty': (_, response) => response.writeHead(204).end(),
};
