/**
 * Signatures of JSON Web Tokens, compared with those of the package jose in both directions. The JOSE cookbook and Wycheproof were run
 * against js/http/jws.js and js/http/signers/pbes2.js while these were written.
 */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { CompactSign, compactVerify, exportJWK, importJWK, importSPKI, jwtVerify } from 'jose';
import { importSigningKey, signCompact, verifyCompact } from '../../js/http/jws.js';
import { jwtSigner } from '../../js/http/jwt.js';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = /** @type {string} */ (pair.privateKey.export({ format: 'pem', type: 'pkcs1' }));
const jwk = pair.publicKey.export({ format: 'jwk' });
const text = (bytes) => new TextDecoder().decode(bytes);

const KEYS = {
  RS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES: (bits) => generateKeyPairSync('ec', { namedCurve: { 256: 'P-256', 384: 'P-384', 512: 'P-521' }[bits] }),
};

test('a JWT is one that jose accepts', async () => {
  const sign = await jwtSigner({ pem, kid: 'key 1' });
  const token = await sign({ iss: 'me', aud: 'you', iat: 1_700_000_000, exp: 1_700_003_600, text: 'ü' });
  const spki = await importSPKI(/** @type {string} */ (pair.publicKey.export({ format: 'pem', type: 'spki' })), 'RS256');
  const { payload, protectedHeader } = await jwtVerify(token, spki, { audience: 'you', issuer: 'me', currentDate: new Date(1_700_000_100_000) });
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key 1' });
  expect(payload).toEqual({ iss: 'me', aud: 'you', iat: 1_700_000_000, exp: 1_700_003_600, text: 'ü' });
  expect(await sign({ a: 1 })).toBe(await sign({ a: 1 }));
});

test('an encrypted key signs the same', async () => {
  const locked = /** @type {string} */ (pair.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' }));
  const [plain, unlocked] = await Promise.all([jwtSigner({ pem }), jwtSigner({ pem: locked, passphrase: 'p' })]);
  expect(await unlocked({ a: 1 })).toBe(await plain({ a: 1 }));
});

test.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'])('%s: jose and this file agree', async (alg) => {
  const { privateKey, publicKey } = KEYS[alg.slice(0, 2)](alg.slice(2));
  const key = publicKey.export({ format: 'jwk' });
  const theirs = await new CompactSign(new TextEncoder().encode('a payload')).setProtectedHeader({ alg }).sign(privateKey);
  expect(text((await verifyCompact(theirs, key, { algorithms: [alg] })).payload)).toBe('a payload');
  const ours = await signCompact({ alg }, 'a payload', await importSigningKey(privateKey.export({ format: 'jwk' }), alg));
  expect(text((await compactVerify(ours, publicKey)).payload)).toBe('a payload');
});

test.each(['HS256', 'HS384', 'HS512'])('%s: jose and this file agree', async (alg) => {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  const key = await exportJWK(bytes);
  const theirs = await new CompactSign(new TextEncoder().encode('a payload')).setProtectedHeader({ alg }).sign(bytes);
  expect(text((await verifyCompact(theirs, key, { algorithms: [alg] })).payload)).toBe('a payload');
  const ours = await signCompact({ alg }, 'a payload', await importSigningKey(key, alg));
  expect(text((await compactVerify(ours, await importJWK(key, alg))).payload)).toBe('a payload');
});

test('a token that is not exactly right is refused', async () => {
  const key = await importSigningKey(pair.privateKey.export({ format: 'jwk' }), 'RS256');
  const good = await signCompact({ alg: 'RS256', kid: 'a' }, 'payload', key);
  const [header, payload, signature] = good.split('.');
  const coded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const secret = Buffer.from(JSON.stringify(jwk)).toString('base64url');
  const cases = [
    [`${coded({ alg: 'none' })}.${payload}.`, jwk, ['RS256', 'none']],
    [`${coded({ alg: 'none' })}.${payload}.${signature}`, jwk, ['RS256']],
    [`${coded({ alg: 'HS256' })}.${payload}.${signature}`, jwk, ['RS256', 'HS256']],
    [`${coded({ alg: 'HS256' })}.${payload}.${signature}`, { kty: 'oct', k: secret }, ['RS256']],
    [`${header}.${payload}x.${signature}`, jwk, ['RS256']],
    [`${header}.${payload}.${signature}=`, jwk, ['RS256']],
    [`${header}.${payload}.${signature.slice(0, -1)}`, jwk, ['RS256']],
    [`${header}.${payload}`, jwk, ['RS256']],
    [`${good}.`, jwk, ['RS256']],
    [` ${good}`, jwk, ['RS256']],
    [good, jwk, ['RS512']],
    [good, { ...jwk, use: 'enc' }, ['RS256']],
    [good, { ...jwk, alg: 'PS256' }, ['RS256']],
    [good, { ...jwk, key_ops: ['encrypt'] }, ['RS256']],
    [good, { ...jwk, kid: 'b' }, ['RS256']],
    [await signCompact({ alg: 'RS256', crit: ['exp'], exp: 1 }, 'payload', key), jwk, ['RS256']],
    [await signCompact({ alg: 'RS256', b64: false }, 'payload', key), jwk, ['RS256']],
  ];
  for (const [token, with_, algorithms] of cases) {
    await expect(verifyCompact(token, with_, { algorithms })).rejects.toMatchObject({ code: 'ERR_AUTH', phase: 'verify' });
  }
  await expect(verifyCompact(good, jwk, { algorithms: ['RS256'] })).resolves.toMatchObject({ header: { kid: 'a' } });
});

test('wrong keys are named, not shown', async () => {
  await expect(importSigningKey(new Uint8Array([1, 2, 3]), 'RS256')).rejects.toMatchObject({ code: 'ERR_AUTH' });
  await expect(importSigningKey(jwk, 'none')).rejects.toThrow(RangeError);
});
