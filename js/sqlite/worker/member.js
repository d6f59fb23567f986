/**
 * A Worker among those that have one database open: one of them, the leader, holds the lock and has the file; the others send
 * it what their pages want. When the leader goes away, the next one in line takes over.
 */
import { HawserError } from '../../errors.js';
import { buffersOf, encodeError } from './codec.js';
import { Follower } from './follower.js';
import { Leader } from './leader.js';
import { groupNames, VERSION } from './names.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').News} News */
/** @typedef {(message: Reply | News, transfer?: Transferable[]) => void} Tell */

/** Milliseconds that a transaction of another tab is given when the leader's page closes its connection. */
const GRACE = 5000;

export class Member {
  #id = crypto.randomUUID();
  #settings;
  #names;
  #tellPage;
  #open;
  #group;
  /** @type {Leader | undefined} */
  #leader;
  /** @type {Follower | undefined} */
  #follower;
  /** Requests that there is no leader for yet. @type {Request[]} */
  #waiting = [];
  /** Leaders that were lost. */
  #losses = 0;
  #ending = new AbortController();
  #failed = false;

  /**
   * @param {object} options
   * @param {string} options.name Normal name of the database.
   * @param {string} options.vfs
   * @param {string} options.synchronous
   * @param {Tell} options.tellPage
   * @param {() => Promise<import('./leader.js').Base>} options.open Opens the file; called when this one is to lead.
   */
  constructor({ name, vfs, synchronous, tellPage, open }) {
    this.#settings = { synchronous };
    this.#names = groupNames(name, vfs);
    this.#tellPage = tellPage;
    this.#open = open;
    this.#group = new BroadcastChannel(this.#names.group);
  }

  /** Joins the others. The page is told `opened` or `refused`. */
  async join() {
    const { locks } = navigator;
    // As long as it is held, this one lives. Nobody hears of this one before.
    await new Promise((held, failed) => {
      const hold = () => {
        held(undefined);
        return new Promise(() => {});
      };
      locks.request(this.#names.life(this.#id), hold).catch(failed);
    });
    this.#group.onmessage = ({ data }) => this.#hear(data);
    this.#group.postMessage({ op: 'who' });
    locks.request(this.#names.group, { signal: this.#ending.signal }, () => this.#lead()).catch((error) => {
      if (!this.#ending.signal.aborted) this.refuse(error);
    });
  }

  /** Leads until it leaves. */
  async #lead() {
    await this.#follower?.leaving;
    this.#lose(); // Whoever led before has let go of the lock.
    let base;
    try {
      base = await this.#open();
    } catch (error) {
      return this.refuse(error);
    }
    if (this.#ending.signal.aborted) return base.close();
    const leader = new Leader(base, { id: this.#id, synchronous: this.#settings.synchronous, names: this.#names, group: this.#group, tellPage: this.#tellPage });
    this.#leader = leader;
    this.#tellPage({ op: 'opened', leads: true });
    this.#flush();
    await leader.ended;
  }

  /** @param {import('./protocol.js').Call} message */
  #hear(message) {
    if (this.#leader) return this.#leader.hear(message);
    const { op, from, version } = message;
    if (op === 'lead') void this.#follow(/** @type {string} */ (from), version);
  }

  /** @param {string} leader @param {number | undefined} version Of what it understands. */
  async #follow(leader, version) {
    await this.#follower?.leaving;
    if (this.#leader || leader === this.#follower?.leader) return;
    this.#lose();
    if (version !== VERSION) return this.refuse(otherVersion());
    this.#follower = new Follower(leader, {
      id: this.#id,
      settings: this.#settings,
      names: this.#names,
      group: this.#group,
      onWelcome: () => {
        this.#tellPage({ op: 'opened', leads: false });
        this.#flush();
      },
      onMessage: (message) => {
        if (message.op === 'refused') this.#ending.abort(); // And not be the next leader.
        this.#tellPage(message, buffersOf(/** @type {Reply} */ (message).table));
      },
      onAgain: (request) => this.#waiting.push(request),
      onDead: () => this.#lose(),
    });
  }

  /** The leader that there was is gone. */
  #lose() {
    const follower = this.#follower;
    if (!follower) return;
    this.#follower = undefined;
    this.#losses++;
    this.#tellPage({ op: 'lost', ...follower.end() });
  }

  /**
   * Something from the page.
   * @param {Request} request
   */
  handle(request) {
    const { id, seen } = request;
    if (seen !== undefined && seen < this.#losses) {
      // Said before the page knew: what it takes for granted, a transaction say, may be gone.
      if (id !== undefined && request.op !== 'cancel' && request.op !== 'rows') this.#tellPage({ op: 'unsent', unsent: [id] });
    } else if (this.#leader) {
      this.#leader.handle(request);
    } else if (this.#follower?.takes(request)) {
      this.#follower.send(request);
    } else if (request.op === 'cancel') {
      this.#drop(id);
    } else if (id !== undefined && request.op !== 'rows') {
      this.#waiting.push(request);
    }
  }

  /** @param {number | undefined} id Of a request that is not wanted any more. */
  #drop(id) {
    const at = this.#waiting.findIndex((request) => request.id === id);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#tellPage({ op: 'done', id, tx: false, writes: [], error: encodeError(new DOMException('It was not begun.', 'AbortError')) });
  }

  #flush() {
    for (const request of this.#waiting.splice(0)) this.handle(request);
  }

  /** @param {unknown} error Why this one cannot be of use. */
  refuse(error) {
    this.#tellPage({ op: 'refused', error: encodeError(error) });
  }

  /** The page does not need it any more. It is told `left`. */
  async leave() {
    this.#ending.abort();
    if (this.#leader) await this.#leader.close(GRACE);
    this.#follower?.end();
    this.#group.close();
    this.#tellPage({ op: 'left' });
  }

  /**
   * The database cannot be used any more by this one, and nothing of it is to be saved.
   * @param {unknown} error
   * @param {boolean} [byNobody] Whether the others cannot go on with the file either.
   */
  async fail(error, byNobody = false) {
    if (this.#failed) return;
    this.#failed = true;
    if (byNobody) await this.#leader?.refuseOthers(encodeError(error));
    this.refuse(error);
    globalThis.close(); // Whatever it holds is free then.
  }
}

const otherVersion = () =>
  new HawserError('ERR_CONNECTION_FAILED', 'Another tab has the database open with another version of Hawser: close that tab, or reload it.', { phase: 'connect' });
