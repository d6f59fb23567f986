/**
 * SQLite databases with a file name, in browsers: kept in the origin private file system by a dedicated Worker.
 */
import { parseDuration } from '../duration.js';
import { Link } from '../sqlite/worker/link.js';
import { normalName } from '../sqlite/worker/names.js';
import { RemoteSession } from '../sqlite/worker/remote_session.js';

/** @typedef {import('./driver.js').Client} Client */

/** How long a statement waits for a transaction of somebody else, in milliseconds. */
const BUSY_TIMEOUT = 30_000;

const spawn = () => new Worker(new URL('./sqlite_worker_main.js', import.meta.url), { type: 'module' });

/**
 * @param {Record<string, any>} config
 * @param {import('./driver.js').OpenContext} _context
 * @returns {Promise<import('./driver.js').Client>}
 */
export async function open(config, _context) {
  const { database, query = {} } = config;
  const patience = parseDuration(config.busyTimeout ?? query.busyTimeout, 'busyTimeout') ?? BUSY_TIMEOUT;
  const link = new Link(spawn, { name: normalName(database), vfs: 'opfs-sahpool', synchronous: 'full' });
  await link.opened;
  return new PersistentClient(link, patience);
}

/** @implements {Client} */
class PersistentClient {
  dialect = 'sqlite';
  persistent = true;
  #link;
  #patience;

  /** @param {Link} link @param {number} patience */
  constructor(link, patience) {
    this.#link = link;
    this.#patience = patience;
  }

  async acquire() {
    return new RemoteSession(this.#link, this.#patience);
  }

  close() {
    return this.#link.close();
  }
}
