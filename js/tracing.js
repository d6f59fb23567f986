/**
 * Spans for whoever watches the process: Node's tracing channels (`tracing:<name>:start`, `end`, `asyncStart`, `asyncEnd`,
 * `error`), as diagnostics_channel.tracingChannel(name) subscribes to them. All messages of one span are one object, so that
 * a subscriber may keep what it wants in it. Where there are no such channels, or nobody listens, nothing is built.
 *
 * Unlike tracePromise() this never shows a result: rows are nobody's business.
 */
import { diagnosticsChannel } from '#runtime';

/** @typedef {Record<string, unknown> & { error?: unknown }} Span */

export class Tracer {
  #start;
  #end;
  #asyncStart;
  #asyncEnd;
  #error;

  /** @param {string} name E.g. `'hawser.load'`: also the name of the span. */
  constructor(name) {
    const channel = (/** @type {string} */ part) => diagnosticsChannel?.(`tracing:${name}:${part}`);
    this.#start = channel('start');
    this.#end = channel('end');
    this.#asyncStart = channel('asyncStart');
    this.#asyncEnd = channel('asyncEnd');
    this.#error = channel('error');
  }

  /** Whether anybody listens. */
  get active() {
    return (
      this.#start !== undefined &&
      (this.#start.hasSubscribers || this.#asyncEnd?.hasSubscribers || this.#error?.hasSubscribers || this.#end?.hasSubscribers || this.#asyncStart?.hasSubscribers)
    );
  }

  /**
   * Runs `work` as a span, if anybody listens. Its first steps are taken at once, inside of what subscribers bind to the start.
   * @template T
   * @param {() => Span} describe
   * @param {() => Promise<T> | T} work
   * @param {(error: unknown) => unknown} [redact] What of an error subscribers may see.
   * @returns {Promise<T> | T}
   */
  run(describe, work, redact) {
    return this.active ? this.#run(describe(), work, redact) : work();
  }

  /**
   * @template T
   * @param {Span} span
   * @param {() => Promise<T> | T} work
   * @param {(error: unknown) => unknown} [redact]
   * @returns {Promise<T>}
   */
  async #run(span, work, redact) {
    const begin = () => {
      try {
        return work();
      } finally {
        this.#end?.publish(span);
      }
    };
    try {
      return await /** @type {any} */ (this.#start).runStores(span, begin);
    } catch (error) {
      span.error = redact ? redact(error) : error;
      this.#error?.publish(span);
      throw error;
    } finally {
      this.#asyncStart?.publish(span);
      this.#asyncEnd?.publish(span);
    }
  }
}
