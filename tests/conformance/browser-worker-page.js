/**
 * The page beside such a worker, `?dedicated`, `?shared` or `?service`: leaves the worker's suite in the global scope, under
 * the same names as page.js leaves its own.
 */

/** @returns {Promise<{ postMessage(message: unknown, transfer: Transferable[]): void }>} */
async function start() {
  const kind = location.search.slice(1);
  if (kind === 'dedicated') return new Worker('./worker/browser-worker.js', { type: 'module' });
  if (kind === 'shared') return new SharedWorker('./worker/browser-worker.js', { type: 'module' }).port;
  const { installing, active } = await navigator.serviceWorker.register('./service/browser-worker.js', { type: 'module' });
  return /** @type {ServiceWorker} */ (active ?? installing);
}

const worker = start();

/** @param {object} message */
async function ask(message) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  (await worker).postMessage(message, [port2]);
  return answer.finally(() => port1.close());
}

Object.assign(globalThis, {
  conformance: {
    get names() {
      return ask({});
    },
    run: (/** @type {string} */ name, /** @type {object} */ facts) => ask({ name, facts }),
  },
});
