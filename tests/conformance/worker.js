/** The suite as a program for workerd: one request per case, `/?case=…`, its facts as a JSON body. */
import { run } from './suite.js';

export default {
  /** @param {Request} request */
  async fetch(request) {
    const name = /** @type {string} */ (new URL(request.url).searchParams.get('case'));
    return Response.json({ failure: await run(name, await request.json()) });
  },
};
