/**
 * A Google of the tests' own (tests/servers/google.js, a double), with one spreadsheet and a service account that may edit it.
 */
import { generateKeyPairSync } from 'node:crypto';
import { expect } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { GoogleDouble, Workbook, Worksheet } from '../servers/google.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PEM = /** @type {string} */ (privateKey.export({ format: 'pem', type: 'pkcs8' }));

export const date = (value, shown) => ({ value, format: 'DATE', shown });

/** A spreadsheet with what real ones have. */
const book = () =>
  new Workbook('1AbcDEFghiJKLmnoPQRstuVWXyz0123456789-_abcde', 'Zoo', [
    new Worksheet(0, 'Pets', 0, [
      ['name', 'kind', 'weight', 'born', 'tame'],
      ['Tom', 'cat', 4.5, date(45351, '2/29/2024'), true],
      ['Rex', 'dog', 30, date(36526, '1/1/2000'), false],
      ['Kiki', 'bird'],
      [null, null, null, null, true],
    ]),
    new Worksheet(712, "Owner's list", 1, [
      ['owner', 'pet', 'pet', null, 'owner '],
      ['Ada', 'Tom', 1, 'x', 2],
      ['Bob', 'Rex', { value: { error: 'N_A' } }, { value: { error: 'DIVIDE_BY_ZERO' } }, '#N/A'],
    ]),
    new Worksheet(99, 'A1', 2, [['the title is a cell'], ['=1+1']]),
    new Worksheet(4, 'Empty', 3, []),
    new Worksheet(5, 'Times', 4, [
      ['day', 'moment', 'clock', 'lasted', 'number', 'mixed'],
      [date(1), { value: 45351.75, format: 'DATE_TIME' }, { value: 0.5, format: 'TIME' }, { value: 1.5, format: 'TIME' }, 45351, date(45351)],
      [date(-0.25), { value: 45351.123456789, format: 'DATE_TIME' }, { value: 1 / 3, format: 'TIME' }, { value: -0.125, format: 'TIME' }, 0.5, 7],
    ]),
  ], { names: { prices: "'Pets'!A1:C3" } });

/**
 * @param {Record<string, any>} [options] Of createHawser.
 */
export async function zoo(options = {}) {
  const google = await new GoogleDouble().start();
  const account = {
    type: 'service_account', project_id: 'zoo', private_key_id: 'key-1', private_key: PEM, client_email: 'robot@zoo.iam.gserviceaccount.com',
    token_uri: google.tokenUrl,
  };
  google.endpoint.register(account, publicKey);
  google.keys.add('AIzaTheKey');
  const spreadsheet = google.add(book());
  spreadsheet.editors.push(account.client_email);
  const where = { apiUrl: google.url, docsUrl: google.url, spreadsheet: spreadsheet.spreadsheetId };
  const clock = options.clock ?? { time: Date.now(), now: () => clock.time, sleep: async (ms) => void (clock.time += ms) };
  google.endpoint.now = () => clock.time;
  const hawser = createHawser({ secrets: [], clock, ...options });
  return {
    google, account, spreadsheet, where, clock, hawser,
    service: (more = {}) => hawser.connection('zoo', { type: 'gsheets', credentials: account, ...where, ...more }),
    keyed: (more = {}) => hawser.connection('zoo', { type: 'gsheets', key: 'AIzaTheKey', ...where, ...more }),
    open: (more = {}) => hawser.connection('zoo', { type: 'gsheets', ...where, ...more }),
    async stop() {
      await hawser.close();
      await google.stop();
      expect(google.violations ?? []).toEqual([]);
    },
  };
}

export const sheetRequests = (google) => google.asked(/^\/v4\//);
