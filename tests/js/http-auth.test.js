/**
 * Credentials of type http: each kind, OAuth 2.0 against a real token endpoint, signers of one's own, and what a page must not send.
 */
import { expect, test } from '@jest/globals';
import { checkExposure } from '../../js/http/exposure.js';
import { json } from '../servers/fault_server.js';
import { connectTo, failureOf, serveFaults } from './http-helpers.js';
import { makeHawser } from './connection-helpers.js';

/** @param {any} conn @param {string} [path] What the server was sent. */
const sent = async (conn, path = 'echo') => conn.get(path, { cache: 'no-store' });

test('bearer, basic, keys in headers and parameters', async () => {
  const server = await serveFaults();
  const headers = async (/** @type {any} */ auth) => (await sent((await connectTo(server, { auth })).conn)).headers;
  expect(await headers({ type: 'bearer', token: 'abc123' })).toMatchObject({ authorization: 'Bearer abc123' });
  expect(await headers({ type: 'basic', username: 'jürgen', password: 'päss:word' })).toMatchObject({
    authorization: `Basic ${Buffer.from('jürgen:päss:word').toString('base64')}`,
  });
  expect(await headers({ type: 'api-key', name: 'X-Own', value: 'abc123' })).toMatchObject({ 'x-own': 'abc123' });
  const { conn } = await connectTo(server, { auth: { type: 'api-key', name: 'own', value: 'a b&c', in: 'query' } });
  expect((await sent(conn, 'echo?a=1')).path).toBe('/echo?a=1&own=a+b%26c');
  const { conn: inUrl } = await connectTo({ url: server.url.replace('//', '//me:p%40ss@') });
  expect((await sent(inUrl)).headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('a token that is a function is asked each time, and once more after a 401', async () => {
  /** @type {boolean[]} */
  const asked = [];
  let good = 'token-1';
  const server = await serveFaults({
    '/mine': ({ headers }, response) => (headers.authorization === `Bearer ${good}` ? json(response, { good }) : response.writeHead(401).end()),
  });
  let held = 'token-1';
  const { conn } = await connectTo(server, { auth: { type: 'bearer', token: (/** @type {any} */ { renew }) => (asked.push(renew), renew ? (held = good) : held) } });
  expect(await sent(conn, 'mine')).toEqual({ good: 'token-1' });
  good = 'token-2';
  expect(await sent(conn, 'mine')).toEqual({ good: 'token-2' });
  expect(asked).toEqual([false, false, true]);
  good = 'unknown to all';
  held = 'token-3';
  expect(await failureOf(conn.get('401'))).toMatchObject({ code: 'ERR_AUTH', status: 401, attempts: 1 });
  expect(server.seen.filter(({ path }) => path === '/401')).toHaveLength(2);
});

test('a signer of one’s own sees each attempt and changes it', async () => {
  const server = await serveFaults();
  /** @type {string[]} */
  const signed = [];
  const sign = (/** @type {any} */ { method, url, headers, body }, /** @type {any} */ { now }) => {
    signed.push(`${method} ${url.pathname}`);
    headers.set('x-signature', `${now}:${body ?? ''}`);
    url.searchParams.set('signed', 'yes');
  };
  const { conn, clock } = await connectTo(server, { auth: sign });
  expect(await conn.get('reset')).toEqual({ count: 3 });
  expect(signed).toEqual(['GET /reset', 'GET /reset', 'GET /reset']);
  const answer = await (await conn.request('echo', { method: 'POST', body: 'x' })).json();
  expect(answer).toMatchObject({ path: '/echo?signed=yes', headers: { 'x-signature': `${clock.time}:x` } });
  const { conn: object } = await connectTo(server, { auth: { kind: 'secret', prefix: 'p', sign(/** @type {any} */ request) { request.headers.set('x-own', /** @type {any} */ (this).prefix); } } });
  expect((await sent(object)).headers['x-own']).toBe('p');
});

test.each(/** @type {[any, string, RegExp][]} */ ([
  [{ type: 'kerberos' }, 'ERR_CONNECTION_CONFIG', /auth\.type must be one of bearer, basic, api-key, oauth2/],
  [{ type: 'bearer' }, 'ERR_AUTH', /auth\.token is missing/],
  [{ type: 'bearer', token: 'abc\ndef' }, 'ERR_AUTH', /line break/],
  [{ type: 'bearer', token: 'abc', scope: 'x' }, 'ERR_CONNECTION_CONFIG', /has no "scope"/],
  [{ type: 'basic', username: 'a:b' }, 'ERR_AUTH', /colon/],
  [{ type: 'api-key', value: 'x' }, 'ERR_CONNECTION_CONFIG', /auth\.name/],
  [{ type: 'oauth2', token_url: 'x', client_id: 'a', client_secret: 'b' }, 'ERR_CONNECTION_CONFIG', /token_url/],
  ['bearer', 'ERR_CONNECTION_CONFIG', /auth must be a table/],
]))('%j is refused', async (auth, code, message) => {
  const { hawser } = makeHawser();
  const error = await failureOf(hawser.connection('api', { type: 'http', url: 'https://api.test', auth }));
  expect(error).toMatchObject({ code, connection: 'api' });
  expect(error.message).toMatch(message);
});

/** A token endpoint that counts what it gives. @param {{ expires_in?: unknown, valid?: Set<string> }} [how] */
function tokenEndpoint({ expires_in = 3600, valid = new Set() } = {}) {
  let given = 0;
  return {
    valid,
    '/token': (/** @type {any} */ { headers, body, method }, /** @type {any} */ response) => {
      const form = new URLSearchParams(body);
      const basic = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
      const who = headers.authorization ? basic : `${form.get('client_id')}:${form.get('client_secret')}`;
      if (method !== 'POST' || form.get('grant_type') !== 'client_credentials' || who !== 'me:sec%2Bret') {
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client","error_description":"who are you"}');
        return;
      }
      const token = `minted-${++given}-${form.get('scope') ?? ''}`;
      valid.add(token);
      json(response, { access_token: token, token_type: 'bearer', ...(expires_in !== undefined && { expires_in }) });
    },
    '/mine': (/** @type {any} */ { headers }, /** @type {any} */ response) =>
      valid.has(headers.authorization?.replace('Bearer ', '')) ? json(response, { token: headers.authorization }) : response.writeHead(401).end(),
  };
}

/** @param {any} server @param {Record<string, any>} [more] */
const oauth = (server, more) => ({ auth: { type: 'oauth2', token_url: `${server.url}/token`, client_id: 'me', client_secret: 'sec+ret', ...more } });

test('oauth2: one token for all who ask at once, renewed before it expires', async () => {
  const routes = tokenEndpoint({ expires_in: 600 });
  const server = await serveFaults(/** @type {any} */ (routes));
  const { conn, clock } = await connectTo(server, oauth(server, { scope: 'read' }));
  const tokens = await Promise.all([1, 2, 3].map((id) => conn.get('mine', { params: { id } })));
  expect(tokens.map(({ token }) => token)).toEqual(['Bearer minted-1-read', 'Bearer minted-1-read', 'Bearer minted-1-read']);
  clock.time += 539_000;
  expect(await sent(conn, 'mine')).toEqual({ token: 'Bearer minted-1-read' });
  clock.time += 1000;
  expect(await sent(conn, 'mine')).toEqual({ token: 'Bearer minted-2-read' });
  expect(server.seen.filter(({ path }) => path === '/token')).toHaveLength(2);
});

test('oauth2: a refused token is replaced once, for all whom it was refused', async () => {
  const routes = tokenEndpoint({ expires_in: undefined });
  const server = await serveFaults(/** @type {any} */ (routes));
  const { conn } = await connectTo(server, oauth(server));
  await sent(conn, 'mine');
  routes.valid.clear();
  const tokens = await Promise.all([1, 2, 3, 4].map((id) => conn.get('mine', { params: { id } })));
  expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['Bearer minted-2-']));
  expect(server.seen.filter(({ path }) => path === '/token')).toHaveLength(2);
  // Refused for another reason: asked anew once, and no more.
  server.seen.length = 0;
  expect(await failureOf(conn.get('401'))).toMatchObject({ code: 'ERR_AUTH', status: 401 });
  expect(server.take()).toEqual(['GET /401', 'POST /token', 'GET /401']);
});

test('oauth2: the client proves itself in the form, too; what goes wrong is ERR_AUTH', async () => {
  const routes = tokenEndpoint();
  const server = await serveFaults(/** @type {any} */ ({ ...routes, '/odd': (/** @type {any} */ _, /** @type {any} */ response) => json(response, { token: 'x' }) }));
  const { conn } = await connectTo(server, oauth(server, { client_auth: 'body', client_secret: 'sec%2Bret', audience: 'them', params: { resource: 'r' } }));
  await sent(conn, 'mine');
  expect(new URLSearchParams(server.seen[0].body).toString()).toBe('grant_type=client_credentials&resource=r&audience=them&client_id=me&client_secret=sec%252Bret');
  const { conn: wrong } = await connectTo(server, oauth(server, { client_secret: 'guessed-secret' }));
  const error = await failureOf(wrong.get('mine'));
  expect(error).toMatchObject({ code: 'ERR_AUTH', status: 401, connection: 'api', phase: 'sign' });
  expect(error.message).toMatch(/invalid_client: who are you/);
  const { conn: odd } = await connectTo(server, oauth(server, { token_url: `${server.url}/odd` }));
  expect((await failureOf(odd.get('mine'))).message).toMatch(/without an access_token/);
  const { conn: moved } = await connectTo(server, oauth(server, { token_url: `${server.url}/redirect?to=/token` }));
  expect(await failureOf(moved.get('mine'))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
  const { conn: down } = await connectTo(server, oauth(server, { token_url: `${server.url}/503` }));
  server.take();
  expect(await failureOf(down.get('mine'))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 503, attempts: 3 });
  expect(server.take()).toHaveLength(3);
});

test('oauth2: what the token endpoint answers is bounded', async () => {
  const server = await serveFaults({
    '/token': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: 'x'.repeat(2 ** 20) })),
  });
  const { conn } = await connectTo(server, oauth(server));
  expect(await failureOf(conn.get('echo'))).toMatchObject({ code: 'ERR_LIMIT', limit: 2 ** 20 });
});

test('oauth2: who leaves does not take the token away from the others', async () => {
  let answer = () => {};
  const server = await serveFaults({
    '/token': (_, response) => void (answer = () => json(response, { access_token: 'slow-token' })),
  });
  const { conn } = await connectTo(server, oauth(server));
  const controller = new AbortController();
  const one = failureOf(conn.get('echo?1', { signal: controller.signal }));
  const two = conn.get('echo?2');
  while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('gone'));
  expect((await one).message).toBe('gone');
  answer();
  expect((await two).headers.authorization).toBe('Bearer slow-token');
  expect(server.take()).toEqual(['POST /token', 'GET /echo?2']);
});

test('a token that is rotated in the secrets is used from then on, and nothing of the old one is served', async () => {
  const server = await serveFaults();
  const section = (/** @type {string} */ token) => ({ connections: { api: { type: 'http', url: server.url, auth: { type: 'bearer', token } } } });
  let values = section('first-token');
  const { hawser } = makeHawser({ secrets: [{ provider: async () => values }] });
  await hawser.secrets.load();
  const conn = /** @type {any} */ (await hawser.connection('api'));
  expect((await conn.get('echo')).headers.authorization).toBe('Bearer first-token');
  values = section('second-token');
  await hawser.secrets.reload();
  expect((await conn.get('echo')).headers.authorization).toBe('Bearer second-token');
});

test('a page sends no long-lived secret', () => {
  const check = (/** @type {any} */ signer, /** @type {any} */ config) => () => checkExposure({ connection: 'api', type: 'http', signer, config, runtime: 'browser' });
  expect(check({ kind: 'secret' }, {})).toThrow(expect.objectContaining({ code: 'ERR_EXPOSED_SECRET', connection: 'api' }));
  expect(check({ kind: 'none' }, { headers: { 'X-Api-Key': 'abc' } })).toThrow(/the header X-Api-Key/);
  expect(check({ kind: 'none' }, { params: { access_token: 'abc' } })).toThrow(/the parameter access_token/);
  expect(check({ kind: 'token' }, { headers: { accept: 'text/csv' }, params: { page: 1 } })).not.toThrow();
  expect(check({ kind: 'secret' }, { dangerouslyAllowBrowser: true })).not.toThrow();
  expect(check({ kind: 'secret' }, { dangerouslyAllowBrowser: 'true' })).toThrow();
  expect(() => checkExposure({ connection: 'api', type: 'http', signer: { kind: 'secret' } })).not.toThrow();
});
