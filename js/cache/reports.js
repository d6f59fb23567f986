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

  /**
   * @param {import('../events.js').Hooks} hooks Read anew each time: hooks come and go.
   * @param {(error: any) => unknown} [redact] Takes the values of secrets out of an error.
   */
  constructor(hooks, redact = (error) => error) {
    this.#hooks = hooks;
    this.redact = redact;
  }

  /**
   * Whether anybody listens. For places where even the details would cost too much.
   * @param {CacheEvent} name
   */
  wanted(name) {
    return this.#hooks[name] !== undefined || (channel !== undefined && channel.hasSubscribers);
  }

  /** {@link wanted} for hits: which name it is costs more to look at than all the rest. */
  get hitsWanted() {
    return this.#hooks.onHit !== undefined || (channel !== undefined && channel.hasSubscribers);
  }

  /**
   * Does what others may make fail.
   * @param {string} phase
   * @param {() => void} work
   */
  guard(phase, work) {
    try {
      work();
    } catch (error) {
      this.fault(phase, error);
    }
  }

  /**
   * Something went wrong that has to do with no result in particular.
   * @param {string} phase
   * @param {unknown} error
   */
  fault(phase, error) {
    if (this.wanted('onError')) this.#send('onError', { error, phase });
  }

  /**
   * @param {CacheEvent} name
   * @param {Space} space
   * @param {string} key
   * @param {Record<string, unknown>} [details]
   */
  emit(name, space, key, details) {
    if (this.wanted(name)) this.#send(name, { space: space.identity, key: publicKey(space.identity, key), ...details });
  }

  /** @param {CacheEvent} name @param {Record<string, unknown>} event */
  #send(name, event) {
    if (name === 'onError') event.error = this.redact(event.error);
    if (channel !== undefined && channel.hasSubscribers) channel.publish({ event: name, ...event });
    try {
      this.#hooks[name]?.(event);
    } catch (error) {
      // A hook is a guest: what it throws is no reason to fail, and goes to the one hook that is left.
      const { space, key } = event;
      if (name !== 'onError' && this.wanted('onError')) this.#send('onError', { space, key, error, phase: `hook ${name}` });
    }
  }
}
