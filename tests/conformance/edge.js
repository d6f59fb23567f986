/** The suite as a program for an edge runtime: one request per case, `/?case=…`, its facts as a JSON body. */
import worker from './worker.js';

addEventListener('fetch', (event) => {
  const { request, respondWith } = /** @type {any} */ (event);
  respondWith.call(event, worker.fetch(request));
});
