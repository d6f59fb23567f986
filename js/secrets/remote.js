/**
 * Secrets from a URL.
 */
import { HawserError } from '../errors.js';
import { warnOfPublic } from './warnings.js';

/**
 * Fetches a document.
 * @param {string} href
 * @param {{ headers?: HeadersInit, name?: string, fetch: typeof globalThis.fetch }} options
 * @returns {Promise<import('./merge.js').Layer>}
 * @throws {HawserError} ERR_SECRETS_SOURCE; the message shows the URL without user, password and query.
 */
export async function fetchLayer(href, { headers, name, fetch }) {
  const shown = name ?? showUrl(href);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(href, { headers, credentials: 'same-origin' });
  } catch (cause) {
    throw new HawserError('ERR_SECRETS_SOURCE', `${shown} cannot be fetched.`, { source: shown, phase: 'load', cause });
  }
  if (!response.ok) {
    throw new HawserError('ERR_SECRETS_SOURCE', `${shown} answers with status ${response.status}.`, {
      source: shown,
      phase: 'load',
      status: response.status,
    });
  }
  const text = new Uint8Array(await response.arrayBuffer());
  const json = /[/+]json\b/i.test(response.headers.get('content-type') ?? '') || /\.json$/i.test(href.replace(/[?#].*$/s, ''));
  return {
    name: shown,
    kind: json ? 'json' : 'toml',
    file: shown,
    text,
    review: headers === undefined ? (tree, warn) => warnOfPublic(shown, tree, warn) : undefined,
  };
}

/**
 * A URL without what may be secret in it.
 * @param {string} href
 */
function showUrl(href) {
  return href.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
}
