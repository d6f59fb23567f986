/**
 * A double of Google Cloud Storage's JSON API and of its signed URLs, written from the public contracts (the discovery document, the
 * description of V4 signing); it is not Google, and refuses what these do not allow. With HAWSER_CONTRACTS (a folder with
 * google-storage.v1.discovery.json) it checks what it is asked and answers against that: see `violations`.
 */
import { createHash, createVerify } from 'node:crypto';
import { createServer } from 'node:http';
import { DiscoveryContract } from '../contracts/discovery.js';
import { TokenEndpoint } from './google/tokens.js';

const EXPOSED = 'Content-Length, Content-Range, Content-Type, ETag, Last-Modified, X-Goog-Generation';

/** @typedef {{ bytes: Buffer, contentType: string, generation: bigint, updated: Date }} Stored */

export class GoogleStorageDouble {
  endpoint = new TokenEndpoint();
  /** By bucket and name. @type {Map<string, Map<string, Stored>>} */
  buckets = new Map();
  /** Buckets that everybody may read. @type {Set<string>} */
  open = new Set();
  /** Public keys by e-mail, for signed URLs. @type {Map<string, import('node:crypto').KeyObject>} */
  keys = new Map();
  /** @type {{ method: string, path: string, query: URLSearchParams, headers: import('node:http').IncomingHttpHeaders, status: number }[]} */
  log = [];
  /** Most entries of one page. */
  pageSize = 3;
  url = '';
  #generation = 1_700_000_000_000_000n;
  #contract = DiscoveryContract.of('google-storage.v1.discovery.json');
  /** @type {import('node:http').Server | undefined} */
  #server;

  /** What was against the contract; undefined where there is none. */
  get violations() {
    return this.#contract?.violations;
  }

  async start() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise((resolve) => this.#server?.listen(0, '127.0.0.1', () => resolve(undefined)));
    this.url = `http://127.0.0.1:${/** @type {any} */ (this.#server.address()).port}`;
    return this;
  }

  async stop() {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** @param {any} request @param {any} response */
  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { pathname: path, searchParams: query } = new URL(request.url, this.url);
    const origin = request.headers.origin && { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED };
    /** @type {{ status: number, headers?: Record<string, any>, body?: Buffer | string | object }} */
    let answer;
    if (request.method === 'OPTIONS') answer = { status: 200, headers: { 'access-control-allow-methods': 'GET,POST,DELETE,PUT', 'access-control-allow-headers': 'authorization,content-type,range,if-none-match' } };
    else if (path === '/token') {
      const { status, reply } = await this.endpoint.answer({ method: request.method, headers: request.headers, text: body.toString() }, `${this.url}/token`);
      answer = { status, body: reply };
    } else if (/^(\/upload)?\/storage\/v1\//.test(path)) answer = this.#api(request, path, query, body);
    else answer = this.#signed(request, path, query);
    const text = Buffer.isBuffer(answer.body) || typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body);
    if (/^(\/upload)?\/storage\/v1\//.test(path) && request.method !== 'OPTIONS') {
      const known = { method: request.method, path: path.replace(/^\/upload/, ''), query, text: path.startsWith('/upload') ? '{}' : body.toString() };
      this.#contract?.check({ ...known, status: answer.status, reply: text.toString() });
    }
    this.log.push({ method: request.method, path, query, headers: request.headers, status: answer.status });
    response.writeHead(answer.status, { ...(typeof answer.body === 'object' && !Buffer.isBuffer(answer.body) && { 'content-type': 'application/json' }), 'content-length': Buffer.byteLength(text), ...answer.headers, ...origin });
    response.end(text);
  }

  /** @param {any} request @param {string} path @param {URLSearchParams} query @param {Buffer} body */
  #api(request, path, query, body) {
    const writes = request.method !== 'GET';
    const [, upload, bucketName, object] = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(path) ?? [];
    if (bucketName === undefined) return refused(404, 'notFound', 'Not Found');
    const bucket = this.buckets.get(decodeURIComponent(bucketName));
    const who = this.endpoint.whois(request.headers.authorization);
    if (request.headers.authorization !== undefined && !who) return refused(401, 'authError', 'Invalid Credentials');
    if (!who && (writes || !this.open.has(bucketName))) return refused(401, 'required', 'Anonymous caller does not have storage.objects.get access to the Google Cloud Storage object.');
    if (!bucket) return refused(404, 'notFound', 'The specified bucket does not exist.');
    if (who?.email === 'nobody@hawser.example') return refused(403, 'forbidden', 'nobody@hawser.example does not have storage.objects.get access.');
    if (upload) return this.#insert(decodeURIComponent(bucketName), bucket, query, body, request.headers['content-type']);
    if (object === undefined) return this.#list(decodeURIComponent(bucketName), bucket, query);
    const name = decodeURIComponent(object);
    const stored = bucket.get(name);
    const condition = conditionOf(stored, query);
    if (condition) return condition;
    if (!stored) return refused(404, 'notFound', `No such object: ${bucketName}/${name}`);
    if (request.method === 'DELETE') {
      bucket.delete(name);
      return { status: 204 };
    }
    return query.get('alt') === 'media' ? media(stored, request) : { status: 200, body: resource(decodeURIComponent(bucketName), name, stored) };
  }

  /** @param {string} bucketName @param {Map<string, Stored>} bucket @param {URLSearchParams} query @param {Buffer} bytes @param {string} [contentType] */
  #insert(bucketName, bucket, query, bytes, contentType = 'application/octet-stream') {
    const name = query.get('name');
    if (query.get('uploadType') !== 'media' || !name) return refused(400, 'required', 'Required parameter: name');
    const condition = conditionOf(bucket.get(name), query);
    if (condition) return condition;
    const stored = { bytes, contentType, generation: (this.#generation += 1n), updated: new Date() };
    bucket.set(name, stored);
    return { status: 200, body: resource(bucketName, name, stored) };
  }

  /** @param {string} bucketName @param {Map<string, Stored>} bucket @param {URLSearchParams} query */
  #list(bucketName, bucket, query) {
    const [prefix, delimiter, after] = [query.get('prefix') ?? '', query.get('delimiter') ?? '', query.get('pageToken')];
    const shown = (/** @type {string} */ name) => {
      const end = delimiter ? name.indexOf(delimiter, prefix.length) : -1;
      return end < 0 ? name : name.slice(0, end + delimiter.length);
    };
    const names = [...new Set([...bucket.keys()].filter((name) => name.startsWith(prefix)).map(shown))].sort();
    const from = after === null ? 0 : names.indexOf(Buffer.from(after, 'base64').toString()) + 1;
    const page = names.slice(from, from + this.pageSize);
    const items = page.filter((name) => shown(name) === name && bucket.has(name));
    const prefixes = page.filter((name) => !items.includes(name));
    const more = from + this.pageSize < names.length;
    return {
      status: 200,
      body: {
        kind: 'storage#objects',
        ...(items.length && { items: items.map((name) => resource(bucketName, name, /** @type {Stored} */ (bucket.get(name)))) }),
        ...(prefixes.length && { prefixes }),
        ...(more && { nextPageToken: Buffer.from(/** @type {string} */ (page.at(-1))).toString('base64') }),
      },
    };
  }

  /** A signed URL, checked step by step as the description has it. @param {any} request @param {string} path @param {URLSearchParams} query */
  #signed(request, path, query) {
    const [email, date, region, service, end] = (query.get('X-Goog-Credential') ?? '').split('/');
    const key = this.keys.get(email);
    const signature = query.get('X-Goog-Signature') ?? '';
    const pairs = [...query].filter(([name]) => name !== 'X-Goog-Signature').map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort();
    const canonical = [request.method, path, pairs.join('&'), `host:${request.headers.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const time = query.get('X-Goog-Date') ?? '';
    const text = ['GOOG4-RSA-SHA256', time, `${date}/${region}/${service}/${end}`, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const right = key && query.get('X-Goog-Algorithm') === 'GOOG4-RSA-SHA256' && service === 'storage' && end === 'goog4_request' && time.startsWith(date) &&
      createVerify('RSA-SHA256').update(text).verify(key, signature, 'hex');
    if (!right) return { status: 403, body: '<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code></Error>' };
    const signedAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (Date.now() > signedAt + Number(query.get('X-Goog-Expires')) * 1000) return { status: 400, body: '<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>' };
    const [, bucket, name] = /^\/([^/]+)\/(.*)$/s.exec(decodeURIComponent(path)) ?? [];
    const stored = this.buckets.get(bucket)?.get(name);
    return stored ? media(stored, request) : { status: 404, body: '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>' };
  }
}

/** @param {number} code @param {string} reason @param {string} message */
const refused = (code, reason, message) => ({ status: code, body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } } });

/** @param {Stored | undefined} stored @param {URLSearchParams} query */
function conditionOf(stored, query) {
  const generation = String(stored?.generation ?? 0);
  const [match, other] = [query.get('ifGenerationMatch'), query.get('ifGenerationNotMatch')];
  if (match !== null && match !== generation) return refused(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
  return other !== null && other === generation ? { status: 304 } : undefined;
}

/** @param {string} bucket @param {string} name @param {Stored} stored */
const resource = (bucket, name, { bytes, contentType, generation, updated }) => ({
  kind: 'storage#object', bucket, name, contentType, generation: String(generation), metageneration: '1', size: String(bytes.length), updated: updated.toISOString(),
  md5Hash: createHash('md5').update(bytes).digest('base64'), etag: Buffer.from(String(generation)).toString('base64'), storageClass: 'STANDARD',
});

/** @param {Stored} stored @param {import('node:http').IncomingMessage} request */
function media({ bytes, contentType, generation, updated }, request) {
  const headers = { 'content-type': contentType, 'x-goog-generation': String(generation), 'last-modified': updated.toUTCString(), etag: Buffer.from(String(generation)).toString('base64') };
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) return { status: 200, headers, body: bytes };
  const start = first === '' ? Math.max(0, bytes.length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes.length : Math.min(bytes.length, Number(last) + 1);
  if (start >= bytes.length) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` }, body: Buffer.alloc(0) };
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }, body: bytes.subarray(start, end) };
}
