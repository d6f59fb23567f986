/**
 * The Worker that has the file: serves its own page and the other Workers, each by a channel of its own.
 */
import { Clerk } from './clerk.js';
import { Desk } from './desk.js';
import { VERSION } from './names.js';

/** @typedef {import('./protocol.js').Request} Request */

/** Milliseconds after which a Worker that does not answer, a frozen one say, is not waited for. */
const DEAF = 2000;

/**
 * An open database.
 * @typedef {object} Base
 * @property {import('./clerk.js').Tools} tools
 * @property {(error: any) => any} explain What to say instead of an error of SQLite's.
 * @property {() => Promise<void> | undefined} verify Rejects when the file is not there any more; undefined: it was, a moment ago.
 * @property {() => void} close Lets go of the file.
 */

export class Leader {
  #base;
  #desk;
  #id;
  #names;
  #group;
  #tellPage;
  #synchronous;
  /** The other Workers; told: that there will be another leader, or none. @type {Map<string, { channel: BroadcastChannel, forget: AbortController, told: boolean }>} */
  #others = new Map();
  /** Called when another Worker is told, or gone. @type {() => void} */
  #onTold = () => {};
  #leaving = false;
  /** @type {() => void} */
  #end = () => {};
  /** When it has let go of the file. @type {Promise<void>} */
  ended = new Promise((resolve) => (this.#end = resolve));

  /**
   * @param {Base} base
   * @param {object} options
   * @param {string} options.id Of this Worker.
   * @param {string} options.synchronous How it was opened.
   * @param {ReturnType<typeof import('./names.js').groupNames>} options.names
   * @param {BroadcastChannel} options.group
   * @param {import('./member.js').Tell} options.tellPage
   */
  constructor(base, { id, synchronous, names, group, tellPage }) {
    this.#base = base;
    this.#id = id;
    this.#names = names;
    this.#group = group;
    this.#tellPage = tellPage;
    const { tools, explain, verify } = base;
    this.#desk = new Desk({
      clerk: new Clerk(tools), session: tools.session, explain, verify, publish: (...news) => this.#publish(...news),
    });
    this.#synchronous = synchronous;
    this.#say();
  }

  #say() {
    this.#group.postMessage({ op: 'lead', from: this.#id, version: VERSION });
  }

  /**
   * Something said to all Workers.
   * @param {import('./protocol.js').Call} call
   */
  hear({ op, from, to, synchronous }) {
    if (this.#leaving) return; // Who is new waits for the next one.
    if (op === 'who') this.#say();
    if (op !== 'hello' || to !== this.#id) return;
    if (synchronous === 'full' && this.#synchronous !== 'full') {
      // Whoever wants to be sure is.
      this.#synchronous = 'full';
      this.#desk.handle(this.#id, { op: 'execute', id: -1, session: '', sql: 'pragma synchronous = full' }, () => {});
    }
    this.#admit(from);
  }

  /** @param {Request} request Of the own page. */
  handle(request) {
    this.#desk.handle(this.#id, request, this.#tellPage);
  }

  /** @param {string} id Of another Worker. */
  #admit(id) {
    this.#dismiss(id);
    const channel = new BroadcastChannel(this.#names.pair(this.#id, id));
    const forget = new AbortController();
    const other = { channel, forget, told: false };
    this.#others.set(id, other);
    channel.onmessage = ({ data }) => {
      if (data.op !== 'told') return this.#desk.handle(id, data, (message) => channel.postMessage(message));
      other.told = true;
      this.#onTold();
    };
    // Its lock is to be had when it is gone.
    const gone = () => {
      if (this.#others.get(id)?.channel === channel) this.#dismiss(id);
    };
    navigator.locks.request(this.#names.life(id), { mode: 'shared', signal: forget.signal }, gone).catch(() => {});
    channel.postMessage({ op: 'welcome' });
  }

  /** @param {string} id */
  #dismiss(id) {
    const other = this.#others.get(id);
    if (!other) return;
    this.#others.delete(id);
    other.forget.abort();
    other.channel.close();
    this.#desk.leave(id);
    this.#onTold();
  }

  /**
   * @param {string[] | undefined} tables
   * @param {string} member @param {string | undefined} session Who wrote them.
   */
  #publish(tables, member, session) {
    const news = (/** @type {string} */ id) => ({ op: /** @type {const} */ ('wrote'), tables, session: id === member ? session : undefined });
    this.#tellPage(news(this.#id));
    for (const [id, { channel }] of this.#others) channel.postMessage(news(id));
  }

  /** @param {import('./protocol.js').News} news */
  #tellOthers(news) {
    for (const { channel } of this.#others.values()) channel.postMessage(news);
  }

  /**
   * Tells the others that they cannot go on with the file either, and waits until they know: one that does not would take over, perhaps
   * beside somebody who begins anew, as browsers that clear a site's storage forget who waits for its locks.
   * @param {import('./codec.js').SentError} error
   */
  async refuseOthers(error) {
    this.#leaving = true;
    this.#tellOthers({ op: 'refused', error });
    await this.#told();
  }

  /** @param {number} patience Milliseconds that a transaction of another tab is given. */
  async close(patience) {
    this.#leaving = true;
    this.#tellOthers({ op: 'leaving' });
    const begun = await this.#desk.close(patience, this.#told());
    this.#base.close();
    for (const [id, { channel, forget }] of this.#others) {
      channel.postMessage({ op: 'gone', ids: begun.get(id) ?? [] }); // The last message: all answers have come before it.
      forget.abort();
      channel.close();
    }
    this.#end();
  }
  /**
   * Resolves when all others know what they were told last: whatever they sent before has come then, and the lock that this one lets go
   * of does not look like its death to them.
   */
  #told() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, DEAF);
      this.#onTold = () => {
        for (const { told } of this.#others.values()) if (!told) return;
        clearTimeout(timer);
        resolve(undefined);
      };
      this.#onTold();
    });
  }
}
