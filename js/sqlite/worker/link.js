/**
 * A page's end of its Worker: numbers requests and matches answers.
 */
import { decodeError } from './codec.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Reply} Reply */

/**
 * @typedef {object} Pending
 * @property {Request} request
 * @property {(reply: Reply) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {() => void} [more]
 */

export class Link {
  #worker;
  #count = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** @type {(value?: unknown) => void} */
  #left = () => {};

  /**
   * @param {() => Worker} spawn
   * @param {object} options For the Worker: what to open.
   */
  constructor(spawn, options) {
    this.#worker = spawn();
    /** Resolves when the database can be used. @type {Promise<void>} */
    this.opened = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => {
        if (data.op === 'opened') resolve();
        else if (data.op === 'refused') reject(decodeError(data.error));
        else if (data.op === 'left') this.#left();
        else this.#take(data);
      };
      this.#worker.onerror = (event) => reject(new Error(event.message));
    });
    this.#worker.postMessage({ op: 'open', ...options });
  }

  newNumber() {
    return ++this.#count;
  }

  /**
   * @param {Request} request
   * @param {{ more?: (id: number) => void }} [how]
   * @returns {Promise<Reply>}
   */
  request(request, { more } = {}) {
    const id = this.newNumber();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { request, resolve, reject, more: more && (() => more(id)) });
      this.#worker.postMessage({ ...request, id });
    });
  }

  /** @param {Request} request Something that is not answered. */
  tell(request) {
    this.#worker.postMessage(request);
  }

  /** @param {Reply} reply */
  #take(reply) {
    const pending = this.#pending.get(/** @type {number} */ (reply.id));
    if (!pending) return;
    if (reply.op === 'more') return pending.more?.();
    this.#pending.delete(/** @type {number} */ (reply.id));
    pending.resolve(reply);
  }

  async close() {
    const left = new Promise((resolve) => (this.#left = resolve));
    this.#worker.postMessage({ op: 'bye' });
    await left;
    this.#worker.terminate();
  }
}
