/**
 * What S3 refuses, and what to do about it.
 */
import { HawserError } from '../errors.js';
import { readBytes } from '../http/bytes.js';
import { changedError, notFound } from './store.js';
import { errorDocument, textOf } from './xml.js';

/** Bytes of an error document that are looked at. */
const MOST = 64 * 1024;

const EXPIRED = new Set(['ExpiredToken', 'TokenRefreshRequired', 'InvalidToken', 'ExpiredTokenException']);
const REGION = new Set(['PermanentRedirect', 'TemporaryRedirect', 'Redirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException']);
const MISSING = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound']);

/**
 * @typedef {object} Refusal What a refused request was.
 * @property {Response} response
 * @property {{ method: string, url: string }} request As it may be shown.
 * @property {import('./bucket.js').Place} place
 * @property {string} path
 * @property {string} root
 * @property {string} region That was signed for.
 * @property {string | undefined} canonicalRequest That was signed.
 * @property {number} now Milliseconds since the epoch.
 */

/**
 * @param {Refusal} refusal
 * @returns {Promise<HawserError | undefined>} Undefined: it is nothing special.
 */
export async function s3Error(refusal) {
  const { response, place, path, root } = refusal;
  const { status } = response;
  const found = errorDocument(new TextDecoder().decode(await readBytes(response.body, MOST)));
  const code = found?.code ?? response.headers.get('x-amz-error-code') ?? byStatus(status);
  const message = found?.message ?? '';
  const details = { status, serverCode: code, requestId: (found && textOf(found.element, 'RequestId')) ?? response.headers.get('x-amz-request-id') ?? undefined };
  const said = message && ` The server says: ${message}`;
  const region = textOf(found?.element, 'Region') ?? response.headers.get('x-amz-bucket-region') ?? undefined;
  if (MISSING.has(code)) return notFound(path, root, details);
  if (code === 'NoSuchBucket') return new HawserError('ERR_NOT_FOUND', `There is no bucket ${JSON.stringify(place.bucket)} at this endpoint.`, details);
  if (REGION.has(code) && (code !== 'AuthorizationHeaderMalformed' || (region && region !== refusal.region))) return wrongRegion(refusal, region, found, details);
  if (code === 'SignatureDoesNotMatch') return badSignature(refusal, found, details);
  if (code === 'RequestTimeTooSkewed') return skewed(refusal, found, details);
  if (EXPIRED.has(code)) return auth(`The temporary credentials of this connection have expired or are not valid (${code}). Give new ones, best as a function (credentials: async () => …).`, details);
  if (code === 'InvalidAccessKeyId') return auth(`The server does not know the access key id of this connection.${said}`, details);
  if (code === 'AccessDenied' || status === 401 || status === 403) {
    const what = `${refusal.request.method} of ${JSON.stringify(path)} in ${root}`;
    return auth(
      `${what} is not allowed to these credentials (${code || status}). They need ${permissionFor(refusal.request.method)} there; ` +
        `where s3:ListBucket is not allowed, an object that does not exist looks like this, too.${said}`,
      details,
    );
  }
  if (status === 412 || code === 'PreconditionFailed') return changedError(path, root, details);
  if (status === 404) return notFound(path, root, details);
  if (!found) return undefined;
  return new HawserError('ERR_HTTP_STATUS', `${refusal.request.method} of ${JSON.stringify(path)} in ${root} was answered with ${status} ${code}.${said}`, { ...details, url: refusal.request.url });
}

/**
 * For a page that could not read why it was refused.
 * @param {string} method @param {string} root
 */
export const hiddenRefusal = (method, root) =>
  new HawserError(
    'ERR_AUTH',
    `${method} in ${root} was refused, and this page could not read why; the same without credentials it can, so the rule for CORS is there. ` +
      'Mostly the secret access key is wrong, the credentials have expired, or the clock of this machine is; ' +
      `it may also be that the rule does not allow ${method}, or the header Authorization or x-amz-security-token.`,
    { hidden: true },
  );

/** For answers without a body. @param {number} status */
const byStatus = (status) => (status === 301 || status === 307 || status === 308 ? 'PermanentRedirect' : '');

/** @param {string} method */
const permissionFor = (method) => (method === 'PUT' ? 's3:PutObject' : method === 'DELETE' ? 's3:DeleteObject' : 's3:GetObject (and s3:ListBucket for lists)');

/** @param {string} message @param {object} details */
const auth = (message, details) => new HawserError('ERR_AUTH', message, { ...details });

/** @param {Refusal} refusal @param {string | undefined} region @param {ReturnType<typeof errorDocument>} found @param {object} details */
function wrongRegion({ place, region: asked }, region, found, details) {
  const endpoint = textOf(found?.element, 'Endpoint');
  const fix = region ? `Say region = "${region}".` : endpoint ? `The server names ${endpoint}.` : 'Look up its region and say it as region = "…".';
  const message = `The bucket ${JSON.stringify(place.bucket)} is not in the region "${asked}", which this connection asks. ${fix}`;
  return new HawserError('ERR_CONNECTION_CONFIG', message, { ...details, ...(region && { region }) });
}

/** @param {Refusal} refusal @param {ReturnType<typeof errorDocument>} found @param {object} details */
function badSignature({ canonicalRequest = '', response, now }, found, details) {
  const ours = withoutToken(canonicalRequest);
  const theirs = textOf(found?.element, 'CanonicalRequest');
  const differs = theirs === undefined ? undefined : firstDifference(ours.split('\n'), withoutToken(theirs).split('\n'));
  const apart = clockDifference(response, now);
  const hint =
    theirs === undefined
      ? `Mostly the secret access key is wrong; it may also be that a proxy changed the request on its way, or that the region or the service does not fit.`
      : differs
        ? `The server received another request than was sent: ${differs}. A proxy may have changed it.`
        : 'The server received what was sent, so the secret access key is wrong.';
  const clock = apart !== undefined && Math.abs(apart) > 60 ? ` The server's clock and this one are ${Math.abs(apart)} s apart.` : '';
  return auth(`The signature does not match (SignatureDoesNotMatch). ${hint}${clock} What was signed is in canonicalRequest of this error.`, { ...details, canonicalRequest: ours });
}

/** @param {Refusal} refusal @param {ReturnType<typeof errorDocument>} found @param {object} details */
function skewed({ response, now }, found, details) {
  const serverTime = Date.parse(textOf(found?.element, 'ServerTime') ?? response.headers.get('date') ?? '');
  const apart = Number.isNaN(serverTime) ? '' : ` They are ${Math.round(Math.abs(serverTime - now) / 1000)} s apart.`;
  return auth(`The clock of this machine and that of the server differ too much (RequestTimeTooSkewed).${apart} Set the clock.`, {
    ...details,
    ...(!Number.isNaN(serverTime) && { serverTime }),
  });
}

/** Seconds. @param {Response} response @param {number} now */
function clockDifference(response, now) {
  const time = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : Math.round((time - now) / 1000);
}

/** A session token is part of what is signed. @param {string} text */
const withoutToken = (text) => text.replace(/(x-amz-security-token:).*/gi, '$1…').replace(/(X-Amz-Security-Token=)[^&\n]*/g, '$1…');

/** @param {string[]} ours @param {string[]} theirs */
function firstDifference(ours, theirs) {
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    if (ours[i] !== theirs[i]) return `line ${i + 1} of what was signed is ${JSON.stringify(ours[i] ?? '')} here and ${JSON.stringify(theirs[i] ?? '')} there`;
  }
  return undefined;
}
