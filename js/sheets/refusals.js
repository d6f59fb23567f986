/**
 * What the Sheets API says when it refuses, as errors that tell what to do.
 */
import { HawserError } from '../errors.js';

/** @typedef {(problem: { error?: unknown, response?: Response }) => Promise<HawserError | undefined>} Diagnose */

/**
 * @param {{ spreadsheet?: string, what: string }} about What was asked for, for messages.
 * @param {(text: string) => string} scrub
 * @returns {Diagnose}
 */
export const diagnoseRefusal = ({ spreadsheet, what }, scrub) => async ({ response }) => {
  if (response === undefined) return undefined;
  const error = await errorOf(response);
  if (error === undefined) return undefined;
  const { status } = response;
  const said = scrub(String(error.message ?? '').slice(0, 500));
  const fail = (/** @type {import('../errors.js').HawserErrorCode} */ code, /** @type {string} */ advice) =>
    new HawserError(code, `${advice} The Sheets API says: ${said || error.status} (${status}).`, { status, reason: error.status });
  const reasons = JSON.stringify(error.details ?? []);
  if (/SERVICE_DISABLED|accessNotConfigured/.test(reasons) || /has not been used in project|it is disabled/.test(said)) {
    return fail('ERR_AUTH', 'The Google Sheets API is not enabled for the project of these credentials: enable it in the Google Cloud console.');
  }
  if (/API_KEY_|keyInvalid/.test(reasons) || /API key/i.test(said)) {
    return fail('ERR_AUTH', 'The API key was refused: look at its restrictions (APIs, websites) in the Google Cloud console.');
  }
  if (status === 401) return fail('ERR_AUTH', 'The credentials were refused.');
  if (status === 403) {
    return fail('ERR_AUTH', `The spreadsheet ${spreadsheet} must be shared with these credentials: with the client_email of a service account, `
      + 'or with everybody who has the link when they are an API key. To write, with the role Editor.');
  }
  if (status === 404) return fail('ERR_NOT_FOUND', `There is no spreadsheet ${spreadsheet}.`);
  if (status === 400 && /Unable to parse range|No grid with id|not found/i.test(said)) return fail('ERR_NOT_FOUND', `The spreadsheet has no ${what}.`);
  if (status === 400) return fail('ERR_QUERY', 'The Sheets API refused the request.');
  return undefined;
};

/** @param {Response} response Is not consumed. @returns {Promise<any>} */
async function errorOf(response) {
  try {
    return (await response.clone().json())?.error;
  } catch {
    return undefined;
  }
}
