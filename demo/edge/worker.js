/**
 * A Worker that answers from a database: `npm run demo:edge` runs it here, `wrangler dev` and `wrangler deploy` elsewhere.
 *
 *     /owners?pet=cat   rows of pets.db, which is uploaded with the Worker and opened read-only; cached
 *     /visits           what this isolate has been asked, from a database in memory; it is written after the response
 *     /stats            counts of the cache, for those who know the token, a secret
 *
 * Nothing happens when it is loaded: connections are opened by the first request that asks for them. Secrets are bindings, see
 * wrangler.toml.
 */
import { connection, hawser, secrets } from 'hawser';
import shipped from './pets.db';

const QUESTION = 'select person, pet, age from owners where pet = coalesce(:pet, pet) order by person';

/** @type {Record<string, (request: Request, url: URL) => Promise<Response>>} */
const routes = {
  async '/'() {
    return Response.json({ routes: ['/owners?pet=cat', '/visits', '/stats'] });
  },

  async '/owners'(_request, url) {
    const pets = await connection('pets', { content: shipped, readOnly: true });
    const owners = await pets.query(QUESTION, { params: { pet: url.searchParams.get('pet') }, ttl: '10m', staleWhileRevalidate: '1h' });
    return Response.json({ owners: owners.toArray(), cache: owners.cache.state });
  },

  async '/visits'() {
    const visits = await visitsDatabase();
    const table = await visits.query('select path, count(*) as times from visits group by path order by path');
    return Response.json(table.toArray());
  },

  async '/stats'(request) {
    await secrets.load();
    const token = secrets.get('admin.token', '');
    if (!token || request.headers.get('authorization') !== `Bearer ${token}`) return new Response('Not for you.', { status: 401 });
    const { hits, misses, connections } = hawser.stats();
    return Response.json({ hits, misses, connections });
  },
};

/** The database of this isolate: it is gone with it, and others have their own. */
async function visitsDatabase() {
  const visits = await connection('visits');
  await visits.execute('create table if not exists visits (path text not null)');
  return visits;
}

/** @param {string} path */
async function record(path) {
  const visits = await visitsDatabase();
  await visits.execute('insert into visits values (:path)', { params: { path } });
}

export default {
  /** @param {Request} request @param {unknown} _env @param {{ waitUntil(work: Promise<unknown>): void }} context */
  async fetch(request, _env, context) {
    const url = new URL(request.url);
    const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
    if (!route) return new Response('There is nothing here.', { status: 404 });
    const response = await route(request, url);
    context.waitUntil(record(url.pathname)); // The response does not wait for it, and the runtime does.
    return response;
  },
};
