/**
 * What a connection to S3 is told: where it is, and with which credentials.
 */
import { HawserError } from '../errors.js';
import { Sigv4Signer } from '../http/signers/sigv4.js';

/**
 * @typedef {object} S3Config
 * @property {string} [url] s3://bucket/prefix
 * @property {string} [bucket]
 * @property {string} [prefix]
 * @property {string} [region] Default us-east-1.
 * @property {string} [endpoint] Of a server other than Amazon's.
 * @property {boolean} [force_path_style] Whether the bucket is part of the path instead of the host. Default: with an endpoint, and where
 *   a bucket cannot be part of a host.
 * @property {string} [access_key_id]
 * @property {string} [secret_access_key]
 * @property {string} [session_token]
 * @property {import('../http/signers/sigv4.js').AwsCredentials | (() => Promise<import('../http/signers/sigv4.js').AwsCredentials>)} [credentials]
 * @property {boolean} [anonymous]
 */

/**
 * @param {S3Config} config
 * @returns {(bucket: string) => string} The address of a bucket, without a slash at the end.
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export function hostsOf({ endpoint, region = 'us-east-1', force_path_style: forced }) {
  if (!/^[a-z0-9-]+$/i.test(region)) throw new HawserError('ERR_CONNECTION_CONFIG', 'region is not the name of one, such as eu-west-1.');
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint === undefined ? new URL(`https://s3.${region}.${suffix}`) : URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!base || !/^https?:$/.test(base.protocol) || base.username || base.search) {
    throw new HawserError('ERR_CONNECTION_CONFIG', 'endpoint must be an http: or https: address without user and options.');
  }
  const path = base.pathname.replace(/\/$/, '');
  return (bucket) => {
    // A bucket with dots or capitals has no certificate, or is no host.
    const inPath = forced ?? (endpoint !== undefined || !/^[a-z0-9-]+$/.test(bucket));
    return inPath ? `${base.origin}${path}/${bucket}` : `${base.protocol}//${bucket}.${base.host}${path}`;
  };
}

/**
 * Credentials of the configuration, else those of the environment.
 * @param {S3Config & { native?: S3Config }} config @param {{ connection: string }} context
 * @returns {Sigv4Signer | undefined} Undefined: nothing is signed.
 * @throws {HawserError} ERR_AUTH
 */
export function signerOf({ anonymous, region = 'us-east-1', native, ...own }, { connection }) {
  if (anonymous === true) return undefined;
  const given = own.credentials ?? own.access_key_id ?? own.secret_access_key ?? own.session_token;
  const { credentials, access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken } = given === undefined ? (native ?? {}) : own;
  if (credentials !== undefined) return new Sigv4Signer({ credentials, region });
  if (accessKeyId && secretAccessKey) return new Sigv4Signer({ credentials: { accessKeyId, secretAccessKey, sessionToken }, region });
  const missing = accessKeyId ? 'secret_access_key is missing' : secretAccessKey ? 'access_key_id is missing' : 'it has none';
  throw new HawserError(
    'ERR_AUTH',
    `Connection "${connection}" needs credentials: access_key_id and secret_access_key (and session_token for temporary ones), ` +
      `or anonymous = true for buckets that are public; ${missing}.`,
    { connection, phase: 'configure' },
  );
}
