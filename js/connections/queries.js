/**
 * Queries that the cache had no fresh result of at hand.
 */
import { withTimeout } from '../timeout.js';
import { contextOf } from './base.js';
import { keyOf, tagsOf } from './freshness.js';

/** @typedef {import('./sql_options.js').QueryOptions} QueryOptions */
/** @typedef {import('../table/table.js').Table} Table */

/** Statements that are known to be cacheable; more of them are asked about again. */
const MOST = 10_000;

/**
 * What a connection's queries share.
 * @typedef {object} Surroundings
 * @property {import('./base.js').BaseConnection<import('../drivers/driver.js').Client>} connection
 * @property {import('./sessions.js').Sessions} sessions
 * @property {Set<number>} cacheable Statements that are known to be, by their interned number.
 * @property {number | undefined} timeout Milliseconds, where the options say nothing.
 */

/**
 * Runs a statement, or waits for somebody who does, or takes the result from where results are kept. One that writes is run each
 * time.
 * @param {Surroundings} surroundings
 * @param {number} number The text's.
 * @param {string} text
 * @param {QueryOptions} options
 * @returns {Promise<Table>}
 */
export function runQuery({ connection, sessions, cacheable, timeout: fallback }, number, text, options) {
  return withTimeout(options, fallback, async (bounded) => {
    if (options.cache === 'no-store') return sessions.query(text, bounded);
    if (!cacheable.has(number)) {
      const footprint = footprintNow({ connection, sessions }, text) ?? (await sessions.use((session) => session.footprint(text), bounded, () => true));
      if (!footprint.cacheable) return sessions.query(text, bounded);
      if (cacheable.size >= MOST) cacheable.clear();
      cacheable.add(number);
    }
    let led = false;
    let reads = /** @type {readonly string[] | undefined} */ (undefined);
    const load = (/** @type {{ readonly signal: AbortSignal }} */ how) => {
      led = true;
      return sessions.turn(async (session) => {
        reads = (await session.footprint(text)).reads;
        const { timeout, int64, params } = bounded;
        return session.query(text, {
          params, int64, timeout, abortable: options.signal !== undefined,
          get signal() {
            return how.signal;
          },
        });
      }, how);
    };
    const tags = (/** @type {Table} */ table) => tagsOf(options.tags ?? contextOf(connection).space.policy.tags, table, reads);
    const key = keyOf(number, options.params, options);
    const read = () => connection.readCached(key, load, { ...options, signal: bounded.signal, tags }, 'query');
    const { value, state, age, key: name } = await read().catch((error) => {
      // Somebody else's load may have had less time than this one has.
      if (led || error?.code !== 'ERR_TIMEOUT' || bounded.signal?.aborted) throw error;
      return read();
    });
    return value.withCache({ state: /** @type {any} */ (state), age, key: name });
  });
}

/** @param {Pick<Surroundings, 'connection' | 'sessions'>} surroundings @param {string} text */
function footprintNow({ connection, sessions }, text) {
  try {
    return connection.rawNow()?.footprintNow?.(text);
  } catch (error) {
    sessions.crashed(error);
    throw error;
  }
}
