/**
 * WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), as much of it as the tests need: commands, events, and functions
 * run in pages.
 */
import WebSocket from 'ws';

/**
 * @typedef {object} Bidi
 * @property {(method: string, params?: object) => Promise<any>} send Rejects when the browser refuses or goes away.
 * @property {(type: string, listener: (params: any) => void) => void} on
 * @property {() => void} close
 */

/** @param {string} url Of the browser's socket. @returns {Promise<Bidi>} */
export async function connect(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void, method: string }>} */
  const waiting = new Map();
  /** @type {Map<string, ((params: any) => void)[]>} */
  const listeners = new Map();
  let last = 0;
  const gone = () => {
    for (const { reject, method } of waiting.values()) reject(new Error(`${method}: the browser is gone`));
    waiting.clear();
  };
  socket.on('message', (/** @type {Buffer} */ data) => {
    const { type, id, result, error, message, method, params } = JSON.parse(data.toString('utf8'));
    if (type === 'event') return listeners.get(method)?.forEach((listener) => listener(params));
    const caller = waiting.get(id);
    waiting.delete(id);
    if (type === 'success') caller?.resolve(result);
    else caller?.reject(new Error(`${caller.method}: ${error}: ${message}`));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', gone).on('close', gone);
  return {
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(new Error(`${method}: the browser is gone`));
        const id = ++last;
        waiting.set(id, { resolve, reject, method });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    on: (type, listener) => void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    close: () => socket.close(),
  };
}

/**
 * Runs a function in a page. Argument and result travel as JSON.
 * @param {Bidi} bidi
 * @param {string} context The page.
 * @param {Function} fn Knows nothing of where it was written.
 * @param {unknown} argument
 */
export async function evaluate(bidi, context, fn, argument) {
  const { type, result, exceptionDetails } = await bidi.send('script.callFunction', {
    functionDeclaration: inPage(fn),
    arguments: [{ type: 'string', value: JSON.stringify({ value: argument }) }],
    target: { context },
    awaitPromise: true,
    resultOwnership: 'none',
  });
  if (type !== 'success') throw new Error(`in the page: ${exceptionDetails.text}`);
  return answerOf(result.value);
}

/**
 * The text of a function from JSON to JSON, for a page.
 * @param {Function} fn
 */
export const inPage = (fn) => `async (text) => {
  try {
    return JSON.stringify({ value: await (${fn})(JSON.parse(text).value) });
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? \`\${error.name}: \${error.message}\\n\${error.stack}\` : String(error) });
  }
}`;

/** @param {string} text What such a function gave. */
export function answerOf(text) {
  const { value, error } = JSON.parse(text);
  if (error !== undefined) throw new Error(`in the page: ${error}`);
  return value;
}
