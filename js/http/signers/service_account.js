/**
 * Signs requests as a service account of Google: a JWT signed with its private key is exchanged for an access token, which is
 * renewed before it expires and once after a 401 (RFC 7523; https://developers.google.com/identity/protocols/oauth2/service-account).
 * Where the API takes it, the JWT itself can be the token: no request to the token endpoint is needed.
 *
 * Credentials of a user (`type: 'authorized_user'`) are taken too.
 */
import { HawserError } from '../../errors.js';
import { jwtSigner } from '../jwt.js';
import { readCredentials } from './google_credentials.js';
import { askForToken } from './token_endpoint.js';
import { Tokens } from './tokens.js';

/** @typedef {import('../exchange.js').Exchange} Exchange */
/** @typedef {import('../signer.js').Signer} Signer */
/** @typedef {import('../signer.js').SignHow} SignHow */
/** @typedef {import('./google_credentials.js').ServiceAccount} ServiceAccount */
/** @typedef {import('./google_credentials.js').AuthorizedUser} AuthorizedUser */
/** @typedef {import('./tokens.js').Token} Token */

/** Seconds that a JWT of ours is valid; Google allows no more. */
const LIFE = 3600;

/**
 * @param {object} options
 * @param {unknown} options.credentials The JSON of the account, as text or as an object.
 * @param {readonly string[]} options.scopes What the token is for. A user's token has the scopes that the user agreed to.
 * @param {Exchange} [options.exchange] For requests to the token endpoint. Default: that of the request that is signed.
 * @param {{ now(): number }} [options.clock] Milliseconds. Default: that of the request.
 * @param {string} [options.subject] The user to act for, where the account may do that for its whole domain.
 * @param {string} [options.audience] The API's address, e.g. `https://sheets.googleapis.com/`: the JWT itself is the token.
 * @param {string} [options.option] How errors call the credentials, default `credentials`.
 * @returns {Signer}
 * @throws {HawserError} ERR_AUTH at once for what is no such JSON; what is wrong with the key, at the first request.
 */
export function serviceAccountSigner({ credentials, scopes, exchange, clock, subject, audience, option }) {
  const account = readCredentials(credentials, option);
  const scope = scopes.join(' ');
  const tokens = new Tokens();
  /** @type {import('../jwt.js').SignJwt | undefined} Never a promise: on some runtimes one request cannot wait for that of another. */
  let signing;

  const sign = async (/** @type {Record<string, unknown>} */ claims) => {
    const { private_key: pem, private_key_passphrase: passphrase, private_key_id: kid } = /** @type {ServiceAccount} */ (account);
    signing ??= await jwtSigner({ pem, passphrase, kid });
    return signing(claims);
  };

  /** @param {ServiceAccount} who @param {string} aud @param {number} now */
  const jwt = (who, aud, now) => {
    const iat = Math.floor(now / 1000);
    const sub = subject ?? (aud === who.token_uri ? undefined : who.client_email);
    return sign({ iss: who.client_email, sub, scope, aud, iat, exp: iat + LIFE });
  };

  /** @param {number} now @param {Exchange} sender @param {AbortSignal | undefined} signal @returns {Promise<Token>} */
  const mint = async (now, sender, signal) => {
    if (account.type === 'authorized_user') {
      const { client_id, client_secret, refresh_token } = account;
      return requestToken(account, { grant_type: 'refresh_token', client_id, client_secret, refresh_token }, sender, signal);
    }
    if (audience !== undefined) return { value: await jwt(account, audience, now), expires: now + LIFE * 1000 };
    const assertion = await jwt(account, account.token_uri, now);
    return requestToken(account, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }, sender, signal);
  };

  return {
    kind: 'secret',
    renewable: true,
    async sign(request, how) {
      const now = clock?.now() ?? how.now;
      const refused = how.refused?.get('authorization')?.replace(/^Bearer /, '');
      const wanted = { now, renew: how.renew, refused, signal: how.signal };
      const value = await tokens.get(wanted, (signal) => mint(now, exchange ?? how.exchange, signal));
      request.headers.set('authorization', `Bearer ${value}`);
    },
  };
}

/**
 * @param {ServiceAccount | AuthorizedUser} account
 * @param {Record<string, string>} form
 * @param {Exchange} exchange
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Token>}
 * @throws {HawserError} ERR_AUTH when the endpoint refuses; what exchange.receive() throws when it cannot be reached.
 */
async function requestToken({ token_uri: url }, form, exchange, signal) {
  const { ok, status, reply, now } = await askForToken(exchange, { url, form: new URLSearchParams(form) }, signal);
  if (reply === undefined) throw new HawserError('ERR_AUTH', `The token endpoint ${url} answered ${status} with something that is not JSON.`, { phase: 'sign' });
  if (!ok) throw refusal(url, status, reply, (text) => exchange.secrets.scrub(text));
  const seconds = Number(reply?.expires_in ?? LIFE);
  if (typeof reply?.access_token !== 'string' || reply.access_token === '' || !(seconds > 0)) {
    throw new HawserError('ERR_AUTH', `The token endpoint ${url} gave no access token.`, { phase: 'sign' });
  }
  return { value: reply.access_token, expires: now + seconds * 1000 };
}

/** @param {string} url @param {number} status @param {any} reply @param {(text: string) => string} scrub */
function refusal(url, status, reply, scrub) {
  const shown = (/** @type {unknown} */ text) => (typeof text === 'string' ? scrub(text.slice(0, 300).replace(TOKEN, '[redacted]')) : '');
  const error = shown(reply?.error) || 'no reason given';
  const description = shown(reply?.error_description);
  const advice = adviceFor(error, description);
  return new HawserError(
    'ERR_AUTH',
    `The token endpoint ${url} refused the credentials (${status}): ${[error, description].filter(Boolean).join(': ')}.${advice && ` ${advice}`}`,
    { phase: 'sign', status },
  );
}

/** What looks like a JWT, or a part of one: servers like to say it back. */
const TOKEN = /\beyJ[\w-]{8,}(\.[\w-]+)*/g;

/** @param {string} error @param {string} description */
function adviceFor(error, description) {
  if (/signature/i.test(description)) return 'The key was deleted or belongs to another account: make a new one in the Google Cloud console.';
  if (/timeframe|expired|iat|short-lived/i.test(description)) return "The clock of this machine is probably wrong: a token's times must be those of now.";
  if (error === 'invalid_grant' && /account not found|not found/i.test(description)) return 'There is no such service account (any more).';
  if (error === 'invalid_scope') return 'Ask for other scopes.';
  if (error === 'unauthorized_client') return 'The account may not act for that user: an administrator must allow the scopes for the domain.';
  return '';
}
