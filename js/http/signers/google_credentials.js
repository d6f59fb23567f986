/**
 * Credentials of Google as its tools write them: the JSON file of a service account, or of a user (`gcloud auth
 * application-default login`). Checked here; no error shows any of them.
 */
import { HawserError } from '../../errors.js';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/**
 * @typedef {object} ServiceAccount
 * @property {'service_account'} type
 * @property {string} client_email
 * @property {string} private_key In PEM.
 * @property {string} [private_key_id]
 * @property {string} [private_key_passphrase] Not Google's: of a key that was encrypted since.
 * @property {string} token_uri
 * @property {string} [project_id]
 *
 * @typedef {object} AuthorizedUser
 * @property {'authorized_user'} type
 * @property {string} client_id
 * @property {string} client_secret
 * @property {string} refresh_token
 * @property {string} token_uri
 */

/** What each kind must have. */
const NEEDED = Object.freeze({
  service_account: ['client_email', 'private_key'],
  authorized_user: ['client_id', 'client_secret', 'refresh_token'],
});

/**
 * @param {unknown} given The text of the file, or the object in it. Without `type`, what it holds says which it is.
 * @param {string} [option] How the errors call it.
 * @returns {ServiceAccount | AuthorizedUser}
 * @throws {HawserError} ERR_AUTH
 */
export function readCredentials(given, option = 'credentials') {
  const fields = typeof given === 'string' ? parsed(given, option) : /** @type {any} */ (given);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw refused(option, 'must be the JSON of a service account, as text or as an object');
  }
  if (fields.installed ?? fields.web) throw refused(option, 'is the file of an OAuth client; a key of a service account is needed');
  const type = /** @type {keyof typeof NEEDED} */ (fields.type ?? (fields.refresh_token ? 'authorized_user' : 'service_account'));
  if (!Object.hasOwn(NEEDED, type)) {
    throw refused(option, `has the type ${JSON.stringify(String(type))}; known are ${Object.keys(NEEDED).join(', ')}`);
  }
  const missing = NEEDED[type].filter((name) => typeof fields[name] !== 'string' || fields[name].trim() === '');
  if (missing.length) throw refused(option, `has no ${missing.join(', no ')}; take the whole JSON file of the ${type.replace('_', ' ')}`);
  return { ...fields, type, token_uri: tokenUrl(fields.token_uri, option) };
}

/** @param {string} text @param {string} option */
function parsed(text, option) {
  try {
    return JSON.parse(text);
  } catch {
    const why = text.trim() === '' ? 'is empty' : 'is not valid JSON';
    // The parser's own message quotes the text.
    throw refused(option, `${why}; it must be the content of the file, not its name`);
  }
}

/** @param {unknown} value @param {string} option @returns {string} */
function tokenUrl(value, option) {
  if (value === undefined || value === '') return TOKEN_URL;
  let url;
  try {
    url = new URL(/** @type {string} */ (value));
  } catch {
    throw refused(option, 'has a token_uri that is no address');
  }
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw refused(option, 'has a token_uri that is not https:');
  return url.href;
}

/** @param {string} option @param {string} why */
const refused = (option, why) => new HawserError('ERR_AUTH', `${option} ${why}.`, { phase: 'sign' });
