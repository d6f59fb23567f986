/**
 * A Worker whose requests share one instance of Hawser. Its loads and its secrets need the service GATE.
 */
import { BaseConnection, createHawser } from '../../js/index.js';
import { env } from 'cloudflare:workers';

/** @param {string} what @returns {Promise<any>} */
const gate = async (what) => (await /** @type {any} */ (env).GATE.fetch(`http://gate/${what}`)).json();

class GateConnection extends BaseConnection {
  async connect() {
    return {};
  }

  /** @param {string} what */
  read(what) {
    return this.cached('read', [what], () => gate(what), { ttl: '1h' });
  }
}

const shared = createHawser({ secrets: [] });
const provided = createHawser({ secrets: [{ provider: () => gate('secrets') }] });
const database = createHawser({ secrets: [] });

/** @type {Record<string, () => Promise<unknown>>} */
const routes = {
  '/read': async () => (await shared.connection('gate', { type: GateConnection })).read('value'),
  '/stats': async () => shared.stats(),
  '/secret': async () => {
    await provided.secrets.load();
    return provided.secrets.get('word');
  },
  '/transaction': async () => {
    const conn = await database.connection('db', { url: 'sqlite://' });
    await conn.execute('create table if not exists t (i integer primary key)');
    return conn.transaction(async (/** @type {any} */ tx) => {
      await tx.execute('insert into t default values');
      await gate('transaction');
      return (await tx.query('select count(*) as n from t')).at(0).n;
    });
  },
};

export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await routes[new URL(request.url).pathname]());
  },
};
