/**
 * No value of a secret leaves through type http: errors, events, keys, what is persisted; not even when the server says it back.
 */
import { afterAll, expect, test } from '@jest/globals';
import { channel } from 'node:diagnostics_channel';
import { createHawser } from '../../js/index.js';
import { HOOKS } from '../../js/events.js';
import { serveFaults } from './http-helpers.js';
import { expectNoLeak, marker, show, showFailure, shown } from './leak-helpers.js';

afterAll(() => expectNoLeak(200));

/** Shows every event. */
const hooks = Object.fromEntries(HOOKS.map((name) => [name, (/** @type {unknown} */ event) => show(name, event)]));

const FAILING = ['echo-error', '401', '403', 'nothing', '503', 'always-reset', 'loop', 'not-json', 'echo-error?a=1'];

/** What a server that mirrors everything gives away. @type {Record<string, import('../servers/fault_server.js').Route>} */
const routes = {
  '/echo-head': ({ headers, path }, response) => response.writeHead(500, `${headers.authorization} ${path}`.replace(/[^\x20-\x7e]/g, ''), { 'x-echo': 'y' }).end(JSON.stringify(headers)),
  '/token-echo': ({ headers, body }, response) => response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'invalid_client', error_description: `${headers.authorization} ${body}` })),
  '/graphql': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"a":1}}'),
  '/token': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: minted, expires_in: 60 })),
};
const minted = marker('minted').replace(/!/g, '');

test.each(/** @type {[string, () => any][]} */ ([
  ['bearer', () => ({ type: 'bearer', token: marker('bearer') })],
  ['basic', () => ({ type: 'basic', username: marker('user'), password: marker('password') })],
  ['api-key', () => ({ type: 'api-key', name: 'x-own', value: marker('key') })],
  ['query', () => ({ type: 'api-key', name: 'own', value: marker('query'), in: 'query' })],
]))('credentials of type %s', async (name, auth) => {
  const server = await serveFaults(routes);
  for (const inSecrets of [true, false]) {
    const config = { type: 'http', url: server.url, auth: auth(), retry: { attempts: 2, firstPause: 0 } };
    const hawser = createHawser({ secrets: inSecrets ? [{ values: { connections: { api: config } } }] : [], hooks });
    const conn = /** @type {any} */ (await hawser.connection('api', inSecrets ? {} : config));
    show('connection', conn);
    for (const path of [...FAILING, 'echo-head']) await showFailure(`${name} ${path}`, () => conn.get(path, { persist: new Map() }));
    await showFailure(`${name} timeout`, () => conn.get('stalled', { timeout: '20ms' }));
    await showFailure(`${name} limit`, () => conn.get('huge', { maxBytes: 10 }));
    await showFailure(`${name} request`, () => conn.request('echo-error', { method: 'POST', body: 'x' }));
    await showFailure(`${name} graphql`, () => conn.query('{ a }', { path: 'echo-head' }));
    await showFailure(`${name} pages`, () => conn.pages('echo-error').next());
    await showFailure(`${name} stream`, () => conn.stream('echo-error').next());
    await showFailure(`${name} fetch`, () => conn.fetch('always-reset'));
    await hawser.close();
  }
});

test('what a call brings along: headers, parameters, tokens of functions', async () => {
  const server = await serveFaults(routes);
  const hawser = createHawser({ secrets: [], hooks });
  const stored = new Map();
  const token = marker('function');
  const conn = /** @type {any} */ (await hawser.connection('api', { type: 'http', url: server.url, auth: { type: 'bearer', token: () => token }, retry: { attempts: 2, firstPause: 0 } }));
  const options = () => ({ headers: { authorization: marker('header'), 'x-session-token': marker('session') }, params: { access_token: marker('param') }, persist: stored, ttl: 60 });
  for (const path of [...FAILING, 'echo-head']) await showFailure(`call ${path}`, () => conn.get(path, options()));
  const own = options();
  await conn.read('ok', own).then((/** @type {any} */ table) => show('table', table));
  await conn.read('ok', own).then((/** @type {any} */ table) => show('table', table));
  await conn.query('{ a }', { path: 'graphql', variables: { input: { password: marker('variable'), list: [{ api_key: marker('nested') }] } }, persist: stored, ttl: 60 });
  // Different secrets are different keys.
  expect((await conn.get('echo', { headers: { authorization: 'one' } })).headers).toBeDefined();
  server.seen.length = 0;
  await conn.get('ok', { headers: { 'x-session-token': 'one' }, key: undefined });
  await conn.get('ok', { headers: { 'x-session-token': 'two' } });
  await conn.get('ok', { headers: { 'x-session-token': 'two' } });
  expect(server.seen).toHaveLength(2);
  await hawser.close();
  for (const [key, value] of stored) shown.push({ where: 'stored', text: `${String(key)} ${Buffer.from(/** @type {any} */ (value)).toString('latin1')}` });
});

test('OAuth: neither the secret nor the token', async () => {
  const server = await serveFaults(routes);
  for (const [path, client_auth] of [['token-echo', 'basic'], ['token-echo', 'body'], ['token', 'basic'], ['always-reset', 'body'], ['echo-head', 'basic']]) {
    const auth = { type: 'oauth2', token_url: `${server.url}/${path}`, client_id: 'me', client_secret: marker('client'), client_auth };
    for (const inSecrets of [true, false]) {
      const config = { type: 'http', url: server.url, auth, retry: false };
      const hawser = createHawser({ secrets: inSecrets ? [{ values: { connections: { api: config } } }] : [], hooks, random: () => 0 });
      const conn = await hawser.connection('api', inSecrets ? {} : config);
      for (const failing of ['echo-error', 'echo-head']) await showFailure(`oauth ${path} ${failing}`, () => /** @type {any} */ (conn).get(failing));
      await hawser.close();
    }
  }
});

test('events on the diagnostics channels', async () => {
  const names = ['hawser:cache', 'hawser:connection'];
  const listen = (/** @type {unknown} */ message) => show('diagnostics', message);
  for (const name of names) channel(name).subscribe(listen);
  const server = await serveFaults(routes);
  const hawser = createHawser({ secrets: [], hooks });
  const conn = /** @type {any} */ (await hawser.connection('api', { type: 'http', url: server.url.replace('//', `//me:${encodeURIComponent(marker('in-url'))}@`), params: { key: marker('fixed') } }));
  await conn.get('echo', { ttl: 1, cache: 'no-store' });
  await showFailure('in url', () => conn.get('echo-error'));
  await hawser.close();
  for (const name of names) channel(name).unsubscribe(listen);
});
