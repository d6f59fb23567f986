/**
 * What a Worker that does not lead has to do with the one that does.
 */

import { forOthers } from './flags.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {import('./protocol.js').News} News */

/** Milliseconds that the last messages of a leader may take that has left. */
const PATIENCE = 10_000;

export class Follower {
  #channel;
  #onWelcome;
  #onMessage;
  #onAgain;
  /** Sent and not answered. @type {Map<number, Request>} */
  #sent = new Map();
  /** Whether the leader takes requests. */
  welcome = false;
  /** When a leader that says so has left, or had the time to. @type {Promise<void> | undefined} */
  leaving;
  #onGone = () => {};
  #ending = new AbortController();

  /**
   * @param {string} leader
   * @param {object} options
   * @param {string} options.id Of this Worker.
   * @param {ReturnType<typeof import('./names.js').groupNames>} options.names
   * @param {BroadcastChannel} options.group
   * @param {() => void} options.onWelcome
   * @param {(message: Reply | News) => void} options.onMessage For the page.
   * @param {(request: Request) => void} options.onAgain A request that the leader has not begun, and will not, because it leaves.
   * @param {() => void} options.onDead The leader is gone without a word.
   */
  constructor(leader, { id, names, group, onWelcome, onMessage, onAgain, onDead }) {
    this.leader = leader;
    this.#onWelcome = onWelcome;
    this.#onMessage = onMessage;
    this.#onAgain = onAgain;
    this.#channel = new BroadcastChannel(names.pair(leader, id));
    this.#channel.onmessage = ({ data }) => this.#take(data);
    group.postMessage({ op: 'hello', from: id, to: leader });
    // Its lock is to be had when it is gone, which is sooner than the next one has opened the file.
    const dead = () => {
      if (!this.leaving && !this.#ending.signal.aborted) onDead();
    };
    navigator.locks.request(names.life(leader), { mode: 'shared', signal: this.#ending.signal }, dead).catch(() => {});
  }

  /** @param {Request} request */
  send(request) {
    const { op, id } = request;
    if (id !== undefined && op !== 'cancel' && op !== 'rows') this.#sent.set(id, request);
    this.#channel.postMessage(forOthers(request));
  }

  /** @param {Reply | News} message */
  #take(message) {
    if (message.op === 'welcome') {
      this.welcome = true;
      return this.#onWelcome();
    }
    if (message.op === 'leaving') return this.#await();
    if (message.op === 'gone') return this.#onGone();
    if (message.op === 'again' || message.op === 'done') {
      const id = /** @type {number} */ (message.id);
      const request = this.#sent.get(id);
      this.#sent.delete(id);
      if (message.op === 'again') return request && this.#onAgain(request);
    }
    this.#onMessage(message);
  }

  /** The leader is about to leave, and its last messages must not be missed. */
  #await() {
    this.leaving = new Promise((resolve) => {
      this.#onGone = resolve;
      setTimeout(resolve, PATIENCE);
    });
  }

  /** @returns {number[]} Requests that were sent and not answered. */
  end() {
    this.#ending.abort();
    this.#channel.close();
    return [...this.#sent.keys()];
  }
}
