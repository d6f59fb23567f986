/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4): a token is fetched when it is first needed, once for all who wait for it, and anew a
 * little before it expires, or when a server has refused it.
 */
import { HawserError } from '../../errors.js';
import { basicHeader } from './basic.js';
import { askForToken } from './token_endpoint.js';
import { Tokens } from './tokens.js';

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

/** `value`: what the header Authorization is to be. @typedef {import('./tokens.js').Token} Token */

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
  const tokens = new Tokens();
  return {
    kind: 'secret',
    renewable: true,
    async sign(request, how) {
      const refused = how.refused?.get('authorization') ?? undefined;
      const header = await tokens.get({ now: how.now, renew: how.renew, refused, signal: how.signal }, (signal) => fetchToken(options, client_auth, how.exchange, signal));
      request.headers.set('authorization', header);
    },
  };
}

/**
 * @param {OAuth2Options} options @param {'basic' | 'body'} clientAuth
 * @param {import('../exchange.js').Exchange} exchange @param {AbortSignal | undefined} signal
 * @returns {Promise<Token>}
 */
async function fetchToken({ token_url, client_id, client_secret, scope, audience, params }, clientAuth, exchange, signal) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...params });
  if (scope !== undefined) form.set('scope', typeof scope === 'string' ? scope : scope.join(' '));
  if (audience !== undefined) form.set('audience', audience);
  if (clientAuth === 'body') {
    form.set('client_id', client_id);
    form.set('client_secret', client_secret);
  }
  const authorization = clientAuth === 'basic' ? basicHeader(formEncoded(client_id), formEncoded(client_secret)) : undefined;
  return tokenOf(await askForToken(exchange, { url: token_url, authorization, form }, signal));
}

/** @param {import('./token_endpoint.js').TokenAnswer} answer @returns {Token} */
function tokenOf({ ok, status, reply, now }) {
  if (!ok) {
    const said = [reply?.error, reply?.error_description].filter((part) => typeof part === 'string').join(': ').slice(0, 300);
    throw refusal(`refused to give a token (${status}${said && `, ${said}`}). Check client_id, client_secret and scope.`, status);
  }
  const { access_token, token_type = 'Bearer', expires_in } = reply ?? {};
  const usable = typeof access_token === 'string' && access_token !== '' && !/[\r\n\0]/.test(access_token);
  if (!usable) throw refusal('answered without an access_token.', status);
  const seconds = Number(expires_in ?? NaN);
  const life = Number.isFinite(seconds) ? seconds * 1000 : Infinity;
  const type = /^bearer$/i.test(token_type) ? 'Bearer' : String(token_type);
  return { value: `${type} ${access_token}`, expires: now + life };
}

/** As RFC 6749, 2.3.1 wants both parts. @param {string} text */
const formEncoded = (text) => new URLSearchParams([['', text]]).toString().slice(1);

/** @param {string} message @param {number} status */
const refusal = (message, status) => new HawserError('ERR_AUTH', `The token endpoint ${message}`, { phase: 'sign', status });

/** @param {string} message */
const wrong = (message) => new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
