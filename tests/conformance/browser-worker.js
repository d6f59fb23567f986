/**
 * The suite as a program for a dedicated, a shared or a service worker of a browser: answers each message, on the port that
 * came with it.
 */
import { names, run } from './place.js';

/** @param {{ data: any, ports: readonly MessagePort[] }} event */
async function answer({ data, ports }) {
  ports[0].postMessage(data.name === undefined ? names : await run(data.name, data.facts));
}

addEventListener('message', (event) => void answer(event));
addEventListener('connect', (event) => {
  /** @type {MessageEvent} */ (event).ports[0].onmessage = answer;
});
