/**
 * A double of Google: the token endpoint, the Sheets API version 4, and the CSV of public spreadsheets. Written from the public contracts
 * (the discovery document, RFC 7523, Google's guides); it is not Google, and refuses what these do not allow. With HAWSER_CONTRACTS (a
 * folder with google-sheets.v4.discovery.json) it checks what it is asked and answers against that: see `violations`.
 */
import { createServer } from 'node:http';
import { DiscoveryContract } from '../contracts/discovery.js';
import { METHODS } from './google/sheets.js';
import { TokenEndpoint } from './google/tokens.js';
import { Refusal, Workbook, Worksheet, shown } from './google/workbook.js';

export { Workbook, Worksheet };

const SCOPE = 'https://www.googleapis.com/auth/';
const CAN_READ = ['spreadsheets', 'spreadsheets.readonly', 'drive', 'drive.readonly'].map((name) => SCOPE + name);
const CAN_WRITE = ['spreadsheets', 'drive'].map((name) => SCOPE + name);
const CORS = {
  'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization,content-type,x-goog-api-client', 'access-control-allow-methods': 'GET,POST,PUT',
};

export class GoogleDouble {
  endpoint = new TokenEndpoint();
  /** Spreadsheets by id. */
  books = new Map();
  keys = new Set();
  /** What was asked and answered. */
  log = [];
  /** Requests to the API that are still answered before it says 429. */
  quota = Infinity;
  /** Whether it refuses everything, and says back the credentials that it was sent. */
  echo = false;
  /** Called before each answer; may be a promise. @type {undefined | ((request: any) => any)} */
  onRequest = undefined;
  /** Most requests to the API at one time so far. */
  busiest = 0;
  #busy = 0;
  #contract = DiscoveryContract.of('google-sheets.v4.discovery.json');

  /** What was against the contract; undefined where there is none. */
  get violations() {
    return this.#contract?.violations;
  }

  async start() {
    this.server = createServer((request, response) => void this.#serve(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    this.tokenUrl = `${this.url}/token`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  add(book) {
    this.books.set(book.spreadsheetId, book);
    return book;
  }

  /** Requests so far whose path matches. */
  asked(pattern) {
    return this.log.filter(({ path }) => pattern.test(path));
  }

  async #serve(incoming, response) {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url, this.url);
    const request = { method: incoming.method, path: url.pathname, query: url.searchParams, headers: incoming.headers, text: Buffer.concat(chunks).toString() };
    const send = (status, { cors = true, ...headers }, body) => {
      this.log.push({ ...request, status, reply: body });
      if (request.path.startsWith('/v4/')) this.#contract?.check({ ...request, status, reply: body });
      response.writeHead(status, { ...(cors ? CORS : {}), ...headers }).end(body);
    };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end();
      return;
    }
    await this.onRequest?.(request);
    if (url.pathname === '/token') {
      const { status, reply } = await this.endpoint.answer(request, this.tokenUrl);
      send(status, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(reply));
    } else if (url.pathname.startsWith('/v4/spreadsheets')) {
      this.#busy += 1;
      this.busiest = Math.max(this.busiest, this.#busy);
      await new Promise((resolve) => setImmediate(resolve));
      const { status, reply } = this.#api(request);
      this.#busy -= 1;
      send(status, { 'content-type': 'application/json; charset=UTF-8' }, JSON.stringify(reply));
    } else if (url.pathname.startsWith('/spreadsheets/d/')) {
      this.#public(request, send);
    } else if (url.pathname === '/signin') {
      send(200, { cors: false, 'content-type': 'text/html; charset=utf-8' }, '<!doctype html><title>Sign in</title>');
    } else {
      send(404, { 'content-type': 'text/html' }, 'Not found');
    }
  }

  #api(request) {
    try {
      if (this.echo) throw new Refusal(400, 'INVALID_ARGUMENT', `Bad request: ${request.headers.authorization ?? request.query.get('key')}`);
      if (this.quota-- <= 0) {
        throw new Refusal(429, 'RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service 'sheets.googleapis.com'.");
      }
      const path = request.path.slice('/v4/spreadsheets'.length);
      const found = METHODS.map((one) => ({ ...one, match: one.method === request.method && one.path.exec(path) })).find(({ match }) => match);
      if (!found) throw new Refusal(404, 'NOT_FOUND', 'Method not found.');
      const [, id, ...rest] = found.match;
      const book = this.books.get(id);
      const who = this.#caller(request, found, book);
      if (!found.creates && !book) throw new Refusal(404, 'NOT_FOUND', 'Requested entity was not found.');
      let body;
      if (request.method === 'GET') {
        if (request.text) throw new Refusal(400, 'INVALID_ARGUMENT', 'A GET has no body.');
      } else {
        if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new Refusal(400, 'INVALID_ARGUMENT', 'Invalid content type');
        body = JSON.parse(request.text);
      }
      const reply = found.run({ book, books: this.books, query: request.query, body, rest: rest.map(decodeURIComponent), who });
      return { status: 200, reply };
    } catch (error) {
      const { status = 500, reason = 'INTERNAL', details } = error;
      return { status, reply: { error: { code: status, message: error.message, status: reason, ...(details ? { details } : {}) } } };
    }
  }

  #caller({ query, headers }, { writes, creates }, book) {
    const denied = () => new Refusal(403, 'PERMISSION_DENIED', 'The caller does not have permission');
    const open = book?.readers.includes('anyone');
    if (headers.authorization === undefined) {
      if (!query.has('key')) throw new Refusal(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers (callers without established identity).");
      if (!this.keys.has(query.get('key'))) {
        const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
        throw new Refusal(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', details);
      }
      if (writes) throw new Refusal(401, 'UNAUTHENTICATED', 'API keys are not supported by this API. Expected OAuth2 access token.');
      if (book && !open) throw denied();
      return {};
    }
    const who = this.endpoint.whois(headers.authorization);
    if (!who) throw new Refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
    if (!who.scopes.some((scope) => (writes ? CAN_WRITE : CAN_READ).includes(scope))) {
      throw new Refusal(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.');
    }
    if (book && !creates && !book.editors.includes(who.email) && (writes || (!open && !book.readers.includes(who.email)))) throw denied();
    return who;
  }

  #public({ path, query }, send) {
    const [, published, id, page] = /^\/spreadsheets\/d\/(e\/)?([\w-]+)\/(export|pub|gviz\/tq)$/.exec(path) ?? [];
    const book = published ? [...this.books.values()].find(({ publishedAs }) => publishedAs === id) : this.books.get(id);
    if (!page || !book) return send(404, { 'content-type': 'text/html' }, 'Sorry, unable to open the file at this time.');
    if (!published && !book.readers.includes('anyone')) return send(302, { cors: false, location: `${this.url}/signin` }, '');
    const wanted = { export: ['format', 'csv'], pub: ['output', 'csv'], 'gviz/tq': ['tqx', 'out:csv'] }[page];
    if (query.get(wanted[0]) !== wanted[1]) return send(400, { 'content-type': 'text/html' }, 'Bad request');
    const gid = query.get('gid');
    const title = query.get('sheet')?.toLowerCase();
    // gviz takes the first worksheet for a title that is not there.
    const sheet = page === 'gviz/tq' && title ? (book.sheets.find((one) => one.title.toLowerCase() === title) ?? book.sheets[0])
      : gid === null ? book.sheets[0] : book.sheets.find(({ sheetId }) => String(sheetId) === gid);
    if (!sheet) return send(400, { 'content-type': 'text/html' }, 'Bad request');
    const { area } = book.area(`'${sheet.title.replace(/'/g, "''")}'${query.has('range') ? `!${query.get('range')}` : ''}`);
    const { height, width } = sheet.used(area);
    const cell = (row, column) => shown(sheet.cell(area.top + row, area.left + column));
    const quote = page === 'gviz/tq' ? (text) => `"${text.replace(/"/g, '""')}"` : (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
    const lines = Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_unused, column) => quote(cell(row, column))).join(','));
    return send(200, { 'content-type': 'text/csv; charset=utf-8' }, lines.join('\r\n'));
  }
}
