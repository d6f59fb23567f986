/**
 * Azurite, Microsoft's emulator of Azure Storage: the Blob service, in memory, on a free port of this machine.
 */
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { findServer } from '../../tools/servers.js';
import { have, startProgram } from '../browser/programs.js';

/** The account that it has. Its key is of each run, so that nothing else has it by accident. */
const ACCOUNT = 'hawsertests';
const newKey = () => Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString('base64');

/**
 * Whether its tests can run. Where it is missing that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveAzurite = () => have(Boolean(findServer('azurite')), 'the tests with Azurite. Install it: node tools/setup.js test');

/**
 * A request that is signed here, by other code than that which is tested: sets the server up, and looks at what is there.
 * @param {string} endpoint @param {string} key @param {string} method @param {string} path With a slash, percent-encoded.
 * @param {Record<string, string>} [parameters] @param {string} [body] @param {Record<string, string>} [extra] Headers, x-ms- ones only.
 */
async function ask(endpoint, key, method, path, parameters = {}, body = '', extra = {}) {
  /** @type {Record<string, string>} */
  const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2023-11-03', ...extra };
  const own = Object.keys(headers).sort().map((name) => `${name}:${headers[name]}\n`).join('');
  const values = Object.keys(parameters).sort().map((name) => `\n${name}:${parameters[name]}`).join('');
  const type = body ? 'application/xml' : '';
  const text = `${method}\n\n\n${Buffer.byteLength(body) || ''}\n\n${type}\n\n\n\n\n\n\n${own}/${ACCOUNT}/${ACCOUNT}${path}${values}`;
  headers.authorization = `SharedKey ${ACCOUNT}:${createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')}`;
  if (type) headers['content-type'] = type;
  const response = await fetch(`${endpoint}${path}?${new URLSearchParams(parameters)}`, { method, headers, body: body || undefined });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

/**
 * Credentials of a server for 127.0.0.1, made with openssl.
 * @param {string} folder
 */
function certificate(folder) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return { key, cert };
}

/**
 * @param {{ entra?: boolean }} [options] entra: by https, with tokens of Microsoft Entra (whose signatures it does not check).
 * @returns {Promise<{ endpoint: string, account: string, key: string, connectionString: string,
 *   createContainer: (name: string, access?: 'container' | 'blob') => Promise<void>, allowOrigin: (origin: string) => Promise<void>, containerSas: (name: string, permissions: string) => string, certificate?: string, close: () => Promise<void> }>}
 *   `endpoint` has the account in its path and no slash at the end.
 */
export async function startAzurite({ entra = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-azurite-'));
  const main = join(/** @type {string} */ (findServer('azurite')), 'dist/src/blob/main.js');
  const key = newKey();
  const tls = entra ? certificate(folder) : undefined;
  const program = await startProgram(
    process.execPath,
    [main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry', ...(tls ? ['--cert', tls.cert, '--key', tls.key, '--oauth', 'basic'] : [])],
    { ready: /listens on (https?:\S+)/, env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}`, TMPDIR: folder } },
  );
  const endpoint = `${program.announced}/${ACCOUNT}`;
  return {
    endpoint,
    account: ACCOUNT,
    certificate: tls?.cert,
    key,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpoint};`,
    async createContainer(name, access) {
      await ask(endpoint, key, 'PUT', `/${name}`, { restype: 'container' }, '', access && { 'x-ms-blob-public-access': access });
    },
    async allowOrigin(origin) {
      const lists = ['Allowed', 'Exposed'].map((kind) => `<${kind}Headers>*</${kind}Headers>`).join('');
      const rule = `<CorsRule><AllowedOrigins>${origin}</AllowedOrigins><AllowedMethods>GET,HEAD,PUT,DELETE,OPTIONS</AllowedMethods>${lists}<MaxAgeInSeconds>0</MaxAgeInSeconds></CorsRule>`;
      const body = `<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><Cors>${rule}</Cors></StorageServiceProperties>`;
      await ask(endpoint, key, 'PUT', '/', { restype: 'service', comp: 'properties' }, body);
    },
    containerSas(name, permissions) {
      const [expiry, version] = [new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ''), '2022-11-02'];
      const text = [permissions, '', expiry, `/blob/${ACCOUNT}/${name}`, '', '', 'https,http', version, 'c', ...Array(7).fill('')].join('\n');
      const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
      return String(new URLSearchParams({ sv: version, se: expiry, sr: 'c', sp: permissions, spr: 'https,http', sig }));
    },
    async close() {
      await program.end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
