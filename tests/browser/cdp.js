/**
 * The Chrome DevTools Protocol without Playwright, which makes all pages believe that they are seen: then none can be frozen.
 */
import WebSocket from 'ws';

/**
 * @typedef {object} CdpPage
 * @property {(fn: (argument: any) => any, argument?: any) => Promise<any>} evaluate Runs a function in the page, which knows nothing of where it
 *   was written; argument and result travel as JSON.
 * @property {() => Promise<void>} show Brings it to the front; others are hidden then.
 * @property {(state: 'frozen' | 'active') => Promise<void>} setState Of a hidden page.
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} url Of the browser's socket.
 * @returns {Promise<{ newPage: (url: string) => Promise<CdpPage>, close: () => void }>}
 */
export async function connectCdp(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  /** @type {Map<number, (message: any) => void>} */
  const waiting = new Map();
  let last = 0;
  socket.on('message', (/** @type {Buffer} */ data) => {
    const message = JSON.parse(data.toString('utf8'));
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  /** @param {string} method @param {object} [params] @param {string} [sessionId] @returns {Promise<any>} */
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
  return {
    async newPage(address) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      await send('Page.enable', {}, sessionId);
      await send('Page.navigate', { url: address }, sessionId);
      const page = {
        /** @param {Function} fn @param {unknown} [argument] */
        async evaluate(fn, argument) {
          const expression = `(${fn})(${JSON.stringify(argument)})`;
          const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          return result.value;
        },
        show: () => send('Page.bringToFront', {}, sessionId),
        setState: (/** @type {string} */ state) => send('Page.setWebLifecycleState', { state }, sessionId),
        close: () => send('Target.closeTarget', { targetId }),
      };
      while (!(await page.evaluate(() => document.readyState === 'complete' && 'open' in globalThis).catch(() => false)));
      return page;
    },
    close: () => socket.close(),
  };
}
