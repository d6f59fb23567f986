/**
 * How Google Sheets is asked: together, within the quotas, with tokens that last; and what nobody is shown. Against a double of Google
 * (tests/servers/google.js).
 */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { PEM, sheetRequests, zoo } from './gsheets-helpers.js';

let z;
beforeEach(async () => {
  z = await zoo();
});
afterEach(() => z.stop());

const sizes = () => sheetRequests(z.google).map(({ query }) => query.getAll('ranges').length);

describe('double of Google: requests', () => {
  test('reads of the same moment are one request, one token for all', async () => {
    const conn = await z.service();
    const tables = await Promise.all(['Pets', 'Times', "Owner's list", 'Pets', 'A1'].map((title) => conn.read(title)));
    expect(tables.map(({ length }) => length)).toEqual([4, 2, 2, 4, 1]);
    expect(sizes()).toEqual([4]);
    expect(z.google.asked(/token/)).toHaveLength(1);
    const some = await Promise.all([conn.read('Pets', { range: 'A1:B3' }), conn.read('Pets', { range: 'B1:B2' }), conn.read('Empty'), conn.read('Pets', { dates: 'serial' })]);
    expect(some.map(({ length, columns }) => [length, columns.length])).toEqual([[2, 2], [1, 1], [0, 0], [4, 5]]);
    expect(sizes().slice(1).sort()).toEqual([1, 3]);
  });

  test('one that is not there does not fail the others', async () => {
    const conn = await z.service();
    const [pets, none, times] = await Promise.allSettled(['Pets', 'None', 'Times'].map((title) => conn.read(title)));
    expect([pets.value?.length, times.value?.length]).toEqual([4, 2]);
    expect(none.reason).toMatchObject({ code: 'ERR_NOT_FOUND', message: expect.stringContaining('"None"') });
  });

  test('many ranges are some requests, four at a time at the most', async () => {
    const conn = await z.service();
    const all = await Promise.all(Array.from({ length: 250 }, (_, n) => conn.read('Pets', { range: `A${n + 1}:B${n + 2}`, header: false })));
    expect(all[0].at(0)).toEqual({ column1: 'name', column2: 'kind' });
    expect(all[249].length).toBe(0);
    expect(sizes()).toHaveLength(7);
    expect(z.google.busiest).toBeLessThanOrEqual(4);
  });

  test('who gives up is let go at once; the request is given up with the last', async () => {
    const conn = await z.service();
    await conn.worksheets();
    let arrived = () => {};
    const asked = new Promise((resolve) => (arrived = resolve));
    z.google.onRequest = () => {
      arrived();
      return new Promise(() => {});
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const first = conn.read('Pets', { signal: one.signal });
    const second = conn.read('Times', { signal: two.signal });
    await asked;
    one.abort(new Error('first'));
    await expect(first).rejects.toThrow('first');
    two.abort(new Error('second'));
    await expect(second).rejects.toThrow('second');
    z.google.onRequest = undefined;
    expect((await conn.read('Pets')).length).toBe(4);
  });

  test('a quota that is used up is waited for, up to a point', async () => {
    const pauses = [];
    const clock = { time: Date.now(), now: () => clock.time, sleep: async (ms) => void pauses.push(ms) };
    const y = await zoo({ clock, random: () => 0.5 });
    const conn = await y.service();
    y.google.quota = 0;
    y.google.onRequest = ({ path }) => {
      if (path.startsWith('/v4/') && pauses.length >= 3) y.google.quota = 10;
    };
    expect((await conn.read('Pets')).length).toBe(4);
    expect(pauses).toEqual([500, 1000, 2000]);
    y.google.quota = 0;
    y.google.onRequest = undefined;
    await expect(conn.read('Times')).rejects.toMatchObject({ code: 'ERR_HTTP_STATUS', status: 429, attempts: 6, connection: 'zoo' });
    expect(pauses.slice(3)).toEqual([500, 1000, 2000, 4000, 8000]);
    await y.stop();
  });

  test('an append is not repeated when nobody knows what became of it', async () => {
    const conn = await z.service();
    await conn.worksheets();
    let appends = 0;
    const y = createHawser({
      secrets: [],
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (!String(url).endsWith(':batchUpdate')) return response;
        appends += 1;
        throw new TypeError('fetch failed');
      },
    });
    const other = await y.connection('zoo', { type: 'gsheets', credentials: z.account, ...z.where });
    await expect(other.append({ worksheet: 'Pets', data: [['x']] })).rejects.toMatchObject({ code: 'ERR_CONNECTION_FAILED', lost: true });
    expect(appends).toBe(1);
    await y.close();
  });

  test('a token is renewed before it expires, and once when it is refused', async () => {
    const conn = await z.service();
    await conn.read('Pets');
    z.clock.time += 3_500_000;
    await conn.read('Times');
    expect(z.google.asked(/token/)).toHaveLength(1);
    z.clock.time += 60_000;
    await conn.read('A1');
    expect(z.google.asked(/token/)).toHaveLength(2);
    z.google.endpoint.revokeAll();
    // Answered when the second one is there, so that both were sent with the token that is refused.
    let count = 0;
    let arrived;
    const both = new Promise((resolve) => (arrived = resolve));
    z.google.onRequest = ({ path }) => (path.startsWith('/v4/') && ++count === 2 ? arrived() : path.startsWith('/v4/') && both);
    await Promise.all([conn.read('Empty'), conn.read({ gid: 712 }), conn.read('Pets', { dates: 'serial' })]);
    expect(z.google.asked(/token/)).toHaveLength(3);
    expect(z.google.asked(/^\/v4/).filter(({ status }) => status === 401).length).toBeGreaterThan(1);
    z.google.endpoint.accounts.clear();
    z.google.endpoint.revokeAll();
    await expect(conn.read('Pets', { cache: 'reload' })).rejects.toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('no such service account') });
  });

  test("a user's token, from a function that is asked again when it is refused", async () => {
    const asked = [];
    const token = async ({ renew }) => {
      asked.push(renew);
      const value = `user-${asked.length}`;
      if (asked.length > 1) z.google.endpoint.tokens.set(value, { email: z.account.client_email, scopes: ['https://www.googleapis.com/auth/drive'], expires: Infinity });
      return value;
    };
    const conn = await z.open({ token });
    expect((await conn.read('Pets')).length).toBe(4);
    expect(asked).toEqual([false, true]);
    await conn.append({ worksheet: 'Pets', data: [['x']] });
  });

  test('any other method of the API, by the raw client', async () => {
    const conn = await z.service();
    const client = await conn.raw();
    const { properties } = await client.request('GET', `/${z.spreadsheet.spreadsheetId}`, undefined, { query: { fields: 'properties.title' } });
    expect(properties).toEqual({ title: 'Zoo' });
  });
});

describe('double of Google: results are fresh for an hour', () => {
  test('unless the call or the connection says otherwise', async () => {
    const conn = await z.service();
    const state = async (options) => (await conn.read('Pets', options)).cache.state;
    await state();
    z.clock.time += 3_599_000;
    expect(await state()).toBe('hit');
    z.clock.time += 2_000;
    expect(await state()).toBe('miss');
    expect(await state({ ttl: 0 })).toBe('bypass');
    const brief = await z.hawser.connection('brief', { type: 'gsheets', credentials: z.account, ...z.where, cache: { ttl: '10s' } });
    await brief.read('Pets');
    z.clock.time += 11_000;
    expect((await brief.read('Pets')).cache.state).toBe('miss');
  });
});

describe('double of Google: configuration', () => {
  const toml = (section) => ({ toml: section });
  const escaped = () => JSON.stringify(z.account.private_key);

  test.each(['zoo', 'gsheets'])("Streamlit's layout: the JSON's own keys and type = service_account, the type given in code ([connections.%s])", async (name) => {
    const hawser = createHawser({
      secrets: [toml(`[connections.${name}]
type = "service_account"
project_id = "zoo"
private_key_id = "key-1"
private_key = ${escaped()}
client_email = "${z.account.client_email}"
client_id = "1"
auth_uri = "https://accounts.google.com/o/oauth2/auth"
token_uri = "${z.google.tokenUrl}"
spreadsheet = "https://docs.google.com/spreadsheets/d/${z.spreadsheet.spreadsheetId}/edit"
worksheet = "Pets"
apiUrl = "${z.google.url}"
`)],
    });
    const conn = await hawser.connection(name, { type: 'gsheets' });
    expect((await conn.read()).length).toBe(4);
    await hawser.close();
  });

  test.each([
    ['a table', () => `[connections.zoo.credentials]\nclient_email = "${z.account.client_email}"\nprivate_key = ${escaped()}\ntoken_uri = "${z.google.tokenUrl}"`],
    ['text', () => `[connections.zoo]\ncredentials = '''${JSON.stringify(z.account)}'''`],
    ["the section's own keys", () => `[connections.zoo]\nclient_email = "${z.account.client_email}"\nprivate_key = '${z.account.private_key.replaceAll('\n', '\\n')}'\ntoken_uri = "${z.google.tokenUrl}"`],
  ])('credentials as %s', async (_what, section) => {
    const hawser = createHawser({ secrets: [toml(section())] });
    const conn = await hawser.connection('zoo', { type: 'gsheets', ...z.where });
    expect((await conn.read('Pets')).length).toBe(4);
    await hawser.close();
  });

  test('what contradicts itself, or is incomplete', async () => {
    await expect((await z.service({ key: 'AIzaTheKey' })).read()).rejects.toMatchObject({ code: 'ERR_CONNECTION_CONFIG', message: expect.stringContaining('credentials and key') });
    await expect((await z.open({ client_email: 'x' })).read()).rejects.toMatchObject({ code: 'ERR_AUTH', message: expect.stringContaining('private_key') });
    await expect((await z.open({ credentials: '{' })).read()).rejects.toMatchObject({ code: 'ERR_AUTH', connection: 'zoo' });
    for (const wrong of [{ apiUrl: 'sheets' }, { docsUrl: 7 }, { readOnly: 'yes' }, { invalidates: 'x' }]) {
      const [[name]] = Object.entries(wrong);
      await expect((await z.service(wrong)).read()).rejects.toMatchObject({ code: 'ERR_CONNECTION_CONFIG', message: expect.stringContaining(name) });
    }
    await expect((await z.service()).clear({ invalidates: 'x' })).rejects.toThrow(/^invalidates: /);
    await expect((await z.open({ key: '' })).read()).rejects.toMatchObject({ code: 'ERR_AUTH' });
  });
});

describe('nobody is shown a key or a token', () => {
  test('not in errors, events, names of cached results, nor by printing', async () => {
    const events = [];
    const secret = z.account.private_key;
    const hawser = createHawser({ secrets: [{ values: { connections: { zoo: { credentials: { ...z.account, token_uri: z.google.tokenUrl } } } } }] });
    for (const name of ['onHit', 'onMiss', 'onLoad', 'onError', 'onEvict', 'onConnect', 'onReset', 'onClose']) hawser.on(name, (event) => void events.push(event));
    const conn = await hawser.connection('zoo', { type: 'gsheets', ...z.where });
    const table = await conn.read('Pets');
    const shown = [table.cache, conn, await conn.raw()];
    const fail = async () => shown.push(await conn.read({ worksheet: 'Pets', cache: 'reload' }).then(() => 'read', (error) => error));
    z.google.echo = true;
    await fail();
    expect(shown.at(-1)).toMatchObject({ code: 'ERR_QUERY', message: expect.stringContaining('Bad request: [redacted]') });
    z.google.echo = false;
    z.google.endpoint.revokeAll();
    z.google.endpoint.accounts.clear();
    await fail();
    expect(shown.at(-1)).toMatchObject({ code: 'ERR_AUTH' });
    expect(events.length).toBeGreaterThan(3);
    shown.push(...events);
    const text = shown.map((one) => `${String(one)} ${inspect(one, { depth: 12, showHidden: true })} ${JSON.stringify(one)} ${one.stack} ${inspect(one.cause)}`).join('\n');
    const lines = secret.split('\n').filter((line) => line.length > 20);
    const tokens = z.google.asked(/token/).flatMap(({ reply }) => /ya29\.[\w-]+/.exec(reply) ?? []);
    expect(tokens.length).toBeGreaterThan(0);
    for (const hidden of [...lines, ...tokens, PEM.slice(40, 70)]) expect(text.includes(hidden)).toBe(false);
    await hawser.close();
  });
});
