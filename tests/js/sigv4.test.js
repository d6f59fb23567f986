/**
 * Signature Version 4 against the signer of AWS's own SDK, on requests of all kinds, and the signer's behaviour.
 */
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { loadHttpCore } from '../../js/http/core.js';
import { Sigv4Signer } from '../../js/http/signers/sigv4.js';
import { EMPTY_HASH, UNSIGNED_PAYLOAD, sha256Hex, signHeaders, signUrl } from '../../js/http/signers/sigv4_signature.js';
import { encodePath, encodeStrictly } from '../../js/stores/store.js';
import { failure } from './store-contract.js';

const core = await loadHttpCore();
const NOW = Date.UTC(2026, 10, 21, 9, 8, 7);
const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** SHA-256 and HMAC as the SDK wants them. */
class Sha256 {
  /** @param {any} [secret] */
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  /** @param {any} data */
  update(data) {
    this.hash.update(data);
  }

  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

/** A generator that gives the same each time (mulberry32). @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const SIGNS = ['a', 'Z', '0', '-', '.', '_', '~', ' ', '+', '%', '/', '=', '&', "'", '(', ')', '*', '!', '@', ':', ',', ';', '$', '#', '?', 'é', '日', '😀', '"', '<', '\\', '|', '\t'];

/** @param {(below: number) => number} random @param {number} most @param {string[]} [without] */
const text = (random, most, without = []) => Array.from({ length: random(most) + 1 }, () => SIGNS.filter((sign) => !without.includes(sign))[random(SIGNS.length - without.length)]).join('');

/** A request in both forms. @param {(below: number) => number} random */
function anyRequest(random) {
  const path = `/${encodePath(text(random, 12).replace(/(^|\/)\.{1,2}(?=\/|$)/g, '$1x'))}`;
  const query = Object.fromEntries(Array.from({ length: random(4) }, () => [text(random, 5), random(5) ? text(random, 8) : '']));
  const method = ['GET', 'PUT', 'POST', 'DELETE'][random(4)];
  const host = ['bucket.s3.eu-west-1.amazonaws.com', '127.0.0.1:9000'][random(2)];
  const body = method === 'PUT' || method === 'POST' ? text(random, 40) : undefined;
  const headers = Object.fromEntries(Array.from({ length: random(3) }, (_, i) => [`${['X-Amz-Meta-', 'x-custom-', 'Content-'][random(3)]}${i}`, `  ${text(random, 10, ['é', '日', '😀', '\t'])}  two   spaces `]));
  const written = Object.entries(query).map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`).join('&');
  return { method, host, path, query, body, headers, url: `https://${host}${path}${written && `?${written}`}` };
}

describe.each([['s3', false], ['execute-api', true]])('%s', (service, escape) => {
  const sessions = [undefined, 'IQoJb3JpZ2luX2VjEXAMPLE//+=='];
  const scope = { region: 'eu-west-1', service };
  const sdk = (/** @type {string | undefined} */ sessionToken) =>
    new SignatureV4({ service, region: 'eu-west-1', credentials: { ...KEY, sessionToken }, sha256: /** @type {any} */ (Sha256), uriEscapePath: escape, applyChecksum: service === 's3' });

  test('headers: 400 requests', async () => {
    const random = randomFrom(4);
    for (let i = 0; i < 400; i++) {
      const { method, host, path, query, body, headers, url } = anyRequest(random);
      const sessionToken = sessions[random(2)];
      const [hostname, port] = host.split(':');
      const theirs = await sdk(sessionToken).sign({ method, protocol: 'https:', hostname, port: port ? Number(port) : undefined, path, query, body, headers: { ...headers, host } }, { signingDate: new Date(NOW) });
      const payloadHash = body === undefined ? EMPTY_HASH : await sha256Hex(body);
      const ours = await signHeaders({ core, method, url, headers: Object.entries(headers), key: { ...KEY, sessionToken }, scope, now: NOW, payloadHash });
      expect([url, new Map(ours.headers).get('authorization')]).toEqual([url, theirs.headers.authorization]);
    }
  });

  test('presigned URLs: 400 requests', async () => {
    const random = randomFrom(5);
    for (let i = 0; i < 400; i++) {
      const { method, host, path, query, url } = anyRequest(random);
      const sessionToken = sessions[random(2)];
      const [hostname, port] = host.split(':');
      const unsigned = service === 's3' ? { 'x-amz-content-sha256': UNSIGNED_PAYLOAD } : {};
      const request = { method, protocol: 'https:', hostname, port: port ? Number(port) : undefined, path, query, headers: { host, ...unsigned } };
      const theirs = await sdk(sessionToken).presign(request, { signingDate: new Date(NOW), expiresIn: 900 });
      // The SDK repeats there what is signed of the body.
      const ours = service === 's3' ? `${url}${url.includes('?') ? '&' : '?'}x-amz-content-sha256=${UNSIGNED_PAYLOAD}` : url;
      const payloadHash = service === 's3' ? UNSIGNED_PAYLOAD : EMPTY_HASH;
      const signed = await signUrl({ core, method, url: ours, headers: [], key: { ...KEY, sessionToken }, scope, now: NOW, payloadHash, expires: 900 });
      expect([url, new URL(signed.url).searchParams.get('X-Amz-Signature')]).toEqual([url, theirs.query?.['X-Amz-Signature']]);
    }
  });
});

describe('the signer', () => {
  const request = (/** @type {any} */ more = {}) => ({ method: 'PUT', url: new URL('https://bucket.s3.amazonaws.com/key'), headers: new Headers(), body: undefined, ...more });
  const signer = new Sigv4Signer({ credentials: KEY, region: 'eu-west-1' });
  /** @param {any} body */
  const hashOf = async (body) => {
    const asked = request({ body });
    await signer.sign(asked, { now: NOW, renew: false });
    return asked.headers.get('x-amz-content-sha256');
  };

  test('hashes what is in memory, and not what comes in a stream', async () => {
    const bytes = new TextEncoder().encode('grüße');
    const expected = createHash('sha256').update(bytes).digest('hex');
    for (const body of ['grüße', bytes, bytes.slice().buffer, new Blob([bytes])]) expect(await hashOf(body)).toBe(expected);
    expect(await hashOf(undefined)).toBe(EMPTY_HASH);
    expect(await hashOf(new Blob([bytes]).stream())).toBe(UNSIGNED_PAYLOAD);
  });

  test('signs anew what was signed before', async () => {
    const asked = request();
    await signer.sign(asked, { now: NOW, renew: false });
    const first = Object.fromEntries(asked.headers);
    await signer.sign(asked, { now: NOW, renew: false });
    expect(Object.fromEntries(asked.headers)).toEqual(first);
    await signer.sign(asked, { now: NOW + 1000, renew: false });
    expect(asked.headers.get('authorization')).not.toBe(first.authorization);
    expect(asked.headers.get('x-amz-date')).toBe('20261121T090808Z');
  });

  test('leaves out of the signature what others change on the way', async () => {
    const asked = request({ headers: new Headers({ accept: '*/*', 'user-agent': 'x', range: 'bytes=0-1', 'content-type': 'text/csv' }) });
    await signer.sign(asked, { now: NOW, renew: false });
    expect(asked.headers.get('authorization')).toContain('SignedHeaders=content-type;host;range;x-amz-content-sha256;x-amz-date,');
  });

  test('knows long-lived keys from those that end', () => {
    expect(signer.kind).toBe('secret');
    expect(new Sigv4Signer({ credentials: { ...KEY, sessionToken: 't' }, region: 'x' }).kind).toBe('token');
    expect(new Sigv4Signer({ credentials: async () => KEY, region: 'x' }).kind).toBe('token');
  });

  test('is asked once by many, again after a failure, and before they end', async () => {
    let asked = 0;
    let fail = true;
    let now = NOW;
    const asking = new Sigv4Signer({
      region: 'eu-west-1',
      async credentials() {
        asked++;
        await undefined;
        if (fail) throw new Error('not now');
        return { ...KEY, expiration: now + 300_000 };
      },
    });
    const sign = () => asking.sign(request(), { now, renew: false });
    expect((await Promise.allSettled([sign(), sign()])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    await Promise.all([sign(), sign(), sign()]);
    expect(asked).toBe(2);
    now += 239_000;
    await sign();
    expect(asked).toBe(2);
    now += 2_000;
    await sign();
    expect(asked).toBe(3);
    await asking.sign(request(), { now, renew: true });
    expect(asked).toBe(4);
  });

  test('says what is missing, without showing the rest', async () => {
    const empty = new Sigv4Signer({ credentials: async () => /** @type {any} */ ({ accessKeyId: 'AKID' }), region: 'x' });
    expect(await failure(empty.sign(request(), { now: NOW, renew: false }))).toMatchObject({ code: 'ERR_AUTH', message: 'The credentials have no secretAccessKey.' });
    expect(() => new Sigv4Signer({ credentials: { ...KEY, secretAccessKey: 'with space' }, region: 'x' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('with space') }));
  });
});
