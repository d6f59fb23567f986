/** Google Sheets: keys of service accounts in all forms, dates, SQL, public spreadsheets. The server is a function in the place of fetch. */
import { verifyCompact } from '../../../js/http/jws.js';
import { TAG, readElement, readElements, writeElement } from '../../../js/http/signers/der.js';
import { fails, same } from '../assert.js';

const RSA = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const NOW = 1_700_000_000_000;

/** @param {string} label @param {Uint8Array} der */
const pem = (label, der) => `-----BEGIN ${label}-----\n${btoa(String.fromCharCode(...der)).replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
/** @param {string} hex */
const oid = (hex) => writeElement(TAG.oid, Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)));

/** As `openssl pkcs8 -topk8 -v2 aes-256-cbc` does. @param {Uint8Array<ArrayBuffer>} der @param {string} passphrase */
async function encrypted(der, passphrase) {
  const { subtle } = crypto;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const base = await subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, ['deriveBits']);
  const bits = await subtle.deriveBits({ name: 'PBKDF2', salt, iterations: 2048, hash: 'SHA-256' }, base, 256);
  const aes = await subtle.importKey('raw', bits, 'AES-CBC', false, ['encrypt']);
  const content = new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, aes, der));
  const prf = writeElement(TAG.sequence, oid('2a864886f70d0209'), writeElement(TAG.null));
  const derivation = writeElement(
    TAG.sequence, oid('2a864886f70d01050c'),
    writeElement(TAG.sequence, writeElement(TAG.octets, salt), writeElement(TAG.integer, new Uint8Array([8, 0])), prf),
  );
  const cipher = writeElement(TAG.sequence, oid('60864801650304012a'), writeElement(TAG.octets, iv));
  const scheme = writeElement(TAG.sequence, oid('2a864886f70d01050d'), writeElement(TAG.sequence, derivation, cipher));
  return writeElement(TAG.sequence, scheme, writeElement(TAG.octets, content));
}

/** @param {unknown} value */
const cell = (value, type = '') => ({
  effectiveValue: typeof value === 'number' ? { numberValue: value } : { stringValue: value }, effectiveFormat: type ? { numberFormat: { type } } : {},
});

/**
 * @param {import('../suite.js').Context} context
 * @param {Record<string, any>} config
 * @param {(url: URL, init: any) => Promise<any> | any} answer
 */
async function opened({ hawser }, config, answer) {
  /** @type {string[]} */
  const seen = [];
  /** @type {any} */
  const fetch = async (/** @type {string} */ address, /** @type {any} */ init) => {
    const url = new URL(address);
    seen.push(url.pathname);
    const value = await answer(url, init);
    return value instanceof Response ? value : new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
  };
  const conn = await hawser({ clock: { now: () => NOW }, fetch, flightScope: 'isolate' }).connection('zoo', {
    type: 'gsheets', spreadsheet: 'the-id', dangerouslyAllowBrowser: true, ...config,
  });
  return { conn, seen };
}

/** @type {Record<string, import('../suite.js').Case>} */
export const sheets = {
  async 'service accounts with keys of all forms'(context) {
    const pair = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
    const publicKey = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
    const pkcs1 = /** @type {any} */ (readElements(readElement(der).value)[2]).value;
    const forms = [
      pem('PRIVATE KEY', der), pem('PRIVATE KEY', der).replaceAll('\n', '\\n'), pem('RSA PRIVATE KEY', pkcs1),
      pem('ENCRYPTED PRIVATE KEY', await encrypted(der, 'open sesame')),
    ];
    for (const private_key of forms) {
      const credentials = { client_email: 'robot@zoo.test', private_key, private_key_passphrase: 'open sesame' };
      const { conn, seen } = await opened(context, { credentials }, async ({ pathname }, { headers, body }) => {
        if (pathname === '/token') {
          const { payload } = await verifyCompact(new URLSearchParams(String(body)).get('assertion') ?? '', publicKey, { algorithms: ['RS256'] });
          same(JSON.parse(new TextDecoder().decode(payload)), {
            iss: 'robot@zoo.test', scope: 'https://www.googleapis.com/auth/spreadsheets', aud: 'https://oauth2.googleapis.com/token', iat: NOW / 1000, exp: NOW / 1000 + 3600,
          });
          return { access_token: 'short', expires_in: 3600 };
        }
        same(new Headers(headers).get('authorization'), 'Bearer short');
        const rows = [[cell('pet'), cell('born')], [cell('Tom'), cell(45351, 'DATE')], [cell('Rex')]];
        return { sheets: [{ properties: { title: 'Pets' }, data: [{ rowData: rows.map((values) => ({ values })) }] }] };
      });
      same((await conn.read('Pets')).toArray(), [{ pet: 'Tom', born: '2024-02-29' }, { pet: 'Rex', born: null }]);
      same((await conn.query("select count(*) as n from Pets where born > '2020'")).toArray(), [{ n: 1 }]);
      same(seen, ['/token', '/v4/spreadsheets/the-id']);
    }
    const { conn } = await opened(context, { credentials: { client_email: 'x', private_key: forms[3] } }, () => ({}));
    await fails(conn.read('Pets'), 'ERR_AUTH');
  },

  async 'public spreadsheets'(context) {
    const { conn, seen } = await opened(context, {}, ({ searchParams }) => {
      if (searchParams.get('gid') === '7') return new Response('<html>', { headers: { 'content-type': 'text/html' } });
      return new Response('pet,weight\r\nTom,4.5\r\n"Re""x",30\r\n', { headers: { 'content-type': 'text/csv; charset=utf-8' } });
    });
    same((await conn.read()).toArray(), [{ pet: 'Tom', weight: 4.5 }, { pet: 'Re"x', weight: 30 }]);
    same((await conn.query('select sum(weight) as w from first', { worksheets: { first: 0 } })).toArray(), [{ w: 34.5 }]);
    await fails(conn.read({ gid: 7 }), 'ERR_AUTH');
    await fails(conn.append({ data: [[1]] }), 'ERR_NOT_SUPPORTED');
    same(seen.length, 3);
  },
};
