/**
 * A double of the Hugging Face Hub: the hub itself, the server that holds large files (another origin), and the dataset viewer, as far as
 * their public contracts say. With HAWSER_CONTRACTS (a folder with huggingface-dataset-viewer.openapi.json) every request to the viewer
 * and every answer of it is checked against its contract.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { viewerContract } from '../contracts/dataset_viewer.js';

/** What the real one lets pages see, and no more. */
const EXPOSED = 'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag';

/**
 * @typedef {object} DoubleRepo
 * @property {Record<string, Record<string, Uint8Array | string>>} revisions By name: files by their paths.
 * @property {boolean} [private] Only with the token.
 * @property {boolean} [gated] Never: its conditions have not been accepted.
 *
 * @typedef {object} Seen
 * @property {'hub' | 'cdn' | 'viewer'} at
 * @property {string} method
 * @property {string} url
 * @property {import('node:http').IncomingHttpHeaders} headers
 */

/**
 * @param {object} what
 * @param {Record<string, DoubleRepo>} what.repos By 'datasets/owner/name', 'owner/name'.
 * @param {Record<string, { status?: number, code?: string, body: any }>} [what.parquet] Answers of the viewer by dataset, URLs in them
 *   beginning with https://huggingface.co.
 * @param {string} [what.token]
 * @param {number} [what.large] Files of this many bytes are elsewhere. Default 100.
 * @param {number} [what.page] Entries of a page of a list. Default 3.
 */
export async function startHuggingFace({ repos, parquet = {}, token = 'hf_test', large = 100, page = 3 }) {
  /** @type {Seen[]} */
  const seen = [];
  /** Requests that the contract of the viewer does not allow. @type {string[]} */
  const violations = [];
  const contract = await viewerContract();
  /** Next answers of the hub, instead of its own. @type {{ status: number, headers?: Record<string, string> }[]} */
  const troubles = [];

  /** @param {Seen['at']} at @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, url: URL) => void} answer */
  const start = async (at, answer) => {
    const server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      seen.push({ at, method, url, headers });
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-expose-headers', EXPOSED);
      if (method === 'OPTIONS') {
        // The servers with the contents answer no questions of pages (huggingface/datasets#7931).
        if (at === 'cdn') return void response.writeHead(403).end();
        response.setHeader('access-control-allow-headers', 'authorization');
        return void response.writeHead(204, { 'access-control-allow-methods': 'GET, HEAD' }).end();
      }
      answer(request, response, new URL(url, 'http://double'));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    return { server, origin: `http://127.0.0.1:${/** @type {any} */ (server.address()).port}` };
  };

  /** @param {import('node:http').ServerResponse} response @param {number} status @param {string} code */
  const refuse = (response, status, code) => void response.writeHead(status, { 'x-error-code': code, 'x-error-message': code }).end(JSON.stringify({ error: code }));

  /** The repository that a request may see. @param {string} name @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  const visible = (name, { headers }, response) => {
    const repo = repos[name];
    const known = headers.authorization === `Bearer ${token}`;
    if (headers.authorization !== undefined && !known) return void response.writeHead(401).end(JSON.stringify({ error: 'Invalid credentials in Authorization header' }));
    if (!repo || (repo.private && !known)) return refuse(response, known ? 404 : 401, 'RepoNotFound');
    return repo.gated ? refuse(response, known ? 403 : 401, 'GatedRepo') : repo;
  };

  const cdn = await start('cdn', ({ method, headers }, response, url) => {
    // As object stores do: one kind of credentials at a time.
    if (headers.authorization !== undefined) return void response.writeHead(400).end('<Error><Code>InvalidArgument</Code></Error>');
    if (url.searchParams.get('Signature') !== 'valid') return void response.writeHead(403).end();
    const [name, revision, file] = /** @type {[string, string, string]} */ (JSON.parse(Buffer.from(url.pathname.slice(1), 'base64url').toString()));
    sendFile(response, bytesOf(repos[name].revisions[revision][file]), { method, headers });
  });

  const hub = await start('hub', (request, response, url) => {
    const trouble = troubles.shift();
    if (trouble) return void response.writeHead(trouble.status, trouble.headers).end();
    const resolve = /^\/((?:(?:datasets|spaces)\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    if (resolve) {
      const [name, revision, file] = resolve.slice(1).map(decodeURIComponent);
      const repo = visible(name, request, response);
      if (!repo) return;
      const files = repo.revisions[revision];
      if (!files) return refuse(response, 404, 'RevisionNotFound');
      if (!Object.hasOwn(files, file)) return refuse(response, 404, 'EntryNotFound');
      const bytes = bytesOf(files[file]);
      if (bytes.length < large) return sendFile(response, bytes, /** @type {any} */ (request));
      const place = Buffer.from(JSON.stringify([name, revision, file])).toString('base64url');
      return void response.writeHead(302, { location: `${cdn.origin}/${place}?Signature=valid`, 'x-linked-size': bytes.length, 'x-linked-etag': etagOf(bytes) }).end();
    }
    const tree = /^\/api\/(models|datasets|spaces)\/([^/]+\/[^/]+)\/tree\/([^/]+)(?:\/(.*))?$/.exec(url.pathname);
    if (!tree) return void response.writeHead(404).end();
    const [type, id, revision, folder = ''] = tree.slice(1).map((part) => part && decodeURIComponent(part));
    const repo = visible(type === 'models' ? id : `${type}/${id}`, request, response);
    if (!repo) return;
    const files = repo.revisions[revision];
    if (!files) return refuse(response, 404, 'RevisionNotFound');
    const entries = treeOf(files, folder, url.searchParams.get('recursive') === 'true', large);
    if (entries.length === 0 && folder !== '') return refuse(response, 404, 'EntryNotFound');
    const at = Number(url.searchParams.get('cursor') ?? 0);
    const next = new URL(`${hub.origin}${url.pathname}${url.search}`);
    next.searchParams.set('cursor', String(at + page));
    if (at + page < entries.length) response.setHeader('link', `<${next}>; rel="next"`);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(entries.slice(at, at + page)));
  });

  const viewer = await start('viewer', ({ method = '', headers }, response, url) => {
    violations.push(...contract.request(method, url));
    const dataset = url.searchParams.get('dataset') ?? '';
    const answer = parquet[dataset];
    const repo = repos[`datasets/${dataset}`];
    const hidden = !answer || (repo?.private && headers.authorization !== `Bearer ${token}`);
    const { status = 200, code, body } = hidden ? { status: 401, code: 'ExternalUnauthenticatedError', body: { error: 'The dataset does not exist, or is not accessible without authentication.' } } : answer;
    violations.push(...contract.response(url, status, body));
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'max-age=120', 'access-control-allow-origin': '*', ...(code && { 'x-error-code': code }) });
    response.end(JSON.stringify(body));
  });

  return {
    ...{ endpoint: hub.origin, viewer: viewer.origin, cdn: cdn.origin, token, seen, violations, troubles, contractChecked: contract.checked },
    async close() {
      for (const { server } of [hub, cdn, viewer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** @param {Uint8Array | string} content */
const bytesOf = (content) => Buffer.from(/** @type {any} */ (content));

/** @param {Uint8Array} bytes */
const etagOf = (bytes) => `"${createHash('sha256').update(bytes).digest('hex')}"`;

/**
 * @param {import('node:http').ServerResponse} response @param {Buffer} bytes
 * @param {{ method?: string, headers: import('node:http').IncomingHttpHeaders }} request
 */
function sendFile(response, bytes, { method, headers }) {
  response.setHeader('etag', etagOf(bytes));
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-type', 'application/octet-stream');
  if (headers['if-none-match'] === etagOf(bytes)) return void response.writeHead(304).end();
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  if (!range) return void response.writeHead(200, { 'content-length': bytes.length }).end(method === 'HEAD' ? undefined : bytes);
  const start = range[1] === '' ? Math.max(0, bytes.length - Number(range[2])) : Number(range[1]);
  const end = range[1] === '' || range[2] === '' ? bytes.length : Math.min(Number(range[2]) + 1, bytes.length);
  if (start >= end) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}`, 'content-length': end - start });
  response.end(method === 'HEAD' ? undefined : bytes.subarray(start, end));
}

/**
 * @param {Record<string, Uint8Array | string>} files @param {string} folder @param {boolean} recursive @param {number} large
 * @returns {any[]}
 */
function treeOf(files, folder, recursive, large) {
  const start = folder && `${folder}/`;
  /** @type {Map<string, any>} */
  const entries = new Map();
  for (const path of Object.keys(files).sort()) {
    if (!path.startsWith(start)) continue;
    const names = path.slice(start.length).split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const name = start + names.slice(0, depth).join('/');
      if (recursive || depth === 1) entries.set(name, { type: 'directory', oid: createHash('sha1').update(name).digest('hex'), size: 0, path: name });
    }
    if (!recursive && names.length > 1) continue;
    const bytes = bytesOf(files[path]);
    const entry = { type: 'file', oid: createHash('sha1').update(bytes).digest('hex'), size: bytes.length, path };
    entries.set(path, bytes.length < large ? entry : { ...entry, lfs: { oid: etagOf(bytes).slice(1, -1), size: bytes.length, pointerSize: 130 } });
  }
  return [...entries.values()];
}
