/**
 * Private keys in all the forms that files have, made here by node:crypto, read by WebCrypto.
 */
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readPrivateKey } from '../../js/http/signers/pem.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const der = privateKey.export({ format: 'der', type: 'pkcs8' });
const pkcs8 = /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs8' }));
const pkcs1 = /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs1' }));
const locked = (cipher, passphrase = 'a pass-phrase ü') => privateKey.export({ format: 'pem', type: 'pkcs8', cipher, passphrase });

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const failure = async (text, options) => {
  try {
    await readPrivateKey(text, options);
  } catch (error) {
    return error;
  }
  throw new Error('it was read');
};

test.each([
  ['PKCS#8', pkcs8],
  ['PKCS#1', pkcs1],
  ['with \\n in two characters', pkcs8.replace(/\n/g, '\\n')],
  ['with \\r\\n in four characters', pkcs8.replace(/\n/g, '\\r\\n')],
  ['with line ends of Windows', pkcs8.replace(/\n/g, '\r\n')],
  ['on one line', pkcs8.replace(/\n/g, ' ')],
  ['without any line ends', pkcs8.replace(/\n/g, '')],
  ['in quotes', `"${pkcs8.trim().replace(/\n/g, '\\n')}"`],
  ['indented', pkcs1.replace(/^/gm, '    ')],
  ['after a certificate and remarks', `Bag Attributes\n  friendlyName: x\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${pkcs8}`],
  ['as Base64 without armour', der.toString('base64')],
  ['PKCS#1 as Base64 without armour', privateKey.export({ format: 'der', type: 'pkcs1' }).toString('base64')],
])('%s', async (_what, text) => {
  expect(hex(await readPrivateKey(text))).toBe(hex(der));
});

test.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'])('PKCS#8 encrypted with %s', async (cipher) => {
  expect(hex(await readPrivateKey(locked(cipher), { passphrase: 'a pass-phrase ü' }))).toBe(hex(der));
});

test('what is read is the key that node:crypto knows, and 4096 bits are no limit', async () => {
  const large = generateKeyPairSync('rsa', { modulusLength: 4096 });
  const bytes = await readPrivateKey(large.privateKey.export({ format: 'pem', type: 'pkcs1' }));
  const again = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
  expect(again.export({ format: 'jwk' })).toEqual(large.privateKey.export({ format: 'jwk' }));
});

test('an encrypted key says what it needs', async () => {
  expect(await failure(locked('aes-256-cbc'))).toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('private_key_passphrase') });
  const wrong = await failure(locked('aes-256-cbc'), { passphrase: 'wrong one' });
  expect(wrong).toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('is not the one that it was encrypted with') });
  expect(wrong.message).not.toContain('wrong one');
});

test('no passphrase of 600 that are wrong is taken for the right one', async () => {
  // One in 256 leaves a padding that is in order.
  const text = locked('aes-128-cbc');
  for (let at = 0; at < 600; at++) {
    expect((await failure(text, { passphrase: `no ${at}` })).message).toContain('passphrase');
  }
});

test.each([
  ['triple DES', locked('des-ede3-cbc'), 'triple DES', 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem'],
  ['the traditional encryption', privateKey.export({ format: 'pem', type: 'pkcs1', cipher: 'aes-256-cbc', passphrase: 'x' }), 'MD5', 'openssl pkcs8 -topk8'],
  ['an elliptic curve', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }), 'RSA', '1.2.840.10045.2.1'],
  ['an elliptic curve in SEC1', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'sec1' }), 'RSA', 'elliptic'],
  ['a public key', publicKey.export({ format: 'pem', type: 'spki' }), 'public', 'private'],
  ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', 'ssh-keygen', 'OpenSSH'],
  ['nothing', '  ', 'empty', 'PEM'],
  ['the last line is missing', pkcs8.replace(/-----END.*/s, ''), 'last line', 'copy'],
  ['a line is missing', pkcs8.split('\n').filter((_line, at) => at !== 3).join('\n'), 'structure', 'copy'],
  ['a character is missing', pkcs8.replace(/[A-Za-z]\n/, '\n'), 'copy', 'BEGIN'],
  ['something else', 'my key!', 'Base64', 'copy'],
])('is refused: %s', async (_what, text, says, tells) => {
  const error = await failure(text, { passphrase: 'a pass-phrase ü' });
  expect(error).toMatchObject({ name: 'HawserError', code: 'ERR_AUTH', phase: 'sign' });
  expect(error.message).toContain(says);
  expect(error.message).toContain(tells);
});

test('no error shows anything of a key, whatever is damaged', async () => {
  const body = pkcs8.split('\n').slice(1, -2).join('');
  const windows = [];
  for (let at = 0; at + 8 <= body.length; at += 4) windows.push(body.slice(at, at + 8));
  const random = (seed) => createHash('sha256').update(String(seed)).digest().readUInt32LE(0);
  for (let seed = 0; seed < 300; seed++) {
    const at = random(seed) % pkcs8.length;
    const text = seed % 3 === 0 ? pkcs8.slice(0, at) : pkcs8.slice(0, at) + '!A='[seed % 3] + pkcs8.slice(at + 1 + (seed % 2));
    const error = await failure(text).catch(() => undefined); // Some damage leaves a key.
    if (error === undefined) continue;
    expect(error.code).toBe('ERR_AUTH');
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause?.message}`;
    expect(windows.filter((window) => shown.includes(window))).toEqual([]);
  }
});
