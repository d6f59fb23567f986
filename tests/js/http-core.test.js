// The HTTP core as JavaScript sees it. What it decides is tested in tests/cpp/http_*_test.cc.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { httpCoreNow, loadHttpCore } from '../../js/http/core.js';

const now = Date.UTC(2023, 10, 14, 22, 13, 20);
const date = 'Tue, 14 Nov 2023 22:13:20 GMT';

/** @type {import('../../js/http/core.js').HttpCore} */
let core;

beforeAll(async () => {
  core = await loadHttpCore();
});

test('is one, and there at once afterwards', async () => {
  expect(await loadHttpCore()).toBe(core);
  expect(httpCoreNow()).toBe(core);
});

describe('retries', () => {
  test('say whether, when and why', () => {
    const end = { method: 'GET', attempt: 1, status: 503, now, random: 0.5 };
    expect(core.decide(end)).toEqual({ retry: true, pause: 125, why: 'again' });
    expect(core.decide({ ...end, attempt: 3 })).toEqual({ retry: false, pause: 0, why: 'attempts' });
    expect(core.decide({ ...end, status: 200 })).toEqual({ retry: false, pause: 0, why: 'done' });
    expect(core.decide({ ...end, retryAfter: '2' })).toEqual({ retry: true, pause: 2125, why: 'again' });
    expect(core.decide({ ...end, retryAfter: null })).toEqual({ retry: true, pause: 125, why: 'again' });
    expect(core.decide({ ...end, retryAfter: date, random: 0 })).toEqual({ retry: true, pause: 0, why: 'again' });
    expect(core.decide({ ...end, deadline: now + 100 })).toEqual({ retry: false, pause: 0, why: 'deadline' });
  });

  test('go by a policy', () => {
    const end = { method: 'POST', attempt: 1, status: undefined, failure: /** @type {const} */ ('network'), now, random: 0.5 };
    expect(core.decide(end).why).toBe('not repeatable');
    const policy = { repeatable: true, firstPause: 1000, attempts: 2 };
    expect(core.decide({ ...end, policy })).toEqual({ retry: true, pause: 500, why: 'again' });
    expect(core.decide({ ...end, attempt: 2, policy }).why).toBe('attempts');
    expect(core.decide({ method: 'GET', attempt: 1, status: 418, now, random: 0, policy: { statuses: [418] } }).retry).toBe(true);
    expect(core.decide({ method: 'GET', attempt: 1, status: 503, now, random: 0, policy: { statuses: [418] } }).retry).toBe(false);
  });
});

test('dates and Retry-After', () => {
  expect(core.parseDate(date, now)).toBe(now);
  expect(core.parseDate('Tuesday, 14-Nov-23 22:13:20 GMT', now)).toBe(now);
  expect(core.parseDate(null, now)).toBeUndefined();
  expect(core.parseDate('\ud800', now)).toBeUndefined();
  expect(core.retryAfter('3', now)).toBe(3000);
  expect(core.retryAfter(date, now - 500)).toBe(500);
  expect(core.retryAfter(undefined, now)).toBeUndefined();
});

test('links', () => {
  const field = '<?page=2>; rel="Next last"; title="a, b", </x>; REL=prev; Media=all, <http://[>; rel=bad';
  expect(core.links(field, 'https://h.example/list?page=1')).toEqual([
    { url: 'https://h.example/list?page=2', rel: ['next', 'last'], parameters: { title: 'a, b' } },
    { url: 'https://h.example/x', rel: ['prev'], parameters: { media: 'all' } },
  ]);
  expect(core.links(null, 'https://h.example/')).toEqual([]);
});

describe('freshness', () => {
  const exchange = { status: 200, requestTime: now, responseTime: now };

  test('of a response', () => {
    const headers = { 'cache-control': 'max-age=60, stale-if-error=5', ETag: '"a"', Date: date, Vary: 'Accept, X-User' };
    expect(core.freshness({ ...exchange, responseHeaders: new Headers(headers) }, now + 10_000)).toEqual({
      storable: true, explicit: true, lifetime: 60_000, age: 10_000, fresh: true, noCache: false, mustRevalidate: false,
      staleWhileRevalidate: 0, staleIfError: 5000, etag: '"a"', vary: ['accept', 'x-user'],
    });
  });

  test('takes lists with several lines of a name', () => {
    const responseHeaders = [['Cache-Control', 'no-store'], ['cache-control', 'max-age=5']];
    expect(core.freshness({ ...exchange, responseHeaders }, now)).toMatchObject({ storable: false, lifetime: 5000 });
    expect(core.freshness({ ...exchange, responseHeaders: new Map([['cache-control', 'max-age=5']]) }, now).storable).toBe(true);
  });

  test('of methods and requests', () => {
    const responseHeaders = [['cache-control', 'max-age=5']];
    expect(core.freshness({ ...exchange, method: 'POST', responseHeaders }, now).storable).toBe(false);
    expect(core.freshness({ ...exchange, requestHeaders: [['Cache-Control', 'no-store']], responseHeaders }, now).storable).toBe(false);
  });
});

test('conditions, merged headers, variants and invalidation', () => {
  expect(core.conditionalHeaders([['ETag', 'W/"ä"'], ['Last-Modified', date]])).toEqual([['if-none-match', 'W/"ä"'], ['if-modified-since', date]]);
  expect(core.conditionalHeaders([])).toEqual([]);
  expect(core.mergeHeaders([['A', '1'], ['B', '2'], ['Age', '3'], ['Content-Length', '4']], [['b', '5'], ['content-length', '0']])).toEqual([
    ['a', '1'], ['content-length', '4'], ['b', '5'],
  ]);
  expect(core.varyMatches('Accept', [['accept', 'a, b']], [['Accept', 'a,b']])).toBe(true);
  expect(core.varyMatches('Accept', [['accept', 'a']], [])).toBe(false);
  expect(core.varyMatches(null, [['accept', 'a']], [])).toBe(true);
  expect(core.invalidates('POST', 201)).toBe(true);
  expect(core.invalidates('GET', 200)).toBe(false);
});

describe('canonical requests of AWS', () => {
  const request = { method: 'GET', url: 'https://h.example/a%20b//c?y&x=1', headers: [['X', '1'], ['Host', 'h.example'], ['x', '2']], payloadHash: 'hash' };

  test('go by the service', () => {
    expect(core.canonicalRequest({ ...request, service: 's3' })).toBe('GET\n/a%20b//c\nx=1&y=\nhost:h.example\nx:1,2\n\nhost;x\nhash');
    expect(core.canonicalRequest({ ...request, service: 'sqs' }).split('\n')[1]).toBe('/a%2520b/c');
  });

  test('take options and names in any order', () => {
    expect(core.canonicalRequest({ ...request, service: 'sqs', doubleEncode: false }).split('\n')[1]).toBe('/a%20b/c');
    expect(core.canonicalRequest({ ...request, service: 'sqs', normalize: false }).split('\n')[1]).toBe('/a%2520b//c');
    expect(core.canonicalRequest({ ...request, service: 's3', signed: ['X', 'host', 'x'] }).split('\n').slice(3)).toEqual(['host:h.example', 'x:1,2', '', 'host;x', 'hash']);
    expect(core.canonicalRequest({ ...request, service: 's3', signed: ['host'] }).split('\n').slice(3)).toEqual(['host:h.example', '', 'host', 'hash']);
  });
});

test('remembers nothing: large requests and small ones take turns', () => {
  const large = `${'<https://h.example/items>; rel=next; title="x", '.repeat(20_000)}`;
  for (let i = 0; i < 3; i++) {
    expect(core.links(large, 'https://h.example/')).toHaveLength(20_000);
    expect(core.parseDate(date, now)).toBe(now);
  }
});

test('decisions about what is stored do not look at its body', () => {
  const now = Date.UTC(2024, 1, 1);
  const stored = {
    requestHeaders: [], status: 200, responseHeaders: [['cache-control', 'max-age=60'], ['etag', '"a"'], ['date', new Date(now).toUTCString()]],
    requestTime: now, responseTime: now, size: 4,
    get body() {
      throw new Error('it may be large');
    },
  };
  const request = { method: 'GET', requestHeaders: [], now };
  expect(core.plan(request, [stored])).toMatchObject({ action: 'use', index: 0 });
  expect(core.freshness(stored, now)).toMatchObject({ fresh: true, storable: true });
  const answer = { ...request, status: 304, responseHeaders: [['etag', '"a"']], requestTime: now, responseTime: now, validated: true, index: 0 };
  expect(core.settle(answer, [stored])).toMatchObject({ action: 'renew' });
});
