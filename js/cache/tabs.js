/**
 * Other tabs and instances: what is invalidated here is invalidated there, and of those who want to refresh one result at
 * the same time only one does. Both must be asked for.
 */
import { HawserError } from '../errors.js';
import { isTagList } from './policy.js';

/**
 * @typedef {object} TabOptions
 * @property {true | string | BroadcastChannel} [broadcast] Tells other instances that use a channel of the same name (true:
 *   `'hawser'`) what is invalidated, and hears it from them. With refreshLock also what was refreshed.
 * @property {true | LockManager} [refreshLock] A lock around each background refresh. True: `navigator.locks`.
 */

/**
 * What goes over the channel. Spaces are meant by their identity, undefined are all; keys as they are beyond one process.
 * @typedef {{ op: 'invalidate', space: string | undefined, tags: readonly string[] | undefined, hard: boolean }
 *   | { op: 'forget', space: string, key: string, hard: boolean }
 *   | { op: 'refreshed', space: string, key: string, frame: Uint8Array }} Message
 */

const PROTOCOL = 'hawser/1';

export class Tabs {
  #channel;
  #locks;
  #reports;
  /** Ends listening. */
  #leave = () => {};

  /**
   * @param {TabOptions} options
   * @param {import('./reports.js').Reports} reports
   * @param {(message: Message) => void} onMessage
   * @throws {TypeError} Naming the option.
   * @throws {HawserError} ERR_NOT_SUPPORTED where the runtime has no such thing.
   */
  constructor({ broadcast, refreshLock }, reports, onMessage) {
    this.#reports = reports;
    this.#locks = findLocks(refreshLock);
    const channel = (this.#channel = openChannel(broadcast));
    if (!channel) return;
    /** @param {Event} event */
    const hear = (event) => {
      const { data } = /** @type {MessageEvent} */ (event);
      if (data?.protocol === PROTOCOL && isMessage(data.message)) onMessage(data.message);
    };
    channel.addEventListener('message', hear);
    // One that was given may be in use elsewhere.
    this.#leave = channel === broadcast ? () => channel.removeEventListener?.('message', hear) : () => channel.close();
  }

  /** Whether anybody may hear. */
  get connected() {
    return this.#channel !== undefined;
  }

  get locking() {
    return this.#locks !== undefined;
  }

  /** @param {Message} message */
  post(message) {
    const channel = this.#channel;
    if (channel) this.#reports.guard('broadcast', () => channel.postMessage({ protocol: PROTOCOL, message }));
  }

  /**
   * Runs `work` unless somebody else holds the lock.
   * @param {string} name
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>} Whether it ran.
   */
  async exclusively(name, work) {
    if (!this.#locks) {
      await work();
      return true;
    }
    let ran = false;
    await this.#locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      ran = true;
      await work();
    });
    return ran;
  }

  close() {
    this.#channel = undefined;
    this.#leave();
  }
}

/**
 * Whether it can be understood: others on the channel may be of another version.
 * @param {any} message
 * @returns {message is Message}
 */
function isMessage(message) {
  if (typeof message !== 'object' || message === null) return false;
  const { op, space, key, tags, hard, frame } = message;
  if (op === 'invalidate') {
    const texts = tags === undefined || isTagList(tags);
    return texts && typeof hard === 'boolean' && (space === undefined || typeof space === 'string');
  }
  if (typeof space !== 'string' || typeof key !== 'string') return false;
  return op === 'forget' ? typeof hard === 'boolean' : op === 'refreshed' && ArrayBuffer.isView(frame);
}

/**
 * @param {unknown} broadcast
 * @returns {BroadcastChannel | undefined}
 */
function openChannel(broadcast) {
  if (broadcast === undefined || broadcast === false) return undefined;
  if (typeof broadcast === 'object' && broadcast !== null) {
    const given = /** @type {BroadcastChannel} */ (broadcast);
    if (typeof given.postMessage === 'function' && typeof given.addEventListener === 'function') return given;
  }
  if (broadcast !== true && (typeof broadcast !== 'string' || broadcast === '')) {
    throw new TypeError('broadcast: must be true, the name of a channel, or a BroadcastChannel.');
  }
  if (typeof BroadcastChannel !== 'function') throw new HawserError('ERR_NOT_SUPPORTED', 'broadcast: this runtime has no BroadcastChannel.');
  const channel = new BroadcastChannel(broadcast === true ? 'hawser' : broadcast);
  /** @type {any} */ (channel).unref?.(); // Node: no reason to stay alive.
  return channel;
}

/**
 * @param {unknown} refreshLock
 * @returns {LockManager | undefined}
 */
function findLocks(refreshLock) {
  if (refreshLock === undefined || refreshLock === false) return undefined;
  const locks = refreshLock === true ? globalThis.navigator?.locks : refreshLock;
  if (typeof (/** @type {any} */ (locks)?.request) === 'function') return /** @type {LockManager} */ (locks);
  if (refreshLock === true) throw new HawserError('ERR_NOT_SUPPORTED', 'refreshLock: this runtime has no navigator.locks.');
  throw new TypeError('refreshLock: must be true or a LockManager.');
}
