/**
 * What a transaction refuses, and why.
 */
import { HawserError } from '../errors.js';

export const transactionEnded = () => new HawserError('ERR_CLOSED', 'The transaction has ended.', { phase: 'transaction' });

export const endedEarly = () =>
  new HawserError(
    'ERR_TRANSACTION',
    'The transaction had ended before its callback did: a statement in it said COMMIT or ROLLBACK, or failed for good.',
    { phase: 'commit' },
  );

export const nestedUnderWay = () =>
  new HawserError('ERR_TRANSACTION', 'A nested transaction is under way: use the object that its callback was given.', { phase: 'transaction' });

export const rowsUseIt = () =>
  new HawserError(
    'ERR_TRANSACTION',
    'The rows of executeMany() cannot be made by statements of the same transaction, which wait until it has ended: read first, and pass what was read, or call executeMany() for each batch of a stream.',
    { phase: 'transaction' },
  );

/** @param {string} how */
export const endsByItself = (how) =>
  new HawserError('ERR_TRANSACTION', `${how}() is for transactions made by session(): this one ends when its callback does.`, { phase: how });
