/**
 * JSON Web Tokens signed with an RSA key (RS256): how a service account says who it is.
 */
import { importSigningKey, signCompact } from './jws.js';
import { readPrivateKey } from './signers/pem.js';

/** @typedef {(claims: Record<string, unknown>) => Promise<string>} SignJwt */

/**
 * A function that signs claims with one key, which is read and imported once.
 * @param {object} key
 * @param {string} key.pem See js/http/signers/pem.js.
 * @param {string} [key.passphrase] Of an encrypted key.
 * @param {string} [key.kid] Of the key, for the header.
 * @param {string} [key.option] How errors call the key, default `private_key`.
 * @returns {Promise<SignJwt>} `iat`, `exp` and `nbf` are in seconds.
 * @throws {import('../errors.js').HawserError} ERR_AUTH, which shows nothing of the key.
 */
export async function jwtSigner({ pem, passphrase, kid, option }) {
  const key = await importSigningKey(await readPrivateKey(pem, { passphrase, option }), 'RS256');
  const header = kid === undefined ? { alg: 'RS256', typ: 'JWT' } : { alg: 'RS256', typ: 'JWT', kid };
  return (claims) => signCompact(header, JSON.stringify(claims), key);
}
