/**
 * Databases whose browser or leading tab goes away in the middle of writing.
 */
import { newProfile, removeProfile } from '../browser/programs.js';
import { Ledger } from './ledger.js';
import { startSite } from './site.js';

/**
 * @typedef {object} Page
 * @property {(fn: (argument: any) => any, argument?: any) => Promise<any>} evaluate
 * @property {() => Promise<unknown>} close
 */

/**
 * @typedef {object} Browser
 * @property {import('../browser/programs.js').Program} program
 * @property {(url: string) => Promise<Page>} newPage
 * @property {(page: any) => Promise<void>} crash The process of a page ends, without any goodbye.
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Options
 * @property {(options: { profile: string }) => Promise<Browser>} launch
 * @property {number} kills
 * @property {'opfs-sahpool' | 'opfs'} [vfs] Default: Hawser's own.
 * @property {boolean} [early] For a control, see workload.js.
 * @property {boolean} [unsafe] For a control: a database without a journal, and large transactions only.
 */

/**
 * @typedef {object} Result
 * @property {string[]} problems Empty when nothing was lost, doubled or damaged.
 * @property {string} figures
 */

/** Numbers that are the same in each run, like Math.random's. */
function randomNumbers(seed = 1) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** What a scenario works with: a server, a profile, a browser, tabs that write. */
class Scene {
  ledger = new Ledger();
  profile = newProfile();
  random = randomNumbers();
  /** Those that write, in the order of their opening. @type {{ page: Page, name: string }[]} */
  tabs = [];
  /** @type {Browser | undefined} */
  #browser;
  /** @type {import('../../tools/serve.js').Served | undefined} */
  #site;
  #count = 0;

  /** @param {Options} options */
  constructor({ vfs = 'opfs-sahpool', early = false, unsafe = false, launch }) {
    this.early = early;
    this.unsafe = unsafe;
    this.launch = launch;
    this.isolated = vfs === 'opfs';
    this.database = { url: `sqlite:///kill.db?vfs=${vfs}`, unsafe };
  }

  /** @returns {Promise<Browser>} The running one. */
  async browser() {
    this.#site ??= await startSite((outcome, id, code) => this.ledger.note(outcome, id, code), { isolated: this.isolated });
    return (this.#browser ??= await this.launch({ profile: this.profile }));
  }

  /** SIGKILL. All tabs are gone. */
  async killBrowser() {
    const browser = await this.browser();
    await browser.program.kill();
    await browser.close();
    this.#browser = undefined;
    this.tabs = [];
  }

  /**
   * A page with the database open. Now and then Firefox does not let a database be opened for as long as its page lives, after it was
   * killed; the user is told so and reloads.
   */
  async #open() {
    for (let tries = 1; ; tries++) {
      const page = await (await this.browser()).newPage(/** @type {any} */ (this.#site).url);
      try {
        await page.evaluate((options) => /** @type {any} */ (globalThis).kill.open(options), this.database);
        return page;
      } catch (error) {
        if (tries === 2 || !/could not be opened within/.test(String(error))) throw error;
        await page.close();
      }
    }
  }

  /** Opens tabs until there are so many. @param {number} count */
  async fill(count) {
    while (this.tabs.length < count) this.tabs.push({ page: await this.#open(), name: `tab${++this.#count}` });
  }

  /** Makes the tab that leads the first one. */
  async lead() {
    const leads = await Promise.all(this.tabs.map(({ page }) => page.evaluate(() => /** @type {any} */ (globalThis).kill.leads())));
    if (leads.filter(Boolean).length !== 1) throw new Error(`Not one tab leads: ${leads.join()}`);
    this.tabs.unshift(...this.tabs.splice(leads.indexOf(true), 1));
  }

  /** All tabs write. */
  async write() {
    for (const { page, name } of this.tabs) {
      const options = { tab: name, early: this.early, large: this.unsafe };
      await page.evaluate((options) => /** @type {any} */ (globalThis).kill.start(options), options);
    }
  }

  /** All tabs end after the commit that is under way. */
  async rest() {
    await Promise.all(this.tabs.map(({ page }) => page.evaluate(() => /** @type {any} */ (globalThis).kill.stop())));
  }

  /** Resolves at some moment in the middle of writing: in the control just after a large transaction was reported. */
  async moment() {
    const names = this.tabs.map(({ name }) => name);
    if (this.early) return this.ledger.progress(names.slice(0, 1), 3);
    const start = performance.now();
    await this.ledger.progress(this.unsafe ? names.slice(0, 1) : names, this.unsafe ? 1 : 2 + Math.floor(this.random() * 20));
    // Unsafe ones write slowly, all the time: in the middle of the next transaction.
    const span = this.unsafe ? performance.now() - start : 15;
    await new Promise((resolve) => setTimeout(resolve, this.random() * span));
  }

  /** @returns {Promise<string[]>} What is wrong with the database, as its first tab sees it. */
  async check() {
    return this.ledger.disagreements(await this.tabs[0].page.evaluate(() => /** @type {any} */ (globalThis).kill.look()));
  }

  async end() {
    await this.#browser?.close();
    await this.#site?.close();
    removeProfile(this.profile);
  }
}

/**
 * @param {Options} options
 * @param {(scene: Scene) => Promise<string[]>} round Loses something in the middle of writing; gives what is wrong afterwards.
 * @returns {Promise<Result>}
 */
async function play(options, round) {
  const scene = new Scene(options);
  try {
    for (let kills = 1; kills <= options.kills; kills++) {
      const problems = await inTime(round(scene), kills, scene).catch((error) => [String(error)]);
      if (problems.length > 0) return { problems: problems.slice(0, 20), figures: `at kill ${kills}: ${scene.ledger}` };
    }
    return { problems: [], figures: `${options.kills} kills: ${scene.ledger}` };
  } finally {
    await scene.end();
  }
}

/** How long one round may take, in milliseconds. */
const PATIENCE = 120_000;

/**
 * @param {Promise<string[]>} round
 * @param {number} kills
 * @param {Scene} scene
 * @returns {Promise<string[]>}
 */
function inTime(round, kills, scene) {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`Round ${kills} does not end: ${scene.ledger}`));
    const timer = setTimeout(late, PATIENCE);
    round.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * SIGKILL to the browser while two tabs write; then it starts again with the same profile.
 * @param {Options} options
 */
export const killBrowser = (options) =>
  play(options, async (scene) => {
    await scene.fill(2);
    await scene.write();
    await scene.moment();
    await scene.killBrowser();
    await scene.fill(2);
    return scene.check();
  });

/**
 * The leading tab goes away while three tabs write. The others go on.
 * @param {(browser: Browser, page: Page) => Promise<unknown>} lose
 * @returns {(options: Options) => Promise<Result>}
 */
const loseLeader = (lose) => (options) =>
  play(options, async (scene) => {
    await scene.fill(3);
    await scene.lead();
    await scene.write();
    await scene.moment();
    const [{ page }] = scene.tabs.splice(0, 1);
    await lose(await scene.browser(), page);
    await scene.ledger.progress(scene.tabs.map(({ name }) => name), 2);
    await scene.rest();
    return scene.check();
  });

/** It is closed, as a user would. */
export const closeLeader = loseLeader((browser, page) => page.close());

/** Its process ends without any goodbye. */
export const crashLeader = loseLeader((browser, page) => browser.crash(page));
