/**
 * `Authorization: Bearer …`: a token, fixed or from a function.
 */
import { credential } from '../signer.js';

/**
 * @param {object} options
 * @param {string | ((how: { renew: boolean, signal?: AbortSignal }) => string | Promise<string>)} options.token A function is asked
 *   for every attempt, and with `renew: true` once after a 401.
 * @param {string} [option] How errors call it.
 * @returns {import('../signer.js').Signer}
 * @throws {import('../../errors.js').HawserError} ERR_AUTH
 */
export function bearerSigner({ token }, option = 'auth.token') {
  const { kind, value } = credential(token, option);
  return {
    kind,
    renewable: kind === 'token',
    async sign(request, how) {
      request.headers.set('authorization', `Bearer ${await value(how)}`);
    },
  };
}
