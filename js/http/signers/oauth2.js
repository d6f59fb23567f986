/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4): a token is fetched when it is first needed, once for all who wait for it, and anew a
 * little before it expires, or when a server has refused it.
 */
import * as runtime from '#runtime';
import { HawserError } from '../../errors.js';
import { unlessAborted } from '../../timeout.js';
import { basicHeader } from './basic.js';

/** A token is renewed so long before it expires, in milliseconds, but not before half its life is over. */
const SKEW = 60_000;

/** Milliseconds that the token endpoint may take, repetitions included. */
const TIMEOUT = 30_000;

const MOST_BYTES = 1024 * 1024;

/**
 * @typedef {object} OAuth2Options
 * @property {string} token_url
 * @property {string} client_id
 * @property {string} client_secret
 * @property {string | readonly string[]} [scope]
 * @property {string} [audience]
 * @property {'basic' | 'body'} [client_auth] How the client proves who it is: in the header Authorization (default) or in the form.
 * @property {Record<string, string>} [params] Further fields of the form.
 */

/** @typedef {{ text: string, type: string, renewAt: number }} Token */

/**
 * @param {OAuth2Options} options
 * @returns {import('../signer.js').Signer}
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export function oauth2Signer(options) {
  const { token_url, client_id, client_secret, client_auth = 'basic' } = options;
  for (const [name, value] of Object.entries({ token_url, client_id, client_secret })) {
    if (typeof value !== 'string' || value === '') throw wrong(`auth.${name} must be a text that is not empty.`);
  }
  if (!URL.canParse(token_url)) throw wrong('auth.token_url must be an absolute address.');
  if (client_auth !== 'basic' && client_auth !== 'body') throw wrong("auth.client_auth must be 'basic' or 'body'.");
  /** @type {Token | undefined} */
  let token;
  /** @type {Promise<Token> | undefined} */
  let minting;

  /** @param {import('../signer.js').SignHow} how @returns {Promise<Token>} */
  function mint(how) {
    // On edge runtimes no request may wait for what another one has begun.
    if (minting && runtime.defaultFlightScope !== 'request') return minting;
    const own = fetchToken(options, client_auth, how)
      .then((fresh) => (token = fresh))
      .finally(() => {
        if (minting === own) minting = undefined;
      });
    minting = own;
    return own;
  }

  return {
    kind: 'secret',
    renewable: true,
    async sign(request, how) {
      const { now, renew, refused, signal } = how;
      let current = token;
      // Others that were refused, too, may have brought a new one.
      const used = current !== undefined && (!renew || (refused !== undefined && refused.get('authorization') !== headerOf(current)));
      if (!current || !used || now >= current.renewAt) {
        const fresh = mint(how);
        current = await (signal ? unlessAborted(fresh, signal) : fresh);
      }
      request.headers.set('authorization', headerOf(current));
    },
  };
}

/** @param {Token} token */
const headerOf = ({ type, text }) => `${type} ${text}`;

/**
 * @param {OAuth2Options} options @param {'basic' | 'body'} clientAuth @param {import('../signer.js').SignHow} how
 * @returns {Promise<Token>}
 */
async function fetchToken({ token_url, client_id, client_secret, scope, audience, params }, clientAuth, { exchange }) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...params });
  if (scope !== undefined) form.set('scope', typeof scope === 'string' ? scope : scope.join(' '));
  if (audience !== undefined) form.set('audience', audience);
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' });
  if (clientAuth === 'basic') headers.set('authorization', basicHeader(formEncoded(client_id), formEncoded(client_secret)));
  else {
    form.set('client_id', client_id);
    form.set('client_secret', client_secret);
  }
  const request = { method: 'POST', url: token_url, headers, body: form.toString() };
  const limits = { timeout: TIMEOUT, maxBytes: MOST_BYTES };
  const options = /** @type {const} */ ({ ...limits, repeatable: true, redirect: 'error', phase: 'sign', accept: [400, 401, 403] });
  return exchange.receive(request, options, async (response) => {
    const text = await response.text();
    const now = exchange.clock.now();
    return tokenOf(response, text, now);
  });
}

/** @param {Response} response @param {string} text @param {number} now @returns {Token} */
function tokenOf(response, text, now) {
  const answer = parsed(text);
  if (!response.ok) {
    const said = [answer?.error, answer?.error_description].filter((part) => typeof part === 'string').join(': ').slice(0, 300);
    throw refused(`refused to give a token (${response.status}${said && `, ${said}`}). Check client_id, client_secret and scope.`, response.status);
  }
  const { access_token, token_type = 'Bearer', expires_in } = answer ?? {};
  const usable = typeof access_token === 'string' && access_token !== '' && !/[\r\n\0]/.test(access_token);
  if (!usable) throw refused('answered without an access_token.', response.status);
  const seconds = Number(expires_in ?? NaN);
  const life = Number.isFinite(seconds) ? seconds * 1000 : Infinity;
  const type = /^bearer$/i.test(token_type) ? 'Bearer' : String(token_type);
  return { text: access_token, type, renewAt: now + Math.max(life - SKEW, life / 2) };
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As RFC 6749, 2.3.1 wants both parts. @param {string} text */
const formEncoded = (text) => new URLSearchParams([['', text]]).toString().slice(1);

/** @param {string} message @param {number} status */
const refused = (message, status) => new HawserError('ERR_AUTH', `The token endpoint ${message}`, { phase: 'sign', status });

/** @param {string} message */
const wrong = (message) => new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
