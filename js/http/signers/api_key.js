/**
 * A key in a header or a parameter.
 */
import { HawserError } from '../../errors.js';
import { credential } from '../signer.js';

/**
 * @param {object} options
 * @param {string} options.name Of the header or the parameter.
 * @param {string | ((how: { renew: boolean, signal?: AbortSignal }) => string | Promise<string>)} options.value
 * @param {'header' | 'query'} [options.in] Default `'header'`.
 * @returns {import('../signer.js').Signer}
 * @throws {HawserError} ERR_AUTH, ERR_CONNECTION_CONFIG
 */
export function apiKeySigner({ name, value: given, in: place = 'header' }) {
  if (typeof name !== 'string' || name === '') throw wrong('auth.name must be the name of a header or a parameter.');
  if (place !== 'header' && place !== 'query') throw wrong("auth.in must be 'header' or 'query'.");
  if (place === 'header' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw wrong('auth.name is no name of a header.');
  const { kind, value } = credential(given, 'auth.value');
  return {
    kind,
    renewable: kind === 'token',
    async sign(request, how) {
      const key = await value(how);
      if (place === 'header') request.headers.set(name, key);
      else request.url.searchParams.set(name, key);
    },
  };
}

/** @param {string} message */
const wrong = (message) => new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
