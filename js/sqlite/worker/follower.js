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
  #onDead;
  /** Sent and not answered. @type {Map<number, Request>} */
  #sent = new Map();
  #welcome = false;
  /** When a leader that says so has left, or had the time to. @type {Promise<void> | undefined} */
  leaving;
  /** What a leader that has left in good order had begun and not answered. @type {number[] | undefined} */
  #begun;
  #onGone = () => {};
  #ending = new AbortController();

  /**
   * @param {string} leader
   * @param {object} options
   * @param {string} options.id Of this Worker.
   * @param {{ synchronous: string }} options.settings What its page wants.
   * @param {ReturnType<typeof import('./names.js').groupNames>} options.names
   * @param {BroadcastChannel} options.group
   * @param {() => void} options.onWelcome
   * @param {(message: Reply | News) => void} options.onMessage For the page.
   * @param {(request: Request) => void} options.onAgain A request that the leader has not begun, and will not, because it leaves.
   * @param {() => void} options.onDead The leader is gone.
   */
  constructor(leader, { id, settings, names, group, onWelcome, onMessage, onAgain, onDead }) {
    this.leader = leader;
    this.#onWelcome = onWelcome;
    this.#onMessage = onMessage;
    this.#onAgain = onAgain;
    this.#onDead = onDead;
    this.#channel = new BroadcastChannel(names.pair(leader, id));
    this.#channel.onmessage = ({ data }) => this.#take(data);
    group.postMessage({ op: 'hello', from: id, to: leader, ...settings });
    // Its lock is to be had when it is gone, which is sooner than the next one has opened the file.
    const dead = () => {
      if (!this.#ending.signal.aborted) void Promise.resolve(this.leaving).then(onDead);
    };
    navigator.locks.request(names.life(leader), { mode: 'shared', signal: this.#ending.signal }, dead).catch(() => {});
  }

  /**
   * Whether the leader takes a request: when it is about to leave, only what belongs to something that it has begun.
   * @param {Request} request
   */
  takes({ op, tx }) {
    return this.#welcome && (!this.leaving || tx || op === 'rows' || op === 'cancel' || op === 'release' || op === 'drop');
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
      this.#welcome = true;
      return this.#onWelcome();
    }
    if (message.op === 'leaving') return this.#awaitGone();
    if (message.op === 'refused') this.#channel.postMessage({ op: 'told' });
    if (message.op === 'gone') {
      this.#begun = /** @type {News} */ (message).ids;
      this.#onGone();
      return this.#onDead();
    }
    if (message.op === 'again' || message.op === 'done') {
      const id = /** @type {number} */ (message.id);
      const request = this.#sent.get(id);
      this.#sent.delete(id);
      if (message.op === 'again') return request && this.#onAgain(request);
    }
    this.#onMessage(message);
  }

  /** The leader is about to leave, and its last messages must not be missed. */
  #awaitGone() {
    this.leaving = new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      this.#onGone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#channel.postMessage({ op: 'told' });
  }

  /** @returns {{ ids: number[], unsent: number[] }} Requests without an answer: those that may have been begun, and those that were not. */
  end() {
    this.#ending.abort();
    this.#channel.close();
    const sent = [...this.#sent.keys()];
    const begun = new Set(this.#begun ?? sent);
    return { ids: sent.filter((id) => begun.has(id)), unsent: sent.filter((id) => !begun.has(id)) };
  }
}
