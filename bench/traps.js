/**
 * Traps that caches fall into, as one table: every scenario of traps/scenarios.js for every cache.
 */
import { hawserSubject } from './peers/hawser_cache.js';
import { peers } from './peers/caches.js';
import { scenarios } from './traps/scenarios.js';
import { Unsupported } from './traps/subject.js';

/** A scenario that has not ended after this long never will. */
const PATIENCE = 20_000;

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const subjects = { Hawser: hawserSubject, ...peers };
  /** @type {Record<string, Record<string, string>>} */
  const outcomes = {};
  for (const [scenario, play] of Object.entries(scenarios)) {
    progress(scenario);
    outcomes[scenario] = {};
    for (const [name, make] of Object.entries(subjects)) {
      const subject = make();
      outcomes[scenario][name] = await outcome(() => play(subject));
      await subject.close?.();
    }
  }
  const names = Object.keys(subjects);
  const lines = [
    ['', ...names],
    ['---', ...names.map(() => '---')],
    ...Object.entries(outcomes).map(([scenario, results]) => [scenario, ...names.map((name) => results[name])]),
    ['**falls into**', ...names.map((name) => `**${Object.values(outcomes).filter((results) => results[name].startsWith('✗')).length}**`)],
  ];
  return [
    {
      title: 'Traps',
      note: 'Each cache as its documentation recommends, with its defaults otherwise. ✓ all is well, ✗ what goes wrong, – the cache has no such thing (or does not let it be seen).',
      unit: '',
      rows: Object.entries(outcomes).map(([name, results]) => ({ name, results })),
      table: lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n'),
    },
  ];
}

/** @param {() => Promise<string | undefined>} play */
async function outcome(play) {
  /** @type {unknown[]} */
  const unhandled = [];
  const hear = (/** @type {unknown} */ reason) => unhandled.push(reason);
  process.on('unhandledRejection', hear);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const late = new Promise((resolve) => (timer = setTimeout(() => resolve('never ends'), PATIENCE)));
    const wrong = await Promise.race([play(), late]);
    return wrong === undefined ? '✓' : `✗ ${wrong}`;
  } catch (error) {
    return error instanceof Unsupported ? '–' : `✗ throws ${/** @type {Error} */ (error).message.slice(0, 60)}`;
  } finally {
    clearTimeout(timer);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
  }
}
