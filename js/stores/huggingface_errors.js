/**
 * What the Hub means by an answer that is none.
 */
import { HawserError } from '../errors.js';
import { notFound } from './store.js';
import { repoPage } from './huggingface_paths.js';

/**
 * For `diagnose` of the exchange.
 * @param {object} what
 * @param {import('./huggingface_paths.js').Place} what.place
 * @param {string} what.path As the caller has it.
 * @param {string} what.root
 * @param {string} what.endpoint
 * @param {boolean} what.known Whether a token is sent.
 */
export const hubDiagnosis = ({ place, path, root, endpoint, known }) =>
  /** @param {{ response?: Response }} problem @returns {HawserError | undefined} */
  ({ response }) => {
    if (!response) return undefined;
    const { status, headers } = response;
    if (status === 429) return tooMany(headers, known);
    // The servers that hold the contents speak of signatures of their own.
    if (response.url && new URL(response.url).origin !== new URL(endpoint).origin) return status === 404 ? notFound(path, root, { status }) : undefined;
    const code = headers.get('x-error-code') ?? '';
    const details = { status, path, ...(code && { hubCode: code }) };
    const page = `${endpoint}/${repoPage(place)}`;
    const named = `the ${place.type} ${place.id}`;
    if (code === 'GatedRepo') {
      const token = known ? 'the account of the token has not got it yet' : 'no token is given';
      return new HawserError('ERR_AUTH', `Access to ${named} has to be asked for: accept its conditions at ${page}; ${token}.`, { ...details, reason: 'gated' });
    }
    if (code === 'RevisionNotFound') return new HawserError('ERR_NOT_FOUND', `There is no revision ${JSON.stringify(place.revision)} of ${named}.`, details);
    if (code === 'EntryNotFound') return notFound(path, root, details);
    // Who may not see a repository is told that there is none.
    if (code === 'RepoNotFound' || (status === 401 && !known)) {
      const hidden = known ? 'or the token may not read it' : 'or it is private: give a token';
      return new HawserError(status === 404 ? 'ERR_NOT_FOUND' : 'ERR_AUTH', `There is no ${place.type} ${place.id} on ${endpoint}, ${hidden}.`, details);
    }
    if (status === 401) return new HawserError('ERR_AUTH', `The Hub did not accept the token: it is wrong, expired or was revoked. Make another at ${endpoint}/settings/tokens.`, details);
    if (status === 403) return new HawserError('ERR_AUTH', `The token may not read ${named}: give it that right at ${endpoint}/settings/tokens.`, details);
    return status === 404 ? notFound(path, root, details) : undefined;
  };

/**
 * The window of the limit ends in `t` seconds (RateLimit: "resolvers";r=0;t=55).
 * @param {Headers} headers @param {boolean} known
 */
function tooMany(headers, known) {
  const left = /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] ?? /^\d+$/.exec(headers.get('retry-after') ?? '')?.[0];
  const when = left === undefined ? 'later' : `in ${left} s`;
  const token = known ? '' : ' With a token more are allowed.';
  const details = { status: 429, ...(left !== undefined && { retryAfter: Number(left) }) };
  return new HawserError('ERR_HTTP_STATUS', `Hugging Face answers no more requests for now; try again ${when}.${token}`, details);
}

/**
 * For requests to the dataset viewer.
 * @param {{ dataset: string, known: boolean }} what
 */
export const viewerDiagnosis = ({ dataset, known }) =>
  /** @param {{ response?: Response }} problem @returns {Promise<HawserError | undefined>} */
  async ({ response }) => {
    if (!response) return undefined;
    const { status, headers } = response;
    if (status === 429) return tooMany(headers, known);
    const code = headers.get('x-error-code') ?? '';
    const details = { status, ...(code && { hubCode: code }) };
    const said = await response.clone().json().then((body) => (typeof body?.error === 'string' ? ` It says: ${body.error.slice(0, 300)}` : ''), () => '');
    if (status === 401 || (status === 404 && /^External/.test(code))) {
      const why = known ? 'or the token may not read it' : 'or it is private or gated: give a token';
      return new HawserError(status === 401 ? 'ERR_AUTH' : 'ERR_NOT_FOUND', `There is no dataset ${dataset} for the dataset viewer, ${why}.`, details);
    }
    if (status === 404) return new HawserError('ERR_NOT_FOUND', `The dataset viewer does not know what was asked for of ${dataset}.${said}`, details);
    if (/^ResponseNotReady/.test(code)) return new HawserError('ERR_HTTP_STATUS', `The dataset viewer is still preparing ${dataset}: try again in a minute, or read its files by their paths.`, details);
    if (status === 500 || status === 501) return new HawserError('ERR_HTTP_STATUS', `The dataset viewer has no tables of ${dataset}: read its files by their paths.${said}`, details);
    return undefined;
  };
