/**
 * Configuration that stands in the environment in the way of each service's own tools; the lowest layer. What belongs together stays
 * together, in `native`: a session token goes with one key, and with no other.
 */
import { withoutNone } from './options.js';

/** @typedef {Record<string, unknown>} Environment */

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);

/** AWS_* as all tools of AWS know them. @param {Environment} environment */
export function awsNative(environment) {
  const native = withoutNone({
    access_key_id: text(environment.AWS_ACCESS_KEY_ID),
    secret_access_key: text(environment.AWS_SECRET_ACCESS_KEY),
    session_token: text(environment.AWS_SESSION_TOKEN),
  });
  return withoutNone({
    region: text(environment.AWS_REGION) ?? text(environment.AWS_DEFAULT_REGION),
    endpoint: text(environment.AWS_ENDPOINT_URL_S3) ?? text(environment.AWS_ENDPOINT_URL),
    native: native.access_key_id && native.secret_access_key ? native : undefined,
  });
}

/** @param {Environment} environment */
export function googleNative(environment) {
  const file = text(environment.GOOGLE_APPLICATION_CREDENTIALS);
  const emulator = text(environment.STORAGE_EMULATOR_HOST);
  return withoutNone({
    endpoint: emulator && (/^https?:/.test(emulator) ? emulator : `http://${emulator}`),
    native: file && { credentials_file: file },
  });
}

/** @param {Environment} environment */
export const azureNative = async (environment) => (await import('../stores/azure_config.js')).nativeConfig(environment);

/** @param {Environment} environment */
export const huggingFaceNative = async (environment) => (await import('../stores/huggingface.js')).nativeConfig(environment);
