/**
 * Finds and drives a WebKitGTK that is installed on this machine: its small browser, by the WebDriver protocol, on a display
 * of its own that nobody sees. Its sessions are ephemeral, like a private window.
 */
import { createServer } from 'node:net';
import { answerOf, inPage } from './bidi.js';
import { findProgram, have, startProgram } from './programs.js';

const findDriver = () => findProgram([process.env.HAWSER_WEBKIT_DRIVER, '/usr/bin/WebKitWebDriver']);
const findBrowser = () => {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec', '/usr/lib64', '/usr/lib'];
  return findProgram(folders.map((folder) => `${folder}/webkit2gtk-4.1/MiniBrowser`));
};
const findDisplay = () => findProgram(['/usr/bin/Xvfb']);

/** @returns {string | undefined} Path of the driver, when all that it needs is there. */
export const findWebKit = () => (findDisplay() ? findDriver() : undefined);

/**
 * Whether tests in WebKitGTK can run. Where there is none that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveWebKit = () =>
  have(Boolean(findWebKit()), 'the tests in WebKitGTK. It was not found: install it (Debian: apt-get install webkit2gtk-driver xvfb).');

/**
 * @typedef {object} WebKitPage
 * @property {<A, R>(fn: (argument: A) => R | Promise<R>, argument?: A) => Promise<R>} evaluate As in Playwright: the function
 *   runs in the page; argument and result must be JSON. One at a time.
 * @property {(url: string) => Promise<void>} goto
 */

/** @returns {Promise<number>} A port that nobody listens on. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/**
 * One command of the protocol.
 * @param {string} url @param {unknown} [body] With one it is a POST.
 * @returns {Promise<any>}
 */
async function command(url, body) {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (!response.ok) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`);
  return value;
}

/** @param {string} url @returns {Promise<void>} Resolves when the driver answers. */
async function answering(url) {
  for (let patience = 100; ; patience--) {
    try {
      return await command(`${url}/status`);
    } catch (error) {
      if (patience === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** @param {string} display @returns {Promise<{ driver: import('./programs.js').Program, url: string }>} */
async function startDriver(display) {
  const port = await freePort();
  const driver = await startProgram(/** @type {string} */ (findDriver()), [`--port=${port}`], {
    env: {
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      LIBGL_ALWAYS_SOFTWARE: '1',
      NO_AT_BRIDGE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // It needs user namespaces, which containers do not have.
    },
  });
  return { driver, url: `http://127.0.0.1:${port}` };
}

/**
 * Starts a fresh browser.
 * @param {object} [options]
 * @param {string[]} [options.features] Of WebKit, switched on or off, e.g. '+FileSystem'.
 * @returns {Promise<{ problems: string[], newPage: (url: string) => Promise<WebKitPage>, close: () => Promise<void> }>} There is
 *   one page: a new one takes the place of the one before. The protocol tells nothing of what goes wrong in a page, so
 *   `problems` stays empty: the page must tell.
 */
export async function launchWebKit({ features = [] } = {}) {
  const screen = await startProgram(
    /** @type {string} */ (findDisplay()),
    ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp'],
    { ready: /^(\d+)\n/m },
  );
  let close = screen.end;
  try {
    const { driver, url } = await startDriver(`:${screen.announced}`);
    close = () => driver.end().then(screen.end);
    await answering(url);
    const args = ['--automation', `--features=${features.join()}`];
    const alwaysMatch = features.length > 0 ? { 'webkitgtk:browserOptions': { args, binary: findBrowser() } } : {};
    const { sessionId } = await command(`${url}/session`, { capabilities: { alwaysMatch } });
    const session = `${url}/session/${sessionId}`;
    await command(`${session}/timeouts`, { script: 600_000, pageLoad: 120_000 });
    /** @type {WebKitPage} */
    const page = {
      goto: (address) => command(`${session}/url`, { url: address }),
      evaluate: async (fn, argument) =>
        answerOf(
          await command(`${session}/execute/async`, {
            script: `const [text, done] = arguments; (${inPage(fn)})(text).then(done);`,
            args: [JSON.stringify({ value: argument })],
          }),
        ),
    };
    const newPage = async (/** @type {string} */ address) => {
      await page.goto(address);
      // Its load event does not wait for modules.
      await page.evaluate(async () => {
        const scripts = /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll('script[type=module][src]')]);
        await Promise.all(scripts.map(({ src }) => import(src)));
      });
      return page;
    };
    return { problems: [], newPage, close };
  } catch (error) {
    await close();
    throw error;
  }
}
