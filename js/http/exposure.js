/**
 * Long-lived secrets stay out of pages: whoever opens a page can read all it sends.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';

/** Names of headers and of parameters whose fixed value is a credential. */
export const CREDENTIAL_NAME =
  /^(proxy-)?authorization$|^cookie$|token|secret|passw|api[-_]?key|access[-_]?key|subscription-key|signature|^sig$|^key$|^pwd$/i;

/**
 * @param {object} what
 * @param {string} what.connection Its name.
 * @param {string} what.type Of the connection.
 * @param {{ kind: string }} [what.signer]
 * @param {Record<string, any>} [what.config] Of the connection; `dangerouslyAllowBrowser: true` allows it.
 * @param {string} [what.runtime] For tests. Default: this one.
 * @throws {HawserError} ERR_EXPOSED_SECRET, in a browser only.
 */
export function checkExposure({ connection, type, signer, config = {}, runtime: where = runtime.name }) {
  if (where !== 'browser' || config.dangerouslyAllowBrowser === true) return;
  const fixed = signer?.kind === 'secret' ? 'its credentials' : (named(config.headers, 'header') ?? named(config.params, 'parameter'));
  if (!fixed) return;
  throw new HawserError(
    'ERR_EXPOSED_SECRET',
    `Connection "${connection}" (type ${type}) would send a long-lived secret from a page, where everybody can read it: ${fixed}. ` +
      'Let a server or an edge function hold it, or give a token that expires, as a function (token: () => …). ' +
      'If the secret is made to be public, say dangerouslyAllowBrowser: true.',
    { connection, phase: 'configure' },
  );
}

/** @param {unknown} values @param {string} what */
function named(values, what) {
  if (typeof values !== 'object' || values === null) return undefined;
  const found = Object.entries(values).find(([name, value]) => CREDENTIAL_NAME.test(name) && typeof value === 'string' && value !== '');
  return found && `the ${what} ${found[0]}`;
}
