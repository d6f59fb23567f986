/**
 * Service accounts of Google Cloud Storage: tokens for requests, and URLs that are signed with the account's key.
 */
import { loadHttpCore } from '../http/core.js';
import { importSigningKey } from '../http/jws.js';
import { readCredentials } from '../http/signers/google_credentials.js';
import { readPrivateKey } from '../http/signers/pem.js';
import { serviceAccountSigner } from '../http/signers/service_account.js';
import { GOOG4, UNSIGNED_PAYLOAD, signUrl } from '../http/signers/sigv4_signature.js';
import { hex } from '../http/signers/web_crypto.js';

/** @typedef {import('../http/signers/google_credentials.js').ServiceAccount} ServiceAccount */

const SCOPES = ['https://www.googleapis.com/auth/devstorage.read_write'];

/**
 * @param {unknown} credentials @param {import('./store.js').StoreContext} context @param {string} [option]
 * @returns {{ signer: import('../http/signer.js').Signer, account?: ServiceAccount }}
 */
export function accountOf(credentials, { exchange, clock }, option) {
  const known = readCredentials(credentials, option);
  const signer = serviceAccountSigner({ credentials: known, scopes: SCOPES, exchange, clock, option });
  return known.type === 'service_account' ? { signer, account: known } : { signer };
}

/**
 * @param {ServiceAccount} account @param {string} url
 * @param {{ method: string, expires: number, now: number }} how `expires`: seconds.
 */
export async function signedUrl({ client_email: accessKeyId, private_key: pem, private_key_passphrase: passphrase }, url, { method, expires, now }) {
  const core = await loadHttpCore();
  const key = await importSigningKey(await readPrivateKey(pem, { passphrase }), 'RS256');
  const sign = async (/** @type {string} */ text) => {
    const bytes = await crypto.subtle.sign({ name: 'RSASSA-PKCS1-v1_5' }, key, new TextEncoder().encode(text));
    return hex(bytes);
  };
  const scope = { region: 'auto', service: 'storage' };
  const what = { core, method, url, headers: [], key: { accessKeyId, sign }, scope, now, payloadHash: UNSIGNED_PAYLOAD, dialect: GOOG4, expires };
  return (await signUrl(what)).url;
}
