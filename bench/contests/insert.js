/**
 * Inserting 100,000 rows of int, real, text, text in one transaction.
 */
import { race } from '../measure.js';
import { CREATE, INSERT, makeRows } from '../data.js';

const COUNT = 100_000;

/** @param {import('./contest.js').Contest} contest */
export async function insert({ openAll, baseline, progress, rounds }) {
  const sections = [];
  for (const script of /** @type {const} */ (['ascii', 'unicode'])) {
    const rows = makeRows(COUNT, script);
    const peers = await openAll();
    sections.push(
      await race({
        title: `${COUNT} rows inserted${script === 'ascii' ? '' : ', non-ASCII text'}`,
        baseline,
        rounds,
        contestants: peers.map((peer) => ({
          name: peer.name,
          before: async () => {
            await peer.exec('drop table if exists t');
            await peer.exec(CREATE);
          },
          run: async () => {
            await peer.insert(INSERT, rows);
            return peer;
          },
        })),
        answer: () => 'checked below',
        progress,
      }),
    );
    for (const peer of peers) {
      const [{ count, sum, text }] = await peer.objects('select count(*) count, sum(id + x) sum, sum(length(name) + length(note)) text from t');
      const expected = [COUNT, rows.reduce((all, [id, x]) => all + id + x, 0), rows.reduce((all, [, , a, b]) => all + [...a].length + [...b].length, 0)];
      if (JSON.stringify([count, sum, text]) !== JSON.stringify(expected)) throw new Error(`${peer.name} has inserted something else.`);
      await peer.close();
    }
  }
  return sections;
}
