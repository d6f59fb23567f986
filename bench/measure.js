/**
 * Interleaved rounds: every contestant runs once per round, so that what else the machine does hits all of them.
 */

/** @typedef {{ name: string, median: number, min: number }} ResultRow */
/**
 * @typedef {object} Section
 * @property {string} title
 * @property {string} [note]
 * @property {string} unit
 * @property {string} [baseline] Name of the row that ratios are told against.
 * @property {ResultRow[]} rows
 * @property {string} [table] Markdown to show instead of medians.
 */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => unknown} run What is timed. May return a promise; its value is checked.
 * @property {() => unknown} [before] Before each round, not timed.
 */

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} [options.note]
 * @param {string} [options.baseline]
 * @param {Contestant[]} options.contestants
 * @param {number} [options.rounds] Timed rounds; one more goes before. Default 7.
 * @param {number} [options.operations] That one run does; then times are nanoseconds for each.
 * @param {(answer: any) => string} options.answer What must be the same for all, from what `run` returned.
 * @param {(text: string) => void} options.progress
 * @returns {Promise<Section>}
 * @throws {Error} when the answers differ.
 */
export async function race({ title, note, baseline, contestants, rounds = 7, operations, answer, progress }) {
  progress(`${title}: ${contestants.length} contestants, ${rounds} rounds`);
  /** @type {number[][]} */
  const times = contestants.map(() => []);
  /** @type {string | undefined} */
  let expected;
  for (let round = -1; round < rounds; round++) {
    for (const [i, { name, run, before }] of contestants.entries()) {
      await before?.();
      globalThis.gc?.();
      const start = performance.now();
      const result = await run();
      const time = performance.now() - start;
      if (round >= 0) times[i].push(time);
      const got = answer(result);
      expected ??= got;
      if (got !== expected) throw new Error(`${title}: ${name} answers ${got.slice(0, 200)}, others ${expected.slice(0, 200)}`);
    }
  }
  const rows = contestants.map(({ name }, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    const scale = operations ? 1e6 / operations : 1;
    return { name, median: sorted[sorted.length >> 1] * scale, min: sorted[0] * scale };
  });
  return { title, note, unit: operations ? 'ns' : 'ms', baseline, rows };
}
