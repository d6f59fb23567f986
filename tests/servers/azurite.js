/**
 * Azurite, Microsoft's emulator of Azure Storage: the Blob service, in memory, on a free port of this machine.
 */
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { findServer } from '../../tools/servers.js';
import { have, startProgram } from '../browser/programs.js';

/** The accounts that it has: name and key. Keys are of this run, so that nothing else has them by accident. */
export const ACCOUNT = 'hawsertests';
const newKey = () => Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString('base64');

/**
 * Whether its tests can run. Where it is missing that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveAzurite = () => have(Boolean(findServer('azurite')), 'the tests with Azurite. Install it: node tools/setup.js test');

/**
 * @returns {Promise<{ endpoint: string, account: string, key: string, connectionString: string, close: () => Promise<void> }>}
 *   `endpoint` has the account in its path and no slash at the end.
 */
export async function startAzurite() {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-azurite-'));
  const main = join(/** @type {string} */ (findServer('azurite')), 'dist/src/blob/main.js');
  const key = newKey();
  const program = await startProgram(
    process.execPath,
    [main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'],
    { ready: /listens on (http:\S+)/, env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}`, TMPDIR: folder } },
  );
  const endpoint = `${program.announced}/${ACCOUNT}`;
  return {
    endpoint,
    account: ACCOUNT,
    key,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${endpoint};`,
    async close() {
      await program.end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
