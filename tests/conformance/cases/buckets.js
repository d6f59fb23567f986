/** Buckets of S3 and Google Cloud Storage: what is sent to them, with its signatures, and what is made of the answers. */
import { fails, ok, same } from '../assert.js';

/** By the signer of the SDK of AWS, for the credentials, time and object of these cases. */
const EXPECTED = {
  header:
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231114/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ' +
    'Signature=be1d169b6dfcc0441640116c7e0097623ba2fce1438933e75fc2efcab361ca89',
  query: '00c9959622549f7cf446779d77a09ba6cc3814472d164a9671f10a99754665f8',
};

const NOW = 1_700_000_000_000;
const KEYS = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'secret-of-tests', session_token: 'session-of-tests' };
const OBJECT = 'https://data.s3.eu-west-1.amazonaws.com/a%20b%2B%C3%A9.csv';

/**
 * A fetch that answers with what is at hand.
 * @param {(url: URL, init: any) => Response} answer
 */
function fetchFrom(answer) {
  /** @type {{ url: URL, headers: Headers }[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
    sent.push({ url: new URL(url), headers: new Headers(init.headers) });
    return answer(new URL(url), init);
  };
  return { sent, fetch: /** @type {any} */ (fetch) };
}

/** @type {Record<string, import('../suite.js').Case>} */
export const buckets = {
  'S3: requests and URLs are signed; a 304 renews what is cached': async ({ hawser }) => {
    const { sent, fetch } = fetchFrom((_, init) =>
      new Headers(init.headers).get('if-none-match') === '"e"' ? new Response(null, { status: 304 }) : new Response('n\n1\n', { headers: { etag: '"e"', 'content-length': '4' } }),
    );
    const clock = { time: NOW, now: () => clock.time };
    const conn = /** @type {any} */ (await hawser({ fetch, clock }).connection('lake', { url: 's3://data', region: 'eu-west-1', ...KEYS }));
    same((await conn.read('a b+é.csv', { ttl: 60 })).toArray(), [{ n: 1 }]);
    same(sent[0].url.href, OBJECT);
    same([sent[0].headers.get('x-amz-date'), sent[0].headers.get('x-amz-security-token')], ['20231114T221320Z', 'session-of-tests']);
    same(sent[0].headers.get('authorization'), EXPECTED.header);
    const url = new URL(await conn.url('a b+é.csv', { expires: 60 }));
    same([url.origin + url.pathname, url.searchParams.get('X-Amz-Signature')], [OBJECT, EXPECTED.query]);
    clock.time += 61_000;
    same((await conn.read('a b+é.csv', { ttl: 60 })).toArray(), [{ n: 1 }]);
    same([sent.length, sent[1].headers.get('if-none-match')], [2, '"e"']);
    const error = await conn.read('a/../b').catch((/** @type {any} */ reason) => reason);
    ok(error?.name === 'RangeError', `a key that no URL can carry was not refused: ${error}`);
  },

  'S3: lists, page after page; what is refused is told apart': async ({ hawser }) => {
    const page = (/** @type {string} */ key, /** @type {string} */ next) =>
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>${Boolean(next)}</IsTruncated>` +
      `<Contents><Key>${key}</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>4</Size></Contents>` +
      `${next && `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`;
    const { fetch } = fetchFrom((url) => {
      if (url.pathname === '/') return new Response(url.searchParams.has('continuation-token') ? page('b%2Fc', '') : page('a+b%2B%C3%A9', 't=/'));
      const [code, status] = url.pathname.slice(1).split('-');
      return new Response(`<Error><Code>${code}</Code><Region>eu-north-1</Region></Error>`, { status: Number(status) });
    });
    const conn = /** @type {any} */ (await hawser({ fetch, random: () => 0 }).connection('lake', { url: 's3://data', region: 'eu-west-1', ...KEYS }));
    const entries = [];
    for await (const entry of conn.list()) entries.push(entry);
    same(entries.map(({ path, size, etag }) => [path, size, etag]), [['a b+é', 4, '"e"'], ['b/c', 4, '"e"']]);
    await fails(() => conn.read('NoSuchKey-404'), 'ERR_NOT_FOUND');
    await fails(() => conn.read('SignatureDoesNotMatch-403'), 'ERR_AUTH');
    await fails(() => conn.read('AuthorizationHeaderMalformed-400'), 'ERR_CONNECTION_CONFIG');
  },

  'Google: tokens that are asked for, generations, lists': async ({ hawser }) => {
    const { sent, fetch } = fetchFrom((url, init) => {
      if (url.pathname.endsWith('/o') && init.method === 'GET') return Response.json({ items: [{ name: 'a b.csv', size: '4', generation: '7', updated: '2023-11-14T22:13:20.000Z' }], prefixes: ['z/'] });
      return init.method === 'GET' ? new Response('n\n1\n', { headers: { 'x-goog-generation': '7' } }) : Response.json({ name: 'a b.csv', generation: '8', size: '4' });
    });
    const conn = /** @type {any} */ (await hawser({ fetch }).connection('lake', { url: 'gs://data', token: () => 'token-of-now' }));
    same((await conn.read('a b.csv')).toArray(), [{ n: 1 }]);
    same([sent[0].url.href, sent[0].headers.get('authorization')], ['https://storage.googleapis.com/storage/v1/b/data/o/a%20b.csv?alt=media', 'Bearer token-of-now']);
    same((await conn.write('a b.csv', 'n\n1\n', { ifMatch: '"7"' })).etag, '"8"');
    same(sent[1].url.searchParams.get('ifGenerationMatch'), '7');
    const paths = [];
    for await (const { path } of conn.list('', { recursive: false })) paths.push(path);
    same(paths, ['a b.csv', 'z/']);
  },
};
