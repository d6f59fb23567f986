/**
 * Reading 200,000 rows of int, real, text, text.
 */
import { race } from '../measure.js';
import { CREATE, INSERT, makeRows } from '../data.js';

const COUNT = 200_000;
const SELECT = 'select * from t';

/** @param {import('./contest.js').Contest} contest */
export async function rows({ openAll, baseline, progress, rounds }) {
  const sections = [];
  for (const script of /** @type {const} */ (['ascii', 'unicode'])) {
    const peers = await openAll();
    const data = makeRows(COUNT, script);
    for (const peer of peers) {
      await peer.exec(CREATE);
      await peer.insert(INSERT, data);
    }
    const { connection } = /** @type {any} */ (peers[0]);
    const rival = /** @type {import('../peers/sqlite.js').Peer} */ (peers.find(({ name }) => name === baseline));
    const query = () => connection.query(SELECT, { cache: 'no-store' });
    const title = script === 'ascii' ? '' : ', non-ASCII text';
    const last = JSON.stringify(Object.fromEntries(['id', 'x', 'name', 'note'].map((name, c) => [name, data[COUNT - 1][c]])));
    sections.push(
      await race({
        title: `${COUNT} rows to objects${title}`,
        baseline,
        rounds,
        contestants: peers.map(({ name, objects }) => ({ name, run: () => objects(SELECT) })),
        answer: (all) => `${all.length} ${JSON.stringify(all[all.length - 1])} ${checksum(all)}`,
        progress,
      }),
      await race({
        title: `${COUNT} rows to columns${title}`,
        note: `Hawser: query() to a Table, then columns read as said. ${baseline}: its objects.`,
        baseline,
        rounds,
        contestants: [
          { name: 'hawser, numeric columns', run: async () => readNumbers(await query()) },
          { name: 'hawser, all columns', run: async () => readAll(await query()) },
          { name: baseline, run: () => rival.objects(SELECT) },
        ],
        answer: (result) => JSON.stringify(Array.isArray(result) ? result[COUNT - 1] : result.at(-1)) === last ? 'same' : 'different',
        progress,
      }),
    );
    for (const peer of peers) await peer.close();
  }
  return sections;
}

/** @param {any} table */
function readNumbers(table) {
  if (table.column('id').length + table.column('x').length !== 2 * COUNT) throw new Error('Columns are missing.');
  return table;
}

/** @param {any} table */
function readAll(table) {
  readNumbers(table);
  for (const name of ['name', 'note']) if (table.column(name).toArray().length !== COUNT) throw new Error('Rows are missing.');
  return table;
}

/** @param {any[]} rows */
function checksum(rows) {
  let sum = 0;
  for (const { id, x, name, note } of rows) sum += id + x + name.length * 3 + note.length * 7;
  return sum;
}
