/**
 * Hooks: how an application watches an instance. A hook that nobody has set is undefined in the shared object, so that
 * the code that would call it pays for one comparison and builds no event.
 */

/** Every hook. Events never hold a value of a secret or a result. */
export const HOOKS = /** @type {const} */ ([
  'onHit', // A fresh result was served from the cache.
  'onStale', // A stale result was served, while it is loaded anew or because that failed.
  'onJoin', // A caller joined a load that was under way.
  'onMiss', // There was no result to serve.
  'onLoad', // A load succeeded.
  'onError', // Something failed that no caller hears of, or a load failed.
  'onEvict', // A result left the cache: bound, budget, expiry or invalidation.
  'onConnect', // A connection opened its client.
  'onReset', // A connection was reset: its secrets changed, it was unhealthy, or somebody asked.
  'onClose', // A connection was closed; the event says why.
  'onFallback', // A database that was to be kept is in memory only, and gone with the page; the event says why.
]);

/** @typedef {(typeof HOOKS)[number]} HookName */
/** @typedef {(event: any) => void} Hook */
/** @typedef {{ [name in HookName]?: Hook }} Hooks */

/**
 * The hooks of one instance.
 */
export class Events {
  /** What producers read: `hooks.onHit?.({ … })`. Changes as hooks come and go, so keep the object, not its parts. */
  hooks = /** @type {Hooks} */ ({});
  /** @type {Map<HookName, Hook[]>} */
  #listeners = new Map();

  /**
   * @param {Hooks} [initial]
   * @throws {TypeError} For a hook that does not exist or is not a function.
   */
  constructor(initial = {}) {
    for (const [name, hook] of Object.entries(initial)) {
      if (hook !== undefined) this.on(/** @type {HookName} */ (name), hook);
    }
  }

  /**
   * Adds a hook.
   * @param {HookName} name One of {@link HOOKS}.
   * @param {Hook} hook Called at once, in the order of registration. What it throws goes to the `onError` hooks.
   * @returns {() => void} Takes it away again.
   */
  on(name, hook) {
    if (!HOOKS.includes(name)) {
      throw new TypeError(`There is no hook "${String(name)}"; there are: ${HOOKS.join(', ')}`);
    }
    if (typeof hook !== 'function') throw new TypeError(`Hook ${name} must be a function`);
    const entry = /** @type {Hook} */ ((event) => hook(event)); // The same function may be registered twice.
    this.#set(name, [...(this.#listeners.get(name) ?? []), entry]);
    return () => this.#set(name, (this.#listeners.get(name) ?? []).filter((other) => other !== entry));
  }

  /** @param {HookName} name @param {Hook[]} listeners */
  #set(name, listeners) {
    this.#listeners.set(name, listeners);
    if (listeners.length === 0) delete this.hooks[name];
    else this.hooks[name] = (event) => this.#dispatch(name, listeners, event);
  }

  /** @param {HookName} name @param {Hook[]} listeners @param {unknown} event */
  #dispatch(name, listeners, event) {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        if (name !== 'onError') this.hooks.onError?.({ error, phase: `hook ${name}` });
      }
    }
  }
}
