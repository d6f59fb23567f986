/**
 * 100,000 lookups of a row by primary key, one after the other, each to an object; never from a cache.
 */
import { race } from '../measure.js';
import { CREATE, INSERT, makeRows } from '../data.js';

const COUNT = 100_000;

/** @param {import('./contest.js').Contest} contest */
export async function lookup({ openAll, baseline, progress, rounds }) {
  const rows = makeRows(COUNT, 'ascii');
  const peers = await openAll();
  for (const peer of peers) {
    await peer.exec(CREATE);
    await peer.insert(INSERT, rows);
  }
  // Every key once, in an order that is the same for all and not the table's.
  const keys = rows.map((_, i) => ((i * 7919) % COUNT) + 1);
  const section = await race({
    title: `${COUNT} lookups by primary key`,
    note: 'Hawser: an awaited query() for each. The others: a statement that was prepared once.',
    baseline,
    rounds,
    contestants: peers.map(({ name, lookup }) => ({ name, run: () => lookup('select * from t where id = ?', keys) })),
    answer: String,
    progress,
  });
  for (const peer of peers) await peer.close();
  return [section];
}
