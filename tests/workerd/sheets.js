/**
 * A Worker that reads Google Sheets as a service account. Its connection is one for all requests, unless a request has its own.
 */
import { createHawser } from '../../js/index.js';

const hawser = createHawser({ secrets: [] });

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { config, titles, scope } = await request.json();
    const source = scope === 'request' ? hawser.request() : hawser;
    try {
      const conn = /** @type {any} */ (await source.connection('zoo', { type: 'gsheets', scope, ...config }));
      const tables = await Promise.all(titles.map((/** @type {string} */ title) => conn.read(title, { ttl: 0 })));
      return Response.json(tables.map((table) => table.at(0)));
    } catch (error) {
      return new Response(/** @type {Error} */ (error).stack, { status: 500 });
    } finally {
      if (scope === 'request') await source.close();
    }
  },
};
