/**
 * `Authorization: Basic …` (RFC 7617, in UTF-8).
 */
import { HawserError } from '../../errors.js';

/**
 * @param {{ username: string, password?: string }} options
 * @returns {import('../signer.js').Signer}
 * @throws {HawserError} ERR_AUTH
 */
export function basicSigner({ username, password = '' }) {
  for (const [name, value] of Object.entries({ username, password })) {
    if (typeof value !== 'string') throw new HawserError('ERR_AUTH', `auth.${name} must be a text.`, { phase: 'sign' });
  }
  if (username.includes(':')) throw new HawserError('ERR_AUTH', 'auth.username must not hold a colon.', { phase: 'sign' });
  const header = basicHeader(username, password);
  return {
    kind: 'secret',
    sign(request) {
      request.headers.set('authorization', header);
    },
  };
}

/** @param {string} username @param {string} password */
export function basicHeader(username, password) {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
}
