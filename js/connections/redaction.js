/**
 * Redaction for one connection: beside the values of secrets, the credentials that it was given in code or by its data
 * source's own configuration, which the secrets know nothing of.
 */
import { CREDENTIAL_KEY, Scrubber } from '../secrets/scrub.js';
import { isRecord } from './options.js';

/** @typedef {{ scrub(text: string): string, scrubError(error: unknown): any }} Redaction */

/**
 * @param {Redaction} secrets
 * @param {Record<string, any>[]} layers Of the configuration. What counts in them: texts and numbers under a key that names a
 *   credential, and URLs with a user or options.
 * @returns {Redaction} `secrets` itself when there is nothing else to take out.
 */
export function redactionFor(secrets, layers) {
  const found = layers.map((layer) => credentialsIn(layer, '')).filter((layer) => layer !== undefined);
  if (found.length === 0) return secrets;
  const own = new Scrubber();
  for (const tree of found) own.learn(tree);
  return {
    scrub: (text) => own.scrub(secrets.scrub(text)),
    scrubError: (error) => own.scrubError(secrets.scrubError(error)),
  };
}

/**
 * The part of a configuration that holds credentials, as a tree of js/packed.js.
 * @param {unknown} value @param {string} key
 * @returns {any}
 */
function credentialsIn(value, key) {
  if (typeof value === 'string') return CREDENTIAL_KEY.test(key) || /:\/\/.*[@?]/.test(value) ? value : undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return CREDENTIAL_KEY.test(key) ? String(value) : undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => credentialsIn(item, key)).filter((item) => item !== undefined);
    return items.length ? ['a', ...items] : undefined;
  }
  if (!isRecord(value)) return undefined;
  const members = Object.entries(value)
    .map(([name, member]) => [name, credentialsIn(member, name)])
    .filter(([, member]) => member !== undefined);
  return members.length ? Object.fromEntries(members) : undefined;
}
