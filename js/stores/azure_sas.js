/**
 * Shared access signatures of Azure Storage: making those of one blob, and what one that was given says.
 */
import { signature } from '../http/signers/azure_shared_key.js';

/** Of the service, as requests and signatures name it. */
export const AZURE_VERSION = '2023-11-03';

/** What a method needs, in the order that Azure wants them. @type {Record<string, string>} */
const PERMISSIONS = { GET: 'r', HEAD: 'r', PUT: 'cw', DELETE: 'd' };

/**
 * Who stands for a signature that was not made with the account key, and until when (as the service has it).
 * @typedef {object} Delegation
 * @property {string} oid
 * @property {string} tid
 * @property {string} start
 * @property {string} expiry
 * @property {string} service
 * @property {string} version
 */

/**
 * The parameters of a URL for one blob: a service SAS signed with the account key, or a user delegation SAS.
 * @param {object} what
 * @param {string} what.account
 * @param {CryptoKey} what.key Of the account, or that of the delegation.
 * @param {Delegation} [what.delegation]
 * @param {string} what.container
 * @param {string} what.blob Its name, not encoded.
 * @param {number} what.until Milliseconds since the epoch.
 * @param {string} [what.method] GET (default), HEAD, PUT or DELETE.
 * @param {boolean} [what.https] Only by https. Default true.
 * @returns {Promise<URLSearchParams>}
 * @throws {RangeError} For other methods.
 */
export async function blobSas({ account, key, delegation, container, blob, until, method = 'GET', https = true }) {
  const permissions = PERMISSIONS[method.toUpperCase()];
  if (!permissions) throw new RangeError(`method: must be one of ${Object.keys(PERMISSIONS).join(', ')}.`);
  const expiry = new Date(until).toISOString().replace(/\.\d+Z$/, 'Z');
  const protocol = https ? 'https' : 'https,http';
  const resource = `/blob/${account}/${container}/${blob}`;
  // A stored policy; or whose key it is, and three for whom and what it is used.
  const signer = delegation ? [delegation.oid, delegation.tid, delegation.start, delegation.expiry, delegation.service, delegation.version, '', '', ''] : [''];
  // Permissions, start, expiry, resource, signer, addresses, protocol, version, kind of resource, snapshot, encryption scope, and five
  // headers of the answer.
  const fields = [permissions, '', expiry, resource, ...signer, '', protocol, AZURE_VERSION, 'b', '', '', '', '', '', '', ''];
  return new URLSearchParams({
    sv: AZURE_VERSION,
    spr: protocol,
    se: expiry,
    sr: 'b',
    sp: permissions,
    ...(delegation && { skoid: delegation.oid, sktid: delegation.tid, skt: delegation.start, ske: delegation.expiry, sks: delegation.service, skv: delegation.version }),
    sig: await signature(key, fields.join('\n')),
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
