/**
 * What the cache tells about itself: hooks of the application, and Node's diagnostics channel `hawser:cache`. An event is
 * built only when somebody wants it.
 */
import { diagnosticsChannel } from '#runtime';
import { publicKey } from './public_key.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {'onHit' | 'onStale' | 'onJoin' | 'onMiss' | 'onLoad' | 'onError' | 'onEvict'} CacheEvent */

const channel = diagnosticsChannel?.('hawser:cache');

export class Reports {
  #hooks;

  /** @param {import('../events.js').Hooks} hooks Read anew each time: hooks come and go. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /**
   * Whether anybody listens. For places where even the details would cost too much.
   * @param {CacheEvent} name
   */
  wanted(name) {
    return this.#hooks[name] !== undefined || (channel !== undefined && channel.hasSubscribers);
  }

  /**
   * @param {CacheEvent} name
   * @param {Space} space
   * @param {string} key
   * @param {Record<string, unknown>} [details]
   */
  emit(name, space, key, details) {
    const hook = this.#hooks[name];
    const listening = channel !== undefined && channel.hasSubscribers;
    if (hook === undefined && !listening) return;
    const event = { space: space.identity, key: publicKey(space.identity, key), ...details };
    if (listening) channel.publish({ event: name, ...event });
    try {
      hook?.(event);
    } catch (error) {
      // A hook is a guest: what it throws is no reason to fail, and goes to the one hook that is left.
      if (name !== 'onError') this.emit('onError', space, key, { error, phase: `hook ${name}` });
    }
  }
}
