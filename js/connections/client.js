/**
 * The client of a connection: opened when it is first used, one for all callers, replaced by a fresh one after a reset.
 * Each client that was opened is ended exactly once.
 */
import { connectError, describeError } from './errors.js';
import { connects, tell } from './reports.js';
import { Session } from './session.js';

/**
 * @template Raw
 */
export class ClientSlot {
  /** @type {Session<Raw> | undefined} */
  #session;
  /** Clients that are on their way out. @type {Set<Promise<void>>} */
  #retiring = new Set();
  #context;
  #running;
  #retries;
  #admit;
  #connect;
  #disconnect;

  /**
   * @param {object} options
   * @param {import('./context.js').ConnectionContext} options.context
   * @param {import('./running.js').Running} options.running
   * @param {import('./retry.js').Retries} options.retries
   * @param {(inUse: boolean) => void} options.admit Throws when nobody may have the client any more; `inUse`: whether
   *   somebody who was let in before has it.
   * @param {(config: Record<string, any>, how: { signal: AbortSignal }) => Promise<Raw>} options.connect
   * @param {(raw: Raw) => Promise<void>} options.disconnect
   */
  constructor({ context, running, retries, admit, connect, disconnect }) {
    this.#context = context;
    this.#running = running;
    this.#retries = retries;
    this.#admit = admit;
    this.#connect = connect;
    this.#disconnect = disconnect;
  }

  /** The client, if it is open. */
  get value() {
    return this.#session?.value;
  }

  /** @returns {Promise<Raw>} Rejects with what opening fails with, which is not remembered. */
  async raw() {
    for (;;) {
      const session = this.#current();
      try {
        const raw = await session.raw();
        if (this.#session === session) return raw;
      } catch (error) {
        if (this.#session === session) this.#session = session.hopeful ? session : undefined;
        else if (session.retired) continue;
        throw error; // To all who waited for it; the next one tries again.
      }
      // Replaced while it was opening: what has just been opened is on its way out.
    }
  }

  /**
   * Keeps the client that is there now, or the next one, from being ended until `release` is called. `lost`: it is of no
   * use any more; who comes next gets another.
   * @returns {{ release: () => void, lost: (reason: string) => void }}
   */
  lease() {
    const session = this.#current();
    return { release: session.lease(), lost: (reason) => this.#lose(session, reason) };
  }

  /** @param {Session<Raw>} session @param {string} reason */
  #lose(session, reason) {
    if (this.#session !== session || session.value === undefined) return; // Somebody has seen to it, or it was never there.
    const { hooks, name } = this.#context;
    tell(hooks, 'onReset', { connection: name, reason });
    this.replace().catch((error) => tell(hooks, 'onError', { error, connection: name, phase: 'close' }));
  }

  /**
   * Ends the client when nobody uses it any more; the next user gets another.
   * @returns {Promise<void>} When it has ended; rejects when that failed.
   */
  async replace() {
    const session = this.#session;
    this.#session = undefined;
    if (session) await this.#retire(session);
  }

  /**
   * Ends the client for good, as soon as those who have it are through with it.
   * @returns {Promise<void>} When it and those that were replaced have ended; rejects when its own end failed.
   */
  async end() {
    const own = this.#session && this.#retire(this.#session);
    await Promise.allSettled(this.#retiring);
    this.#session = undefined;
    await own;
  }

  #current() {
    this.#admit(this.#session?.inUse === true);
    return (this.#session ??= new Session(
      () => this.#retries.run(() => this.#open()),
      (raw) => this.#release(raw),
      this.#context.results.perRequest,
    ));
  }

  /** @param {Session<Raw>} session */
  #retire(session) {
    const retiring = session.retire();
    this.#retiring.add(retiring);
    const gone = () => void this.#retiring.delete(retiring);
    retiring.then(gone, gone);
    return retiring;
  }

  async #open() {
    const context = this.#context;
    const task = this.#running.begin();
    /** @type {Promise<Raw> | undefined} */
    let opening;
    try {
      const connect = () => task.run((how) => (opening = this.#connect({ ...context.config }, how)));
      const span = () => ({ connection: context.name, type: context.type });
      const raw = await connects.run(span, connect, (error) => connectError(context, error));
      tell(context.hooks, 'onConnect', { connection: context.name });
      return raw;
    } catch (error) {
      // close() does not wait for a client that does not come. If it comes after all, it is ended.
      if (task.aborted && opening) void this.#releaseLate(opening);
      throw connectError(context, error);
    } finally {
      task.end();
    }
  }

  /** @param {Raw} raw */
  async #release(raw) {
    try {
      await this.#disconnect(raw);
    } catch (error) {
      throw describeError(this.#context, error, 'close');
    }
  }

  /** @param {Promise<Raw>} opening */
  async #releaseLate(opening) {
    /** @type {Raw} */
    let raw;
    try {
      raw = await opening;
    } catch {
      return; // There is none, and those who asked for it have been told.
    }
    const { hooks, name } = this.#context;
    await this.#release(raw).catch((error) => tell(hooks, 'onError', { error, connection: name, phase: 'close' }));
  }
}

/**
 * Ends a client in its own way: the first it has of asyncDispose, dispose, close(), end(), destroy().
 * @param {any} client
 */
export async function endClient(client) {
  if (client === null || (typeof client !== 'object' && typeof client !== 'function')) return;
  for (const end of [Symbol.asyncDispose, Symbol.dispose, 'close', 'end', 'destroy']) {
    // The symbols are undefined in older runtimes.
    if (end !== undefined && typeof client[end] === 'function') return void (await client[end]());
  }
}
