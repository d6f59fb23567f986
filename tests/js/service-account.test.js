/**
 * Service accounts of Google, with a token endpoint that is a function here: a double, written from RFC 7523 and Google's guide. What
 * it is sent is verified by the package jose.
 */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { HawserError } from '../../js/errors.js';
import { serviceAccountSigner } from '../../js/http/signers/service_account.js';
import { Tokens } from '../../js/http/signers/tokens.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ACCOUNT = {
  type: 'service_account',
  project_id: 'a-project',
  private_key_id: 'key-1',
  private_key: /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs8' })),
  client_email: 'robot@a-project.iam.gserviceaccount.com',
  client_id: '1234',
  token_uri: 'https://oauth2.test/token',
};
const SCOPES = ['https://www.googleapis.com/auth/spreadsheets', 'https://www.googleapis.com/auth/drive.readonly'];
const START = 1_760_000_000_000;

/** An exchange whose other side is the double. */
function double({ answer, hold } = {}) {
  const clock = { time: START, now: () => clock.time };
  const requests = [];
  const exchange = {
    clock,
    secrets: { scrub: (text) => text.replaceAll('hunter2hunter2', '***'), scrubError: (error) => error },
    async receive(request, options, consume) {
      requests.push({ request, options });
      await hold?.();
      const reply = await answer?.(requests.length);
      const response = reply ?? Response.json({ access_token: `token ${requests.length}`, expires_in: 3600, token_type: 'Bearer' });
      return consume(response, { bytes: async () => new Uint8Array(await response.arrayBuffer()) });
    },
  };
  const sign = async (signer, how = {}) => {
    const request = { method: 'GET', url: new URL('https://api.test/x'), headers: new Headers(), body: undefined };
    await signer.sign(request, { now: clock.time, renew: false, exchange, ...how });
    return request.headers.get('authorization');
  };
  return { clock, requests, exchange, sign };
}

const signerOf = (more = {}) => serviceAccountSigner({ credentials: ACCOUNT, scopes: SCOPES, ...more });

test('asks for a token with a JWT that says who it is', async () => {
  const { requests, sign, clock } = double();
  const signer = signerOf();
  expect(signer).toMatchObject({ kind: 'secret', renewable: true });
  expect(await sign(signer)).toBe('Bearer token 1');
  const [{ request, options }] = requests;
  expect(request).toMatchObject({ method: 'POST', url: 'https://oauth2.test/token' });
  expect(options).toMatchObject({ repeatable: true, redirect: 'error' });
  expect(request.body.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { payload, protectedHeader } = await jwtVerify(request.body.get('assertion'), publicKey, { currentDate: new Date(clock.time), maxTokenAge: 10 });
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
  expect(payload).toEqual({
    iss: ACCOUNT.client_email, scope: SCOPES.join(' '), aud: 'https://oauth2.test/token', iat: START / 1000, exp: START / 1000 + 3600,
  });
});

test('one token for many requests, a new one a minute before it expires', async () => {
  const { requests, sign, clock } = double();
  const signer = signerOf();
  const all = await Promise.all(Array.from({ length: 20 }, () => sign(signer)));
  expect(new Set(all)).toEqual(new Set(['Bearer token 1']));
  clock.time += 3_539_000;
  expect(await sign(signer)).toBe('Bearer token 1');
  clock.time += 1_000;
  expect(await Promise.all([sign(signer), sign(signer)])).toEqual(['Bearer token 2', 'Bearer token 2']);
  expect(requests).toHaveLength(2);
});

test('after a 401 one new token, for all who were refused with the same', async () => {
  const { requests, sign } = double();
  const signer = signerOf();
  const refused = await sign(signer);
  const again = await Promise.all([1, 2, 3].map(() => sign(signer, { renew: true })));
  expect(again).toEqual(Array(3).fill('Bearer token 2'));
  expect(await sign(signer, { renew: true, refused: new Headers({ authorization: refused }) })).toBe('Bearer token 2');
  expect(await sign(signer, { renew: true, refused: new Headers({ authorization: 'Bearer token 2' }) })).toBe('Bearer token 3');
  expect(requests).toHaveLength(3);
});

test('a caller who gives up does not take the token from the others', async () => {
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  const { sign, requests } = double({ hold: () => held });
  const signer = signerOf();
  const controller = new AbortController();
  const first = sign(signer, { signal: controller.signal });
  const second = sign(signer);
  controller.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  release();
  expect(await second).toBe('Bearer token 1');
  expect(requests).toHaveLength(1);
});

test('a failure reaches all who wait, and is not kept', async () => {
  const { sign } = double({ answer: (count) => (count === 1 ? Promise.reject(new HawserError('ERR_CONNECTION_FAILED', 'away')) : undefined) });
  const signer = signerOf();
  const all = await Promise.allSettled([sign(signer), sign(signer)]);
  expect(all.map(({ reason }) => reason.code)).toEqual(['ERR_CONNECTION_FAILED', 'ERR_CONNECTION_FAILED']);
  expect(await sign(signer)).toBe('Bearer token 2');
});

test('the JWT itself as token, where the API takes it', async () => {
  const { sign, requests, clock } = double();
  const signer = signerOf({ audience: 'https://sheets.test/' });
  const token = (await sign(signer)).slice('Bearer '.length);
  const { payload } = await jwtVerify(token, publicKey, { currentDate: new Date(clock.time), audience: 'https://sheets.test/' });
  expect(payload).toMatchObject({ iss: ACCOUNT.client_email, sub: ACCOUNT.client_email, scope: SCOPES.join(' ') });
  expect(requests).toHaveLength(0);
});

test('acts for a user of the domain', async () => {
  const { sign, requests, clock } = double();
  await sign(signerOf({ subject: 'ann@example.com' }));
  const { payload } = await jwtVerify(requests[0].request.body.get('assertion'), publicKey, { currentDate: new Date(clock.time) });
  expect(payload.sub).toBe('ann@example.com');
});

test('credentials of a user', async () => {
  const { sign, requests } = double();
  const credentials = JSON.stringify({ type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' });
  expect(await sign(serviceAccountSigner({ credentials, scopes: SCOPES }))).toBe('Bearer token 1');
  expect(requests[0].request.url).toBe('https://oauth2.googleapis.com/token');
  expect(Object.fromEntries(requests[0].request.body)).toEqual({ grant_type: 'refresh_token', client_id: 'c', client_secret: 's', refresh_token: 'r' });
});

test.each([
  ['invalid_grant', 'Invalid JWT Signature.', 'The key was deleted'],
  ['invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.', 'clock'],
  ['invalid_grant', 'Invalid grant: account not found', 'no such service account'],
  ['unauthorized_client', 'Client is unauthorized to retrieve access tokens using this method.', 'administrator'],
])('the endpoint refuses: %s, %s', async (error, error_description, advice) => {
  const { sign } = double({ answer: () => Response.json({ error, error_description }, { status: 400 }) });
  const refusal = await sign(signerOf()).catch((thrown) => thrown);
  expect(refusal).toMatchObject({ code: 'ERR_AUTH', phase: 'sign', status: 400 });
  expect(refusal.message).toContain(error_description);
  expect(refusal.message).toContain(advice);
});

test('what the endpoint says back shows neither the JWT nor secrets', async () => {
  let assertion = '';
  const { sign, requests } = double({
    answer: () => {
      assertion = requests[0].request.body.get('assertion');
      return Response.json({ error: 'invalid_grant', error_description: `Bad: ${assertion} hunter2hunter2` }, { status: 400 });
    },
  });
  const refusal = await sign(signerOf()).catch((thrown) => thrown);
  expect(refusal.message).toContain('Bad: [redacted]');
  for (const part of assertion.split('.')) expect(refusal.message).not.toContain(part.slice(0, 20));
});

test.each([
  ['no token', Response.json({ id_token: 'x' })],
  ['no JSON', new Response('<html>', { status: 200 })],
  ['a life of nothing', Response.json({ access_token: 'x', expires_in: 0 })],
])('the endpoint gives %s', async (_what, response) => {
  const { sign } = double({ answer: () => response });
  await expect(sign(signerOf())).rejects.toMatchObject({ code: 'ERR_AUTH' });
});

test.each([
  ['text that is no JSON', '{"private_key": "-----BEGIN PRIV', 'not valid JSON'],
  ['an empty text', ' ', 'empty'],
  ['a number', 7, 'JSON of a service account'],
  ['no key', { ...ACCOUNT, private_key: undefined }, 'no private_key'],
  ['no e-mail', { ...ACCOUNT, client_email: '' }, 'no client_email'],
  ['an OAuth client', { installed: {} }, 'OAuth client'],
  ['another type', { type: 'external_account' }, 'external_account'],
  ['a token_uri in the clear', { ...ACCOUNT, token_uri: 'http://oauth2.test/token' }, 'https'],
])('credentials that are %s', (_what, credentials, says) => {
  const attempt = () => serviceAccountSigner({ credentials, scopes: SCOPES });
  expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_AUTH', message: expect.stringContaining(says) }));
  expect(attempt).not.toThrow(/BEGIN PRIV"/);
});

test('where one request cannot wait for another, each gets its own token', async () => {
  const tokens = new Tokens('request');
  let minted = 0;
  const mint = async () => ({ value: `t${++minted}`, expires: 10_000_000 });
  const wanted = { now: 0, renew: false };
  expect(await Promise.all([tokens.get(wanted, mint), tokens.get(wanted, mint)])).toEqual(['t1', 't2']);
  expect(await tokens.get(wanted, mint)).toBe('t2');
});
