/**
 * Committing, and not knowing whether that has happened.
 */
import { HawserError } from '../errors.js';
import { isLost } from './retry.js';

/**
 * Commits what a session has done.
 * @param {import('../drivers/driver.js').Session} session
 * @param {string} [statement]
 * @throws {HawserError} ERR_COMMIT_UNKNOWN when the connection was lost meanwhile.
 */
export async function commit(session, statement = 'commit') {
  try {
    await session.execute(statement, {});
  } catch (cause) {
    if (!isLost(cause)) throw cause;
    const message = 'The connection was lost while the commit was under way: it may have happened or not. Look at the data before trying again.';
    throw new HawserError('ERR_COMMIT_UNKNOWN', message, { phase: 'commit', lost: true, cause });
  }
}
