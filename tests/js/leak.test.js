/**
 * No value of a secret leaves the library unless it is asked for: unique markers are pushed through everything that shows
 * something, and none may come out.
 */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { core } from '../../js/core.js';
import { Secrets } from '../../js/secrets/secrets.js';

/** Everything that was shown. @type {{ where: string, text: string }[]} */
const shown = [];
/** @type {string[]} */
const markers = [];

/** A value that nothing else contains. @param {string} name */
function marker(name) {
  const text = `mk-${name}-${(markers.length * 7919 + 104729).toString(36)}Qz!`;
  markers.push(text);
  return text;
}

/** Shows a thing in every way there is. @param {string} where @param {any} thing */
function show(where, thing) {
  const add = (/** @type {() => unknown} */ write) => {
    try {
      shown.push({ where, text: String(write()) });
    } catch (error) {
      // Cloning may be refused, printing must not fail.
      if (/** @type {any} */ (error)?.name !== 'DataCloneError') throw error;
      shown.push({ where: `${where} (refused)`, text: inspect(error, { depth: Infinity, showHidden: true }) });
    }
  };
  for (const options of [{}, { depth: Infinity }, { showProxy: true, depth: 9 }, { showHidden: true, depth: 9 }, { customInspect: false, depth: 9 }, { compact: false, depth: 0 }]) {
    add(() => inspect(thing, options));
    add(() => inspect({ nested: [thing] }, options));
  }
  add(() => String(thing));
  add(() => `${thing}`);
  add(() => thing + '');
  add(() => JSON.stringify(thing));
  add(() => JSON.stringify({ nested: [thing] }));
  add(() => inspect(structuredClone(thing), { depth: Infinity, showHidden: true }));
  add(() => printed(thing));
  add(() => posted(thing));
}

/** @param {unknown} thing */
function printed(thing) {
  let text = '';
  const stdout = new Writable({ write: (chunk, _, done) => ((text += chunk), done()) });
  const printer = new Console({ stdout });
  printer.log(thing, '%o %O %j %s', thing, thing, thing, thing);
  printer.dir(thing, { depth: 9 });
  return text;
}

/** @param {unknown} thing */
function posted(thing) {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(thing);
    return 'posted';
  } finally {
    port1.close();
    port2.close();
  }
}

/** Shows what an action throws, or rejects with. @param {string} where @param {() => unknown} act */
async function showFailure(where, act) {
  try {
    await act();
  } catch (/** @type {any} */ error) {
    show(where, error);
    shown.push({ where: `${where} stack`, text: `${error.stack}\n${error.cause?.stack}` });
    return;
  }
  throw new Error(`${where} should have failed`);
}

const warn = (/** @type {string} */ message) => shown.push({ where: 'warning', text: message });
/** @param {any} sources @param {object} [options] */
const secretsOf = (sources, options) => /** @type {any} */ (new Secrets({ sources, environment: {}, warn, ...options }));

afterAll(() => {
  expect(shown.length).toBeGreaterThan(300);
  for (const text of markers) {
    const encoded = [text, encodeURIComponent(text), btoa(text).replace(/=+$/, '')];
    const leaks = shown.filter((one) => encoded.some((form) => one.text.includes(form)));
    expect(leaks.slice(0, 3).map(({ where, text: out }) => ({ where, text: out.slice(0, 2000) }))).toEqual([]);
  }
});

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
    const spy = jest.spyOn(/** @type {any} */ (core().module).SecretStore.prototype, 'addToml').mockImplementation(() => {
      throw new WebAssembly.RuntimeError('unreachable');
    });
    await showFailure('crash', () => secretsOf([{ toml: `a = "${text}"` }]).a);
    spy.mockRestore();
  });
});
