/**
 * What Google Cloud Storage refuses, and what to do about it.
 */
import { HawserError } from '../errors.js';
import { readBytes } from '../http/bytes.js';
import { changedError, notFound } from './store.js';

/**
 * @param {{ response: Response, method: string, path: string, root: string, reading: boolean }} refusal
 * @returns {Promise<HawserError | undefined>} Undefined: it is nothing special.
 */
export async function gcsError({ response, method, path, root, reading }) {
  const { status } = response;
  const { message, reason } = saidIn(new TextDecoder().decode(await readBytes(response.body, 64 * 1024)));
  const details = { status, serverCode: reason };
  const said = message && ` Google says: ${message}`;
  const what = `${method} of ${JSON.stringify(path)} in ${root}`;
  if (status === 404) return /bucket/i.test(message) ? new HawserError('ERR_NOT_FOUND', `There is no such bucket as in ${root}.${said}`, details) : notFound(path, root, details);
  if (status === 401) return new HawserError('ERR_AUTH', `${what}: the token is missing, expired or not valid (401).${said}`, details);
  if (status === 403) {
    return new HawserError('ERR_AUTH', `${what} is not allowed to these credentials (403${reason && ` ${reason}`}). They need a role such as Storage Object ${/^(GET|HEAD)$/.test(method) ? 'Viewer' : 'User'} on the bucket.${said}`, details);
  }
  if (status === 412 && reading) return changedError(path, root, details);
  if (status === 412) return new HawserError('ERR_HTTP_STATUS', `${what}: the object is there already, or was changed meanwhile (412).`, { ...details, changed: true });
  if (!message) return undefined;
  return new HawserError('ERR_HTTP_STATUS', `${what} was answered with ${status}${reason && ` ${reason}`}.${said}`, details);
}

/** @param {string} text @returns {{ message: string, reason: string }} */
function saidIn(text) {
  try {
    const { error } = JSON.parse(text);
    return { message: String(error?.message ?? ''), reason: String(error?.errors?.[0]?.reason ?? error?.status ?? '') };
  } catch {
    return { message: /^[\x20-\x7E\s]{1,300}$/.test(text) && !text.includes('<') ? text.trim() : '', reason: '' };
  }
}
