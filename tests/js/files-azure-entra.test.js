/**
 * Azure Blob Storage with tokens of Microsoft Entra, against Azurite, which checks what tokens say, though not by whom they are signed.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { find } from '../../tools/run.js';
import { have } from '../browser/programs.js';
import { haveAzurite, startAzurite } from '../servers/azurite.js';

const program = fileURLToPath(new URL('../servers/entra_program.js', import.meta.url));

if (!haveAzurite() || !have(Boolean(find('openssl')), 'the tests of Azure with tokens. They need openssl (Debian: apt-get install openssl)')) {
  test.skip('no Azurite or no openssl', () => {});
} else {
  test('a token reads, writes and signs URLs; one that has expired is refused', async () => {
    const azurite = await startAzurite({ entra: true });
    try {
      const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: azurite.certificate, AZURITE: JSON.stringify(azurite) };
      const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
      expect(JSON.parse(stdout)).toEqual({
        container: 201,
        written: 8,
        read: 'by token',
        expired: { code: 'ERR_AUTH', status: 403, reason: 'token' },
        signed: 'by token',
        other: 403,
        forged: 403,
        put: 201,
        deleted: 202,
        keys: ['POST userdelegationkey'], // One, for as long as it is good.
        tooLong: 'RangeError',
      });
    } finally {
      await azurite.close();
    }
  }, 60_000);
}
