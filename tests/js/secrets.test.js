/**
 * Secrets: sources, layers, references, reading, reloading.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { secretsCore } from '../../js/secrets/core.js';
import { Secrets } from '../../js/secrets/secrets.js';

/** @param {import('../../js/secrets/sources.js').Source[]} sources @param {object} [options] */
const secretsOf = (sources, options) => /** @type {any} */ (new Secrets({ sources, environment: {}, ...options }));
/** @param {string} toml @param {object} [options] */
const secretsIn = (toml, options) => secretsOf([{ toml }], options);
/** @param {string} code @param {object} [details] */
const failure = (code, details = {}) => expect.objectContaining({ name: 'HawserError', code, ...details });

afterEach(() => jest.restoreAllMocks());

describe('layers', () => {
  const global = { toml: 'top = 1\n[connections.a]\nurl = "x"\nlist = [1, 2]', name: 'global' };
  const project = { toml: '[connections.b]\nurl = "y"\n[connections.a]\nlist = [3]', name: 'project' };

  test('are merged key by key, arrays whole', () => {
    expect(secretsOf([global, project]).toObject()).toEqual({
      top: 1,
      connections: { a: { url: 'x', list: [3] }, b: { url: 'y' } },
    });
  });

  test('shallow replaces whole sections, as Streamlit does', () => {
    expect(secretsOf([global, project], { merge: 'shallow' }).toObject()).toEqual({
      top: 1,
      connections: { b: { url: 'y' }, a: { list: [3] } },
    });
  });

  test('a type conflict goes to the later layer, and explain shows it', () => {
    const secrets = secretsOf([{ toml: '[a]\nb = 1', name: 'one' }, { values: { a: 'text' }, name: 'two' }]);
    expect(secrets.get('a')).toBe('text');
    expect(secrets.explain('a')).toEqual({
      path: 'a',
      found: true,
      from: { layer: 'two', type: 'string' },
      merged: [],
      overrode: [{ layer: 'one', line: 1, column: 2, type: 'table' }],
      searched: ['one', 'two'],
    });
    expect(secrets.explain('a.b')).toMatchObject({ found: false, overrode: [{ layer: 'one', line: 2 }] });
  });

  test('explain tells layer, line and what was overridden', () => {
    const secrets = secretsOf([global, project, { env: { HAWSER__CONNECTIONS__A__URL: 'z' } }]);
    expect(secrets.explain('connections.a.url')).toMatchObject({
      from: { layer: 'environment', type: 'string' },
      overrode: [{ layer: 'global', line: 3, column: 1, type: 'string' }],
    });
    expect(secrets.explain(['connections', 'a'])).toMatchObject({
      from: { layer: 'environment', type: 'table' },
      merged: [{ layer: 'project', line: 3 }, { layer: 'global', line: 2 }],
    });
    expect(secrets.explain('nope')).toMatchObject({ found: false, from: undefined, searched: ['global', 'project', 'environment'] });
    expect(secrets.leaves()).toContainEqual({
      path: 'connections.a.list', keys: ['connections', 'a', 'list'], layer: 'project', line: 4, column: 1, type: 'array',
    });
  });

  test('load() appends, all or nothing', async () => {
    const secrets = secretsOf([global]);
    await secrets.load({ values: { top: 2 } }, { provider: async () => ({ vault: { key: '${{ NOT_TOUCHED }}' } }), name: 'vault' });
    expect(secrets.top).toBe(2);
    expect(secrets.vault.key).toBe('${{ NOT_TOUCHED }}');
    expect(secrets.sources()).toEqual([
      { name: 'global', kind: 'toml', state: 'loaded' },
      { name: 'values', kind: 'values', state: 'loaded' },
      { name: 'vault', kind: 'values', state: 'loaded' },
    ]);
    await expect(secrets.load({ values: { top: 3 } }, { toml: 'x' })).rejects.toEqual(failure('ERR_SECRETS_PARSE'));
    expect(secrets.top).toBe(2);
    expect(secrets.layerNames()).toEqual(['global', 'values', 'vault']);
  });

  test('loads one after the other', async () => {
    const secrets = secretsOf([]);
    await Promise.all([1, 2, 3].map((n) => secrets.load({ values: { last: n, [`k${n}`]: n } })));
    expect(secrets.toObject()).toEqual({ last: 3, k1: 1, k2: 2, k3: 3 });
  });

  test('without sources there is nothing, and that is no error', () => {
    const secrets = secretsOf([]);
    expect(secrets.toObject()).toEqual({});
    expect(secrets.get('a', 'b')).toBe('b');
    expect(() => secrets.get('a')).toThrow(failure('ERR_SECRET_MISSING', { message: 'No secret a (there are no layers).' }));
  });
});

describe('sources', () => {
  test.each([
    ['none', {}, /exactly one of toml/],
    ['two', { toml: '', values: {} }, /exactly one of/],
    ['an unknown one', { yaml: '' }, /exactly one of/],
    ['an unknown option', { toml: '', prefix: 'x' }, /no option prefix/],
    ['toml that is no text', { toml: 1 }, /toml must be text/],
    ['values that are no object', { values: [] }, /values must be a plain object/],
    ['env that is no object', { env: 'x' }, /env must be an object/],
    ['a prefix that is no text', { env: {}, prefix: 1 }, /prefix must be text/],
    ['a file that is no path', { file: 1 }, /file must be a path/],
    ['a url that is none', { url: 1 }, /url must be/],
    ['a provider that is none', { provider: {} }, /provider must be a function/],
    ['a name that is no text', { toml: '', name: 1 }, /name of a source/],
    ['null', null, /must be an object/],
  ])('%s', (_, source, message) => {
    expect(() => secretsOf([/** @type {any} */ (source)])).toThrow(TypeError);
    expect(() => secretsOf([/** @type {any} */ (source)])).toThrow(message);
  });

  test('options of Secrets are checked', () => {
    expect(() => new Secrets(/** @type {any} */ ({ sources: {} }))).toThrow(/array of sources/);
    expect(() => new Secrets(/** @type {any} */ ({ merge: 'flat' }))).toThrow(RangeError);
    expect(() => new Secrets(/** @type {any} */ ({ surces: [] }))).toThrow(/no option surces/);
  });

  test('values are copied, and say what they cannot hold', () => {
    const values = { a: { b: [1] }, n: null, i: 2n ** 60n, f: NaN, z: -0, d: new Date(5), big: 2 ** 60, huge: 1e300 };
    const secrets = secretsOf([{ values }]);
    values.a.b.push(2);
    expect(secrets.toObject()).toEqual({ ...values, a: { b: [1] } });
    const cycle = /** @type {any} */ ({ in: {} });
    cycle.in.out = cycle;
    class Custom {}
    for (const [bad, path] of /** @type {[any, string][]} */ ([
      [{ a: { b: undefined } }, 'values.a.b'], [{ a: [1, () => 1] }, 'values.a[1]'], [{ a: Symbol('x') }, 'values.a'],
      [{ a: new Map() }, 'values.a'], [{ a: new Custom() }, 'values.a'], [{ a: 2n ** 64n }, 'values.a'], [cycle, 'values.in.out'],
      [{ a: new Date(NaN) }, 'values.a'], [{ a: new Uint8Array(1) }, 'values.a'], [{ a: { [Symbol.iterator]: 1 } }, 'values.a'],
    ])) {
      expect(() => secretsOf([{ values: bad }])).toThrow(TypeError);
      expect(() => secretsOf([{ values: bad }])).toThrow(`${path} `);
    }
    expect(() => secretsOf([{ values: { a: '\ud800' } }]).a).toThrow(failure('ERR_SECRETS_PARSE'));
  });

  test('environment: nested names, case, whole documents', () => {
    const env = {
      HAWSER_SECRETS_TOML: '[connections.Pets]\nurl = "sqlite://"\nport = 1',
      HAWSER__CONNECTIONS__PETS__URL: 'x',
      HAWSER__connections__other__Key: 'y',
      OTHER: 'z',
    };
    const secrets = secretsOf([{ env }]);
    expect(secrets.toObject()).toEqual({ connections: { Pets: { url: 'x', port: 1 }, other: { key: 'y' } } });
    expect(secrets.sources().map((/** @type {any} */ source) => source.name)).toEqual(['environment HAWSER_SECRETS_TOML', 'environment']);
    expect(secretsOf([{ env: { APP__A: '1', APP_SECRETS_TOML: 'b = 2' }, prefix: 'APP__' }]).toObject()).toEqual({ a: '1', b: 2 });
    expect(() => secretsOf([{ env: { HAWSER_SECRETS_TOML: 'a = x' } }]).a).toThrow(
      failure('ERR_SECRETS_PARSE', { source: 'environment HAWSER_SECRETS_TOML', line: 1, column: 5 }),
    );
    expect(() => secretsOf([{ env: { HAWSER__A: '1', HAWSER__A__B: '2' } }]).a).toThrow(
      failure('ERR_SECRETS_PARSE', { variable: 'HAWSER__A__B' }),
    );
  });

  test('environment: bindings of a platform', () => {
    class Database {}
    const env = { HAWSER__A: { b: [1] }, HAWSER__DB: new Database(), HAWSER__N: 5, HAWSER__F: () => 1 };
    expect(secretsOf([{ env }]).toObject()).toEqual({ a: { b: [1] }, n: 5 });
  });

  test('url: TOML or JSON, errors without what the URL hides', async () => {
    const answers = /** @type {Record<string, () => Response>} */ ({
      '/a.toml': () => new Response('a = 1'),
      '/b': () => new Response('{"b": [1, {"c": null}]}', { headers: { 'content-type': 'application/json; charset=utf-8' } }),
      '/bad.json': () => new Response('{"b": hunter2}'),
      '/gone': () => new Response('', { status: 404 }),
    });
    const fetch = jest.fn(async (/** @type {any} */ url) => {
      const { pathname } = new URL(url);
      if (!answers[pathname]) throw new TypeError('fetch failed: hunter2');
      return answers[pathname]();
    });
    const load = async (/** @type {string} */ url) => {
      const secrets = secretsOf([{ url }], { fetch, warn() {} });
      expect(() => secrets.a).toThrow(failure('ERR_SECRETS_NOT_LOADED'));
      await secrets.load();
      return secrets.toObject();
    };
    expect(await load('https://h.test/a.toml')).toEqual({ a: 1 });
    expect(await load('https://h.test/b')).toEqual({ b: [1, { c: null }] });
    await expect(load('https://u:hunter2@h.test/bad.json?k=hunter2')).rejects.toEqual(
      failure('ERR_SECRETS_PARSE', { source: 'https://h.test/bad.json', line: 1, column: 7 }),
    );
    await expect(load('https://u:hunter2@h.test/gone?k=hunter2')).rejects.toMatchObject({
      code: 'ERR_SECRETS_SOURCE', status: 404, message: 'https://h.test/gone answers with status 404.',
    });
    await expect(load('https://h.test/none')).rejects.toEqual(failure('ERR_SECRETS_SOURCE'));
  });

  test('url: a warning when what looks like a credential is public', async () => {
    /** @type {string[]} */
    const warnings = [];
    const options = { fetch: async () => new Response('[connections.db]\npassword = "hunter2"'), warn: (/** @type {string} */ m) => warnings.push(m) };
    await secretsOf([{ url: 'https://h.test/s.toml' }], options).load();
    expect(warnings).toEqual([expect.stringContaining('connections.db.password')]);
    expect(warnings[0]).not.toContain('hunter2');
    await secretsOf([{ url: 'https://h.test/s.toml', headers: { authorization: 'x' } }], options).load();
    await secretsOf([{ url: 'https://h.test/s.toml' }], { ...options, fetch: async () => new Response('a = "sqlite://"') }).load();
    expect(warnings).toHaveLength(1);
  });

  test('provider: its failures and what it must answer', async () => {
    await expect(secretsOf([{ provider: () => Promise.reject(new Error('vault')), name: 'v' }]).load()).rejects.toMatchObject({
      code: 'ERR_SECRETS_SOURCE', source: 'v', cause: { message: 'vault' },
    });
    await expect(secretsOf([{ provider: async () => [] }]).load()).rejects.toThrow(TypeError);
    await expect(secretsOf([{ provider: async () => ({ a: undefined }), name: 'v' }]).load()).rejects.toThrow('v.a is undefined');
  });

  test('malformed is never missing', () => {
    const secrets = secretsIn('a = ');
    const parse = failure('ERR_SECRETS_PARSE');
    expect(() => secrets.get('a', 1)).toThrow(parse);
    expect(() => secrets.has('a')).toThrow(parse);
    expect(() => secrets.keys()).toThrow(parse);
    expect(() => secrets.section('connections', 'a')).toThrow(parse);
  });
});

describe('references', () => {
  const environment = { HOST: 'h', EMPTY: '', NESTED: '${{ HOST }}' };

  test('are replaced at every depth, from the environment of the instance', () => {
    const toml = 'a = "${{ HOST }}:${{ PORT:-5432 }}"\nb = [{ c = "${{ NESTED }}" }]\nd = "$${{ HOST }}"\ne = "${{EMPTY:-x}}"\nf = "${{ EMPTY }}"';
    expect(secretsIn(toml, { environment }).toObject()).toEqual({ a: 'h:5432', b: [{ c: '${{ HOST }}' }], d: '${{ HOST }}', e: 'x', f: '' });
    expect(secretsOf([{ values: { a: '${{ HOST }}' } }], { environment: () => environment }).a).toBe('h');
  });

  test('an error names key, variable and line', () => {
    expect(() => secretsIn('[c.x]\nurl = "${{ NOPE }}"').get('c')).toThrow(
      failure('ERR_ENV_MISSING', { path: 'c.x.url', variable: 'NOPE', line: 2, column: 1, source: 'toml' }),
    );
    expect(() => secretsIn('a = "${{ }}"').a).toThrow(failure('ERR_SECRETS_PARSE', { path: 'a' }));
  });

  test('of overridden values do not matter', () => {
    expect(secretsOf([{ toml: 'a = "${{ NOPE }}"' }, { values: { a: 1 } }]).a).toBe(1);
  });

  test('of what environment and providers give are left alone', async () => {
    const secrets = secretsOf([{ env: { HAWSER__A: '${{ HOST }}' } }, { provider: () => ({ b: '${{ HOST }}' }) }], { environment });
    await secrets.load();
    expect(secrets.toObject()).toEqual({ a: '${{ HOST }}', b: '${{ HOST }}' });
  });
});

describe('reading', () => {
  const secrets = secretsIn(`
big = 9223372036854775807
when = 1979-05-27T07:32:00Z
local = 07:32:00
list = [1, [2], { x = "y" }]
"a.b" = 1
keys = "key"
__proto__ = { polluted = true }
constructor = "c"
[connections.pets_db]
url = "sqlite://"
toString = "t"
toJSON = "j"
then = "now"
`);

  test('get takes dotted paths as in TOML, and arrays', () => {
    expect(secrets.get('connections.pets_db.url')).toBe('sqlite://');
    expect(secrets.get(' connections . "pets_db" . \'url\' ')).toBe('sqlite://');
    expect(secrets.get(['connections', 'pets_db', 'url'])).toBe('sqlite://');
    expect(secrets.get('"a.b"')).toBe(1);
    expect(secrets.get('list[2].x')).toBe('y');
    expect(secrets.get('list.1.0')).toBe(2);
    expect(secrets.get(['list', 0])).toBe(1);
    expect(secrets.get('keys')).toBe('key');
    for (const path of ['', '.', 'a.', 'a..b', '"a', 'a b', 1, {}, [], [1.5], [null], undefined]) {
      expect(() => secrets.get(path)).toThrow(TypeError);
    }
  });

  test('missing: an error with the layers, or the fallback', () => {
    expect(() => secrets.get('connections.nope.url')).toThrow(
      failure('ERR_SECRET_MISSING', { path: 'connections.nope.url', layers: ['toml'], message: 'No secret connections.nope.url (searched: toml).' }),
    );
    expect(secrets.get('connections.nope', undefined)).toBeUndefined();
    expect(secrets.get('big.nope', 7)).toBe(7);
    expect(() => secrets.nope).toThrow(failure('ERR_SECRET_MISSING', { path: 'nope' }));
    expect(() => secrets.connections.nope).toThrow(failure('ERR_SECRET_MISSING', { path: 'connections.nope' }));
    expect(() => secrets.get('valueOf')).toThrow(failure('ERR_SECRET_MISSING'));
    expect(() => secrets.get('list[9]')).toThrow(failure('ERR_SECRET_MISSING'));
  });

  test('has and in', () => {
    expect(secrets.has('connections.pets_db')).toBe(true);
    expect(secrets.has('connections.pets_db.hasOwnProperty')).toBe(false);
    expect('connections' in secrets).toBe(true);
    expect('get' in secrets).toBe(false);
    expect('url' in secrets.connections.pets_db).toBe(true);
  });

  test('keys, iteration, spreading', () => {
    const names = ['big', 'when', 'local', 'list', 'a.b', 'keys', '__proto__', 'constructor', 'connections'];
    expect(secrets.keys()).toEqual(names);
    expect(Object.keys(secrets)).toEqual(names);
    expect([...secrets].map(([key]) => key)).toEqual(names);
    expect(secrets.keys('connections')).toEqual(['pets_db']);
    expect(secrets.keys('big')).toEqual([]);
    expect(() => secrets.keys('nope')).toThrow(failure('ERR_SECRET_MISSING'));
    expect({ ...secrets.connections.pets_db, toJSON: undefined }).toEqual({ url: 'sqlite://', toString: 't', then: 'now' });
    expect(Object.fromEntries(secrets.connections.pets_db).url).toBe('sqlite://');
    expect(secrets.list.map((/** @type {any} */ x) => typeof x)).toEqual(['number', 'object', 'object']);
    expect([...secrets.list[1]]).toEqual([2]);
  });

  test('types', () => {
    expect(secrets.big).toBe(9223372036854775807n);
    expect(secrets.when).toEqual(new Date('1979-05-27T07:32:00Z'));
    expect(secrets.when).not.toBe(secrets.when);
    expect(secrets.local).toBe('07:32:00');
    expect(Array.isArray(secrets.list)).toBe(true);
  });

  test('names of methods win as properties only', () => {
    expect(typeof secrets.keys).toBe('function');
    expect(secrets.get('keys')).toBe('key');
    expect(secrets.get('constructor')).toBe('c');
    expect(secrets.connections.pets_db.toString).toBe('t');
    expect(secrets.get('connections.pets_db.toJSON')).toBe('j');
  });

  test('__proto__ is a key like any other', () => {
    expect(secrets.get('__proto__.polluted')).toBe(true);
    expect(/** @type {any} */ ({}).polluted).toBeUndefined();
    const copy = secrets.toObject();
    expect(copy.connections.pets_db.toJSON).toBe('j');
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toEqual({ polluted: true });
    expect(Object.getPrototypeOf(Object.getPrototypeOf(copy))).toBe(null);
    expect(copy.polluted).toBeUndefined();
  });

  test('awaiting secrets does not take them for a promise', async () => {
    expect(await secrets).toBe(secrets);
    expect(await secretsIn('a = { b = 1 }').a).toEqual({ b: 1 });
  });

  test('toObject and section are copies', () => {
    secrets.toObject().connections.pets_db.url = 'changed';
    secrets.section('connections').pets_db.url = 'changed';
    expect(secrets.toObject('connections.pets_db').url).toBe('sqlite://');
    expect(secrets.section('connections', 'nope')).toBeUndefined();
    expect(() => secrets.toObject('nope')).toThrow(failure('ERR_SECRET_MISSING'));
  });

  test('nothing can be changed at any depth', () => {
    const tries = /** @type {[string, () => unknown][]} */ ([
      ['big', () => (secrets.big = 1)],
      ['new', () => (secrets.new = 1)],
      ['big', () => delete secrets.big],
      ['x', () => Object.defineProperty(secrets, 'x', { value: 1 })],
      ['connections', () => (secrets.connections = {})],
      ['connections.pets_db.url', () => (secrets.connections.pets_db.url = 1)],
      ['connections.pets_db.url', () => delete secrets.connections.pets_db.url],
      ['connections.pets_db.new', () => Object.assign(secrets.connections.pets_db, { new: 1 })],
      ['list.3', () => secrets.list.push(1)],
      ['list.0', () => (secrets.list[0] = 1)],
      ['list.2.x', () => (secrets.list[2].x = 1)],
      ['', () => Object.setPrototypeOf(secrets, null)],
      ['', () => Object.freeze(secrets)],
      ['connections', () => Object.setPrototypeOf(secrets.connections, {})],
    ]);
    for (const [path, change] of tries) expect(change).toThrow(failure('ERR_SECRETS_READ_ONLY', { path }));
    expect(() => secrets.list.sort()).toThrow();
    expect(Object.isFrozen(secrets.connections)).toBe(true);
    expect(Object.isFrozen(secrets.list)).toBe(true);
    expect(secrets.connections.pets_db.url).toBe('sqlite://');
  });
});

describe('reload', () => {
  test('is atomic: a source that fails leaves the last good state', async () => {
    const env = /** @type {Record<string, string>} */ ({ HAWSER_SECRETS_TOML: 'a = 1' });
    const secrets = secretsOf([{ env }, { values: { b: 1 } }]);
    const changes = jest.fn();
    secrets.onChange(changes);
    await secrets.load();
    env.HAWSER_SECRETS_TOML = 'a = ';
    await expect(secrets.reload()).rejects.toEqual(failure('ERR_SECRETS_PARSE'));
    expect(secrets.toObject()).toEqual({ a: 1, b: 1 });
    expect(secrets.explain('a').from).toEqual({ layer: 'environment HAWSER_SECRETS_TOML', line: 1, column: 1, type: 'integer' });
    expect(changes).not.toHaveBeenCalled();
    env.HAWSER_SECRETS_TOML = 'a = 2';
    expect(await secrets.reload()).toBe(true);
    expect(secrets.a).toBe(2);
    expect(changes.mock.calls).toEqual([[{ changed: ['a'] }]]);
    expect(await secrets.reload()).toBe(false);
    expect(changes).toHaveBeenCalledTimes(1);
  });

  test('tells which sections changed', async () => {
    const env = { HAWSER_SECRETS_TOML: '[connections.a]\nx = 1\ny = 2\n[connections.b]\nx = 1\n[connections.c]' };
    const secrets = secretsOf([{ env }]);
    await secrets.load();
    const changes = jest.fn();
    secrets.onChange(changes);
    env.HAWSER_SECRETS_TOML = '[connections.b]\nx = 2\n[connections.a]\ny = 2\nx = 1\n[connections.d]';
    await secrets.reload();
    expect(changes.mock.calls).toEqual([[{ changed: ['connections.b', 'connections.c', 'connections.d'] }]]);
  });

  test('a listener that fails stops nothing', async () => {
    /** @type {string[]} */
    const warnings = [];
    const secrets = secretsOf([{ values: {} }], { warn: (/** @type {string} */ message) => warnings.push(message) });
    await secrets.load();
    const after = jest.fn();
    secrets.onChange(() => {
      throw new Error('listener with hunter2-hunter2');
    });
    const forget = secrets.onChange(after);
    await secrets.load({ values: { password: 'hunter2-hunter2' } });
    expect(after).toHaveBeenCalledTimes(1);
    expect(warnings).toEqual(['A listener to changes of secrets failed: listener with [redacted]']);
    forget();
    await secrets.load({ values: { a: 1 } });
    expect(after).toHaveBeenCalledTimes(1);
  });
});

describe('a core that traps', () => {
  test('is given up, the next call runs on a fresh one, nothing is half done', async () => {
    const secrets = secretsOf([{ values: { a: 1 } }, { toml: 'b = 1' }]);
    await secrets.load();
    const first = secretsCore();
    jest.spyOn(first.module, 'addToml').mockImplementation(() => {
      throw new WebAssembly.RuntimeError('unreachable');
    });
    const crashed = failure('ERR_CORE_CRASHED');
    await expect(secrets.load({ values: { a: 2 } })).rejects.toEqual(crashed);
    expect(secrets.toObject()).toEqual({ a: 1, b: 1 });
    expect(secretsCore()).not.toBe(first);
    await secrets.load({ values: { a: 3 } });
    expect(secrets.toObject()).toEqual({ a: 3, b: 1 });
    expect(secrets.explain('a').overrode).toEqual([{ layer: 'values', type: 'integer' }]);
  });

  test('when first read', () => {
    jest.spyOn(secretsCore().module, 'tree')
      .mockImplementation(() => {
        throw new RangeError('Maximum call stack size exceeded');
      });
    const secrets = secretsIn('a = 1');
    expect(() => secrets.a).toThrow(failure('ERR_CORE_CRASHED'));
    expect(secrets.a).toBe(1);
  });
});
