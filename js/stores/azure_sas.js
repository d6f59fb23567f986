/**
 * Shared access signatures of Azure Storage: making those of one blob, and what one that was given says.
 */
import { hmac } from '../http/signers/azure_shared_key.js';

/** Of the service, as requests and signatures name it. */
export const AZURE_VERSION = '2023-11-03';

/** What a method needs, in the order that Azure wants them. @type {Record<string, string>} */
const PERMISSIONS = { GET: 'r', HEAD: 'r', PUT: 'cw', DELETE: 'd' };

/**
 * The parameters of a URL for one blob (a service SAS signed with the account key).
 * @param {object} what
 * @param {string} what.account
 * @param {CryptoKey} what.key
 * @param {string} what.container
 * @param {string} what.blob Its name, not encoded.
 * @param {number} what.until Milliseconds since the epoch.
 * @param {string} [what.method] GET (default), HEAD, PUT or DELETE.
 * @param {boolean} [what.https] Only by https. Default true.
 * @returns {Promise<URLSearchParams>}
 * @throws {RangeError} For other methods.
 */
export async function blobSas({ account, key, container, blob, until, method = 'GET', https = true }) {
  const permissions = PERMISSIONS[method.toUpperCase()];
  if (!permissions) throw new RangeError(`method: must be one of ${Object.keys(PERMISSIONS).join(', ')}.`);
  const expiry = new Date(until).toISOString().replace(/\.\d+Z$/, 'Z');
  const protocol = https ? 'https' : 'https,http';
  const resource = `/blob/${account}/${container}/${blob}`;
  // Permissions, start, expiry, resource, stored policy, addresses, protocol, version, kind of resource, snapshot, encryption scope,
  // and five headers of the answer.
  const fields = [permissions, '', expiry, resource, '', '', protocol, AZURE_VERSION, 'b', '', '', '', '', '', '', ''];
  return new URLSearchParams({
    sv: AZURE_VERSION,
    spr: protocol,
    se: expiry,
    sr: 'b',
    sp: permissions,
    sig: await hmac(key, fields.join('\n')),
  });
}

/**
 * What is wrong with a signature at a moment, as far as it says itself.
 * @param {URLSearchParams} sas @param {number} now
 * @returns {string | undefined}
 */
export function sasProblem(sas, now) {
  const [start, expiry] = ['st', 'se'].map((name) => Date.parse(sas.get(name) ?? ''));
  if (expiry <= now) return `its shared access signature expired at ${new Date(expiry).toISOString()}, and it is ${new Date(now).toISOString()} now. Get a new one`;
  if (start > now) return `its shared access signature begins at ${new Date(start).toISOString()}, and it is ${new Date(now).toISOString()} now`;
  return undefined;
}
