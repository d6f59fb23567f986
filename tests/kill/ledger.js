/**
 * What the tabs have reported, and whether a database agrees with it.
 */

/**
 * @typedef {object} Found What a tab finds in the database, see workload.js.
 * @property {string[]} integrity
 * @property {{ id: string, rows: number, times: number }[]} commits
 * @property {{ batch: string, n: number, different: number, right: number }[]} items
 * @property {number[]} total
 */

/** How long something that must happen may take, in milliseconds. */
const PATIENCE = 60_000;

export class Ledger {
  /** Acknowledged. @type {Set<string>} */
  acknowledged = new Set();
  /** Answered by ERR_COMMIT_UNKNOWN. @type {Set<string>} */
  unknown = new Set();
  /** Failed with another error: its code. @type {Map<string, string>} */
  failed = new Map();
  /** Commits of each tab that were acknowledged. @type {Map<string, number>} */
  #counts = new Map();
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** @param {string} outcome @param {string} id @param {string} code */
  note(outcome, id, code) {
    if (outcome === 'failed') this.failed.set(id, code);
    else if (outcome === 'unknown') this.unknown.add(id);
    else {
      this.acknowledged.add(id);
      const tab = id.slice(0, id.lastIndexOf('-'));
      this.#counts.set(tab, this.of(tab) + 1);
    }
    for (const watcher of this.#watchers) watcher();
  }

  /** Commits of a tab that were acknowledged. @param {string} tab */
  of(tab) {
    return this.#counts.get(tab) ?? 0;
  }

  /**
   * Resolves once `more` further commits of each of these tabs have been acknowledged.
   * @param {string[]} tabs
   * @param {number} more
   * @returns {Promise<void>}
   */
  progress(tabs, more) {
    const goals = tabs.map((tab) => ({ tab, goal: this.of(tab) + more }));
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      const look = () => {
        if (goals.some(({ tab, goal }) => this.of(tab) < goal)) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        const state = goals.map(({ tab, goal }) => `${tab}: ${this.of(tab)} of ${goal}`).join(', ');
        reject(new Error(`Nothing moves any more. Acknowledged: ${state}; failed: ${[...this.failed].slice(-5).join('; ') || 'none'}`));
      }, PATIENCE);
      this.#watchers.add(look);
      look();
    });
  }

  /**
   * @param {Found} found
   * @returns {string[]} Everything that must not be; empty when all is well.
   */
  disagreements({ integrity, commits, items, total }) {
    const problems = [];
    if (integrity.join() !== 'ok') problems.push(`integrity_check: ${integrity.join('; ')}`);
    const there = new Map(commits.map((commit) => [commit.id, commit]));
    const batches = new Map(items.map((item) => [item.batch, item]));
    for (const id of this.acknowledged) if (!there.has(id)) problems.push(`${id} was acknowledged and is not there`);
    for (const [id, code] of this.failed) if (there.has(id)) problems.push(`${id} failed with ${code} and is there`);
    if (there.size !== commits.length) problems.push('a commit is there with different numbers of rows');
    for (const { id, rows, times } of commits) {
      if (times !== 1) problems.push(`${id} is there ${times} times`);
      const { n, different, right } = batches.get(id) ?? { n: 0, different: 0, right: 0 };
      if (n !== rows || different !== rows || (rows > 0 && right !== rows)) {
        problems.push(`${id} has ${n} rows, ${different} different, ${right} right, instead of ${rows}`);
      }
    }
    for (const batch of batches.keys()) if (!there.has(batch)) problems.push(`${batch} has rows and no commit`);
    const sum = commits.reduce((rows, commit) => rows + commit.rows * commit.times, 0);
    if (total.join() !== String(sum)) problems.push(`total is ${total.join()} instead of ${sum}`);
    return problems;
  }

  /** Figures for a report. */
  toString() {
    const codes = [...new Set(this.failed.values())].map((code) => `${[...this.failed.values()].filter((other) => other === code).length} ${code}`);
    return `${this.acknowledged.size} acknowledged, ${this.unknown.size} unknown, ${this.failed.size} failed${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`;
  }
}
