/**
 * Other tabs and instances: what is invalidated here is invalidated there, and of those who want to refresh one result at
 * the same time only one does. Both must be asked for.
 */
import { HawserError } from '../errors.js';

/**
 * @typedef {object} TabOptions
 * @property {true | string | BroadcastChannel} [broadcast] Tells other instances that use a channel of the same name (true:
 *   `'hawser'`) what is invalidated, and hears it from them. With refreshLock also what was refreshed.
 * @property {true | LockManager} [refreshLock] A lock around each background refresh. True: `navigator.locks`.
 */

/**
 * What goes over the channel. Spaces are meant by their identity, keys as they are beyond one process.
 * @typedef {{ op: 'invalidate', space: string, tags: readonly string[] | undefined, hard: boolean }
 *   | { op: 'forget', space: string, key: string, hard: boolean }
 *   | { op: 'refreshed', space: string, key: string, frame: Uint8Array }} Message
 */

const PROTOCOL = 'hawser/1';

export class Tabs {
  #channel;
  #locks;

  /**
   * @param {TabOptions} options
   * @param {(message: Message) => void} onMessage
   * @throws {TypeError} Naming the option.
   * @throws {HawserError} ERR_NOT_SUPPORTED where the runtime has no such thing.
   */
  constructor({ broadcast, refreshLock }, onMessage) {
    this.#channel = openChannel(broadcast);
    this.#locks = findLocks(refreshLock);
    this.#channel?.addEventListener('message', (event) => {
      const { data } = /** @type {MessageEvent} */ (event);
      if (data?.protocol === PROTOCOL && typeof data.message?.space === 'string') onMessage(data.message);
    });
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
    this.#channel?.postMessage({ protocol: PROTOCOL, message });
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
    this.#channel?.close();
    this.#channel = undefined;
  }
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
