/**
 * A million rows, read one after the other; none is kept.
 */
import { race } from '../measure.js';

const COUNT = 1_000_000;
const SELECT = `with recursive c(i) as (select 1 union all select i + 1 from c where i < ${COUNT})
  select i, i * 1.5 as x, 'owner' || i as name from c`;

/** @param {import('./contest.js').Contest} contest */
export async function stream({ openAll, baseline, progress, rounds = 5 }) {
  const peers = await openAll();
  const section = await race({
    title: `${COUNT} rows, streamed`,
    note: 'Computed by the database while they are read: its own work is most of the time.',
    baseline,
    rounds,
    contestants: peers.map((peer) => ({ name: peer.name, run: () => peer.stream(SELECT) })),
    answer: String,
    progress,
  });
  for (const peer of peers) await peer.close();
  return [section];
}
