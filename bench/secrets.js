/**
 * A secrets file of 1,000 connections with a project file of 200 laid over it: parsed, merged, and every value read once.
 */
import { createRequire } from 'node:module';
import { loadCore } from '../js/core.js';
import { Secrets } from '../js/secrets/secrets.js';
import { race } from './measure.js';

const require = createRequire(import.meta.url);

/** @param {number} count @param {string} mark */
function makeFile(count, mark) {
  const sections = Array.from({ length: count }, (_, i) => {
    return `[connections.c${i}]
type = "sql" # one of many
url = "postgres://user${i}:p%40ss${i}${mark}@db-${i}.internal:5432/app"
port = ${5000 + i}
ssl = ${i % 2 === 0}
timeout = ${i / 8}
tags = ["${mark}", "b", "c"]
options = { retries = ${i % 5}, schema = "s${i}" }
`;
  });
  return sections.join('\n');
}

/** What everybody writes who layers files by hand. @param {any} base @param {any} over */
function merge(base, over) {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const both = isTable(value) && isTable(out[key]);
    out[key] = both ? merge(out[key], value) : value;
  }
  return out;
}

/** @param {any} value */
const isTable = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** @param {any} tree */
const canonical = (tree) =>
  JSON.stringify(tree, (_, value) => (isTable(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  await loadCore();
  const { parse: smol } = await import(require.resolve('smol-toml'));
  const iarna = require('@iarna/toml').parse;
  const files = [makeFile(1000, 'global'), makeFile(200, 'project')];
  /** @param {(text: string) => any} parse */
  const byHand = (parse) => () => files.map(parse).reduce(merge);
  const layered = () => new Secrets({ sources: files.map((toml) => ({ toml })) });
  const contestants = [
    { name: 'hawser, first value', run: () => layered().get('connections.c7.port') && layered },
    { name: 'hawser, all values', run: () => layered().toObject() },
    { name: 'smol-toml', run: byHand(smol) },
    { name: '@iarna/toml', run: byHand(iarna) },
  ];
  return [
    await race({
      title: 'Parse and layer 1,000 connections',
      note: `${Math.round(files.join('').length / 1000)} kB in two files. Hawser also keeps the line that each value comes from and replaces references. The others: parsed, then merged by a function of 8 lines.`,
      baseline: 'hawser, all values',
      contestants,
      answer: (tree) => canonical(tree === layered ? layered().toObject() : tree),
      progress,
    }),
  ];
}
