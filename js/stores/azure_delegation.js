/**
 * Keys for user delegation: what somebody with a token of Microsoft Entra signs URLs with, where there is no account key.
 */
import { HawserError } from '../errors.js';
import { importAccountKey } from '../http/signers/azure_shared_key.js';
import { parseXml, textOf } from './xml.js';

/** The longest that such a key is good for, in milliseconds. */
const LONGEST = 7 * 86_400_000;

/** @typedef {{ key: CryptoKey, until: number, delegation: import('./azure_sas.js').Delegation }} DelegationKey */

export class DelegationKeys {
  #ask;
  /** @type {DelegationKey | undefined} */
  #last;

  /** @param {(body: Uint8Array, how: { signal?: AbortSignal }) => Promise<string>} ask Sends the request for one; gives the answer's text. */
  constructor(ask) {
    this.#ask = ask;
  }

  /**
   * A key that is good until then.
   * @param {number} until @param {number} now Milliseconds since the epoch.
   * @param {{ signal?: AbortSignal }} how
   * @returns {Promise<DelegationKey>}
   * @throws {RangeError} Longer than seven days.
   */
  async until(until, now, how) {
    if (until - now > LONGEST) throw new RangeError('expires: must be at most seven days, where a token signs.');
    // Those of before are used for as long as they are good.
    if (this.#last && this.#last.until >= until) return this.#last;
    const end = Math.min(now + LONGEST, Math.max(until, now + 3_600_000));
    const [start, expiry] = [now, end].map((time) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'));
    const body = `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${start}</Start><Expiry>${expiry}</Expiry></KeyInfo>`;
    const answer = parseXml(await this.#ask(new TextEncoder().encode(body), how));
    const part = (/** @type {string} */ name) => textOf(answer, name) ?? missing(name);
    this.#last = {
      key: await importAccountKey(part('Value')),
      until: Math.floor(end / 1000) * 1000,
      delegation: {
        ...{ oid: part('SignedOid'), tid: part('SignedTid'), start: part('SignedStart'), expiry: part('SignedExpiry') },
        ...{ service: part('SignedService'), version: part('SignedVersion') },
      },
    };
    return this.#last;
  }
}

/** @param {string} name @returns {never} */
function missing(name) {
  throw new HawserError('ERR_FORMAT', `Azure Storage answered a key for user delegation without ${name}.`);
}
