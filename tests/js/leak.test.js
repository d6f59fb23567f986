/**
 * No value of a secret leaves the library unless it is asked for: unique markers are pushed through everything that shows
 * something, and none may come out.
 */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { secretsCore } from '../../js/secrets/core.js';
import { Secrets } from '../../js/secrets/secrets.js';
import { expectNoLeak, marker, markers, show, showFailure, shown } from './leak-helpers.js';

const warn = (/** @type {string} */ message) => shown.push({ where: 'warning', text: message });
/** @param {any} sources @param {object} [options] */
const secretsOf = (sources, options) => /** @type {any} */ (new Secrets({ sources, environment: {}, warn, ...options }));

afterAll(() => expectNoLeak(300));

describe('what was loaded', () => {
  test('is shown without values', async () => {
    const password = marker('url-password');
    const secrets = secretsOf([
      { toml: `top = "${marker('top')}"\n[connections.db]\nurl = "postgres://${marker('user')}:${encodeURIComponent(password)}@h/d?token=${encodeURIComponent(marker('query'))}"\nlist = ["${marker('item')}", { a = "${marker('in-list')}" }]\ntoJSON = "${marker('to-json')}"\ntoString = "${marker('to-string')}"\ninspect = "${marker('inspect')}"\nconstructor = "${marker('constructor')}"\n__proto__ = { x = "${marker('proto')}" }` },
      { values: { connections: { db: { password: marker('values') } } } },
      { env: { HAWSER__ENV__KEY: marker('env') } },
      { provider: async () => ({ vault: { token: marker('provider') } }) },
      { toml: 'ref = "${{ VAR }}"' },
    ], { environment: { VAR: marker('reference') } });
    show('not loaded', secrets);
    await secrets.load();
    show('secrets', secrets);
    for (const path of ['connections', 'connections.db', 'connections.db.list', 'connections.db.list[1]', 'connections.db.__proto__', 'env']) show(path, secrets.get(path));
    for (const path of ['top', 'connections', 'connections.db.url', 'nope']) show(`explain ${path}`, secrets.explain(path));
    show('sources', secrets.sources());
    show('leaves', secrets.leaves());
    show('layers', secrets.layerNames());
    await showFailure('missing', () => secrets.get('connections.db.nope'));
    await showFailure('missing property', () => secrets.connections.db.nope);
    await showFailure('bad path', () => secrets.get({}));
    await showFailure('assignment', () => (secrets.connections.db.password = marker('assigned')));
    await showFailure('assignment above', () => (secrets.top = marker('assigned-above')));
    await showFailure('a source of the wrong kind', () => secrets.load({ values: { a: { b: new Map([['k', marker('map')]]) } } }));
    await showFailure('an unknown source', () => secrets.load({ yaml: marker('yaml') }));
  });
});

test('the default instance is shown without values', async () => {
  process.env.HAWSER__LEAK__TOKEN = marker('default');
  const { hawser, secrets } = await import('../../js/index.js');
  show('default secrets, not loaded', secrets);
  expect(secrets.get('leak.token')).toBe(process.env.HAWSER__LEAK__TOKEN);
  delete process.env.HAWSER__LEAK__TOKEN;
  show('default secrets', secrets);
  show('default instance', hawser);
  show('spread', { ...secrets });
});

describe('what is malformed', () => {
  test.each([
    ['unquoted', (/** @type {string} */ m) => `password = ${m}`],
    ['not closed', (/** @type {string} */ m) => `password = "${m}`],
    ['more behind it', (/** @type {string} */ m) => `password = "x" ${m}`],
    ['a bad escape', (/** @type {string} */ m) => `password = "\\${m}"`],
    ['twice', (/** @type {string} */ m) => `password = "x"\npassword = "${m}"`],
    ['in a list', (/** @type {string} */ m) => `a = ["x" "${m}"]`],
    ['within a text of several lines', (/** @type {string} */ m) => `a = """\n${m} = 1""" x`],
    ['a line of its own', (/** @type {string} */ m) => `a = 1\n${m}`],
    ['an unclosed text of several lines', (/** @type {string} */ m) => `a = """\n${m}`],
    ['a bad byte', (/** @type {string} */ m) => `a = "${m}\ud800"`],
    ['a bad reference', (/** @type {string} */ m) => `a = "\${{ ${m} }}"`],
    ['a missing reference', (/** @type {string} */ m) => `a = "${m} \${{ NOPE }}"`],
    ['too deep', (/** @type {string} */ m) => `${'a.'.repeat(200)}a = "${m}"`],
    ['too large', (/** @type {string} */ m) => `# ${'x'.repeat(2 ** 20)}\na = "${m}"`],
  ])('TOML: %s', async (name, text) => {
    await showFailure(name, () => secretsOf([{ toml: text(marker('toml')) }]).get('a'));
  });

  test('JSON, environment, provider, url', async () => {
    const json = marker('json');
    await showFailure('JSON', () => secretsOf([{ url: 'https://h.test/x.json' }], { fetch: async () => new Response(`{"a": ${json}}`) }).load());
    await showFailure('environment', () => secretsOf([{ env: { HAWSER__A: marker('a'), HAWSER__A__B: marker('b') } }]).a);
    await showFailure('provider', () => secretsOf([{ values: { k: markers[0] } }, {
      provider() {
        throw Object.assign(new Error('no'), { name: 'VaultError' });
      },
    }]).load());
    const token = encodeURIComponent(marker('url-token'));
    await showFailure('url', () => secretsOf([{ url: `https://u:${token}@h.test/x?key=${token}#${token}` }], { fetch: async () => new Response('', { status: 500 }) }).load());
  });
});

describe('errors of others', () => {
  test('are scrubbed in all their parts', async () => {
    const [password, url, pem] = [marker('password'), `redis://:${encodeURIComponent(marker('in-url'))}@h`, marker('pem-line-that-is-long')];
    const secrets = secretsOf([{ values: { c: { password, url, key: `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----` } } }]);
    await secrets.load();
    class DriverError extends Error {
      /** @param {string} message @param {object} details */
      constructor(message, details) {
        super(message);
        Object.assign(this, details);
      }
    }
    class Socket {
      constructor() {
        this.url = url;
      }
    }
    const cycle = new DriverError(`auth failed for ${password}`, {
      config: { headers: { authorization: `Basic ${btoa(password)}` }, list: [url, { [password]: 1 }] },
      socket: new Socket(),
      code: 'E_AUTH',
      cause: new Error(`key ${pem}`, { cause: password }),
    });
    /** @type {any} */ (cycle).self = cycle;
    const many = new AggregateError([cycle, new Error(encodeURIComponent(password))], `${url}`);
    const scrubbed = secrets.scrubError(many);
    show('scrubbed', scrubbed);
    expect(scrubbed).toBeInstanceOf(AggregateError);
    expect(scrubbed.errors[0]).toBeInstanceOf(DriverError);
    expect(scrubbed.errors[0].code).toBe('E_AUTH');
    expect(scrubbed.errors[0].self).toBe(scrubbed.errors[0]);
    expect(scrubbed.errors[0].message).toBe('auth failed for [redacted]');
    show('text', secrets.scrub(`${password} ${url} ${pem} ${JSON.stringify(password)} ${encodeURIComponent(url)}`));
    const innocent = new Error('nothing in it');
    expect(secrets.scrubError(innocent)).toBe(innocent);
  });

  test('of listeners', async () => {
    const secrets = secretsOf([{ values: {} }]);
    await secrets.load();
    const token = marker('listener');
    secrets.onChange(() => {
      throw new Error(token);
    });
    await secrets.load({ values: { token } });
  });

  test('of a core that traps', async () => {
    const text = marker('crash');
    const spy = jest.spyOn(secretsCore().module, 'addToml').mockImplementation(() => {
      throw new WebAssembly.RuntimeError('unreachable');
    });
    await showFailure('crash', () => secretsOf([{ toml: `a = "${text}"` }]).a);
    spy.mockRestore();
  });
});
