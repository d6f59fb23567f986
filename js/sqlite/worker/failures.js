/**
 * What callers are told when the tab that held the database is gone.
 */
import { HawserError } from '../../errors.js';

const WHO = 'the tab that held the database was closed, crashed or frozen';

export const interrupted = () =>
  new HawserError('ERR_CONNECTION_FAILED', `The stream was interrupted: ${WHO}. Begin it again.`, { phase: 'query', interrupted: true });

export const rolledBack = () =>
  new HawserError('ERR_TRANSACTION', `The transaction was rolled back, because ${WHO}. Begin it again.`, { phase: 'transaction', rolledBack: true });

export const unknown = () =>
  new HawserError(
    'ERR_COMMIT_UNKNOWN',
    `While the statement was under way, ${WHO}. Whether it took effect is not known: look at the data before you run it again.`,
    { phase: 'commit' },
  );
