/**
 * Signers: what puts credentials on requests.
 *
 * A signer is asked before every attempt and after every redirect within the origin, so that dates, signatures and tokens are those
 * of the moment. It is never asked for another origin than that of the request.
 *
 * @typedef {object} SignedRequest What sign() may change, in place.
 * @property {string} method In capitals.
 * @property {URL} url
 * @property {Headers} headers
 * @property {unknown} body As it is going to be sent; not to be changed.
 *
 * @typedef {object} SignHow
 * @property {number} now Milliseconds since the epoch.
 * @property {boolean} renew Whether the last credentials were refused with a 401: others are wanted.
 * @property {Headers} [refused] With `renew`: the headers of the request that was refused, as they were signed.
 * @property {AbortSignal} [signal] Of the call.
 * @property {import('./exchange.js').Exchange} exchange For requests of its own, to a token endpoint say.
 *
 * @typedef {object} Signer
 * @property {'none' | 'token' | 'secret'} kind `'secret'`: it uses a long-lived secret, which no page in a browser should hold.
 *   `'token'`: what it uses expires soon, or is made for pages.
 * @property {(request: SignedRequest, how: SignHow) => unknown} sign May be asynchronous.
 * @property {boolean} [renewable] On a 401, sign() is called once more with `renew: true`.
 */
import { HawserError } from '../errors.js';

/** @typedef {(request: SignedRequest, how: SignHow) => unknown} SignFunction */

/** Adds nothing. @type {Signer} */
export const NO_SIGNER = Object.freeze({ kind: 'none', sign() {} });

/**
 * A signer that was given in code: an object with `sign`, or that function alone. What code makes itself counts as short-lived
 * unless it says otherwise.
 * @param {unknown} value
 * @param {string} option Name of the option, for the error.
 * @returns {Signer}
 * @throws {TypeError}
 */
export function signerOf(value, option = 'auth') {
  if (typeof value === 'function') return { kind: 'token', sign: /** @type {SignFunction} */ (value) };
  const { kind = 'token', sign, renewable } = /** @type {any} */ (value ?? {});
  if (typeof sign !== 'function') throw new TypeError(`${option}: a signer must be a function sign(request, how), or an object with one`);
  if (!['none', 'token', 'secret'].includes(kind)) throw new TypeError(`${option}: the kind of a signer is 'none', 'token' or 'secret'`);
  return { kind, sign: (request, how) => sign.call(value, request, how), renewable: renewable === true };
}

/**
 * A credential that is a text, or a function that gives it, e.g. a token of the user's session.
 * @param {unknown} value
 * @param {string} name Of the option, for errors.
 * @returns {{ kind: 'token' | 'secret', value(how: SignHow): Promise<string> | string }}
 * @throws {HawserError} ERR_AUTH when there is none.
 */
export function credential(value, name) {
  if (typeof value === 'function') {
    return {
      kind: 'token',
      value: async (how) => checkedCredential(await value({ renew: how.renew, signal: how.signal }), `${name}() gave`),
    };
  }
  checkedCredential(value, `${name} is`);
  return { kind: 'secret', value: () => /** @type {string} */ (value) };
}

/** @param {unknown} value @param {string} what @returns {string} */
function checkedCredential(value, what) {
  if (typeof value !== 'string' || value === '') {
    const given = value === undefined ? 'missing' : value === '' ? 'an empty text' : `a ${typeof value}`;
    throw new HawserError('ERR_AUTH', `${what} ${given}; it must be a text that is not empty.`, { phase: 'sign' });
  }
  if (/[\r\n\0]/.test(value)) throw new HawserError('ERR_AUTH', `${what} a text with a line break in it.`, { phase: 'sign' });
  return value;
}
