/**
 * No value of a secret leaves through files of stores: errors, events, keys, what is persisted; not even when the server says it back.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { HOOKS } from '../../js/events.js';
import { expectNoLeak, marker, markers, show, showFailure, shown } from './leak-helpers.js';

/** A mirror: whatever it is asked, it says back, as an error of the kind that the path names. */
const mirror = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const said = `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`;
    const escaped = said.replace(/[<&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const token = request.headers['x-amz-security-token'];
    const code = /\/(AccessDenied|SignatureDoesNotMatch|ExpiredToken|InternalError|NoSuchKey|RequestTimeTooSkewed|PermanentRedirect)/.exec(request.url ?? '')?.[1] ?? 'Odd';
    const xml = `<Error><Code>${code}</Code><Message>${escaped}</Message><CanonicalRequest>GET\n/other\n${token ? `x-amz-security-token:${token}\n` : ''}${escaped}</CanonicalRequest></Error>`;
    const json = JSON.stringify({ error: { code: 403, message: said, errors: [{ reason: 'forbidden' }] } });
    const status = /** @type {Record<string, number>} */ ({ AccessDenied: 403, SignatureDoesNotMatch: 403, NoSuchKey: 404, InternalError: 500, PermanentRedirect: 301 })[code] ?? 400;
    if (request.url?.includes('/reset')) request.socket.destroy();
    else if (request.url?.includes('/ok')) response.writeHead(200, { etag: '"x"', 'content-type': 'text/plain' }).end('ok');
    else response.writeHead(status, { 'content-type': 'text/plain' }).end(request.url?.startsWith('/storage') || request.url?.startsWith('/token') ? json : xml);
  });
});
let url = '';
beforeAll(async () => {
  await new Promise((resolve) => mirror.listen(0, '127.0.0.1', () => resolve(undefined)));
  url = `http://127.0.0.1:${/** @type {any} */ (mirror.address()).port}`;
});
afterAll(async () => {
  mirror.closeAllConnections();
  await new Promise((resolve) => mirror.close(resolve));
  expectNoLeak(200);
});

/** Shows every event. */
const hooks = Object.fromEntries(HOOKS.map((name) => [name, (/** @type {unknown} */ event) => show(name, event)]));

/** Without signs that no key has. @param {string} name */
const key = (name) => {
  const text = marker(name).replace(/!/g, '');
  markers.push(text);
  return text;
};

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs8' }));
markers.push(PEM.split('\n')[5]);

const PATHS = ['AccessDenied', 'SignatureDoesNotMatch', 'ExpiredToken', 'NoSuchKey', 'RequestTimeTooSkewed', 'PermanentRedirect', 'Odd', 'reset'];

test.each(/** @type {[string, () => any][]} */ ([
  ['keys of S3', () => ({ type: 's3', bucket: 'data', endpoint: url, access_key_id: 'AKID', secret_access_key: key('secret') })],
  ['temporary keys of S3', () => ({ type: 's3', bucket: 'data', endpoint: url, access_key_id: 'AKID', secret_access_key: key('secret'), session_token: key('session') })],
  ['HMAC keys of Google', () => ({ type: 'gcs', bucket: 'data', endpoint: url, access_key_id: 'GOOG', secret_access_key: key('secret') })],
  ['a token of Google', () => ({ type: 'gcs', bucket: 'data', endpoint: url, token: key('token') })],
  ['a service account', () => ({ type: 'gcs', bucket: 'data', endpoint: url, credentials: { type: 'service_account', client_email: 'a@b.example', private_key: PEM, token_uri: `${url}/token` } })],
  ['a service account as text', () => ({ type: 'gcs', bucket: 'data', endpoint: url, credentials: JSON.stringify({ client_email: 'a@b.example', private_key: PEM, token_uri: `${url}/token` }) })],
]))('%s', async (name, configured) => {
  for (const inSecrets of [true, false]) {
    const config = configured();
    const hawser = createHawser({ secrets: inSecrets ? [{ values: { connections: { lake: config } } }] : [], hooks, random: () => 0 });
    const conn = /** @type {any} */ (await hawser.connection('lake', inSecrets ? {} : config));
    show('connection', conn);
    for (const path of PATHS) {
      await showFailure(`${name} ${path}`, () => conn.read(`${path}/x.txt`, { persist: new Map() }));
      await showFailure(`${name} stat ${path}`, () => conn.stat(`${path}/x.txt`));
    }
    await showFailure(`${name} write`, () => conn.write('AccessDenied/x.txt', 'x'));
    await showFailure(`${name} delete`, () => conn.delete('AccessDenied/x.txt'));
    await showFailure(`${name} open`, () => conn.open('Odd/x.txt'));
    await showFailure(`${name} list`, () => conn.list('AccessDenied').next());
    await showFailure(`${name} stream`, () => conn.stream('Odd/x.csv').next());
    show('store', await conn.raw());
    await hawser.close();
  }
});

test('credentials of functions', async () => {
  const temporary = { accessKeyId: 'AKID', secretAccessKey: key('function'), sessionToken: key('function-session') };
  const token = key('function-token');
  for (const config of [{ type: 's3', credentials: async () => temporary }, { type: 'gcs', token: async () => token }]) {
    const hawser = createHawser({ secrets: [], hooks, random: () => 0 });
    const conn = /** @type {any} */ (await hawser.connection('lake', { bucket: 'data', endpoint: url, ...config }));
    for (const path of PATHS) await showFailure(`function ${path}`, () => conn.read(`${path}/x.txt`));
    show('connection', conn);
    await hawser.close();
  }
});

test('what is wrong with a configuration', async () => {
  for (const config of [
    { type: 's3', bucket: 'data', secret_access_key: key('alone') },
    { type: 's3', bucket: 'data', access_key_id: 'AKID', secret_access_key: `${key('space')} ` },
    { type: 'gcs', bucket: 'data', credentials: `not JSON: ${key('json')}` },
    { type: 'gcs', bucket: 'data', credentials: { client_email: 'a@b.example', private_key: `-----BEGIN PRIVATE KEY-----\n${key('pem')}\n-----END PRIVATE KEY-----`, token_uri: `${url}/token` } },
    { type: 's3', bucket: 'data', credentials: async () => ({ accessKeyId: key('half') }) },
  ]) {
    const hawser = createHawser({ secrets: [], hooks });
    await showFailure('configuration', async () => (await hawser.connection('lake', config)).read('x.txt'));
    await hawser.close();
  }
});

test('addresses that are signed: neither in errors nor in what is stored', async () => {
  const stored = new Map();
  const hawser = createHawser({ secrets: [], hooks, random: () => 0, cache: { persist: stored } });
  const conn = /** @type {any} */ (await hawser.connection('web', { type: 'files', protocol: 'https' }));
  const signed = (/** @type {string} */ path) => `${url}/${path}?X-Amz-Credential=AKID&X-Amz-Signature=${key('signature')}&sig=${key('sas')}`;
  for (const path of PATHS) await showFailure(`signed ${path}`, () => conn.read(signed(`${path}/x.txt`)));
  const one = signed('ok.txt');
  expect(await conn.read(one, { ttl: 60 })).toBe('ok');
  expect(await conn.read(one, { ttl: 60 })).toBe('ok');
  await hawser.close();
  expect(stored.size).toBeGreaterThan(0);
  for (const [name, value] of stored) shown.push({ where: 'stored', text: `${String(name)} ${Buffer.from(/** @type {any} */ (value)).toString('latin1')}` });
});
