/**
 * What Azure Storage means by an answer that is none: missing, forbidden, expired, a clock that is wrong.
 *
 * Nothing of what it writes is shown but the name of the error: for signatures it repeats what was signed, and the signature.
 */
import { HawserError } from '../errors.js';
import { errorDocument } from './xml.js';
import { sasProblem } from './azure_sas.js';
import { changedError } from './store.js';

/** Azure accepts dates of requests that are at most this far off, in milliseconds. */
const SKEW = 15 * 60_000;

/** @typedef {import('./azure_config.js').AzureTarget} AzureTarget */

/**
 * For `diagnose` of the exchange.
 * @param {object} what
 * @param {AzureTarget} what.target
 * @param {string} what.path As the caller has it.
 * @param {string} what.root
 * @param {() => number} what.now
 * @param {string} what.action E.g. `'read'`.
 * @param {boolean} [what.reading] Whether a precondition that fails means that the object was changed while it was read.
 */
export const diagnosis = ({ target, path, root, now, action, reading }) =>
  /**
   * @param {{ error?: unknown, response?: Response }} problem
   * @returns {Promise<HawserError | undefined>}
   */
  async ({ response }) => {
    if (!response) return undefined;
    const { status, headers } = response;
    const code = headers.get('x-ms-error-code') ?? errorDocument(await response.clone().text().catch(() => ''))?.code ?? '';
    const details = { status, path, ...(code && { azureCode: code }) };
    const what = `${JSON.stringify(path)} in ${root}`;
    if (status === 404) {
      const missing = code === 'ContainerNotFound' ? `There is no container ${JSON.stringify(target.container ?? path.split('/')[0])} in the account ${target.account}.` : `There is no ${what}.`;
      // A container that is not public hides what it has from whoever comes without credentials.
      const hidden = target.credentials.kind === 'anonymous' ? ' Without credentials it looks the same when it is there and not public.' : '';
      return new HawserError('ERR_NOT_FOUND', `${missing}${hidden}`, details);
    }
    if (status === 412 && reading) return changedError(path, root, details);
    if (status === 412 || code === 'BlobAlreadyExists') {
      return new HawserError('ERR_HTTP_STATUS', `${what} was not written: it is there already, or another one by now.`, details);
    }
    if (status === 401 || status === 403 || code === 'NoAuthenticationInformation') {
      const { kind, text } = refusal(target, code, headers, now());
      return new HawserError('ERR_AUTH', `Azure Storage refused to ${action} ${what} (${code || status}): ${text}.`, { ...details, ...(kind && { reason: kind }) });
    }
    return code ? new HawserError('ERR_HTTP_STATUS', `Azure Storage answered ${status} (${code}) to a request to ${action} ${what}.`, details) : undefined;
  };

/** @param {AzureTarget} target @param {string} code @param {Headers} headers @param {number} now */
function refusal({ account, credentials }, code, headers, now) {
  const server = Date.parse(headers.get('date') ?? '');
  const skew = `the clock here says ${new Date(now).toISOString()}, the one there ${Number.isNaN(server) ? 'something else' : new Date(server).toISOString()}. Set the clock`;
  const wrongClock = Math.abs(server - now) > SKEW;
  if (credentials.kind === 'sas') {
    const problem = sasProblem(credentials.sas, Number.isNaN(server) ? now : server);
    if (problem) return { kind: 'expired', text: problem };
    if (/Permission|Protocol|ResourceType|Service|SourceIP|OperationNotAllowed/i.test(code)) {
      return { kind: 'forbidden', text: `its shared access signature allows ${JSON.stringify(credentials.sas.get('sp') ?? '')} only, or not from here. Get one that allows it` };
    }
    return { kind: 'signature', text: 'its shared access signature is not one of this account and container, or the key behind it was rotated. Get a new one' };
  }
  if (credentials.kind === 'key') {
    if (wrongClock) return { kind: 'clock', text: skew };
    if (code === 'KeyBasedAuthenticationNotPermitted') return { kind: 'forbidden', text: `the account ${account} takes no account keys. Use token or sas_token` };
    const firewall = code === 'AuthorizationFailure' ? `, or the firewall of the account does not let this machine in` : '';
    return { kind: 'signature', text: `account_key is not a key of the account ${account}, or was rotated${firewall}. Copy it again` };
  }
  if (credentials.kind === 'token') {
    if (code === 'AuthorizationPermissionMismatch') return { kind: 'forbidden', text: 'whom the token stands for has no role for that (Storage Blob Data Reader or Contributor)' };
    return { kind: 'token', text: 'the token was not accepted: expired, or made for something else than https://storage.azure.com/' };
  }
  return { kind: 'anonymous', text: 'it is not public. Give account_key, sas_token, token or connection_string' };
}
