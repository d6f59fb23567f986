/** connection(name, options): where type and configuration come from, which instance answers, closing. */
import { fails, hides, ok, same } from '../assert.js';
import { BaseConnection } from '../../../js/index.js';

const PETS = `
[connections.pets_db]
url = "sqlite://"

[connections.other]
type = "sql"
url = "sqlite://"
`;

const SECRETS = [{ toml: PETS, name: 'pets' }];

/** A connection class of an application. */
class EchoConnection extends BaseConnection {
  static type = 'echo';
  static closed = 0;

  /** @param {Record<string, unknown>} config */
  async connect(config) {
    return { config, close: () => EchoConnection.closed++ };
  }
}

/** @type {Record<string, import('../suite.js').Case>} */
export const connections = {
  'a section of the secrets gives a connection its url': async ({ hawser }) => {
    const conn = await hawser({ secrets: SECRETS }).connection('pets_db');
    same((await conn.query('select 1 as one')).toArray(), [{ one: 1 }]);
  },

  'options give it without any secrets': async ({ hawser }) => {
    const conn = await hawser().connection('x', { type: 'sql', url: 'sqlite://' });
    same((await conn.query("select 'here' as place")).toArray(), [{ place: 'here' }]);
  },

  'a module that cannot be imported by its name: what to do instead': async ({ hawser }) => {
    const error = await hawser().connection('x', { type: 'hawser-no-such-package#Thing' }).catch((reason) => reason);
    ok(['ERR_DRIVER_MISSING', 'ERR_CONNECTION_TYPE', 'ERR_NOT_SUPPORTED'].includes(error.code), error.code);
    ok(/npm install hawser-no-such-package|registerType/.test(error.message), error.message);
  },

  'a registered module gives its class': async ({ hawser }) => {
    const instance = hawser();
    instance.registerType('echo', async () => ({ default: EchoConnection }), { schemes: ['echo'] });
    const conn = await instance.connection('x', { url: 'echo://there' });
    const raw = /** @type {any} */ (await conn.raw());
    same(raw.config, { url: 'echo://there' });
  },

  'a connection of a request ends with it': async ({ hawser }) => {
    const request = hawser().request();
    const conn = await request.connection('x', { type: EchoConnection, scope: 'request' });
    const before = EchoConnection.closed;
    await conn.raw();
    await request.close();
    same(EchoConnection.closed - before, 1);
  },

  'the scheme of the url is enough': async ({ hawser }) => {
    const conn = await hawser().connection('x', { url: 'sqlite://' });
    same((await conn.query('select 2 as two')).at(0), { two: 2 });
  },

  'options win over the section, key by key': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.pets_db]\nurl = "nosuch://x"\ntype = "sql"' }];
    const conn = await hawser({ secrets }).connection('pets_db', { url: 'sqlite://' });
    same((await conn.query('select 3 as three')).length, 1);
  },

  'env:NAME reads the name from the environment': async ({ hawser, facts }) => {
    const instance = hawser({ secrets: SECRETS });
    if ('HAWSER_CONFORMANCE' in facts.environment) {
      const conn = await instance.connection('env:HAWSER_CONFORMANCE');
      ok(conn === (await instance.connection('pets_db')), 'the variable holds pets_db: it is that connection');
    } else {
      const error = await fails(instance.connection('env:HAWSER_CONFORMANCE'), 'ERR_ENV_MISSING');
      ok(error.message.includes('HAWSER_CONFORMANCE'), error.message);
    }
  },

  'a missing environment variable is named': async ({ hawser }) => {
    const error = await fails(hawser({ secrets: SECRETS }).connection('env:HAWSER_NO_SUCH_VARIABLE'), 'ERR_ENV_MISSING');
    ok(error.message.includes('HAWSER_NO_SUCH_VARIABLE'), error.message);
  },

  'a class of one\'s own is a type': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.echo]\nword = "hello"' }];
    const conn = await hawser({ secrets }).connection('echo', { type: EchoConnection, more: 1 });
    const { config } = await conn.raw();
    same([config.word, config.more], ['hello', 1]);
  },

  'no such section: the message has the nearest one and the layers': async ({ hawser }) => {
    const error = await fails(hawser({ secrets: SECRETS }).connection('petsdb'), 'ERR_SECRET_MISSING');
    for (const part of ['connections.petsdb', '"pets_db"', 'pets']) ok(error.message.includes(part), error.message);
  },

  'a section without type and url': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.half]\nuser = "u"\npassword = "hunter2-half"' }];
    const error = await fails(hawser({ secrets }).connection('half'), 'ERR_CONNECTION_CONFIG');
    for (const part of ['half', 'type', 'url']) ok(error.message.includes(part), error.message);
    hides(error, 'hunter2-half');
  },

  'an unknown type gives the nearest known name': async ({ hawser }) => {
    const error = await fails(hawser().connection('x', { type: 'slq', url: 'sqlite://' }), 'ERR_CONNECTION_TYPE');
    ok(/\bsql\b/.test(error.message), error.message);
    await fails(hawser().connection('x', { url: 'sqllite://' }), 'ERR_CONNECTION_TYPE');
  },

  'a class that is no connection is refused': async ({ hawser }) => {
    await fails(hawser().connection('x', { type: /** @type {any} */ (class Other {}) }), 'ERR_CONNECTION_TYPE');
  },

  'a name must be a text': async ({ hawser }) => {
    await fails(async () => hawser().connection(/** @type {any} */ (7)), TypeError);
    await fails(async () => hawser().connection('x', /** @type {any} */ ('sqlite://')), TypeError);
    await fails(async () => hawser().connection('x', { type: /** @type {any} */ (7) }), TypeError);
  },

  'one name and configuration is one instance': async ({ hawser }) => {
    const instance = hawser({ secrets: SECRETS });
    const [a, b] = await Promise.all([instance.connection('pets_db'), instance.connection('pets_db')]);
    ok(a === b && a === (await instance.connection('pets_db')), 'the same instance');
    ok(a !== (await instance.connection('other')), 'another name is another instance');
    ok(a !== (await hawser({ secrets: SECRETS }).connection('pets_db')), 'another Hawser has its own');
  },

  'another configuration is another database': async ({ hawser }) => {
    const instance = hawser();
    const one = await instance.connection('db', { type: 'sql', url: 'sqlite://', mark: 1 }).catch(() => undefined);
    const two = await instance.connection('db', { type: 'sql', url: 'sqlite:///:memory:' });
    ok(one !== two, 'not the same instance');
  },

  'a closed connection says so, and a new one takes its place': async ({ memory, hawser }) => {
    const conn = await memory();
    await conn.query('select 1');
    await conn.close();
    await conn.close();
    for (const use of [() => conn.query('select 1'), () => conn.execute('select 1'), () => conn.transaction(async () => {})]) {
      const error = await fails(use, 'ERR_CLOSED');
      same(error.connection, 'db');
    }
    const instance = hawser();
    const first = await instance.connection('db', { url: 'sqlite://' });
    await first.close();
    const second = await instance.connection('db', { url: 'sqlite://' });
    ok(first !== second, 'a fresh instance');
    same((await second.query('select 1 as a')).length, 1);
  },

  'closing an instance closes what it opened': async ({ hawser }) => {
    const instance = hawser({ secrets: SECRETS });
    const conn = await instance.connection('pets_db');
    await conn.query('select 1');
    await instance.close();
    await fails(conn.query('select 1'), 'ERR_CLOSED');
    await fails(async () => instance.connection('pets_db'), 'ERR_CLOSED');
  },

  'a connection shows no secret': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.echo]\ntoken = "hunter2-token"' }];
    const conn = await hawser({ secrets }).connection('echo', { type: EchoConnection });
    for (const text of [String(conn), JSON.stringify(conn) ?? '']) ok(!text.includes('hunter2-token'), text);
  },
};
