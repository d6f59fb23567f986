/**
 * The option `auth` of a connection: which signer it means.
 */
import { HawserError } from '../errors.js';
import { NO_SIGNER, signerOf } from './signer.js';
import { apiKeySigner } from './signers/api_key.js';
import { basicSigner } from './signers/basic.js';
import { bearerSigner } from './signers/bearer.js';
import { oauth2Signer } from './signers/oauth2.js';

/** What there is, and the fields of each. @type {Record<string, { make: (auth: any) => import('./signer.js').Signer, fields: readonly string[] }>} */
const TYPES = {
  bearer: { make: bearerSigner, fields: ['token'] },
  basic: { make: basicSigner, fields: ['username', 'password'] },
  'api-key': { make: apiKeySigner, fields: ['name', 'value', 'in'] },
  oauth2: { make: oauth2Signer, fields: ['token_url', 'client_id', 'client_secret', 'scope', 'audience', 'client_auth', 'params'] },
};

/** @type {Record<string, string>} */
const ALIASES = { apikey: 'api-key', api_key: 'api-key', client_credentials: 'oauth2', 'oauth2-client-credentials': 'oauth2' };

/**
 * @param {unknown} auth A table `{ type, … }`; or in code a signer, or its sign function.
 * @returns {import('./signer.js').Signer}
 * @throws {HawserError} ERR_CONNECTION_CONFIG, ERR_AUTH
 */
export function signerFrom(auth) {
  if (auth === undefined || auth === null) return NO_SIGNER;
  if (typeof auth === 'function' || typeof (/** @type {any} */ (auth).sign) === 'function') return signerOf(auth);
  if (typeof auth !== 'object' || Array.isArray(auth)) throw wrong(`auth must be a table such as { type = "bearer", token = "…" }.`);
  const { type, ...fields } = /** @type {Record<string, unknown>} */ (auth);
  const name = typeof type === 'string' ? (ALIASES[type.toLowerCase()] ?? type.toLowerCase()) : undefined;
  const known = name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (!known) throw wrong(`auth.type must be one of ${Object.keys(TYPES).join(', ')}; in code auth may also be a function sign(request).`);
  const superfluous = Object.keys(fields).find((field) => !known.fields.includes(field));
  if (superfluous !== undefined) throw wrong(`auth of type ${name} has no "${superfluous}"; it has ${known.fields.join(', ')}.`);
  return known.make(fields);
}

/** @param {string} message */
const wrong = (message) => new HawserError('ERR_CONNECTION_CONFIG', message, { phase: 'configure' });
