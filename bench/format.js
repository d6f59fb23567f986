/**
 * A section of results as a Markdown table that is readable as text too.
 * @param {import('./measure.js').Section} section
 * @returns {string}
 */
export function formatTable({ unit, rows, baseline }) {
  const base = rows.find(({ name }) => name === baseline);
  const lines = [
    ['', `median ${unit}`, `min ${unit}`, ...(base ? [`${baseline} takes`] : [])],
    ...rows.map(({ name, median, min }) => [name, digits(median), digits(min), ...(base ? [`${digits(base.median / median)} ×`] : [])]),
  ];
  return markdown(lines);
}

/**
 * A Markdown table that is readable as text too: names to the left, figures to the right.
 * @param {string[][]} lines The first one is its head.
 */
export function markdown(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const format = (/** @type {string[]} */ line) =>
    `| ${line.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [format(lines[0]), rule, ...lines.slice(1).map(format)].join('\n');
}

/** @param {number} value */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
