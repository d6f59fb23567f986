/**
 * connection(): from a name and options to the one instance that they stand for.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ConnectionTypes } from '../../js/connections/types.js';
import { BaseConnection } from '../../js/index.js';
import { errorOf, makeClass, makeHawser } from './connection-helpers.js';

const index = new URL('../../js/index.js', import.meta.url).href;

/** @param {Record<string, any>} connections @param {import('../../js/hawser.js').HawserOptions} [options] */
const withSecrets = (connections, options) => makeHawser({ secrets: [{ values: { connections } }], ...options });

describe('the name', () => {
  test('env:NAME stands for the name in that variable', async () => {
    process.env.HAWSER_TEST_NAME = 'pets';
    try {
      const { Counted } = makeClass();
      const { hawser } = withSecrets({ pets: { a: 1 } });
      const conn = await hawser.connection('env:HAWSER_TEST_NAME', { type: Counted });
      expect(conn.name).toBe('pets');
      expect(await hawser.connection('pets', { type: Counted })).toBe(conn);
    } finally {
      delete process.env.HAWSER_TEST_NAME;
    }
  });

  test('a variable that is not set: ERR_ENV_MISSING, naming it', async () => {
    const { hawser } = makeHawser();
    const error = await errorOf(hawser.connection('env:HAWSER_TEST_NOT_SET'));
    expect(error).toMatchObject({ code: 'ERR_ENV_MISSING', variable: 'HAWSER_TEST_NOT_SET', message: expect.stringContaining('HAWSER_TEST_NOT_SET') });
  });

  test('may be empty', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    expect((await hawser.connection('', { type: Counted })).name).toBe('');
  });
});

describe('the type', () => {
  test('the option, then the section, then the name, then the scheme of the url', async () => {
    const classes = [makeClass().Counted, makeClass().Counted, makeClass().Counted, makeClass().Counted];
    const { hawser } = withSecrets({
      one: { type: 'second', url: 'fourth://x' },
      third: { url: 'fourth://x' },
      two: { url: 'FOURTH+driver://x' },
    });
    ['first', 'second', 'third', 'four'].forEach((name, i) => hawser.registerType(name, classes[i], { schemes: name === 'four' ? ['Fourth'] : [] }));
    const found = [
      await hawser.connection('one', { type: 'first' }),
      await hawser.connection('one'),
      await hawser.connection('third'),
      await hawser.connection('two'),
      await hawser.connection('nowhere', { url: 'fourth://x' }),
    ];
    expect(found.map((conn) => conn.type)).toEqual(['first', 'second', 'third', 'four', 'four']);
    found.forEach((conn, i) => expect(conn).toBeInstanceOf(classes[Math.min(i, 3)]));
  });

  test('a section that names its type wins over a type of its own name', async () => {
    const { Counted } = makeClass();
    const { hawser } = withSecrets({ sql: { type: 'mine' } });
    hawser.registerType('mine', Counted);
    expect((await hawser.connection('sql')).type).toBe('mine');
  });

  test('unknown: what is known, and the nearest', async () => {
    const { hawser } = withSecrets({ db: { type: 'sqll' } });
    const error = await errorOf(hawser.connection('db'));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION_TYPE', connection: 'db', phase: 'type' });
    expect(error.message).toMatch(/unknown type "sqll"\. Did you mean "sql"\? Known types: "sql"/);
  });

  test('no section: ERR_SECRET_MISSING with the layers and the nearest name', async () => {
    const { hawser } = makeHawser({ secrets: [{ name: 'mine', values: { connections: { pets_db: {} } } }] });
    const error = await errorOf(hawser.connection('pet_db'));
    expect(error).toMatchObject({ code: 'ERR_SECRET_MISSING', connection: 'pet_db' });
    expect(error.message).toMatch(/Did you mean "pets_db"\? Layers searched: mine\./);
  });

  test('a section that says nothing, and one that is no table', async () => {
    const { hawser } = withSecrets({ a: { user: 'x' }, b: 'text', c: { type: 7 } });
    for (const name of ['a', 'b', 'c']) {
      expect(await errorOf(hawser.connection(name))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', message: expect.stringContaining(`connections.${name}`) });
    }
  });

  test('malformed secrets are not taken for missing ones', async () => {
    const { hawser } = makeHawser({ secrets: [{ toml: '[connections.a\ntype = "sql"' }] });
    expect(await errorOf(hawser.connection('a'))).toMatchObject({ code: 'ERR_SECRETS_PARSE', line: 1 });
  });

  test('a class must extend BaseConnection and have a scope that exists', async () => {
    const { hawser } = makeHawser();
    class Other {}
    class Session extends BaseConnection {
      static scope = /** @type {any} */ ('session');
    }
    expect(await errorOf(hawser.connection('a', { type: /** @type {any} */ (Other) }))).toMatchObject({
      code: 'ERR_CONNECTION_TYPE',
      message: expect.stringContaining('extends BaseConnection'),
    });
    expect((await errorOf(hawser.connection('a', { type: Session }))).message).toContain(`scope "session"; it must be 'global' or 'request'`);
  });
});

describe('registered types and modules', () => {
  const { Counted } = makeClass();
  /** @type {Record<string, any>} */
  const modules = { pack: { Weather: Counted, other: 1 }, single: { default: Counted }, one: { Only: Counted, helper() {} } };

  /** @param {string} module */
  async function importModule(module) {
    if (Object.hasOwn(modules, module)) return modules[module];
    throw Object.assign(new Error(`Cannot find package '${module}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' });
  }

  test("'module-specifier#Export'", async () => {
    const types = new ConnectionTypes({ importModule });
    expect(await types.imported('pack', 'Weather', 'c')).toBe(Counted);
    const missing = await errorOf(types.imported('pack', 'Wether', 'c'));
    expect(missing).toMatchObject({ code: 'ERR_CONNECTION_TYPE', connection: 'c' });
    expect(missing.message).toContain('has no export Wether; it exports Weather, other');
    expect((await errorOf(types.imported('pack', 'other', 'c'))).message).toContain('pack#other is not a class that extends BaseConnection');
  });

  test('a package that is not installed: the command', async () => {
    const types = new ConnectionTypes({ importModule });
    expect(await errorOf(types.imported('@acme/weather', 'Weather', 'c'))).toMatchObject({
      code: 'ERR_DRIVER_MISSING',
      message: expect.stringContaining('npm install @acme/weather'),
    });
  });

  test('a runtime that cannot import by name says what to do', async () => {
    const types = new ConnectionTypes({ importModule: undefined });
    expect(await errorOf(types.imported('pack', 'Weather', 'c'))).toMatchObject({
      code: 'ERR_NOT_SUPPORTED',
      message: expect.stringContaining('hawser.registerType'),
    });
  });

  test('a name may stand for a class, a module, or a function that gives one', async () => {
    const types = new ConnectionTypes({ importModule });
    types.register('a', Counted);
    types.register('b', 'pack#Weather');
    types.register('c', 'single');
    types.register('d', async () => modules.one);
    types.register('e', async () => Counted);
    types.register('f', async () => modules.single);
    for (const name of 'abcdef') expect(await types.named(name, 'conn')).toBe(Counted);
    types.register('g', async () => ({}));
    expect(await errorOf(types.named('g', 'conn'))).toMatchObject({ code: 'ERR_CONNECTION_TYPE' });
  });

  test('wrong registrations name what is wrong', () => {
    const types = new ConnectionTypes({ importModule });
    expect(() => types.register('', Counted)).toThrow(/name must be/);
    expect(() => types.register('a#b', Counted)).toThrow(/name must be/);
    expect(() => types.register('a', /** @type {any} */ (7))).toThrow(/type must be/);
    expect(() => types.register('a', Counted, { schemes: /** @type {any} */ ('x') })).toThrow(/schemes must be/);
  });

  test('by name at run time, relative to the working directory', async () => {
    const { hawser } = withSecrets({ w: { type: './tests/js/weather-connection.js#Weather', city: 'Oslo' } });
    const conn = /** @type {any} */ (await hawser.connection('w'));
    expect(await conn.get()).toBe('rain in Oslo');
    expect(conn.type).toBe('Weather');
  });
});

test('a package of the project that Hawser cannot see from its own place, and a relative module', async () => {
  const project = mkdtempSync(join(tmpdir(), 'hawser-project-'));
  try {
    const weather = readFileSync(new URL('./weather-connection.js', import.meta.url), 'utf8').replace('../../js/index.js', index);
    mkdirSync(join(project, 'node_modules/weather-client'), { recursive: true });
    writeFileSync(join(project, 'node_modules/weather-client/package.json'), '{ "type": "module", "exports": "./main.js" }');
    for (const name of ['node_modules/weather-client/main.js', 'own.mjs']) writeFileSync(join(project, name), weather);
    const program = `
      const { connection } = await import(${JSON.stringify(index)});
      for (const type of ['weather-client#Weather', './own.mjs#Weather']) console.log(await (await connection('w', { type, city: 'Oslo' })).get());
      console.log((await connection('w', { type: 'weather-server#Weather' }).catch((error) => error)).code);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    expect(stdout.trim().split('\n')).toEqual(['rain in Oslo', 'rain in Oslo', 'ERR_DRIVER_MISSING']);
  } finally {
    rmSync(project, { recursive: true });
  }
});

describe('the configuration', () => {
  test('options over secrets over native configuration, per key', async () => {
    const { Counted } = makeClass();
    class Native extends Counted {
      static async nativeConfig() {
        return { a: 'native', b: 'native', c: 'native', list: [1] };
      }
    }
    const { hawser } = withSecrets({ x: { type: 'ignored by the class', a: 'secret', b: 'secret', day: new Date(5) } });
    const fn = () => 1;
    const { config } = await (await hawser.connection('x', { type: Native, a: 'option', undef: undefined, fn })).raw();
    expect(config).toEqual({ a: 'option', b: 'secret', c: 'native', list: [1], day: new Date(5), fn });
    expect(config.fn).toBe(fn);
  });

  test('what is an option of connection() does not reach it; all else does, at each opening', async () => {
    const { hawser } = makeHawser();
    const { Counted, opened } = makeClass();
    const options = { type: Counted, ttl: '1h', maxEntries: 5, scope: /** @type {const} */ ('global'), keyIgnore: ['b'], name: 'of its own', a: 1, b: 2 };
    const conn = await hawser.connection('a', options);
    await conn.raw();
    await conn.reset();
    await conn.raw();
    expect(opened.map(({ config }) => config)).toEqual(Array(2).fill({ name: 'of its own', a: 1, b: 2 }));
  });

  test('null hides what stands below', async () => {
    const { Counted } = makeClass();
    const { hawser } = withSecrets({ x: { a: 1, b: 2 } });
    expect((await (await hawser.connection('x', { type: Counted, a: null })).raw()).config).toEqual({ b: 2 });
  });

  test('a connection url: its parts, and separate keys win', async () => {
    const { Counted } = makeClass();
    class Database extends Counted {
      static connectionUrl = true;
    }
    const { hawser } = withSecrets({ db: { url: 'postgresql+psycopg://me:p%40ss@[::1]:5432/pets?a=1&a=2' } });
    const { config } = await (await hawser.connection('db', { type: Database, port: 2345, query: { b: '3' } })).raw();
    expect(config).toEqual({
      ...{ dialect: 'postgresql', driver: 'psycopg', username: 'me', password: 'p@ss', host: '::1', port: 2345, database: 'pets' },
      query: { a: ['1', '2'], b: '3' },
    });
  });

  test('wrong ones are named, without a value', async () => {
    const { hawser } = withSecrets({ db: { type: 'sql', url: 'postgresql://me:hunter2@host:port/db' } });
    const error = await errorOf(hawser.connection('db'));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'db', phase: 'configure' });
    expect(String(error.stack) + JSON.stringify(error)).not.toMatch(/hunter2|me:/);
    expect((await errorOf(hawser.connection('c', { type: makeClass().Counted, cache: 'no' }))).message).toContain('cache must be a table');
    expect((await errorOf(hawser.connection('c', { type: makeClass().Counted, cache: { ttl: '7' } }))).message).toContain('ttl');
  });

  test.each(/** @type {[any, RegExp][]} */ ([
    [{ type: 7 }, /type must be/],
    [{ ttl: '12' }, /ttl/],
    [{ ttl: NaN }, /ttl/],
    [{ maxEntries: 0 }, /maxEntries must be/],
    [{ maxEntries: 1.5 }, /maxEntries must be/],
    [{ scope: 'session' }, /scope must be/],
    [{ keyIgnore: 'a' }, /keyIgnore must be/],
    [null, /options must be/],
    [{ type: makeClass().Counted, a: Symbol('x') }, /option a is a symbol/],
  ]))('wrong options are named: %p', async (options, message) => {
    const { hawser } = makeHawser();
    const error = await errorOf(hawser.connection('a', options));
    expect(['TypeError', 'RangeError']).toContain(error.name);
    expect(error.message).toMatch(message);
  });
});

describe('the instance', () => {
  test('one for equal name, class and configuration, in any order of keys', async () => {
    const { Counted, opened } = makeClass();
    const { hawser } = makeHawser();
    const [a, b, c] = await Promise.all([
      hawser.connection('x', { type: Counted, a: 1, b: { c: [1, 'two'], d: 2n } }),
      hawser.connection('x', { b: { d: 2n, c: [1, 'two'] }, type: Counted, a: 1 }),
      hawser.connection('x', { type: Counted, a: 1, b: { c: [1, 'two'], d: 2n }, none: undefined }),
    ]);
    expect(a).toBe(b);
    expect(a).toBe(c);
    await Promise.all([a.raw(), b.raw(), c.raw()]);
    expect(opened).toHaveLength(1);
  });

  test('others for what differs in anything', async () => {
    const { Counted } = makeClass();
    const { Counted: Same } = makeClass();
    const { hawser } = makeHawser();
    const fn = () => {};
    /** @type {[string, any][]} */
    const different = [
      ['x', { type: Counted }],
      ['y', { type: Counted }],
      ['x', { type: Same }], // Of the same class name.
      ['x', { type: Counted, a: 1 }],
      ['x', { type: Counted, a: '1' }],
      ['x', { type: Counted, a: 1n }],
      ['x', { type: Counted, a: [1] }],
      ['x', { type: Counted, a: ['i', '1'] }],
      ['x', { type: Counted, a: NaN }],
      ['x', { type: Counted, a: -0 }],
      ['x', { type: Counted, a: 0 }],
      ['x', { type: Counted, a: new Date(1) }],
      ['x', { type: Counted, a: fn }],
      ['x', { type: Counted, a: () => {} }],
      ['x', { type: Counted, a: new Map() }],
      ['x', { type: Counted, ttl: 60 }],
      ['x', { type: Counted, ttl: 30 }],
      ['x', { type: Counted, ttl: 60, maxEntries: 9 }],
    ];
    const found = [];
    for (const [name, options] of different) found.push(await hawser.connection(name, options));
    expect(new Set(found).size).toBe(different.length);
    expect(await hawser.connection('x', { type: Counted, a: fn })).toBe(found[12]);
    expect(await hawser.connection('x', { type: Counted, ttl: '1m' })).toBe(found[15]);
    expect(hawser.stats().connections).toBe(different.length);
  });

  test('keyIgnore: options that tell nothing apart', async () => {
    const { Counted, opened } = makeClass();
    const { hawser } = makeHawser();
    const log = () => {};
    const first = await hawser.connection('x', { type: Counted, log, keyIgnore: ['log'] });
    expect(await hawser.connection('x', { type: Counted, log: () => {}, keyIgnore: ['log'] })).toBe(first);
    await first.raw();
    expect(opened[0].config.log).toBe(log);
  });

  test('a class that cannot be made is not remembered', async () => {
    let attempts = 0;
    class Moody extends BaseConnection {
      /** @param {any} context */
      constructor(context) {
        super(context);
        if (++attempts === 1) throw new Error('not today');
      }
    }
    const { hawser } = makeHawser();
    const spaces = hawser.stats().spaces;
    expect((await errorOf(hawser.connection('x', { type: Moody }))).message).toBe('not today');
    expect(hawser.stats()).toMatchObject({ connections: 0, spaces });
    expect(await hawser.connection('x', { type: Moody })).toBeInstanceOf(Moody);
  });

  test('cached results of one configuration never answer another', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const one = await hawser.connection('x', { type: Counted, tenant: 1 });
    const two = await hawser.connection('x', { type: Counted, tenant: 2 });
    expect(await one.read('a')).toBe('a of 1');
    expect(await two.read('a')).toBe('a of 2');
    expect(await one.read('a')).toBe('a of 1');
  });

  test('no value is in a key', async () => {
    const { Counted } = makeClass();
    /** @type {any[]} */
    const events = [];
    const { hawser } = makeHawser({ hooks: { onMiss: (event) => events.push(event), onLoad: (event) => events.push(event) } });
    await (await hawser.connection('x', { type: Counted, password: 'hunter2-hunter2' })).read('a');
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });
});

describe('asked for by name alone, again', () => {
  /** @param {Record<string, any>} section */
  async function asked(section) {
    const { Counted, opened, ended } = makeClass();
    const values = { connections: { a: { type: 'counted', ...section } } };
    const { hawser } = makeHawser({ secrets: [{ provider: () => values }] });
    hawser.registerType('counted', Counted);
    await hawser.secrets.load();
    const conn = await hawser.connection('a');
    await conn.raw();
    expect(await hawser.connection('a')).toBe(conn);
    expect(await hawser.connection('a', {})).toBe(conn);
    return { hawser, conn, values, Counted, opened, ended };
  }

  test('after a rotation: the same, with another client', async () => {
    const { hawser, conn, values, opened } = await asked({ password: 'one' });
    values.connections.a = { type: 'counted', password: 'two' };
    await hawser.secrets.reload();
    expect(await hawser.connection('a')).toBe(conn);
    await conn.raw();
    expect(opened.map(({ config }) => config.password)).toEqual(['one', 'two']);
  });

  test('after its type was registered anew: another', async () => {
    const { hawser, conn, ended } = await asked({});
    const other = makeClass().Counted;
    hawser.registerType('counted', other);
    expect(await hawser.connection('a')).toBeInstanceOf(other);
    expect(conn.closed).toBe(false); // Whoever has it may use it on.
    expect(ended).toEqual([]);
  });

  test('after it was closed: another; after its instance was closed: an error', async () => {
    const { hawser, conn } = await asked({});
    await conn.close();
    const next = await hawser.connection('a');
    expect(next).not.toBe(conn);
    expect(await hawser.connection('a')).toBe(next);
    await hawser.close();
    expect(await errorOf(hawser.connection('a'))).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('its section is gone: an error', async () => {
    const { hawser, values } = await asked({});
    values.connections = /** @type {any} */ ({});
    await hawser.secrets.reload();
    expect(await errorOf(hawser.connection('a'))).toMatchObject({ code: 'ERR_SECRET_MISSING' });
  });

  test('what is to be asked each time is: health, the environment', async () => {
    let asked = 0;
    class Healthy extends BaseConnection {
      static nativeConfig = () => ({ a: ++asked });

      /** @override */
      async connect() {
        return {};
      }

      async healthy() {
        asked += 100;
      }
    }
    const { hawser } = makeHawser();
    hawser.registerType('healthy', Healthy);
    await (await hawser.connection('healthy')).raw();
    expect(asked).toBe(1);
    await hawser.connection('healthy');
    expect(asked).toBe(2); // Another configuration, so another connection.
    class Same extends Healthy {
      static nativeConfig = () => ({});
    }
    hawser.registerType('healthy', Same);
    await (await hawser.connection('healthy')).raw();
    for (let i = 0; i < 3; i++) await hawser.connection('healthy');
    expect(asked).toBe(302);
  });
});

test('a registered function may give a class that is written as a function', async () => {
  const { hawser } = makeHawser();
  /** @type {any} */
  const Old = function (/** @type {any} */ context) {
    return Reflect.construct(BaseConnection, [context], Old);
  };
  Object.setPrototypeOf(Old, BaseConnection);
  Old.prototype = Object.create(BaseConnection.prototype, { constructor: { value: Old } });
  hawser.registerType('old', async () => Old);
  expect(await hawser.connection('old')).toBeInstanceOf(Old);
});
